#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "storage/block_store.h"
#include "storage/directory.h"

namespace dossier::storage {

class ColumnBlock;

// Checked blocks, pinned, bounded by bytes. Shared by all permutations of a store. Thread-safe.
class BlockCache {
  public:
    BlockCache(std::shared_ptr<const BlockStore> store, std::size_t capacity_bytes);
    ~BlockCache();
    BlockCache(const BlockCache&) = delete;
    BlockCache& operator=(const BlockCache&) = delete;

    // The block an entry names, read and compared with the entry if it is not here. Throws
    // StoreError naming permutation, generation and ordinal when it is missing, damaged or another
    // one.
    std::shared_ptr<const ColumnBlock> get(Permutation permutation, const DirectoryEntry& entry);

    std::size_t bytes() const;
    const BlockStore& store() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace dossier::storage
