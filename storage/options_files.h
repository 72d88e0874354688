#pragma once

#include <memory>

namespace rocksdb {
class FileSystem;
}  // namespace rocksdb

namespace dossier::storage {

// A file system for RocksDB in which nobody waits until files of options are durable: they are
// written, but every open names all options, and RocksDB writes such a file at each of them, and
// for each column family of a new store.
std::shared_ptr<rocksdb::FileSystem> make_options_unsynced(
    const std::shared_ptr<rocksdb::FileSystem>& base);

}  // namespace dossier::storage
