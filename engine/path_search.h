#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/execution_context.h"
#include "engine/memory_budget.h"
#include "engine/path_edges.h"
#include "engine/path_plan.h"
#include "storage/scan.h"

namespace dossier::engine {

// Finds the nodes that a path connects with given nodes: sets of nodes go in and out, frontiers are
// looked up in sorted batches. Belongs to one operator.
class PathSearch {
  public:
    PathSearch(ExecutionContext& context, storage::GraphSelection graphs);

    using Nodes = std::vector<TermId>;  // ascending, distinct

    // The nodes reached from any of `from`, forwards or backwards.
    Nodes reach(const PropertyPathIds& path, const Nodes& from, bool forward);
    // All nodes of the graph: subjects and objects of its statements.
    Nodes all_nodes();
    bool in_graph(TermId node) const;

    // A closure from one node after the other over edges that are read once: for many starts.
    // False where the path is too intricate or the budget too small; reach() serves then.
    bool prepare_closure(const PropertyPathIds& closure, bool forward);
    Nodes closure_from(TermId start);
    bool prepared() const { return !nodes_.empty(); }
    // The prepared closure's nodes with an edge in its direction.
    Nodes closure_starts() const;

  private:
    Nodes step(const PropertyPathIds& path, const Nodes& from, bool forward);
    // False where the budget is too small for them.
    bool scan_edges(const PropertyPathIds& path, bool forward,
                    std::vector<std::pair<TermId, TermId>>& edges);
    void charge(std::size_t nodes);

    ExecutionContext& context_;
    storage::GraphSelection graphs_;
    MemoryCharge charge_;

    // The prepared closure: dense numbers, and for each the numbers it leads to.
    const PropertyPathIds* closure_ = nullptr;
    Nodes nodes_;
    std::vector<std::uint32_t> first_edge_, edges_;
    GraphWalk walk_;
    MemoryCharge closure_charge_;
};

// Whether the path connects every node with itself.
bool matches_nothing(const PropertyPathIds& path);

}  // namespace dossier::engine
