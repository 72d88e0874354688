#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/algebra.h"
#include "engine/plan.h"

namespace dossier::engine {

// SERVICE joined with what stands beside it (SPARQL 1.1 Federated Query section 4): the input's
// rows go to the endpoint in blocks, as VALUES of the variables that all of a block's rows bind to
// terms an endpoint can know (no blank nodes); its solutions are joined with the block here. The
// endpoint may be a variable of the input. `outer`: variables with a value from outside.
class ServicePlan final : public PlanNode {
  public:
    ServicePlan(PlanPtr input, Service service, std::vector<Variable> outer);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    const Service& service() const { return service_; }
    const std::vector<Variable>& outer() const { return outer_; }

  private:
    Service service_;
    std::vector<Variable> outer_;
};

}  // namespace dossier::engine
