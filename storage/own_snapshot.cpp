#include "storage/own_snapshot.h"

#include <string>

#include <dossier/error.h>

#include "storage/committed_snapshot.h"
#include "storage/merged_cursor.h"
#include "storage/triple_dictionary.h"

namespace dossier::storage {

OwnSnapshot::OwnSnapshot(CoreReference core, std::shared_ptr<const State> state,
                         std::shared_ptr<const NewTerms> terms, std::vector<Change> changes)
    : core_(std::move(core)),
      state_(std::move(state)),
      terms_(std::move(terms)),
      permutations_(permutations_of(*state_)) {
    if (!changes.empty()) {
        layer_ = std::make_shared<const ChangeLayer>(std::move(changes));
    }
    std::vector<Change> triples;
    for (const auto& [triple, id] : terms_->new_triples()) {
        triples.push_back({{triple.subject, triple.predicate, triple.object, id},
                           Version::of(own_number(), true)});
    }
    if (!triples.empty()) {
        triple_layer_ = std::make_shared<const ChangeLayer>(std::move(triples));
    }
}

std::optional<TermId> OwnSnapshot::find(const TermView& term) const {
    return terms_->find(term);
}

void OwnSnapshot::find_all(std::span<const TermView> terms, std::span<TermId> ids) const {
    terms_->find_all(terms, ids);
}

Term OwnSnapshot::term(TermId id) const {
    return terms_->term(id);
}

void OwnSnapshot::terms(std::span<const TermId> ids, const TermVisitor& visit) const {
    terms_->terms(ids, visit);
}

TripleIds OwnSnapshot::triple(TermId id) const {
    return terms_->triple(id);
}

void OwnSnapshot::triples(std::span<const TermId> ids, std::span<TripleIds> out) const {
    if (!triple_layer_) {
        core_->dictionary()->triples().triples(ids, out);
        return;
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
        out[i] = terms_->triple(ids[i]);
    }
}

std::shared_ptr<PermutationIndex> OwnSnapshot::index(Permutation permutation) const {
    const auto& base = state_->index(permutation);
    if (!base) {
        throw UsageError("this state of the store does not keep permutation " +
                         std::to_string(static_cast<int>(permutation)));
    }
    const std::lock_guard lock(mutex_);
    auto& own = indexes_[static_cast<std::size_t>(permutation)];
    if (!own) {
        own = layer_ ? base->with_own(state_->number, layer_) : base;
    }
    return own;
}

std::shared_ptr<PermutationIndex> OwnSnapshot::own_triples(Permutation permutation) const {
    if (!triple_layer_) {
        return nullptr;
    }
    const std::lock_guard lock(mutex_);
    auto& own = indexes_[static_cast<std::size_t>(permutation)];
    if (!own) {
        own = PermutationIndex::create(core_->cache(), permutation);
        own->append(triple_layer_);
    }
    return own;
}

std::unique_ptr<RowCursor> OwnSnapshot::scan(const ScanRequest& request) const {
    std::unique_ptr<RowCursor> cursor;
    if (is_triple_permutation(request.permutation)) {
        cursor = core_->dictionary()->triples().scan(request);
        if (const auto own = own_triples(request.permutation)) {
            cursor = merge_cursors(request, std::move(cursor), own->scan(request, own_number()));
        }
    } else {
        cursor = index(request.permutation)->scan(request, layer_ ? own_number() : state_->number);
    }
    return keep(core_, state_, std::move(cursor));
}

std::uint64_t OwnSnapshot::count(const ScanRequest& request) const {
    if (!is_triple_permutation(request.permutation)) {
        return index(request.permutation)->count(request, layer_ ? own_number() : state_->number);
    }
    const auto own = own_triples(request.permutation);
    return core_->dictionary()->triples().count(request) +
           (own ? own->count(request, own_number()) : 0);
}

std::uint64_t OwnSnapshot::estimate(const ScanRequest& request) const {
    if (!is_triple_permutation(request.permutation)) {
        return index(request.permutation)
            ->estimate(request, layer_ ? own_number() : state_->number);
    }
    const auto own = own_triples(request.permutation);
    return core_->dictionary()->triples().estimate(request) +
           (own ? own->estimate(request, own_number()) : 0);
}

std::vector<TermId> OwnSnapshot::graphs() const {
    if (!layer_) {
        return *state_->graphs;
    }
    // Only the graphs that the changes touch can have come or gone.
    std::map<TermId, std::int64_t> balance;
    for (const Change& change : layer_->changes()) {
        balance[change.quad.graph] += change.version.insert() ? 1 : -1;
    }
    GraphCounts counts;
    for (const TermId graph : *state_->graphs) {
        counts[graph] = 1;
    }
    for (const auto& [graph, difference] : balance) {
        const auto known = counts.find(graph);
        if (difference > 0) {
            counts[graph] = 1;
        } else if (known != counts.end()) {
            ScanRequest request;
            request.permutation =
                state_->index(Permutation::gspo) ? Permutation::gspo : Permutation::spo;
            request.graphs.graph = graph;
            if (request.permutation == Permutation::gspo) {
                request.prefix[0] = graph;
                request.prefix_length = 1;
            }
            if (count(request) == 0) {
                counts.erase(known);
            }
        }
    }
    return *named_graphs_of(counts);
}

PredicateStatistics OwnSnapshot::statistics(TermId predicate) const {
    return core_->statistics().of(*state_, predicate);
}

}  // namespace dossier::storage
