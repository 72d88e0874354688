#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "storage/dictionary.h"
#include "storage/own_changes.h"
#include "storage/snapshot.h"
#include "storage/store_core.h"
#include "storage/store_state.h"

namespace dossier::storage {

// What a transaction sees: the state it began with, its own changes up to now as private layers
// above it, its own terms above the dictionary.
class OwnSnapshot : public Snapshot {
  public:
    // Sees the changes there are; not those that are added later.
    OwnSnapshot(CoreReference core, std::shared_ptr<const State> state,
                std::shared_ptr<const NewTerms> terms, std::shared_ptr<OwnChanges> changes);

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
    CoreReference core_;
    std::shared_ptr<const State> state_;
    std::shared_ptr<const NewTerms> terms_;
    std::shared_ptr<OwnChanges> changes_;
    std::uint64_t own_number_;  // at which they are read
    std::vector<Permutation> permutations_;
};

}  // namespace dossier::storage
