#pragma once

#include "engine/expression_evaluator.h"
#include "engine/function_node.h"

// Functions that give something new on every call.

namespace dossier::engine {

// RAND, UUID, STRUUID.
FunctionNodePtr make_random(ExpressionOperator op);
// BNODE() without a label, BNODE(label) with one.
FunctionNodePtr make_blank_node(FunctionNodePtr label, BlankNodeScope* scope);

}  // namespace dossier::engine
