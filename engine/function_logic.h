#pragma once

#include <vector>

#include "engine/expression_evaluator.h"
#include "engine/function_node.h"

// Operators that do not need all of their arguments, and those that see unbound variables. They
// evaluate an argument only for the rows that depend on it.

namespace dossier::engine {

// SPARQL 1.1 section 17.2, table of logical connectives with errors.
FunctionNodePtr make_and(std::vector<FunctionNodePtr> parts);
FunctionNodePtr make_or(std::vector<FunctionNodePtr> parts);
FunctionNodePtr make_not(FunctionNodePtr argument);
FunctionNodePtr make_if(FunctionNodePtr condition, FunctionNodePtr yes, FunctionNodePtr no);
FunctionNodePtr make_coalesce(std::vector<FunctionNodePtr> arguments);
// BOUND of a variable's node.
FunctionNodePtr make_bound(FunctionNodePtr variable);
FunctionNodePtr make_exists(std::unique_ptr<ExistsTest> test, bool negated);

}  // namespace dossier::engine
