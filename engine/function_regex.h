#pragma once

#include <vector>

#include "engine/expression_tree.h"
#include "engine/function_node.h"

namespace dossier::engine {

// REGEX and REPLACE (SPARQL 1.1 sections 17.4.3.14 and 17.4.3.15).
FunctionNodePtr make_regex(FunctionScope& scope, ExpressionOperator op,
                           std::vector<FunctionNodePtr> arguments);

}  // namespace dossier::engine
