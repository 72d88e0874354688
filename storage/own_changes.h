#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "storage/block_cache.h"
#include "storage/changes.h"
#include "storage/permutation_index.h"
#include "storage/store_state.h"
#include "storage/term_id.h"

namespace dossier::storage {

// What a transaction has changed, operation by operation: private layers above the state it began
// with, each with a number of its own above that state's. Shared by the transaction's snapshots,
// each of which reads at its number, so that an operation of few changes costs little however many
// there were before. Layers are added by one thread; reading is thread-safe.
class OwnChanges {
  public:
    OwnChanges(std::shared_ptr<const State> state, std::shared_ptr<BlockCache> cache);

    // Of the newest layer; the state's where there is none.
    std::uint64_t number() const { return number_; }
    // The number that add() gives next.
    std::uint64_t next_number() const { return number_ + 1; }
    // Effective changes over what number() shows, and new triple terms with their ids as the fourth
    // part of the quad, as operations of next_number(). Either may be empty.
    void add(std::vector<Change> changes, std::vector<Change> triples);
    // All changes of all layers; a row may have several.
    std::size_t size() const { return size_; }

    struct View {
        std::shared_ptr<PermutationIndex> index;
        std::uint64_t number;  // to read it at
    };
    // The statements as operation `number` left them.
    View view(Permutation permutation, std::uint64_t number);
    bool has_triples() const;
    // The new triple terms in one of their orders; nullptr where there are none.
    std::shared_ptr<PermutationIndex> triples(Permutation permutation);
    // The layers with statements up to `number`.
    std::vector<std::shared_ptr<const ChangeLayer>> layers(std::uint64_t number) const;

  private:
    struct Made {
        std::shared_ptr<PermutationIndex> index;
        std::size_t layers = 0;  // how many of them it has
    };

    const std::shared_ptr<const State> state_;
    const std::shared_ptr<BlockCache> cache_;
    std::uint64_t number_;
    std::size_t size_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<const ChangeLayer>> layers_, triple_layers_;
    std::array<Made, permutation_count> made_;  // at the first use of a permutation
};

}  // namespace dossier::storage
