#pragma once

#include <memory>

#include "storage/block_store.h"

namespace dossier::storage {

// A map of immutable values a family. Instrumented by sanitizers, which the packaged RocksDB is
// not.
std::shared_ptr<BlockStore> open_memory_block_store();

}  // namespace dossier::storage
