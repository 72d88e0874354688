#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "engine/triple_access.h"

namespace dossier::engine {

// Reads one permutation. Columns: the access's variables in the permutation's order; rows ascend by
// them as far as no place lies between that is neither fixed nor asked for.
class IndexScanPlan final : public PlanNode {
  public:
    // `ranges` bound the variable after the prefix: ascending, disjoint, read one after the other.
    IndexScanPlan(TripleAccess access, AccessPath path, std::vector<IdRange> ranges,
                  Estimate estimate);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    const TripleAccess& access() const { return access_; }
    const AccessPath& path() const { return path_; }
    const std::vector<IdRange>& ranges() const { return ranges_; }

    // The columns of a path, in order, and how many of them the rows are sorted by.
    static std::vector<Variable> columns_of(const TripleAccess& access, const AccessPath& path);
    static std::vector<Variable> order_of(const TripleAccess& access, const AccessPath& path);

  private:
    TripleAccess access_;
    AccessPath path_;
    std::vector<IdRange> ranges_;
};

// Where the columns of a cursor's rows go: for each of the permutation's columns the output column
// (or none), and the checks that the prefix did not make.
class RowMapping {
  public:
    RowMapping(const TripleAccess& access, const AccessPath& path,
               const std::vector<Variable>& columns, const ExecutionContext& context);

    // The pointers for RowCursor::next: output columns, or scratch ones for places that have to be
    // compared.
    void point(std::vector<TermId*>& outputs, std::size_t capacity);
    std::span<TermId* const> pointers() const { return pointers_; }
    bool has_checks() const { return !checks_.empty(); }
    // Keeps the rows that pass the checks.
    void check(std::size_t rows, std::vector<std::uint32_t>& selection) const;
    bool passes(std::size_t row) const;

  private:
    struct Check {
        std::size_t column = 0;            // of the permutation
        std::optional<std::size_t> other;  // equal to this column
        TermId constant;                   // else to this id
    };
    std::array<std::optional<std::size_t>, 4> output_{};
    std::array<bool, 4> scratch_needed_{};
    std::array<std::vector<TermId>, 4> scratch_;
    std::vector<TermId*> pointers_;
    std::vector<Check> checks_;
};

}  // namespace dossier::engine
