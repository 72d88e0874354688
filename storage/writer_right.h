#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace dossier::storage {

// The right to number commits: one holder in a process at a time (the store's lock keeps other
// processes out). Unlike a mutex it may be given back by another thread than took it, because a
// transaction may wander between threads. Waiters are served in the order they came.
class WriterRight {
  public:
    // Throws Conflict when it is not free within `timeout`.
    void acquire(std::chrono::milliseconds timeout);
    void release() noexcept;

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned long long next_ticket_ = 0;
    unsigned long long serving_ = 0;  // the oldest ticket that has not given up
    bool held_ = false;
    // Tickets of those who gave up while others were before them.
    std::vector<unsigned long long> abandoned_;

    void skip_abandoned();
};

// Gives the right back when it goes, unless release() was called.
class HeldRight {
  public:
    HeldRight(WriterRight& right, std::chrono::milliseconds timeout) : right_(&right) {
        right.acquire(timeout);
    }
    ~HeldRight() { release(); }
    HeldRight(const HeldRight&) = delete;
    HeldRight& operator=(const HeldRight&) = delete;

    void release() noexcept {
        if (right_ != nullptr) {
            right_->release();
            right_ = nullptr;
        }
    }
    bool held() const { return right_ != nullptr; }

  private:
    WriterRight* right_;
};

}  // namespace dossier::storage
