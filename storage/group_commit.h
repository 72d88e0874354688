#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "storage/block_store.h"
#include "storage/store_state.h"

namespace dossier::storage {

// Makes commits durable in groups and publishes them in order, each only when it is durable. A
// committer writes under the writer's right, tells `written`, gives the right back and waits here:
// the first to wait syncs for all that were written so far, the others sleep. After a failed sync
// nothing more is published for the rest of the process's life. Thread-safe.
class GroupCommit {
  public:
    explicit GroupCommit(std::shared_ptr<BlockStore> store, std::shared_ptr<const State> state);

    // The newest state that readers may see.
    std::shared_ptr<const State> published() const;
    // The newest numbered one, published or not. Meant for the holder of the writer's right.
    std::shared_ptr<const State> newest() const;

    // A state whose batch was written; in the order of numbers.
    void written(std::shared_ptr<const State> state);
    // A state that is durable already, and with it all before it: published at once.
    void written_durably(std::shared_ptr<const State> state);
    // Returns when state `number` is durable and published. Throws StoreError when a sync failed.
    void wait_durable(std::uint64_t number);
    // Publishes it without a sync when all before it are published; else as wait_durable().
    void publish_relaxed(std::uint64_t number);
    // Waits for everything written so far.
    void drain();

    // The number of the newest commit known to be durable.
    std::uint64_t durable() const;

    // After a failed write or sync: why; nothing is written any more.
    std::optional<std::string> failure() const;
    void fail(const std::string& why);
    void throw_if_failed() const;

  private:
    void publish_up_to(std::uint64_t number);  // mutex_ held
    [[noreturn]] void throw_failure() const;   // mutex_ held

    std::shared_ptr<BlockStore> store_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::shared_ptr<const State> published_;
    std::deque<std::shared_ptr<const State>> waiting_;  // written, not yet published
    std::uint64_t durable_;
    bool syncing_ = false;
    std::optional<std::string> failure_;
};

}  // namespace dossier::storage
