#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/directory.h"
#include "storage/scan.h"
#include "storage/store_record.h"
#include "storage/term_id.h"

// The records of Family::meta that say what a store is and which blocks live. docs/format.md,
// "The meta family".

namespace dossier::storage {

inline constexpr std::uint32_t format_version = 1;
// Flags this version understands. A store with another required flag is refused.
inline constexpr std::uint64_t known_required_features = 0;

using Uuid = std::array<std::uint8_t, 16>;
Uuid make_uuid();
std::string to_string(const Uuid& uuid);

// Written once, when the store is made.
struct StoreHeader {
    std::uint32_t version = format_version;
    Uuid uuid{};
    std::uint64_t epoch = 1;  // raised by a rebuild, which gives new ids
    std::uint64_t required_features = 0;
    std::uint64_t optional_features = 0;
    std::int64_t created = 0;  // microseconds since 1970

    std::string encode() const;
    // Throws StoreError, also for a newer version and for required features not known here.
    static StoreHeader decode(std::string_view record);
    // What the first commit's header chains to.
    Hash128 first_hash() const;
};

// Which blocks live, and the commit whose state they hold. The commits after it are in the log.
struct StoreRoot {
    std::uint64_t number = 0;  // blocks and runs hold all commits up to this one
    Hash128 header_hash;       // of that commit's header; StoreHeader::first_hash() for 0
    std::int64_t time = 0;     // that commit's
    std::uint64_t statements = 0;
    std::vector<PermutationRoot> permutations;  // ascending by permutation
    std::string dictionary;                     // DictionaryRoot::serialise()
    // Graphs with statements, ascending, and how many.
    std::vector<std::pair<TermId, std::uint64_t>> graphs;
    // Generations of spo that are the log of large commits: kept though no root reads them.
    std::vector<std::uint64_t> log_generations;

    std::string encode() const;
    static StoreRoot decode(std::string_view record);
};

// Numbers below these may have been used. Synced before the first use of any of them, so that
// nothing that a crash left behind ever meets another thing of the same number.
struct Intent {
    std::uint64_t generations = 1;
    std::uint64_t pages = 1;

    std::string encode() const;
    static Intent decode(std::string_view record);
};

inline constexpr std::string_view header_key = "store";
inline constexpr std::string_view root_key = "root";
inline constexpr std::string_view intent_key = "intent";
inline constexpr std::string_view setting_prefix = "setting/";

}  // namespace dossier::storage
