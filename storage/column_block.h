#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "storage/block_store.h"
#include "storage/row.h"

namespace dossier::storage {

// Up to 6,144 sorted rows of four columns (runs: five, the last one versions), columns apart, in
// mini-blocks of 256 rows with the same borders in all columns (docs/format-blocks.md).

// What a block says of itself.
struct BlockIdentity {
    Permutation permutation = Permutation::spo;
    std::uint64_t generation = 0;
    std::uint32_t ordinal = 0;
};

namespace blocks {
inline constexpr std::size_t mini_rows = 256;
inline constexpr std::size_t target_rows = 4096;
inline constexpr std::size_t most_rows = 6144;
inline constexpr std::size_t most_columns = 5;
}  // namespace blocks

// The bytes of a block; `columns` are pointers to `rows` values each, rows in 1 .. most_rows.
std::string encode_block(const BlockIdentity& identity,
                         std::span<const std::uint64_t* const> columns, std::size_t rows);

// A block that has been checked once and stays pinned. Immutable, thread-safe.
class ColumnBlock {
  public:
    // Throws StoreError when the checksum or the structure is wrong, or the block is another one
    // than `expected`.
    ColumnBlock(PinnedValue value, const BlockIdentity& expected);

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t minis() const { return minis_; }
    std::size_t mini_size(std::size_t mini) const {
        return mini + 1 < minis_ ? blocks::mini_rows : rows_ - mini * blocks::mini_rows;
    }
    std::uint64_t checksum() const { return checksum_; }
    std::size_t bytes() const { return value_.bytes().size(); }

    // The first value of a column in a mini-block.
    std::uint64_t first(std::size_t column, std::size_t mini) const {
        std::uint64_t value = 0;
        std::memcpy(&value, firsts_ + (column * minis_ + mini) * 8, 8);
        return value;
    }
    bool is_constant(std::size_t column, std::size_t mini) const {
        return header(column, mini).mode == 0;
    }
    // Writes the mini_size(mini) values of a column in a mini-block.
    void decode(std::size_t column, std::size_t mini, std::uint64_t* out) const;
    // Whether value() need not decode the mini-block.
    bool is_direct(std::size_t column, std::size_t mini) const;
    // One value; costs more than its share of decode().
    std::uint64_t value(std::size_t column, std::size_t row) const;
    Row row(std::size_t index) const;

    // The first row whose leading columns are >= key (compared over key.size() columns), else
    // rows().
    std::size_t lower_bound(std::span<const TermId> key) const;
    // The first row whose leading columns are > key, else rows().
    std::size_t upper_bound(std::span<const TermId> key) const;

    // Stored, 8 bytes a mini-block and column.
    struct MiniHeader {
        std::uint32_t offset;  // from the start of the block
        std::uint8_t mode;     // see column_block.cpp
        std::uint8_t width;
        std::uint8_t count;  // runs or dictionary entries, less one
        std::uint8_t entry_bytes;
    };

  private:
    MiniHeader header(std::size_t column, std::size_t mini) const {
        MiniHeader result;
        std::memcpy(&result, headers_ + (column * minis_ + mini) * sizeof(MiniHeader),
                    sizeof result);
        return result;
    }
    void check_structure() const;

    PinnedValue value_;
    const char* bytes_ = nullptr;
    const char* headers_ = nullptr;
    const char* firsts_ = nullptr;
    std::size_t rows_ = 0, columns_ = 0, minis_ = 0;
    std::uint64_t checksum_ = 0;
};

// The first row in mini-blocks from `from_mini` on whose leading columns are >= key (upper: > key),
// else rows(). By the first rows of mini-blocks, near ones first, then column by column inside one:
// rows equal in the columns before are a range in which the next column ascends. `decoded(column,
// mini)` gives the values of a column that is not constant.
template <bool upper, typename Decoded>
std::size_t bound_in_block(const ColumnBlock& block, std::span<const TermId> key,
                           std::size_t from_mini, Decoded decoded) {
    if (key.empty()) {
        return upper ? block.rows() : from_mini * blocks::mini_rows;
    }
    const auto begins_before = [&](std::size_t mini) {
        for (std::size_t column = 0; column < key.size(); ++column) {
            const std::uint64_t value = block.first(column, mini);
            if (value != key[column].bits) {
                return value < key[column].bits;
            }
        }
        return upper;
    };
    std::size_t low = from_mini;
    std::size_t high = block.minis();
    for (std::size_t step = 1; low + step <= high; step *= 2) {
        if (!begins_before(low + step - 1)) {
            high = low + step - 1;
            break;
        }
        low += step;
    }
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (begins_before(middle)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == from_mini) {
        return from_mini * blocks::mini_rows;
    }
    const std::size_t mini = low - 1;
    const std::size_t start = mini * blocks::mini_rows;
    std::size_t begin = 0;
    std::size_t end = block.mini_size(mini);
    for (std::size_t column = 0; column < key.size() && begin < end; ++column) {
        const std::uint64_t wanted = key[column].bits;
        const bool last = column + 1 == key.size();
        if (block.is_constant(column, mini)) {
            const std::uint64_t value = block.first(column, mini);
            if (value < wanted || (value == wanted && last && upper)) {
                return start + end;
            }
            if (value > wanted) {
                return start + begin;
            }
            continue;
        }
        const std::uint64_t* values = decoded(column, mini);
        if (last) {
            begin = static_cast<std::size_t>(
                (upper ? std::upper_bound(values + begin, values + end, wanted)
                       : std::lower_bound(values + begin, values + end, wanted)) -
                values);
        } else {
            const auto equal = std::equal_range(values + begin, values + end, wanted);
            begin = static_cast<std::size_t>(equal.first - values);
            end = static_cast<std::size_t>(equal.second - values);
        }
    }
    return start + begin;
}

}  // namespace dossier::storage
