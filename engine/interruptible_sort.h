#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

#include "engine/execution_context.h"

namespace dossier::engine {

// An order that asks now and then whether the query may go on: for algorithms that compare for long
// between two batches. What they sort is in any order once it throws.
template <typename Less>
class InterruptibleLess {
  public:
    InterruptibleLess(ExecutionContext& context, std::size_t& steps, Less less)
        : context_(&context), steps_(&steps), less_(less) {}

    template <typename T>
    bool operator()(const T& a, const T& b) const {
        // Some milliseconds of comparisons.
        if ((++*steps_ & 0xFFFF) == 0) context_->check();
        return less_(a, b);
    }

  private:
    ExecutionContext* context_;
    std::size_t* steps_;  // algorithms copy their order
    Less less_;
};

template <typename Iterator, typename Less = std::less<>>
void sort_interruptibly(ExecutionContext& context, Iterator begin, Iterator end, Less less = {}) {
    std::size_t steps = 0;
    std::sort(begin, end, InterruptibleLess(context, steps, less));
}

}  // namespace dossier::engine
