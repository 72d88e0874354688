#include "engine/function_node.h"

namespace dossier::engine {

void FunctionNode::test(FunctionScope& scope, const Batch& batch, Rows rows, Truth* out) {
    std::vector<Cell> cells(rows.size());
    evaluate(scope, batch, rows, cells.data());
    scope.decode(cells);
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = effective_boolean(scope, cells[i]);
}

void TestNode::evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) {
    std::vector<Truth> truths;
    truths.swap(truths_);
    truths.resize(rows.size());
    test(scope, batch, rows, truths.data());
    for (std::size_t i = 0; i < rows.size(); ++i)
        out[i] = truths[i] == Truth::error ? Cell{} : Cell::boolean(truths[i] == Truth::yes);
    truths_.swap(truths);
}

}  // namespace dossier::engine
