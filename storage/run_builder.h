#pragma once

#include <memory>

#include "storage/permutation_index.h"
#include "storage/store_core.h"
#include "storage/store_state.h"

namespace dossier::storage {

// A state with its log's changes written as runs in every permutation, and as base blocks where
// there are many runs already; gspo is made where there are named graphs and it is missing. Takes
// generations from `generation` on, two a permutation at most. `counts`: the rows of each graph of
// the state; `runs_before`: the runs of each permutation's root.
std::shared_ptr<State> with_runs(StoreCore& core, const State& state, const GraphCounts& counts,
                                 std::uint64_t generation,
                                 const std::vector<std::size_t>& runs_before);
std::vector<std::size_t> runs_of(const StoreRoot& root);

// gspo, made from the rows of spo in bounded memory.
std::shared_ptr<PermutationIndex> build_graph_index(StoreCore& core, const State& state,
                                                    Permutation permutation,
                                                    const GraphCounts& counts,
                                                    std::uint64_t generation);

}  // namespace dossier::storage
