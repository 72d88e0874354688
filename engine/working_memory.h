#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/memory_budget.h"

namespace dossier::engine {

// What an operator that can spill may hold: a share of the query's budget. A little is always
// granted, charged or not, so that it gets on when others hold all.
class WorkingMemory {
  public:
    // `share`: of the budget, between 0 and 1.
    WorkingMemory(MemoryBudget& budget, double share)
        : charge_(budget),
          least_(std::clamp<std::size_t>(budget.limit() / 8, std::size_t{256} << 10,
                                         std::size_t{1} << 20)),
          most_(static_cast<std::size_t>(static_cast<double>(budget.limit()) * share)) {}

    // Whether it may hold so many bytes altogether from now on; if not, nothing changes.
    bool try_hold(std::size_t bytes) noexcept {
        if (bytes > least_) return bytes <= most_ && charge_.try_set(bytes);
        charge_.try_set(bytes);
        return true;
    }
    void clear() noexcept { charge_.clear(); }

  private:
    MemoryCharge charge_;
    std::size_t least_;
    std::size_t most_;
};

}  // namespace dossier::engine
