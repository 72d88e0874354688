#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/join_operator.h"
#include "engine/plan.h"
#include "engine/row_table.h"

// Sub-plans that depend on the rows of an outer plan.

namespace dossier::engine {

// A sub-plan and the outer variables it depends on.
struct SubPlan {
    // Keyed: the sub-plan runs once a batch; `input` among its leaves gives it the distinct values
    // of the correlated variables, which are columns of its rows again. Else it runs once for each
    // distinct combination, which it sees as ExecutionContext::outer().
    bool keyed = false;
    std::vector<Variable> correlated;
    PlanPtr input;  // keyed: the InputPlan
    // Not keyed: positions in `correlated` that may be unbound. An unbound variable is free in the
    // plan for its rows: one variant for each combination of unbound ones, by the bits of
    // `nullable`; or, where those would be too many, only that for rows in which all are bound, and
    // `plan_for` makes the others when the first such row comes.
    static constexpr std::size_t max_planned = 4;
    std::vector<std::size_t> nullable;
    std::vector<PlanPtr> variants;  // keyed: one
    // Any thread. All plans have the columns of the variants.
    std::function<PlanPtr(const std::vector<bool>& unbound)> plan_for;

    const std::vector<Variable>& variables() const { return variants.front()->variables(); }
    // Whether a column may be unbound in some variant's rows.
    std::vector<bool> unbound_flags() const;
};

// Runs a sub-plan for the rows of one batch after the other.
class SubPlanRunner {
  public:
    SubPlanRunner(ExecutionContext& context, const SubPlan& sub,
                  const std::vector<Variable>& columns);
    ~SubPlanRunner();

    // The rows of a batch to run for. The batch must stay as it is until the next begin().
    void begin(const Batch& batch, std::span<const std::uint32_t> rows);

    // The next rows of the sub-plan, no selection; false when there are no more. Row `i` of them
    // belongs to the batch's rows of group(i).
    bool next();
    const Batch& found() const { return found_; }
    std::span<const std::uint32_t> group(std::size_t row) const;
    // Nobody needs more rows for the group that the last rows belong to (not keyed only).
    void skip_group() { skip_ = true; }

  private:
    const PlanPtr& plan_for(const TermId* key);
    void open_group();
    void close_group();

    ExecutionContext& context_;
    const SubPlan& sub_;
    std::vector<std::size_t> columns_;      // of the correlated variables in the outer batch
    std::vector<std::size_t> key_columns_;  // keyed: of the correlated variables in the sub-plan
    const Batch* batch_ = nullptr;
    std::vector<std::uint32_t> rows_;    // by key
    std::vector<std::uint32_t> starts_;  // where each group's rows begin
    RowTable keys_;                      // one a group
    std::size_t next_group_ = 0;
    // What plan_for() has made, the most recently made only; above the operator that refers to it.
    static constexpr std::size_t max_late_plans = 64;
    std::map<std::vector<bool>, PlanPtr> late_plans_;
    std::vector<bool> unbound_;
    OperatorPtr operator_;
    std::vector<TermId> outer_before_;
    Batch found_;
    std::vector<std::uint32_t> found_groups_;
    bool skip_ = false;
};

// Joins each left row with the rows of a sub-plan that depends on it: LATERAL, OPTIONAL with a
// small left side, EXISTS whose pattern cannot be evaluated on its own.
class ApplyPlan final : public PlanNode {
  public:
    ApplyPlan(JoinKind kind, PlanPtr left, SubPlan sub, JoinConditions conditions,
              Estimate estimate);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    const JoinShape& shape() const { return shape_; }
    const JoinConditions& conditions() const { return conditions_; }
    const SubPlan& sub() const { return sub_; }

  private:
    JoinShape shape_;
    JoinConditions conditions_;
    SubPlan sub_;
};

// The test for an EXISTS inside an expression; `sub` must outlive it.
std::unique_ptr<ExistsTest> make_exists_test(const SubPlan& sub,
                                             const std::vector<Variable>& columns,
                                             ExecutionContext& context);

}  // namespace dossier::engine
