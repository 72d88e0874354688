#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "storage/block_store.h"

namespace rocksdb {
class Env;
class Status;
}  // namespace rocksdb

namespace dossier::storage {

// What to do with the log of writes at open (docs/format.md).
enum class LogRecovery : std::uint8_t {
    tolerate_torn_tail,  // the default: an incomplete last record is dropped, other damage refused
    point_in_time,       // stops at the first damaged record; only after the tail was proved torn
};

struct RocksdbOptions {
    std::string path;
    bool create = false;     // where the directory does not exist or is empty
    bool read_only = false;  // a second process that reads: no lock, catch_up() follows the writer
    LogRecovery recovery = LogRecovery::tolerate_torn_tail;
    std::size_t cache_bytes = std::size_t{32} << 20;  // RocksDB's own; blocks are cached by us
    std::size_t write_buffer_bytes = std::size_t{64} << 20;
    rocksdb::Env* environment = nullptr;  // for fault tests; must outlive everything handed out
    // Makes the log's files durable; called instead of RocksDB's SyncWAL, which aborts the process
    // after a fault (docs/storage-faults.md). Throws StoreError. Empty: SyncWAL.
    std::function<void()> sync_log;
    std::function<void(std::string_view)> log;
};

// Throws Conflict, naming the process where it is known, when another one holds the writer's lock,
// and StoreError for everything else. After the first failed write or sync nothing is written any
// more: every later one throws, reads go on. The store's files are below options.path, which is
// RocksDB's own directory; files for ingests are written to "ingest/" beside RocksDB's.
std::shared_ptr<BlockStore> open_rocksdb_block_store(const RocksdbOptions& options);

// Where a status becomes an Error: "<what>: <the status>".
void throw_if_failed(const rocksdb::Status& status, std::string_view what);

}  // namespace dossier::storage
