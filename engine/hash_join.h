#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/join_operator.h"
#include "engine/plan.h"

namespace dossier::engine {

// Builds a hash table of the right input and probes it with the left. Without keys every right row
// is a candidate: the cartesian product, streaming over the left. A right input that outgrows the
// budget is split with the left one into partitions on disk; one that is still too large is joined
// in several passes. Rows come in no promised order.
class HashJoinPlan final : public PlanNode {
  public:
    HashJoinPlan(JoinKind kind, PlanPtr left, PlanPtr right, JoinConditions conditions,
                 Estimate estimate);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    const JoinShape& shape() const { return shape_; }
    const JoinConditions& conditions() const { return conditions_; }

  private:
    JoinShape shape_;
    JoinConditions conditions_;
};

// " on ?a ?b" and the conditions, for the lines of joins.
std::string describe_join(const JoinShape& shape, const std::vector<ExpressionPtr>& conditions,
                          const PlanNames& names);

}  // namespace dossier::engine
