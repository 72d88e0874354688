#pragma once

#include <memory>

#include "storage/permutation_index.h"
#include "storage/store_core.h"
#include "storage/store_state.h"

namespace dossier::storage {

// For the holder of the writer's right: the state with the log's changes written as runs in every
// permutation, and as base blocks where there are many runs already; gspo is made where there are
// named graphs and it is missing. The caller publishes it as a root.
std::shared_ptr<State> with_runs(StoreCore& core, const State& state);

// gspo, made from the rows of spo in bounded memory. `counts`: the rows of each graph of the state.
std::shared_ptr<PermutationIndex> build_graph_index(StoreCore& core, const State& state,
                                                    Permutation permutation,
                                                    const GraphCounts& counts);

}  // namespace dossier::storage
