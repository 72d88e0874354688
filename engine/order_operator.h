#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/operator.h"
#include "engine/plan.h"
#include "engine/solution_modifiers.h"

namespace dossier::engine {

// ORDER BY, perhaps with LIMIT.
class OrderPlan final : public PlanNode {
  public:
    OrderPlan(PlanPtr input, std::vector<OrderCondition> conditions,
              std::optional<std::uint64_t> limit, ExistsFactory exists);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    const std::vector<OrderCondition>& conditions() const { return conditions_; }
    const std::optional<std::uint64_t>& limit() const { return limit_; }
    const ExistsFactory& exists() const { return exists_; }

  private:
    std::vector<OrderCondition> conditions_;
    std::optional<std::uint64_t> limit_;
    ExistsFactory exists_;
};

}  // namespace dossier::engine
