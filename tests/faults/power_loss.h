#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <rocksdb/env.h>

namespace dossier::faults {

// The machine's environment, which also notes in a file what has become durable: sizes at syncs,
// and names at syncs of directories. The file survives the process.
std::unique_ptr<rocksdb::Env> make_noting_environment(const std::string& notes);

// What a loss of power may leave of a file that was not synced to its end.
enum class Leftover : std::uint8_t {
    nothing,     // of the unsynced bytes
    prefix,      // a part of them
    torn,        // all but some of the last 512 bytes
    zeros,       // the full length, but zeros
    garbage,     // the full length, but garbage
    lost_names,  // nothing, and files whose names were not synced are gone
};
inline constexpr int leftover_count = 6;

// Makes the files below `directory` what they would be had the power gone when the process that
// wrote `notes` was killed.
void lose_power(const std::string& notes, const std::string& directory, Leftover leftover,
                std::uint64_t seed);

}  // namespace dossier::faults
