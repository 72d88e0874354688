#pragma once

#include "engine/operator.h"
#include "engine/plan.h"
#include "engine/solution_modifiers.h"

namespace dossier::engine {

// DISTINCT and REDUCED. Rows pass through as they come, the first of each.
class DistinctPlan final : public PlanNode {
  public:
    DistinctPlan(PlanPtr input, bool reduced);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    // How many variables the input's order begins with, at most all.
    std::size_t ordered_columns() const { return ordered_columns_; }
    // Equal rows are neighbours, or only neighbours are asked for.
    bool compares_neighbours() const { return compares_neighbours_; }

  private:
    std::size_t ordered_columns_ = 0;
    bool compares_neighbours_ = false;
    bool reduced_ = false;
};

}  // namespace dossier::engine
