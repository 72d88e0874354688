#include "engine/path_search.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <iterator>

#include "engine/interruptible_sort.h"
#include "engine/path_edges.h"

namespace dossier::engine {

using Kind = PropertyPath::Kind;
using storage::Permutation;

namespace {

constexpr std::size_t chunk_rows = 4096;
// While a closure is prepared: the list of edges as it grows, or the list of their ends.
constexpr std::size_t bytes_per_edge = 64;

void normalize(ExecutionContext& context, PathSearch::Nodes& nodes) {
    sort_interruptibly(context, nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

PathSearch::Nodes united(const PathSearch::Nodes& a, const PathSearch::Nodes& b) {
    PathSearch::Nodes out;
    out.reserve(a.size() + b.size());
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
    return out;
}

struct IdHash {
    std::size_t operator()(TermId id) const { return std::hash<TermId>()(id); }
};

}  // namespace

bool matches_nothing(const PropertyPathIds& path) {
    switch (path.kind) {
        case Kind::zero_or_more:
        case Kind::zero_or_one:
            return true;
        case Kind::inverse:
        case Kind::one_or_more:
            return matches_nothing(path.parts.front());
        case Kind::sequence:
            return std::all_of(path.parts.begin(), path.parts.end(), matches_nothing);
        case Kind::alternative:
            return std::any_of(path.parts.begin(), path.parts.end(), matches_nothing);
        case Kind::link:
        case Kind::negated:
            return false;
    }
    return false;
}

PathSearch::PathSearch(ExecutionContext& context, storage::GraphSelection graphs)
    : context_(context),
      graphs_(std::move(graphs)),
      charge_(context.memory()),
      closure_charge_(context.memory()) {}

void PathSearch::charge(std::size_t nodes) {
    charge_.set(nodes * 4 * sizeof(TermId), "following a property path");
}

PathSearch::Nodes PathSearch::step(const PropertyPathIds& path, const Nodes& from, bool forward) {
    Nodes out;
    look_up_edges(context_, graphs_, path, forward, from, [&](const EdgeBatch& edges) {
        out.insert(out.end(), edges.to.begin(), edges.to.end());
        charge(from.size() + out.size());
    });
    normalize(context_, out);
    return out;
}

PathSearch::Nodes PathSearch::reach(const PropertyPathIds& path, const Nodes& from, bool forward) {
    switch (path.kind) {
        case Kind::link:
        case Kind::negated:
            return step(path, from, forward);
        case Kind::inverse:
            return reach(path.parts.front(), from, !forward);
        case Kind::sequence: {
            Nodes nodes = from;
            for (std::size_t i = 0; i < path.parts.size() && !nodes.empty(); ++i)
                nodes = reach(path.parts[forward ? i : path.parts.size() - 1 - i], nodes, forward);
            return nodes;
        }
        case Kind::alternative: {
            Nodes out;
            for (const PropertyPathIds& part : path.parts)
                out = united(out, reach(part, from, forward));
            return out;
        }
        case Kind::zero_or_one:
            return united(from, reach(path.parts.front(), from, forward));
        case Kind::zero_or_more:
        case Kind::one_or_more: {
            boost::unordered_flat_set<TermId, IdHash> visited;
            MemoryCharge visited_charge(context_.memory());
            Nodes frontier = from;
            if (path.kind == Kind::zero_or_more) visited.insert(from.begin(), from.end());
            while (!frontier.empty()) {
                const Nodes next = reach(path.parts.front(), frontier, forward);
                frontier.clear();
                for (const TermId node : next)
                    if (visited.insert(node).second) frontier.push_back(node);
                visited_charge.set(visited.size() * 3 * sizeof(TermId),
                                   "following a property path");
            }
            Nodes out(visited.begin(), visited.end());
            sort_interruptibly(context_, out.begin(), out.end());
            return out;
        }
    }
    return {};
}

PathSearch::Nodes PathSearch::all_nodes() {
    Nodes nodes;
    for (const Permutation permutation : {Permutation::spo, Permutation::osp}) {
        storage::ScanRequest request;
        request.permutation = permutation;
        request.graphs = graphs_;
        const auto cursor = context_.snapshot().scan(request);
        std::vector<TermId> found(chunk_rows);
        TermId* const columns[4] = {found.data(), nullptr, nullptr, nullptr};
        for (;;) {
            context_.check();
            const std::size_t rows = cursor->next(columns, chunk_rows);
            if (rows == 0) break;
            for (std::size_t i = 0; i < rows; ++i)
                if (nodes.empty() || nodes.back() != found[i]) nodes.push_back(found[i]);
            charge(nodes.size());
        }
    }
    normalize(context_, nodes);
    return nodes;
}

bool PathSearch::in_graph(TermId node) const {
    for (const Permutation permutation : {Permutation::spo, Permutation::osp}) {
        storage::ScanRequest request;
        request.permutation = permutation;
        request.prefix[0] = node;
        request.prefix_length = 1;
        request.graphs = graphs_;
        TermId* const columns[4] = {nullptr, nullptr, nullptr, nullptr};
        if (context_.snapshot().scan(request)->next(columns, 1) > 0) return true;
    }
    return false;
}

bool PathSearch::scan_edges(const PropertyPathIds& path, bool forward,
                            std::vector<std::pair<TermId, TermId>>& edges) {
    const auto scan = [&](std::optional<TermId> predicate, const std::vector<TermId>* excluded,
                          bool along) -> bool {
        storage::ScanRequest request;
        request.permutation = Permutation::pso;
        if (predicate) {
            if (!predicate->bound()) return true;
            request.prefix[0] = *predicate;
            request.prefix_length = 1;
        }
        request.graphs = graphs_;
        const auto cursor = context_.snapshot().scan(request);
        std::vector<TermId> predicates(chunk_rows), subjects(chunk_rows), objects(chunk_rows);
        TermId* const columns[4] = {predicate ? nullptr : predicates.data(), subjects.data(),
                                    objects.data(), nullptr};
        for (;;) {
            context_.check();
            const std::size_t rows = cursor->next(columns, chunk_rows);
            if (rows == 0) return true;
            // Short of memory: the caller goes step by step.
            if (!closure_charge_.try_add(rows * bytes_per_edge)) return false;
            for (std::size_t i = 0; i < rows; ++i) {
                if (excluded != nullptr &&
                    std::binary_search(excluded->begin(), excluded->end(), predicates[i]))
                    continue;
                if (along)
                    edges.emplace_back(subjects[i], objects[i]);
                else
                    edges.emplace_back(objects[i], subjects[i]);
            }
        }
    };
    switch (path.kind) {
        case Kind::link:
            return scan(path.predicate, nullptr, forward);
        case Kind::negated:
            return (!path.has_forward || scan(std::nullopt, &path.forward, forward)) &&
                   (!path.has_backward || scan(std::nullopt, &path.backward, !forward));
        case Kind::inverse:
            return scan_edges(path.parts.front(), !forward, edges);
        default:
            return std::all_of(
                path.parts.begin(), path.parts.end(),
                [&](const PropertyPathIds& part) { return scan_edges(part, forward, edges); });
    }
}

bool PathSearch::prepare_closure(const PropertyPathIds& closure, bool forward) {
    if (closure.kind != Kind::zero_or_more && closure.kind != Kind::one_or_more) return false;
    if (!is_one_step(closure.parts.front())) return false;
    std::vector<std::pair<TermId, TermId>> edges;
    if (!scan_edges(closure.parts.front(), forward, edges)) {
        closure_charge_.clear();
        return false;
    }
    sort_interruptibly(context_, edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    nodes_.clear();
    nodes_.reserve(edges.size() * 2);
    for (const auto& [from, to] : edges) {
        nodes_.push_back(from);
        nodes_.push_back(to);
    }
    normalize(context_, nodes_);
    const auto number = [&](TermId node) {
        return static_cast<std::uint32_t>(std::lower_bound(nodes_.begin(), nodes_.end(), node) -
                                          nodes_.begin());
    };
    first_edge_.assign(nodes_.size() + 1, 0);
    edges_.clear();
    edges_.reserve(edges.size());
    // Edges are sorted by their beginning, and so are the numbers.
    std::size_t steps = 0;
    for (const auto& [from, to] : edges) {
        if ((++steps & 0xFFFF) == 0) context_.check();
        ++first_edge_[number(from) + 1];
        edges_.push_back(number(to));
    }
    for (std::size_t i = 1; i < first_edge_.size(); ++i) first_edge_[i] += first_edge_[i - 1];
    nodes_.shrink_to_fit();
    edges = {};
    closure_charge_.set(nodes_.size() * (2 * sizeof(TermId) + sizeof(std::uint32_t)) +
                            edges_.capacity() * sizeof(std::uint32_t),
                        "following a property path");
    closure_ = &closure;
    return prepared();
}

PathSearch::Nodes PathSearch::closure_starts() const {
    Nodes out;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (first_edge_[i] != first_edge_[i + 1]) out.push_back(nodes_[i]);
    return out;
}

PathSearch::Nodes PathSearch::closure_from(TermId start) {
    const bool reflexive = closure_->kind == Kind::zero_or_more;
    const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), start);
    if (found == nodes_.end() || *found != start) return reflexive ? Nodes{start} : Nodes{};
    const auto number = static_cast<std::uint32_t>(found - nodes_.begin());
    std::vector<std::uint32_t>& reached =
        walk_.from(context_, number, reflexive, nodes_.size(), [this](std::uint32_t node) {
            return std::span(edges_).subspan(first_edge_[node],
                                             first_edge_[node + 1] - first_edge_[node]);
        });
    charge(reached.size());
    Nodes out;
    out.reserve(reached.size());
    sort_interruptibly(context_, reached.begin(), reached.end());
    for (const std::uint32_t node : reached) out.push_back(nodes_[node]);
    return out;
}

}  // namespace dossier::engine
