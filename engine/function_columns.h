#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/expression_evaluator.h"
#include "engine/function_compiler.h"
#include "engine/function_node.h"

namespace dossier::engine {

// An expression whose values stay in this room: cells, not ids, so that nothing is interned that is
// only added up or sorted by. Belongs to one thread.
class FunctionColumn {
  public:
    FunctionColumn(const Expression& expression, const std::vector<Variable>& columns,
                   ExecutionContext& context, const ExistsFactory& exists)
        : scope_(&context, context.options().base),
          node_(compile_function(expression, {scope_, columns, exists, &blank_nodes_}, false)) {}

    // The values of some rows; their meaning ends with the next call.
    std::span<const Cell> evaluate(const Batch& batch, std::span<const std::uint32_t> rows) {
        scope_.begin();
        cells_.resize(rows.size());
        node_->evaluate(scope_, batch, rows, cells_.data());
        return cells_;
    }
    // The column of the batch it hands through; negative where it is not just that.
    int column() const { return node_->column(); }
    FunctionScope& scope() { return scope_; }

  private:
    FunctionScope scope_;
    BlankNodeScope blank_nodes_;
    FunctionNodePtr node_;
    std::vector<Cell> cells_;
};

}  // namespace dossier::engine
