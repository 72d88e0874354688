#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "engine/triple_access.h"

namespace dossier::engine {

// One row with the number of a pattern's matches, asked of the index and not counted.
class CountPlan final : public PlanNode {
  public:
    CountPlan(TripleAccess access, AccessPath path, std::vector<Variable> targets);
    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;
    const TripleAccess& access() const { return access_; }
    const AccessPath& path() const { return path_; }

  private:
    TripleAccess access_;
    AccessPath path_;
};

}  // namespace dossier::engine
