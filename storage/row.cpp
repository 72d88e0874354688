#include "storage/row.h"

#include "storage/row_sum.h"

namespace dossier::storage {

std::array<std::uint8_t, 4> roles_of(Permutation permutation) {
    return permutation_roles.at(static_cast<std::size_t>(permutation));
}

RowSum& RowSum::operator+=(const RowSum& other) {
    low += other.low;
    high += other.high + static_cast<std::uint64_t>(low < other.low);
    return *this;
}

RowSum& RowSum::operator-=(const RowSum& other) {
    const bool borrow = low < other.low;
    low -= other.low;
    high -= other.high + static_cast<std::uint64_t>(borrow);
    return *this;
}

namespace {

__extension__ using Wide = unsigned __int128;

// Both halves of a product, folded: every bit of the operands reaches every bit of the result.
std::uint64_t folded(std::uint64_t a, std::uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Stored in directories (docs/format-blocks.md, format version 1): never change it.
inline Wide hash_of(std::uint64_t s, std::uint64_t p, std::uint64_t o, std::uint64_t g) {
    const std::uint64_t a = folded(s ^ 0x9E3779B97F4A7C15u, p ^ 0xC2B2AE3D27D4EB4Fu);
    const std::uint64_t b = folded(o ^ 0x165667B19E3779F9u, g ^ 0xD6E8FEB86659FD93u);
    const std::uint64_t c = folded(s + o * 0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu);
    const std::uint64_t low = folded(a ^ 0x8EBC6AF09C88C6E3u, b ^ c ^ 0x589965CC75374CC3u);
    const std::uint64_t high = folded(a + c, b ^ 0x1D8E4E27C47D124Fu) ^ low;
    return (static_cast<Wide>(high) << 64) | low;
}

RowSum as_sum(Wide value) {
    return {static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64)};
}

}  // namespace

RowSum row_hash(const QuadIds& quad) {
    return as_sum(
        hash_of(quad.subject.bits, quad.predicate.bits, quad.object.bits, quad.graph.bits));
}

RowSum sum_of_rows(const std::array<const std::uint64_t*, 4>& by_role, std::size_t rows) {
    const std::uint64_t* const s = by_role[0];
    const std::uint64_t* const p = by_role[1];
    const std::uint64_t* const o = by_role[2];
    const std::uint64_t* const g = by_role[3];
    Wide sum = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        sum += hash_of(s[i], p[i], o[i], g[i]);
    }
    return as_sum(sum);
}

}  // namespace dossier::storage
