#include "engine/reachable_graph.h"

#include <algorithm>

#include "engine/interruptible_sort.h"
#include "engine/path_edges.h"

namespace dossier::engine {

using Kind = PropertyPath::Kind;
using storage::Permutation;

namespace {

constexpr const char* purpose = "following a property path";
// A look-up costs some four times what reading an edge in order does.
constexpr std::uint64_t lookup_cost = 4;
// Below it nothing is worth saving.
constexpr std::uint64_t few_edges = 4096;

}  // namespace

bool ReachableGraph::serves(const PropertyPathIds& path) {
    return (path.kind == Kind::zero_or_more || path.kind == Kind::one_or_more) &&
           is_one_step(path.parts.front());
}

ReachableGraph::ReachableGraph(ExecutionContext& context, storage::GraphSelection graphs,
                               const PropertyPathIds& closure, bool forward)
    : context_(context),
      graphs_(std::move(graphs)),
      step_(closure.parts.front()),
      reflexive_(closure.kind == Kind::zero_or_more),
      forward_(forward),
      charge_(context.memory()) {
    most_edges_ = std::max(few_edges, estimate(step_) / lookup_cost);
}

// How many edges there are, about.
std::uint64_t ReachableGraph::estimate(const PropertyPathIds& path) const {
    std::uint64_t sum = 0;
    for (const PropertyPathIds& part : path.parts) sum += estimate(part);
    if (path.kind != Kind::link && path.kind != Kind::negated) return sum;
    storage::ScanRequest request;
    request.permutation = Permutation::pso;
    request.graphs = graphs_;
    if (path.kind == Kind::link) {
        if (!path.predicate.bound()) return 0;
        request.prefix[0] = path.predicate;
        request.prefix_length = 1;
    }
    return context_.snapshot().estimate(request);
}

std::uint32_t ReachableGraph::number_of(TermId node) {
    const auto [place, added] =
        numbers_.try_emplace(node, static_cast<std::uint32_t>(nodes_.size()));
    if (added) {
        nodes_.push_back(node);
        edge_ranges_.emplace_back(0, 0);
        looked_up_.push_back(false);
    }
    return place->second;
}

bool ReachableGraph::extend(const std::vector<TermId>& starts) {
    std::vector<TermId> frontier;
    for (const TermId start : starts)
        if (!looked_up_[number_of(start)]) frontier.push_back(start);
    Edges found;
    while (!frontier.empty()) {
        if (edges_.size() > most_edges_) return false;
        found.clear();
        look_up(step_, forward_, frontier, found);
        sort_interruptibly(context_, found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        for (const TermId node : frontier) looked_up_[number_of(node)] = true;
        frontier.clear();
        for (std::size_t i = 0; i < found.size();) {
            const TermId from = found[i].first;
            const auto begin = static_cast<std::uint32_t>(edges_.size());
            for (; i < found.size() && found[i].first == from; ++i) {
                const std::size_t known = nodes_.size();
                const std::uint32_t to = number_of(found[i].second);
                edges_.push_back(to);
                if ((edges_.size() & 0xFFFF) == 0) context_.check();
                if (to == known) frontier.push_back(found[i].second);
            }
            edge_ranges_[number_of(from)] = {begin, static_cast<std::uint32_t>(edges_.size())};
        }
        sort_interruptibly(context_, frontier.begin(), frontier.end());
        charge_.set(nodes_.size() * 48 + edges_.size() * sizeof(edges_[0]) +
                        found.capacity() * sizeof(found[0]) + frontier.size() * sizeof(TermId),
                    purpose);
    }
    return true;
}

void ReachableGraph::look_up(const PropertyPathIds& path, bool forward,
                             const std::vector<TermId>& from, Edges& edges) const {
    if (path.kind == Kind::inverse || path.kind == Kind::alternative) {
        const bool along = forward != (path.kind == Kind::inverse);
        for (const PropertyPathIds& part : path.parts) look_up(part, along, from, edges);
        return;
    }
    MemoryCharge charge(context_.memory());
    look_up_edges(context_, graphs_, path, forward, from, [&](const EdgeBatch& batch) {
        charge.add(batch.to.size() * sizeof(edges[0]), purpose);
        for (std::size_t i = 0; i < batch.to.size(); ++i)
            edges.emplace_back(from[batch.from[i]], batch.to[i]);
    });
}

std::vector<TermId> ReachableGraph::reached_from(TermId start) {
    const std::uint32_t first = number_of(start);
    const std::vector<std::uint32_t>& reached =
        walk_.from(context_, first, reflexive_, nodes_.size(), [this](std::uint32_t node) {
            const auto [begin, end] = edge_ranges_[node];
            return std::span(edges_).subspan(begin, end - begin);
        });
    std::vector<TermId> out;
    out.reserve(reached.size());
    for (const std::uint32_t node : reached) out.push_back(nodes_[node]);
    sort_interruptibly(context_, out.begin(), out.end());
    return out;
}

}  // namespace dossier::engine
