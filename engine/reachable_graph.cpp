#include "engine/reachable_graph.h"

#include <algorithm>

#include "engine/interruptible_sort.h"

namespace dossier::engine {

using Kind = PropertyPath::Kind;
using storage::Permutation;

namespace {

constexpr std::size_t chunk_rows = 4096;
constexpr const char* purpose = "following a property path";
// A look-up costs some four times what reading an edge in order does.
constexpr std::uint64_t lookup_cost = 4;
// Below it nothing is worth saving.
constexpr std::uint64_t few_edges = 4096;

bool one_step(const PropertyPathIds& path) {
    switch (path.kind) {
        case Kind::link:
        case Kind::negated:
            return true;
        case Kind::inverse:
        case Kind::alternative:
            return std::all_of(path.parts.begin(), path.parts.end(), one_step);
        default:
            return false;
    }
}

}  // namespace

bool ReachableGraph::serves(const PropertyPathIds& path) {
    return (path.kind == Kind::zero_or_more || path.kind == Kind::one_or_more) &&
           one_step(path.parts.front());
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
        visited_.push_back(false);
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
    switch (path.kind) {
        case Kind::link:
            look_up_link(path.predicate, forward, from, edges);
            break;
        case Kind::negated:
            look_up_negated(path, forward, from, edges);
            break;
        case Kind::inverse:
            look_up(path.parts.front(), !forward, from, edges);
            break;
        default:
            for (const PropertyPathIds& part : path.parts) look_up(part, forward, from, edges);
            break;
    }
}

void ReachableGraph::look_up_link(TermId predicate, bool forward, const std::vector<TermId>& from,
                                  Edges& edges) const {
    if (!predicate.bound()) return;
    storage::ScanRequest request;
    request.permutation = forward ? Permutation::pso : Permutation::pos;
    request.prefix[0] = predicate;
    request.prefix_length = 1;
    request.graphs = graphs_;
    const auto cursor = context_.snapshot().scan(request);
    std::vector<std::uint32_t> numbers(chunk_rows);
    std::vector<TermId> found(chunk_rows);
    TermId* const columns[4] = {nullptr, nullptr, found.data(), nullptr};
    MemoryCharge charge(context_.memory());
    std::size_t key = 0;
    while (key < from.size()) {
        context_.check();
        const std::size_t rows = cursor->lookup(from, key, numbers.data(), columns, chunk_rows);
        charge.add(rows * sizeof(edges[0]), purpose);
        for (std::size_t i = 0; i < rows; ++i) edges.emplace_back(from[numbers[i]], found[i]);
    }
}

// Predicates that are not listed: the statements of a node, each looked at.
void ReachableGraph::look_up_negated(const PropertyPathIds& path, bool forward,
                                     const std::vector<TermId>& from, Edges& edges) const {
    MemoryCharge charge(context_.memory());
    for (const bool backward_set : {false, true}) {
        if (backward_set ? !path.has_backward : !path.has_forward) continue;
        const std::vector<TermId>& excluded = backward_set ? path.backward : path.forward;
        // The backward set runs against the direction.
        storage::ScanRequest request;
        request.permutation = forward != backward_set ? Permutation::spo : Permutation::ops;
        request.graphs = graphs_;
        const auto cursor = context_.snapshot().scan(request);
        std::vector<std::uint32_t> numbers(chunk_rows);
        std::vector<TermId> predicates(chunk_rows), found(chunk_rows);
        TermId* const columns[4] = {nullptr, predicates.data(), found.data(), nullptr};
        std::size_t key = 0;
        while (key < from.size()) {
            context_.check();
            const std::size_t rows = cursor->lookup(from, key, numbers.data(), columns, chunk_rows);
            charge.add(rows * sizeof(edges[0]), purpose);
            for (std::size_t i = 0; i < rows; ++i)
                if (!std::binary_search(excluded.begin(), excluded.end(), predicates[i]))
                    edges.emplace_back(from[numbers[i]], found[i]);
        }
    }
}

std::vector<TermId> ReachableGraph::reached_from(TermId start) {
    const std::uint32_t first = number_of(start);
    const auto visit = [&](std::uint32_t node) {
        if (visited_[node]) return;
        visited_[node] = true;
        queue_.push_back(node);
    };
    const auto follow = [&](std::uint32_t node) {
        const auto [begin, end] = edge_ranges_[node];
        for (std::uint32_t edge = begin; edge < end; ++edge) visit(edges_[edge]);
    };
    queue_.clear();
    if (reflexive_)
        visit(first);
    else
        follow(first);
    for (std::size_t next = 0; next < queue_.size(); ++next) {
        if ((next & 0xFFF) == 0) context_.check();
        follow(queue_[next]);
    }
    std::vector<TermId> out;
    out.reserve(queue_.size());
    for (const std::uint32_t node : queue_) {
        out.push_back(nodes_[node]);
        visited_[node] = false;
    }
    sort_interruptibly(context_, out.begin(), out.end());
    return out;
}

}  // namespace dossier::engine
