#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/join_operator.h"
#include "engine/plan.h"

namespace dossier::engine {

// Joins two inputs that both ascend by the keys (the first variables of both orders, bound on both
// sides). Keeps the left input's order.
class MergeJoinPlan final : public PlanNode {
  public:
    // `keys`: at least one, a prefix of left's and of right's order().
    MergeJoinPlan(JoinKind kind, PlanPtr left, PlanPtr right, std::vector<Variable> keys,
                  JoinConditions conditions, Estimate estimate);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    const JoinShape& shape() const { return shape_; }
    const JoinConditions& conditions() const { return conditions_; }
    const std::vector<Variable>& keys() const { return keys_; }

  private:
    JoinShape shape_;
    JoinConditions conditions_;
    std::vector<Variable> keys_;
};

}  // namespace dossier::engine
