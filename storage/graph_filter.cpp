#include "storage/graph_filter.h"

#include <algorithm>

namespace dossier::storage {

GraphFilter::GraphFilter(const GraphSelection& selection, bool triple_terms) {
    if (triple_terms) {
        return;
    }
    switch (selection.mode) {
        case GraphSelection::Mode::one:
            kind_ = Kind::one;
            graph_ = selection.graph;
            return;
        case GraphSelection::Mode::merged:
            kind_ = selection.graphs.empty() ? Kind::all : Kind::list;
            break;
        case GraphSelection::Mode::each:
            kind_ = selection.graphs.empty() ? Kind::all_named : Kind::list;
            break;
    }
    if (selection.graphs.size() == 1) {
        kind_ = Kind::one;
        graph_ = selection.graphs.front();
        return;
    }
    graphs_ = selection.graphs;
    std::sort(graphs_.begin(), graphs_.end());
    // Graph ids are dense: a long FROM list is a bitset over them.
    constexpr std::uint64_t most_dense = std::uint64_t{1} << 24;
    if (graphs_.size() > 8 && graphs_.back().tag() == Tag::name &&
        graphs_.front().tag() == Tag::name && graphs_.back().payload() < most_dense) {
        dense_.resize(graphs_.back().payload() + 1);
        for (const TermId graph : graphs_) {
            dense_[graph.payload()] = true;
        }
    }
}

bool GraphFilter::in_list(TermId graph) const {
    if (!dense_.empty()) {
        return graph.tag() == Tag::name && graph.payload() < dense_.size() &&
               dense_[graph.payload()];
    }
    return std::binary_search(graphs_.begin(), graphs_.end(), graph);
}

namespace {

// Without a branch: the position is written and counts where the graph is accepted.
template <typename Accepts>
std::size_t select_if(const std::uint64_t* graphs, std::size_t count, std::uint16_t* kept,
                      Accepts accepts) {
    std::size_t number = 0;
    for (std::size_t i = 0; i < count; ++i) {
        kept[number] = static_cast<std::uint16_t>(i);
        number += static_cast<std::size_t>(accepts(graphs[i]));
    }
    return number;
}

template <typename Accepts>
std::size_t count_if(const std::uint64_t* graphs, std::size_t count, Accepts accepts) {
    std::size_t number = 0;
    for (std::size_t i = 0; i < count; ++i) {
        number += static_cast<std::size_t>(accepts(graphs[i]));
    }
    return number;
}

}  // namespace

// Calls `use` with the test of one graph, made for the kind of filter.
template <typename Use>
std::size_t GraphFilter::with_test(Use use) const {
    switch (kind_) {
        case Kind::all:
            return use([](std::uint64_t) { return true; });
        case Kind::one:
            return use([wanted = graph_.bits](std::uint64_t bits) { return bits == wanted; });
        case Kind::all_named:
            return use([](std::uint64_t bits) { return bits != default_graph.bits; });
        default:
            break;
    }
    if (graphs_.size() == 2) {
        return use([first = graphs_[0].bits, second = graphs_[1].bits](std::uint64_t bits) {
            return static_cast<unsigned>(bits == first) | static_cast<unsigned>(bits == second);
        });
    }
    return use([this](std::uint64_t bits) { return in_list(TermId{bits}); });
}

std::size_t GraphFilter::select(const std::uint64_t* graphs, std::size_t count,
                                std::uint16_t* kept) const {
    return with_test([&](auto accepts) { return select_if(graphs, count, kept, accepts); });
}

std::size_t GraphFilter::count(const std::uint64_t* graphs, std::size_t count) const {
    return with_test([&](auto accepts) { return count_if(graphs, count, accepts); });
}

GraphFilter::Share GraphFilter::share(const DirectoryEntry& entry) const {
    if (accepts_all()) {
        return Share::all;
    }
    if (entry.default_rows) {
        const bool all = *entry.default_rows == entry.rows;
        const bool none = *entry.default_rows == 0;
        if (kind_ == Kind::one && graph_ == default_graph && (all || none)) {
            return all ? Share::all : Share::none;
        }
        if (kind_ == Kind::all_named && (all || none)) {
            return all ? Share::none : Share::all;
        }
    }
    if (entry.many_graphs) {
        return Share::some;
    }
    std::size_t accepted = 0;
    for (const TermId graph : entry.known_graphs()) {
        accepted += static_cast<std::size_t>(accepts(graph));
    }
    if (accepted == entry.graph_count) {
        return Share::all;
    }
    return accepted == 0 ? Share::none : Share::some;
}

}  // namespace dossier::storage
