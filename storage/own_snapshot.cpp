#include "storage/own_snapshot.h"

#include <map>

#include "storage/committed_snapshot.h"
#include "storage/merged_cursor.h"
#include "storage/triple_dictionary.h"

namespace dossier::storage {

OwnSnapshot::OwnSnapshot(CoreReference core, std::shared_ptr<const State> state,
                         std::shared_ptr<const NewTerms> terms, std::shared_ptr<OwnChanges> changes)
    : core_(std::move(core)),
      state_(std::move(state)),
      terms_(std::move(terms)),
      changes_(std::move(changes)),
      own_number_(changes_->number()),
      permutations_(permutations_of(*state_)) {}

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
    if (!changes_->has_triples()) {
        core_->dictionary()->triples().triples(ids, out);
        return;
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
        out[i] = terms_->triple(ids[i]);
    }
}

std::unique_ptr<RowCursor> OwnSnapshot::scan(const ScanRequest& request) const {
    std::unique_ptr<RowCursor> cursor;
    if (is_triple_permutation(request.permutation)) {
        cursor = core_->dictionary()->triples().scan(request);
        if (const auto own = changes_->triples(request.permutation)) {
            cursor = merge_cursors(request, std::move(cursor), own->scan(request, own_number_));
        }
    } else {
        const auto own = changes_->view(request.permutation, own_number_);
        cursor = own.index->scan(request, own.number);
    }
    return keep(core_, state_, std::move(cursor));
}

std::uint64_t OwnSnapshot::count(const ScanRequest& request) const {
    if (!is_triple_permutation(request.permutation)) {
        const auto own = changes_->view(request.permutation, own_number_);
        return own.index->count(request, own.number);
    }
    const auto own = changes_->triples(request.permutation);
    return core_->dictionary()->triples().count(request) +
           (own ? own->count(request, own_number_) : 0);
}

std::uint64_t OwnSnapshot::estimate(const ScanRequest& request) const {
    if (!is_triple_permutation(request.permutation)) {
        const auto own = changes_->view(request.permutation, own_number_);
        return own.index->estimate(request, own.number);
    }
    const auto own = changes_->triples(request.permutation);
    return core_->dictionary()->triples().estimate(request) +
           (own ? own->estimate(request, own_number_) : 0);
}

std::vector<TermId> OwnSnapshot::graphs() const {
    const auto layers = changes_->layers(own_number_);
    if (layers.empty()) {
        return *state_->graphs;
    }
    // Only the graphs that the changes touch can have come or gone.
    std::map<TermId, std::int64_t> balance;
    for (const auto& layer : layers) {
        for (const Change& change : layer->changes()) {
            balance[change.quad.graph] += change.version.insert() ? 1 : -1;
        }
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
