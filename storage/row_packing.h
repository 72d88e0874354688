#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "storage/radix_sort.h"
#include "storage/row.h"

namespace dossier::storage {

// Which bits of the ids vary among some rows. All others are equal, so that rows keep their order
// when only these are kept, the first column's on top.
class RowPacking {
  public:
    void add(std::size_t column, const TermId* ids, std::size_t count);

    // Bits that vary in columns [first, 4).
    unsigned bits(std::size_t first = 0) const;
    // Call after the last add(), before the rest.
    void prepare();

    template <typename Record>
    Record pack(const Row& row) const {
        Record record = 0;
        for (const Part& part : parts_) {
            record |= static_cast<Record>((row[part.column].bits >> part.from) & part.mask)
                      << part.to;
        }
        return record;
    }
    template <typename Record>
    Row unpack(const Record& record) const {
        Row row = constant_;
        for (const Part& part : parts_) {
            row[part.column].bits |= (static_cast<std::uint64_t>(record >> part.to) & part.mask)
                                     << part.from;
        }
        return row;
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
inline radix::Quad RowPacking::pack<radix::Quad>(const Row& row) const {
    return {row[0].bits, row[1].bits, row[2].bits, row[3].bits};
}
template <>
inline Row RowPacking::unpack<radix::Quad>(const radix::Quad& record) const {
    return {TermId{record[0]}, TermId{record[1]}, TermId{record[2]}, TermId{record[3]}};
}

}  // namespace dossier::storage
