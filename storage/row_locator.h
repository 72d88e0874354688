#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "storage/column_block.h"
#include "storage/row.h"

namespace dossier::storage {

// Finds many ascending rows in one block, decoding each mini-block at most once.
class RowLocator {
  public:
    explicit RowLocator(const ColumnBlock& block) : block_(block) {}

    // The first position whose row is >= `row`. Rows of successive calls must not fall.
    std::size_t lower_bound(const Row& row);
    // Whether the row at a position that lower_bound() gave is `row`.
    bool matches(std::size_t position, const Row& row);

  private:
    bool is_below(std::size_t index, const Row& row) const;
    void load(std::size_t mini);

    const ColumnBlock& block_;
    std::size_t mini_ = ~std::size_t{0};
    std::size_t next_ = 0;  // position
    std::array<std::array<std::uint64_t, blocks::mini_rows>, 4> columns_;
};

}  // namespace dossier::storage
