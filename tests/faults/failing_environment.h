#pragma once

#include <cstdint>
#include <memory>

#include <rocksdb/env.h>

namespace dossier::faults {

// Which calls fail, counted from 1 in the order they are made.
struct FailingCalls {
    std::uint64_t first = 0;
    bool all_later = false;   // from `first` on; else only that one
    bool only_syncs = false;  // count and fail syncs only
    bool disk_full = false;   // ENOSPC; else EIO
};

// The machine's environment, but for the calls that fail: writing, syncing, opening for writing,
// renaming, linking and removing files, syncing directories.
std::unique_ptr<rocksdb::Env> make_failing_environment(const FailingCalls& calls);

}  // namespace dossier::faults
