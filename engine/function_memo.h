#pragma once

#include <cstddef>

#include "engine/function_node.h"

namespace dossier::engine {

// A function of one column that is dear enough to be asked once per distinct id: answers are
// remembered, from batch to batch as long as that pays. `inner` is compiled for batches of one
// column; `column` is the one of this node's batches that takes its place. With `as_ids` the values
// are wanted as ids anyway and are interned at once.
FunctionNodePtr make_memo(ExecutionContext& context, FunctionNodePtr inner, std::size_t column,
                          bool as_ids);

}  // namespace dossier::engine
