#pragma once

#include <string>
#include <vector>

#include "engine/expression_evaluator.h"
#include "engine/expression_tree.h"
#include "engine/function_node.h"

namespace dossier::engine {

// What an expression is compiled for. Without a context only constants can be evaluated.
struct FunctionSetting {
    FunctionScope& scope;
    const std::vector<Variable>& columns;
    const ExistsFactory& exists;
    BlankNodeScope* blank_nodes = nullptr;
    // Inside a node that remembers answers already.
    bool remembered = false;
};

// The node for an expression. With `as_ids` its values are wanted as ids.
FunctionNodePtr compile_function(const Expression& expression, const FunctionSetting& setting,
                                 bool as_ids);

}  // namespace dossier::engine
