#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/directory.h"
#include "storage/scan.h"

namespace dossier::storage {

// Which graphs a scan lets through. Immutable.
class GraphFilter {
  public:
    explicit GraphFilter(const GraphSelection& selection, bool triple_terms);

    bool accepts(TermId graph) const {
        switch (kind_) {
            case Kind::all:
                return true;
            case Kind::one:
                return graph == graph_;
            case Kind::all_named:
                return graph != default_graph;
            default:
                return in_list(graph);
        }
    }
    // Writes the ascending positions of the accepted ones among `count` graphs, at most 65,536, to
    // `kept`, which has room for one more than that; returns how many there are.
    std::size_t select(const std::uint64_t* graphs, std::size_t count, std::uint16_t* kept) const;
    // How many of `count` graphs are accepted.
    std::size_t count(const std::uint64_t* graphs, std::size_t count) const;
    bool accepts_all() const { return kind_ == Kind::all; }
    // Whether it asks of a row only if it is of the default graph or not.
    bool tells_default_only() const {
        return kind_ == Kind::all_named || (kind_ == Kind::one && graph_ == default_graph);
    }
    // At most one graph passes.
    bool is_single() const { return kind_ == Kind::one; }
    std::optional<TermId> single_graph() const {
        return is_single() ? std::optional(graph_) : std::nullopt;
    }

    enum class Share : std::uint8_t { all, none, some };
    Share share(const DirectoryEntry& entry) const;

  private:
    enum class Kind : std::uint8_t { all, one, all_named, list };
    bool in_list(TermId graph) const;
    template <typename Use>
    std::size_t with_test(Use use) const;

    Kind kind_ = Kind::all;
    TermId graph_;
    std::vector<TermId> graphs_;
    std::vector<bool> dense_;  // by payload, when the list is long
};

}  // namespace dossier::storage
