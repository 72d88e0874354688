#pragma once

#include <memory>
#include <string>

#include "storage/store.h"
#include "storage/store_core.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace dossier::storage {

// What opening a store gives: its core, brought to the state of the newest commit in the log.
// `environment` stands for RocksDB's file system in fault tests; null: the machine's.
std::shared_ptr<StoreCore> open_store(const std::string& path, const OpenOptions& options,
                                      rocksdb::Env* environment = nullptr,
                                      const FoldLimits& fold_limits = {});
std::shared_ptr<StoreCore> open_store_in_memory();

// Store::open() over another file system, or with folding at other limits.
std::shared_ptr<Store> open_store_over(const std::string& path, const OpenOptions& options,
                                       rocksdb::Env* environment,
                                       const FoldLimits& fold_limits = {});

}  // namespace dossier::storage
