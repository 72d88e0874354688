#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <dossier/term.h>

#include "storage/scan.h"
#include "storage/term_id.h"

namespace dossier::storage {

// Estimates for the planner, never answers.
struct PredicateStatistics {
    std::uint64_t rows = 0;
    std::uint64_t distinct_subjects = 0;
    std::uint64_t distinct_objects = 0;
};

// One committed state (or a transaction's own state), unchanging. The narrow door through which the
// engine sees data: scan, count, term to id, id to term. Shared by any number of threads; keeps the
// store's core alive.
class Snapshot {
  public:
    virtual ~Snapshot() = default;

    // The number of the newest commit it contains; 0 for an empty store.
    virtual std::uint64_t number() const = 0;

    // The id of a term, nullopt where the store does not know it. Terms with an inline form always
    // have an id. Blank nodes are found only by the label the store writes for them ("b" and the
    // payload in decimal).
    virtual std::optional<TermId> find(const TermView& term) const = 0;
    // The same for many terms (sorted inside); unknown terms give `unbound`.
    virtual void find_all(std::span<const TermView> terms, std::span<TermId> ids) const = 0;

    // The term of an id. Throws StoreError for an id the store never gave.
    virtual Term term(TermId id) const = 0;
    // Terms of ascending ids, handed over in that order; the view is valid during the call only.
    using TermVisitor = std::function<void(std::size_t index, const TermView& term)>;
    virtual void terms(std::span<const TermId> ids, const TermVisitor& visit) const = 0;

    // The components of triple terms (tag `triple`).
    virtual TripleIds triple(TermId id) const = 0;
    virtual void triples(std::span<const TermId> ids, std::span<TripleIds> out) const = 0;

    virtual std::unique_ptr<RowCursor> scan(const ScanRequest& request) const = 0;
    // Exactly how many rows the scan would give; O(log n) plus the changes of touched blocks where
    // no graph has to be told apart.
    virtual std::uint64_t count(const ScanRequest& request) const = 0;
    // An estimate of count() that touches no block.
    virtual std::uint64_t estimate(const ScanRequest& request) const = 0;

    // The permutations there are, as the header lists them.
    virtual std::span<const Permutation> permutations() const = 0;
    // The named graphs that hold at least one statement, ascending.
    virtual std::vector<TermId> graphs() const = 0;
    virtual PredicateStatistics statistics(TermId predicate) const = 0;
};

}  // namespace dossier::storage
