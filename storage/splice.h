#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/row.h"

namespace dossier::storage {

// Where a reader's rows differ from a base block: sorted by position, inserts at a position before
// the removal of the base row there, inserted rows ascending.
struct Splices {
    static constexpr std::uint32_t removal = ~std::uint32_t{0};
    struct Splice {
        std::uint32_t position;
        std::uint32_t row;  // index of the inserted row, or `removal`
    };
    struct Mini {
        std::uint32_t first;  // index of the first splice in this mini-block
        std::int32_t net;     // inserted less removed in it
    };
    std::vector<Splice> list;
    std::vector<Row> rows;
    std::vector<Mini> minis;  // one more than there are, for what comes after all rows
    std::int64_t net = 0;     // inserted less removed
    bool inserts = false;
    // The graph of all inserted rows, when there is one.
    std::optional<TermId> only_graph;

    // Makes `minis`; call when the list is complete.
    void index_minis(std::size_t mini_count);
};

namespace splicing {

// splice_column() copies by pieces of this many values, so it reads and writes up to so many
// beyond.
inline constexpr std::size_t overshoot = 32;

// Writes the values of one mini-block's column (`size` of them, the first one's position is
// `start`) with `splices`, all in that mini-block, applied.
void splice_column(const std::uint64_t* values, std::size_t size, std::size_t start,
                   std::span<const Splices::Splice> splices, const Row* rows, std::size_t column,
                   std::uint64_t* out);

}  // namespace splicing

}  // namespace dossier::storage
