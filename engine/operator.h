#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/batch.h"
#include "engine/execution_context.h"
#include "engine/variables.h"

namespace dossier::engine {

class PlanNode;

// The running half of a plan node: a stream of batches whose columns are the node's variables() and
// whose rows ascend by its order(). Belongs to one thread; context and plan node must outlive it.
class Operator {
  public:
    Operator(ExecutionContext& context, const PlanNode& plan);
    virtual ~Operator();
    Operator(const Operator&) = delete;
    Operator& operator=(const Operator&) = delete;

    // Fills `out` with the next rows, at least one; false at the end (out is then empty), and on
    // every call after it. Batches start at Batch::first_capacity rows and grow. Counts rows and
    // time, and throws as ExecutionContext::check() does.
    bool next(Batch& out);

    const PlanNode& plan() const { return plan_; }
    ExecutionContext& context() const { return context_; }

  protected:
    OperatorStatistics& statistics() { return statistics_; }

  private:
    // Writes up to out.capacity() rows; `out` comes empty, with a column for each variable. True
    // with no row is allowed: it is called again. False once exhausted; then rows do not count.
    virtual bool produce(Batch& out) = 0;

    ExecutionContext& context_;
    const PlanNode& plan_;
    OperatorStatistics& statistics_;
    std::size_t capacity_ = Batch::first_capacity;
    bool exhausted_ = false;
};

using OperatorPtr = std::unique_ptr<Operator>;

}  // namespace dossier::engine
