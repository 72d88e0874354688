#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/execution_context.h"
#include "engine/memory_budget.h"
#include "engine/path_edges.h"
#include "engine/path_plan.h"
#include "storage/scan.h"

namespace dossier::engine {

// The part of a closure's graph that the starts given so far lead to: edges are looked up once, one
// sorted frontier after the other, and then followed in memory from one start after the other. For
// more than one start that is known, where few edges of the whole graph matter. Belongs to one
// operator.
class ReachableGraph {
  public:
    // `closure`: zero or more, or one or more, of what serves() accepts; must outlive this.
    ReachableGraph(ExecutionContext& context, storage::GraphSelection graphs,
                   const PropertyPathIds& closure, bool forward);

    // Closures of links, inverses of links, negated sets and alternatives of these.
    static bool serves(const PropertyPathIds& path);

    // Looks up what the ascending starts lead to. False, with the look-ups unfinished, when more
    // than a fair share of all edges has been read: reading all of them is cheaper then.
    bool extend(const std::vector<TermId>& starts);
    // The nodes that a start of an earlier extend() leads to, ascending.
    std::vector<TermId> reached_from(TermId start);

  private:
    using Edges = std::vector<std::pair<TermId, TermId>>;

    void look_up(const PropertyPathIds& path, bool forward, const std::vector<TermId>& from,
                 Edges& edges) const;
    std::uint64_t estimate(const PropertyPathIds& path) const;
    std::uint32_t number_of(TermId node);

    ExecutionContext& context_;
    storage::GraphSelection graphs_;
    const PropertyPathIds& step_;
    const bool reflexive_;
    const bool forward_;
    std::uint64_t most_edges_ = 0;

    boost::unordered_flat_map<TermId, std::uint32_t, std::hash<TermId>> numbers_;
    std::vector<TermId> nodes_;
    // By node: where its edges begin and end; both 0 while they are not looked up.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edge_ranges_;
    std::vector<bool> looked_up_;
    std::vector<std::uint32_t> edges_;
    GraphWalk walk_;
    MemoryCharge charge_;
};

}  // namespace dossier::engine
