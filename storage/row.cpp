#include "storage/row.h"

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

}  // namespace

// Stored in directories (docs/format-blocks.md, format version 1): never change it.
RowSum row_hash(const QuadIds& quad) {
    const std::uint64_t a =
        folded(quad.subject.bits ^ 0x9E3779B97F4A7C15u, quad.predicate.bits ^ 0xC2B2AE3D27D4EB4Fu);
    const std::uint64_t b =
        folded(quad.object.bits ^ 0x165667B19E3779F9u, quad.graph.bits ^ 0xD6E8FEB86659FD93u);
    const std::uint64_t c =
        folded(quad.subject.bits + quad.object.bits * 0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu);
    const std::uint64_t low = folded(a ^ 0x8EBC6AF09C88C6E3u, b ^ c ^ 0x589965CC75374CC3u);
    const std::uint64_t high = folded(a + c, b ^ 0x1D8E4E27C47D124Fu) ^ low;
    return {low, high};
}

}  // namespace dossier::storage
