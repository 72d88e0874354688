#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "engine/triple_access.h"

namespace dossier::engine {

// Counts the solutions of triple patterns that have one variable in common, without making them:
// for each of its values the lengths of the patterns' runs in sorted indexes are multiplied. One
// pattern alone is counted by runs.
class CountingJoinPlan final : public PlanNode {
  public:
    struct Part {
        TripleAccess access;
        AccessPath path;  // the common variable comes after the fixed places
        double rows = 0;  // about
    };
    enum class What : std::uint8_t { solutions, values };  // COUNT(*), COUNT(DISTINCT ?key)
    struct Count {
        Variable target = 0;
        What what = What::solutions;
    };

    // One row a value of `key`, ascending; or, when not `grouped`, one row for all.
    CountingJoinPlan(Variable key, bool grouped, std::vector<Part> parts, std::vector<Count> counts,
                     Estimate estimate);

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    bool grouped() const { return grouped_; }
    const std::vector<Part>& parts() const { return parts_; }
    const std::vector<Count>& counts() const { return counts_; }

  private:
    Variable key_;
    bool grouped_;
    std::vector<Part> parts_;
    std::vector<Count> counts_;
};

}  // namespace dossier::engine
