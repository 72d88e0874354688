#include "storage/committed_snapshot.h"

#include <string>

#include <dossier/error.h>

#include "storage/predicate_statistics.h"
#include "storage/triple_dictionary.h"

namespace dossier::storage {

namespace {

class KeepingCursor : public RowCursor {
  public:
    KeepingCursor(CoreReference core, std::shared_ptr<const State> state,
                  std::unique_ptr<RowCursor> cursor)
        : core_(std::move(core)), state_(std::move(state)), cursor_(std::move(cursor)) {}

    std::size_t next(std::span<TermId* const> columns, std::size_t capacity) override {
        return cursor_->next(columns, capacity);
    }
    void seek(std::span<const TermId> key) override { cursor_->seek(key); }
    std::size_t lookup(std::span<const TermId> keys, std::size_t& key, std::uint32_t* key_numbers,
                       std::span<TermId* const> columns, std::size_t capacity) override {
        return cursor_->lookup(keys, key, key_numbers, columns, capacity);
    }

  private:
    CoreReference core_;  // declared first: goes last
    std::shared_ptr<const State> state_;
    std::unique_ptr<RowCursor> cursor_;
};

}  // namespace

std::unique_ptr<RowCursor> keep(CoreReference core, std::shared_ptr<const State> state,
                                std::unique_ptr<RowCursor> cursor) {
    return std::make_unique<KeepingCursor>(std::move(core), std::move(state), std::move(cursor));
}

std::vector<Permutation> permutations_of(const State& state) {
    std::vector<Permutation> permutations;
    for (std::size_t i = 0; i < statement_permutations; ++i) {
        if (state.indexes[i]) {
            permutations.push_back(static_cast<Permutation>(i));
        }
    }
    permutations.insert(permutations.end(), {Permutation::triple_spo, Permutation::triple_pos,
                                             Permutation::triple_osp});
    return permutations;
}

CommittedSnapshot::CommittedSnapshot(CoreReference core, std::shared_ptr<const State> state)
    : core_(std::move(core)), state_(std::move(state)), permutations_(permutations_of(*state_)) {}

std::optional<TermId> CommittedSnapshot::find(const TermView& term) const {
    return core_->dictionary()->find(term);
}

void CommittedSnapshot::find_all(std::span<const TermView> terms, std::span<TermId> ids) const {
    core_->dictionary()->find_all(terms, ids);
}

Term CommittedSnapshot::term(TermId id) const {
    return core_->dictionary()->term(id);
}

void CommittedSnapshot::terms(std::span<const TermId> ids, const TermVisitor& visit) const {
    core_->dictionary()->terms(ids, visit);
}

TripleIds CommittedSnapshot::triple(TermId id) const {
    return core_->dictionary()->triples().triple(id);
}

void CommittedSnapshot::triples(std::span<const TermId> ids, std::span<TripleIds> out) const {
    core_->dictionary()->triples().triples(ids, out);
}

const PermutationIndex& CommittedSnapshot::index(Permutation permutation) const {
    const auto& found = state_->index(permutation);
    if (!found) {
        throw UsageError("this state of the store does not keep permutation " +
                         std::to_string(static_cast<int>(permutation)));
    }
    return *found;
}

std::unique_ptr<RowCursor> CommittedSnapshot::scan(const ScanRequest& request) const {
    auto cursor = is_triple_permutation(request.permutation)
                      ? core_->dictionary()->triples().scan(request)
                      : index(request.permutation).scan(request, state_->number);
    return keep(core_, state_, std::move(cursor));
}

std::uint64_t CommittedSnapshot::count(const ScanRequest& request) const {
    return is_triple_permutation(request.permutation)
               ? core_->dictionary()->triples().count(request)
               : index(request.permutation).count(request, state_->number);
}

std::uint64_t CommittedSnapshot::estimate(const ScanRequest& request) const {
    return is_triple_permutation(request.permutation)
               ? core_->dictionary()->triples().estimate(request)
               : index(request.permutation).estimate(request, state_->number);
}

PredicateStatistics CommittedSnapshot::statistics(TermId predicate) const {
    return core_->statistics().of(*state_, predicate);
}

}  // namespace dossier::storage
