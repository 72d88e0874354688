#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/batch.h"
#include "engine/function_cell.h"
#include "engine/function_scope.h"
#include "rdf/value_order.h"

namespace dossier::engine {

// A compiled expression of one worker: evaluates whole columns, so that the walk over the tree is
// paid once a batch. Nodes may keep caches.
class FunctionNode {
  public:
    using Rows = std::span<const std::uint32_t>;

    virtual ~FunctionNode() = default;

    // out[i] = the value for row rows[i] of the batch.
    virtual void evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) = 0;
    // out[i] = its effective boolean value.
    virtual void test(FunctionScope& scope, const Batch& batch, Rows rows, Truth* out);

    // The value where it is the same for all rows; null where it is not.
    virtual const Cell* constant() const { return nullptr; }
    // The column it hands through; negative where it is not just a column.
    virtual int column() const { return -1; }
};
using FunctionNodePtr = std::unique_ptr<FunctionNode>;

// A node whose answers are truth values: evaluate() is made of test().
class TestNode : public FunctionNode {
  public:
    void evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) final;
    void test(FunctionScope& scope, const Batch& batch, Rows rows, Truth* out) override = 0;

  private:
    std::vector<Truth> truths_;
};

}  // namespace dossier::engine
