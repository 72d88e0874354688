#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/join_operator.h"
#include "engine/plan.h"
#include "engine/triple_access.h"

namespace dossier::engine {

// For each left row, looks its value of one variable up in an index: batches of keys, sorted and
// distinct. Rows keep the order by that variable where the left input has it.
class BindJoinPlan final : public PlanNode {
  public:
    // How the right rows are found from the key.
    struct Lookup {
        TripleAccess access;
        Variable key = 0;  // bound in all left rows
        // The permutation with the key behind the fixed places; none: the key is the id of a triple
        // term whose parts are asked for.
        std::optional<AccessPath> path;
    };

    BindJoinPlan(JoinKind kind, PlanPtr left, Lookup lookup, JoinConditions conditions,
                 Estimate estimate);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    const JoinShape& shape() const { return shape_; }
    const JoinConditions& conditions() const { return conditions_; }
    const Lookup& lookup() const { return lookup_; }
    const std::vector<Variable>& right_variables() const { return right_variables_; }
    bool left_is_sorted() const { return left_is_sorted_; }

  private:
    BindJoinPlan(JoinShape shape, std::vector<Variable> right_variables, PlanPtr left,
                 Lookup lookup, JoinConditions conditions, Estimate estimate);

    JoinShape shape_;
    JoinConditions conditions_;
    Lookup lookup_;
    std::vector<Variable> right_variables_;
    bool left_is_sorted_;
};

}  // namespace dossier::engine
