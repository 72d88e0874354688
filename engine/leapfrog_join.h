#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "engine/triple_access.h"

namespace dossier::engine {

// Joins triple patterns whose variables form circles (triangles, squares ...): one variable after
// the other, each value in all patterns that have the variable at once, so that no pair of patterns
// is ever joined alone, however many rows that would make. The patterns' columns are read into
// memory first; where the budget has no room for them, `otherwise` runs in its place.
class LeapfrogJoinPlan final : public PlanNode {
  public:
    // A pattern with one or two variables, which follow the fixed places in the path's order.
    struct Part {
        TripleAccess access;
        AccessPath path;
        std::vector<std::size_t> variables;  // places in the plan's order of variables, ascending
    };

    // `variables`: in the order in which they are bound; each is in some part.
    LeapfrogJoinPlan(std::vector<Variable> variables, std::vector<Part> parts, PlanPtr otherwise,
                     Estimate estimate);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    const std::vector<Part>& parts() const { return parts_; }
    const PlanPtr& otherwise() const { return otherwise_; }

  private:
    std::vector<Part> parts_;
    PlanPtr otherwise_;
};

// The parts for these accesses with the variables bound in the order given; nothing where an access
// does not suit: other than one or two variables, a graph to be found, a value from outside.
std::optional<std::vector<LeapfrogJoinPlan::Part>> leapfrog_parts(
    const std::vector<TripleAccess>& accesses, const std::vector<Variable>& variables,
    const storage::Snapshot& snapshot);

}  // namespace dossier::engine
