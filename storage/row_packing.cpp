#include "storage/row_packing.h"

#include <bit>

namespace dossier::storage {

void RowPacking::add(std::size_t column, const std::uint64_t* ids, std::size_t count) {
    std::uint64_t any = 0;
    std::uint64_t all = ~std::uint64_t{0};
    for (std::size_t i = 0; i < count; ++i) {
        any |= ids[i];
        all &= ids[i];
    }
    or_[column] |= any;
    and_[column] &= all;
}

void RowPacking::add(const RowPacking& other) {
    for (std::size_t column = 0; column < 4; ++column) {
        or_[column] |= other.or_[column];
        and_[column] &= other.and_[column];
    }
}

RowPacking RowPacking::reordered(const std::array<std::uint8_t, 4>& order) const {
    RowPacking result;
    for (std::size_t column = 0; column < 4; ++column) {
        result.or_[column] = or_[order[column]];
        result.and_[column] = and_[order[column]];
    }
    return result;
}

// Small holes are filled: fewer parts are worth a bit.
std::uint64_t RowPacking::varying(std::size_t column) const {
    std::uint64_t bits = or_[column] & ~and_[column];
    std::uint64_t result = bits;
    while (bits != 0) {
        const int low = std::countr_zero(bits);
        const int end = low + std::countr_one(bits >> low);
        if (end >= 64) {
            break;
        }
        bits = bits >> end << end;
        const int next = bits == 0 ? 64 : std::countr_zero(bits);
        if (next < 64 && next - end <= 4) {
            for (int bit = end; bit < next; ++bit) {
                result |= std::uint64_t{1} << bit;
            }
        }
    }
    return result;
}

unsigned RowPacking::bits(std::size_t first) const {
    int total = 0;
    for (std::size_t column = first; column < 4; ++column) {
        total += std::popcount(varying(column));
    }
    return static_cast<unsigned>(total);
}

std::vector<RowPacking::Part> RowPacking::split(std::size_t column, std::uint64_t varying) {
    std::vector<Part> parts;
    while (varying != 0) {
        const int low = std::countr_zero(varying);
        const int length = std::countr_one(varying >> low);
        const std::uint64_t mask =
            length == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << length) - 1;
        parts.push_back(
            {mask, static_cast<std::uint8_t>(column), static_cast<std::uint8_t>(low), 0});
        varying &= ~(mask << low);
    }
    return parts;
}

void RowPacking::prepare() {
    parts_.clear();
    unsigned to = 0;
    for (std::size_t column = 4; column-- > 0;) {
        const std::uint64_t bits = varying(column);
        constant_[column].bits = and_[column] & ~bits;
        for (Part part : split(column, bits)) {
            part.to = static_cast<std::uint8_t>(to);
            to += static_cast<unsigned>(std::popcount(part.mask));
            parts_.push_back(part);
        }
    }
}

}  // namespace dossier::storage
