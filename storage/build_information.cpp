#include "storage/build_information.h"

#include <rocksdb/version.h>
#include <xxhash.h>
#include <zstd.h>

// Present only in a RocksDB that was built with its assertions and test hooks.
extern "C" void rocksdb_sync_point() __asm__("_ZN7rocksdb9SyncPoint11GetInstanceEv")
    __attribute__((weak));

namespace dossier::storage {

std::string build_information() {
    const bool assertions = &rocksdb_sync_point != nullptr;
    return "RocksDB " + rocksdb::GetRocksVersionAsString() +
           (assertions ? " (with assertions)" : " (without assertions)") + "\nzstd " +
           ZSTD_versionString() + "\nxxHash " + std::to_string(XXH_VERSION_MAJOR) + "." +
           std::to_string(XXH_VERSION_MINOR) + "." + std::to_string(XXH_VERSION_RELEASE) + "\n";
}

}  // namespace dossier::storage
