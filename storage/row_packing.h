#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/radix_sort.h"
#include "storage/row.h"

namespace dossier::storage {

// Which bits of the ids vary among some rows. All others are equal, so that rows keep their order
// when only these are kept, the first column's on top.
class RowPacking {
  public:
    void add(std::size_t column, const std::uint64_t* ids, std::size_t count);

    // Also what varies among the rows that `other` was made of.
    void add(const RowPacking& other);
    // The same rows with their columns in another order: column i is the one that was order[i].
    RowPacking reordered(const std::array<std::uint8_t, 4>& order) const;

    // Bits that vary in columns [first, 4).
    unsigned bits(std::size_t first = 0) const;
    // Call after the last add(), before the rest.
    void prepare();

    // Rows given as columns to records, and back.
    template <typename Record>
    void pack(const std::array<const std::uint64_t*, 4>& columns, std::size_t rows,
              Record* out) const {
        std::fill_n(out, rows, Record{});
        for (const Part& part : parts_) {
            const std::uint64_t* const from = columns[part.column];
            for (std::size_t i = 0; i < rows; ++i) {
                out[i] |= static_cast<Record>((from[i] >> part.from) & part.mask) << part.to;
            }
        }
    }
    template <typename Record>
    void unpack(const Record* from, std::size_t rows,
                const std::array<std::uint64_t*, 4>& columns) const {
        for (std::size_t column = 0; column < 4; ++column) {
            std::fill_n(columns[column], rows, constant_[column].bits);
        }
        for (const Part& part : parts_) {
            std::uint64_t* const to = columns[part.column];
            for (std::size_t i = 0; i < rows; ++i) {
                to[i] |= (static_cast<std::uint64_t>(from[i] >> part.to) & part.mask) << part.from;
            }
        }
    }

  private:
    // Neighbouring bits that vary, where they are in the id and in the record.
    struct Part {
        std::uint64_t mask;
        std::uint8_t column, from, to;
    };
    static std::vector<Part> split(std::size_t column, std::uint64_t varying);
    std::uint64_t varying(std::size_t column) const;

    std::array<std::uint64_t, 4> or_{};
    std::array<std::uint64_t, 4> and_{~std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{0},
                                      ~std::uint64_t{0}};
    std::vector<Part> parts_;
    Row constant_{};
};

template <>
inline void RowPacking::pack<radix::Quad>(const std::array<const std::uint64_t*, 4>& columns,
                                          std::size_t rows, radix::Quad* out) const {
    for (std::size_t i = 0; i < rows; ++i) {
        out[i] = {columns[0][i], columns[1][i], columns[2][i], columns[3][i]};
    }
}
template <>
inline void RowPacking::unpack<radix::Quad>(const radix::Quad* from, std::size_t rows,
                                            const std::array<std::uint64_t*, 4>& columns) const {
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t column = 0; column < 4; ++column) {
            columns[column][i] = from[i][column];
        }
    }
}

}  // namespace dossier::storage
