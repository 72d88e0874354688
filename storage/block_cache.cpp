#include "storage/block_cache.h"

#include <array>
#include <atomic>
#include <mutex>
#include <vector>

#include <dossier/error.h>
#include <fmt/format.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/column_block.h"
#include "storage/generation_builder.h"

namespace dossier::storage {
namespace {

struct Key {
    std::uint64_t generation;
    std::uint64_t place;  // permutation and ordinal
    friend bool operator==(const Key&, const Key&) = default;

    std::uint64_t hash() const {
        std::uint64_t h = (generation + 0x9E3779B97F4A7C15u) * 0xC2B2AE3D27D4EB4Fu;
        h = (h ^ (h >> 29) ^ place) * 0x9E3779B97F4A7C15u;
        return h ^ (h >> 32);
    }
};

struct KeyHash {
    std::size_t operator()(const Key& key) const { return key.hash(); }
};

// One lock's part of the cache. A clock instead of a list: a hit only sets a mark.
class Shard {
  public:
    std::shared_ptr<const ColumnBlock> find(const Key& key) {
        const std::lock_guard lock(mutex_);
        const auto found = places_.find(key);
        if (found == places_.end()) {
            return nullptr;
        }
        Slot& slot = slots_[found->second];
        slot.used = true;
        return slot.block;
    }

    void insert(const Key& key, const std::shared_ptr<const ColumnBlock>& block,
                std::size_t capacity) {
        // Evicted blocks are released after the lock is.
        std::vector<std::shared_ptr<const ColumnBlock>> evicted;
        const std::lock_guard lock(mutex_);
        if (places_.contains(key)) {
            return;
        }
        const std::size_t size = block->bytes();
        while (!slots_.empty() && bytes_ + size > capacity) {
            hand_ %= slots_.size();
            if (slots_[hand_].used) {
                slots_[hand_++].used = false;
                continue;
            }
            bytes_ -= slots_[hand_].block->bytes();
            places_.erase(slots_[hand_].key);
            evicted.push_back(std::move(slots_[hand_].block));
            if (hand_ + 1 != slots_.size()) {
                slots_[hand_] = std::move(slots_.back());
                places_[slots_[hand_].key] = hand_;
            }
            slots_.pop_back();
        }
        places_.emplace(key, slots_.size());
        slots_.push_back({key, block, false});
        bytes_ += size;
    }

    std::size_t bytes() const {
        const std::lock_guard lock(mutex_);
        return bytes_;
    }

  private:
    struct Slot {
        Key key;
        std::shared_ptr<const ColumnBlock> block;
        bool used = false;
    };

    mutable std::mutex mutex_;
    boost::unordered_flat_map<Key, std::size_t, KeyHash> places_;
    std::vector<Slot> slots_;
    std::size_t hand_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace

struct BlockCache::Implementation {
    static constexpr std::size_t shard_count = 16;
    std::shared_ptr<const BlockStore> store;
    std::size_t shard_capacity;
    std::array<Shard, shard_count> shards;
};

BlockCache::BlockCache(std::shared_ptr<const BlockStore> store, std::size_t capacity_bytes)
    : implementation_(std::make_unique<Implementation>()) {
    implementation_->store = std::move(store);
    implementation_->shard_capacity = capacity_bytes / Implementation::shard_count;
}

BlockCache::~BlockCache() = default;

std::shared_ptr<const ColumnBlock> BlockCache::get(Permutation permutation,
                                                   const DirectoryEntry& entry) {
    const Key key{entry.generation,
                  (static_cast<std::uint64_t>(permutation) << 32) | entry.ordinal};
    Shard& shard = implementation_->shards[(key.hash() >> 24) % Implementation::shard_count];
    if (auto block = shard.find(key)) {
        return block;
    }
    const BlockIdentity identity{permutation, entry.generation, entry.ordinal};
    PinnedValue value = implementation_->store->get(
        Family::blocks, block_key(permutation, entry.generation, entry.ordinal));
    if (!value.found()) {
        throw StoreError(fmt::format("block {} of generation {} in permutation {} is missing",
                                     entry.ordinal, entry.generation,
                                     static_cast<unsigned>(permutation)));
    }
    auto block = std::make_shared<const ColumnBlock>(std::move(value), identity);
    if (block->checksum() != entry.checksum || block->rows() != entry.rows) {
        throw StoreError(fmt::format(
            "block {} of generation {} in permutation {} is not the one its directory names",
            entry.ordinal, entry.generation, static_cast<unsigned>(permutation)));
    }
    shard.insert(key, block, implementation_->shard_capacity);
    return block;
}

std::size_t BlockCache::bytes() const {
    std::size_t total = 0;
    for (const Shard& shard : implementation_->shards) {
        total += shard.bytes();
    }
    return total;
}

const BlockStore& BlockCache::store() const {
    return *implementation_->store;
}

}  // namespace dossier::storage
