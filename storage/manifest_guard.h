#pragma once

#include <memory>

namespace rocksdb {
class FileSystem;
}  // namespace rocksdb

namespace dossier::storage {

// A file system for RocksDB that keeps table files once a write to its MANIFEST has failed. RocksDB
// then takes the new files for unwanted and removes them, an ingest's at once; but the record that
// names them may have reached the disk all the same, and the next open would find them missing and
// refuse the store (docs/storage-faults.md). What is kept in vain goes with the next open.
std::shared_ptr<rocksdb::FileSystem> make_manifest_guard(
    const std::shared_ptr<rocksdb::FileSystem>& base);

}  // namespace dossier::storage
