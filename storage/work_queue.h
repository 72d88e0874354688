#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace dossier::storage {

// A bounded queue between one thread that makes items and those that work on them. Items that are
// done with come back, so that their memory is used again.
template <typename Item>
class WorkQueue {
  public:
    explicit WorkQueue(std::size_t capacity) : capacity_(capacity) {}

    // An item to fill: one that has been used before, where there is one.
    Item spare() {
        const std::lock_guard lock(mutex_);
        if (spare_.empty()) return {};
        Item item = std::move(spare_.back());
        spare_.pop_back();
        return item;
    }
    // Waits for room, at most a while, so that the caller can look after other things. False: the
    // item is still the caller's.
    bool push(Item& item) {
        std::unique_lock lock(mutex_);
        if (!room_.wait_for(lock, std::chrono::milliseconds(50),
                            [&] { return items_.size() < capacity_; }))
            return false;
        items_.push_back(std::move(item));
        work_.notify_one();
        return true;
    }
    // Waits for an item; nothing when the queue is closed and empty.
    std::optional<Item> pop() {
        std::unique_lock lock(mutex_);
        work_.wait(lock, [&] { return closed_ || !items_.empty(); });
        if (items_.empty()) return std::nullopt;
        Item item = std::move(items_.front());
        items_.pop_front();
        room_.notify_one();
        return item;
    }
    void recycle(Item item) {
        const std::lock_guard lock(mutex_);
        spare_.push_back(std::move(item));
    }
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        work_.notify_all();
    }

  private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable work_, room_;
    std::deque<Item> items_;
    std::vector<Item> spare_;
    bool closed_ = false;
};

}  // namespace dossier::storage
