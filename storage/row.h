#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/scan.h"
#include "storage/term_id.h"

namespace dossier::storage {

// Four ids in the order of some permutation's columns.
using Row = std::array<TermId, 4>;

constexpr bool is_triple_permutation(Permutation permutation) {
    return permutation >= Permutation::triple_spo;
}
// The graph is the first column.
constexpr bool is_graph_first(Permutation permutation) {
    return permutation >= Permutation::gspo && permutation <= Permutation::gosp;
}

// roles_of without the call: the role (0 subject ... 3 graph or id) in each column.
inline constexpr std::array<std::array<std::uint8_t, 4>, permutation_count> permutation_roles{{
    {0, 1, 2, 3},
    {0, 2, 1, 3},
    {1, 0, 2, 3},
    {1, 2, 0, 3},
    {2, 0, 1, 3},
    {2, 1, 0, 3},
    {3, 0, 1, 2},
    {3, 1, 2, 0},
    {3, 2, 0, 1},
    {0, 1, 2, 3},
    {1, 2, 0, 3},
    {2, 0, 1, 3},
}};

inline Row to_row(const QuadIds& quad, Permutation permutation) {
    const TermId ids[4] = {quad.subject, quad.predicate, quad.object, quad.graph};
    const auto& roles = permutation_roles[static_cast<std::size_t>(permutation)];
    return {ids[roles[0]], ids[roles[1]], ids[roles[2]], ids[roles[3]]};
}

inline QuadIds to_quad(const Row& row, Permutation permutation) {
    TermId ids[4];
    const auto& roles = permutation_roles[static_cast<std::size_t>(permutation)];
    for (std::size_t column = 0; column < 4; ++column) {
        ids[roles[column]] = row[column];
    }
    return {ids[0], ids[1], ids[2], ids[3]};
}

// An operation of one commit on one row: inserting, or removing. In runs it is the fifth column.
struct Version {
    std::uint64_t bits = 0;

    static constexpr Version of(std::uint64_t commit, bool insert) {
        return {(commit << 1) | static_cast<std::uint64_t>(insert)};
    }
    constexpr std::uint64_t commit() const { return bits >> 1; }
    constexpr bool insert() const { return (bits & 1) != 0; }
    friend constexpr auto operator<=>(const Version&, const Version&) = default;
};

// A sum of row hashes modulo 2^128: the same for every order of the rows and for every permutation.
struct RowSum {
    std::uint64_t low = 0, high = 0;

    RowSum& operator+=(const RowSum& other);
    RowSum& operator-=(const RowSum& other);
    friend bool operator==(const RowSum&, const RowSum&) = default;
};
RowSum row_hash(const QuadIds& quad);

}  // namespace dossier::storage
