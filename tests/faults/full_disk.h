#pragma once

#include <cstdint>
#include <memory>

#include <rocksdb/env.h>

namespace dossier::faults {

// The machine's environment on a disk that others fill now and then: for some time a few megabytes
// or less are left, of which every byte written takes one and every file removed gives its bytes
// back; then there is plenty again.
std::unique_ptr<rocksdb::Env> make_filling_environment(std::uint64_t seed);

}  // namespace dossier::faults
