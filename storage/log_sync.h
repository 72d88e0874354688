#pragma once

#include <memory>

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace dossier::storage {

// Makes RocksDB's write-ahead log durable from below: an environment that knows the log files with
// bytes not yet synced. RocksDB's own SyncWAL runs beside writers too, but after a fault of one of
// them it aborts the process (docs/storage-faults.md). Thread-safe.
class LogSync {
  public:
    // `base` does the work, RocksDB's default environment when it is null; it must outlive this.
    static std::shared_ptr<LogSync> create(rocksdb::Env* base = nullptr);
    virtual ~LogSync() = default;

    // For opening RocksDB; must not outlive this.
    virtual rocksdb::Env* environment() = 0;
    // Returns when everything written to log files before the call is durable. Throws StoreError
    // when a file cannot be synced, and after every failed write to one.
    virtual void sync() = 0;
};

}  // namespace dossier::storage
