#pragma once

#include <memory>
#include <span>
#include <vector>

#include "storage/snapshot.h"
#include "storage/store_core.h"
#include "storage/store_state.h"

namespace dossier::storage {

// A published state, or the newest numbered one for a load that changes it.
class CommittedSnapshot : public Snapshot {
  public:
    CommittedSnapshot(CoreReference core, std::shared_ptr<const State> state);

    std::uint64_t number() const override { return state_->number; }
    std::optional<TermId> find(const TermView& term) const override;
    void find_all(std::span<const TermView> terms, std::span<TermId> ids) const override;
    Term term(TermId id) const override;
    void terms(std::span<const TermId> ids, const TermVisitor& visit) const override;
    TripleIds triple(TermId id) const override;
    void triples(std::span<const TermId> ids, std::span<TripleIds> out) const override;
    std::unique_ptr<RowCursor> scan(const ScanRequest& request) const override;
    std::uint64_t count(const ScanRequest& request) const override;
    std::uint64_t estimate(const ScanRequest& request) const override;
    std::span<const Permutation> permutations() const override { return permutations_; }
    std::vector<TermId> graphs() const override { return *state_->graphs; }
    PredicateStatistics statistics(TermId predicate) const override;

  private:
    const PermutationIndex& index(Permutation permutation) const;

    CoreReference core_;
    std::shared_ptr<const State> state_;
    std::vector<Permutation> permutations_;
};

// The permutations a state has, triple terms' included.
std::vector<Permutation> permutations_of(const State& state);

// A cursor that also keeps the core and the state (and so the generations it reads) alive.
std::unique_ptr<RowCursor> keep(CoreReference core, std::shared_ptr<const State> state,
                                std::unique_ptr<RowCursor> cursor);

}  // namespace dossier::storage
