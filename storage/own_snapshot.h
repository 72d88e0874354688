#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/changes.h"
#include "storage/dictionary.h"
#include "storage/snapshot.h"
#include "storage/store_core.h"
#include "storage/store_state.h"

namespace dossier::storage {

// What a transaction sees: the state it began with, its own changes so far as a private layer above
// it, its own terms above the dictionary.
class OwnSnapshot : public Snapshot {
  public:
    // `changes`: effective, as operations of commit state->number + 1.
    OwnSnapshot(CoreReference core, std::shared_ptr<const State> state,
                std::shared_ptr<const NewTerms> terms, std::vector<Change> changes);

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
    std::vector<TermId> graphs() const override;
    PredicateStatistics statistics(TermId predicate) const override;

  private:
    // Made at the first use of a permutation.
    std::shared_ptr<PermutationIndex> index(Permutation permutation) const;
    // The own triple terms in one of their orders; nullptr where there are none.
    std::shared_ptr<PermutationIndex> own_triples(Permutation permutation) const;
    // The number at which the private layer is read.
    std::uint64_t own_number() const { return state_->number + 1; }

    CoreReference core_;
    std::shared_ptr<const State> state_;
    std::shared_ptr<const NewTerms> terms_;
    std::shared_ptr<const ChangeLayer> layer_;  // nullptr where nothing changed
    std::shared_ptr<const ChangeLayer> triple_layer_;
    std::vector<Permutation> permutations_;
    mutable std::mutex mutex_;
    mutable std::array<std::shared_ptr<PermutationIndex>, permutation_count> indexes_;
};

}  // namespace dossier::storage
