#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dossier::storage {

// The first place where the write-ahead log of a block store cannot be read.
struct LogDamage {
    std::string file;  // its name in the directory
    std::uint64_t offset = 0;
    // Whole records follow it: not the torn end that a crash leaves behind.
    bool records_follow = false;
    std::uint64_t last_commit_before = 0;  // 0: none in these files
    std::uint64_t last_commit_after = 0;   // of the records that follow; 0: none
};

// Reads the log files below `directory` as RocksDB wrote them (blocks of 32 KiB, a CRC-32C a
// fragment) without changing anything. Nothing where all of it is whole.
std::optional<LogDamage> find_log_damage(const std::string& directory);

}  // namespace dossier::storage
