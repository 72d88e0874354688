#include "engine/operator.h"

#include <algorithm>
#include <chrono>

#include "engine/plan.h"

namespace dossier::engine {

Operator::Operator(ExecutionContext& context, const PlanNode& plan)
    : context_(context), plan_(plan), statistics_(context.statistics(plan)) {
    ++statistics_.operators;
    context.add_columns(plan.variables().size());
}

Operator::~Operator() {
    context_.remove_columns(plan_.variables().size());
}

bool Operator::next(Batch& out) {
    using Clock = std::chrono::steady_clock;
    const bool measure = context_.options().measure_time;
    const Clock::time_point begin = measure ? Clock::now() : Clock::time_point{};
    while (!exhausted_) {
        context_.check();
        capacity_ = std::min(capacity_, context_.batch_capacity());
        out.reset(plan_.variables().size(), capacity_);
        if (!produce(out)) {
            exhausted_ = true;
            out.reset(plan_.variables().size(), 0);
            break;
        }
        if (out.size() == 0) continue;
        capacity_ = std::min(capacity_ * 4, Batch::max_capacity);
        break;
    }
    if (measure) statistics_.time += Clock::now() - begin;
    if (exhausted_) return false;
    statistics_.rows += out.size();
    ++statistics_.batches;
    return true;
}

}  // namespace dossier::engine
