#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "engine/execution_context.h"
#include "engine/path_plan.h"
#include "storage/scan.h"

namespace dossier::engine {

// Links, inverses of links, negated sets and alternatives of these: their edges can be scanned.
bool is_one_step(const PropertyPathIds& path);

// Some of the edges that were looked up: the node from[i] of those asked for leads to to[i].
struct EdgeBatch {
    std::span<const std::uint32_t> from;
    std::span<const TermId> to;
};

// The edges of a link or of a negated set that begin at the ascending nodes `from`, or that end
// there where they are not followed forward. An edge may come more than once.
void look_up_edges(ExecutionContext& context, const storage::GraphSelection& graphs,
                   const PropertyPathIds& step, bool forward, const std::vector<TermId>& from,
                   const std::function<void(const EdgeBatch&)>& take);

// Follows edges between numbered nodes in memory, from one start after the other.
class GraphWalk {
  public:
    // The nodes that `start` leads to, in no order; itself too where `reflexive`. `edges_of` gives
    // the nodes that a node leads to in one step; there are `nodes` of them. Valid until the next
    // walk, and the caller may sort them.
    template <typename EdgesOf>
    std::vector<std::uint32_t>& from(ExecutionContext& context, std::uint32_t start, bool reflexive,
                                     std::size_t nodes, const EdgesOf& edges_of) {
        if (visited_.size() * 64 < nodes) visited_.resize(nodes / 64 + 1, 0);
        reached_.clear();
        if (reflexive)
            visit(start);
        else
            for (const std::uint32_t next : edges_of(start)) visit(next);
        for (std::size_t i = 0; i < reached_.size(); ++i) {
            if ((i & 0xFFF) == 0) context.check();
            for (const std::uint32_t next : edges_of(reached_[i])) visit(next);
        }
        for (const std::uint32_t node : reached_) visited_[node / 64] = 0;
        return reached_;
    }

  private:
    void visit(std::uint32_t node) {
        std::uint64_t& word = visited_[node / 64];
        const std::uint64_t bit = std::uint64_t{1} << (node % 64);
        if ((word & bit) != 0) return;
        word |= bit;
        reached_.push_back(node);
    }

    std::vector<std::uint64_t> visited_;
    std::vector<std::uint32_t> reached_;
};

}  // namespace dossier::engine
