#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "storage/permutation_index.h"
#include "storage/scan.h"
#include "storage/store_record.h"
#include "storage/term_id.h"

namespace dossier::storage {

// The permutations of statements: spo to gosp. Triple terms have theirs in the dictionary.
inline constexpr std::size_t statement_permutations = 9;
// Those that every store has.
inline constexpr std::size_t basic_permutations = 6;

// One numbered state: immutable, shared by its readers. The indexes are shared with later states,
// which append to them; so a reader always names its number.
struct State {
    std::uint64_t number = 0;
    Hash128 header_hash;    // of commit `number`
    std::int64_t time = 0;  // of commit `number`
    std::uint64_t statements = 0;
    std::uint64_t unfolded_changes = 0;  // in the log, above the root's number
    std::array<std::shared_ptr<PermutationIndex>, statement_permutations> indexes;
    std::shared_ptr<const std::vector<TermId>> graphs;  // named, with statements, ascending

    const std::shared_ptr<PermutationIndex>& index(Permutation permutation) const {
        return indexes[static_cast<std::size_t>(permutation)];
    }
};

}  // namespace dossier::storage
