#pragma once

#include <cstdint>
#include <string>

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace dossier::faults {

// The life of a process that writes until it is killed, or until a write fails: opens the store and
// commits with several threads; writes the number of each commit to `acknowledgements` (8 bytes)
// after it has returned; where the disk is full it tries again, `most_refusals` times in a row at
// most. Returns when a write failed or `most_commits` were made; 0 when the store was closed in
// order.
int write_until_killed(const std::string& path, std::uint64_t seed, int acknowledgements,
                       std::uint64_t most_commits, unsigned threads, std::uint64_t most_refusals,
                       rocksdb::Env* environment);

}  // namespace dossier::faults
