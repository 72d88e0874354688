#include "engine/plan.h"

#include <fmt/format.h>

#include <utility>

namespace dossier::engine {

PlanNode::PlanNode(std::vector<Variable> variables, std::vector<bool> may_be_unbound,
                   std::vector<Variable> order, Estimate estimate, std::vector<PlanPtr> inputs)
    : variables_(std::move(variables)),
      may_be_unbound_(std::move(may_be_unbound)),
      order_(std::move(order)),
      estimate_(estimate),
      inputs_(std::move(inputs)) {
    may_be_unbound_.resize(variables_.size(), false);
}

}  // namespace dossier::engine
