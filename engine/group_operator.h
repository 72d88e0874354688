#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/operator.h"
#include "engine/plan.h"
#include "engine/solution_modifiers.h"

namespace dossier::engine {

// GROUP BY with its aggregates: a stream where equal keys are neighbours, else a hash table.
class GroupPlan final : public PlanNode {
  public:
    GroupPlan(PlanPtr input, std::vector<Variable> keys, std::vector<Aggregate> aggregates,
              ExistsFactory exists);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    const std::vector<Variable>& keys() const { return keys_; }
    const std::vector<Aggregate>& aggregates() const { return aggregates_; }
    const ExistsFactory& exists() const { return exists_; }
    bool is_sorted() const { return is_sorted_; }

  private:
    std::vector<Variable> keys_;
    std::vector<Aggregate> aggregates_;
    ExistsFactory exists_;
    bool is_sorted_ = false;
};

std::unique_ptr<Operator> make_sorted_group(ExecutionContext& context, const GroupPlan& plan);
std::unique_ptr<Operator> make_hash_group(ExecutionContext& context, const GroupPlan& plan);

}  // namespace dossier::engine
