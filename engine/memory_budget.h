#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

namespace dossier::engine {

// The bytes one query may hold in buffers. Shared by its workers. Operators ask before they grow;
// those that can spill use try_charge, the others charge, which throws LimitError naming the limit.
class MemoryBudget {
  public:
    explicit MemoryBudget(std::size_t limit) : limit_(limit) {}
    MemoryBudget(const MemoryBudget&) = delete;
    MemoryBudget& operator=(const MemoryBudget&) = delete;

    // `what` completes "the memory limit of N bytes was reached while ...".
    void charge(std::size_t bytes, const char* what);
    bool try_charge(std::size_t bytes) noexcept;
    void release(std::size_t bytes) noexcept;

    std::size_t limit() const noexcept { return limit_; }
    std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
    std::size_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }

  private:
    void note_peak(std::size_t used) noexcept;

    const std::size_t limit_;
    std::atomic<std::size_t> used_{0};
    std::atomic<std::size_t> peak_{0};
};

// The charge of one buffer: what it holds now, given back by the destructor. The budget must
// outlive it.
class MemoryCharge {
  public:
    explicit MemoryCharge(MemoryBudget& budget) : budget_(&budget) {}
    ~MemoryCharge() { clear(); }
    MemoryCharge(MemoryCharge&& other) noexcept
        : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
    MemoryCharge& operator=(MemoryCharge&& other) noexcept {
        if (this != &other) {
            clear();
            budget_ = other.budget_;
            bytes_ = std::exchange(other.bytes_, 0);
        }
        return *this;
    }

    std::size_t bytes() const noexcept { return bytes_; }
    // Raises or lowers the charge to `bytes`.
    void set(std::size_t bytes, const char* what);
    bool try_set(std::size_t bytes) noexcept;
    void add(std::size_t bytes, const char* what) { set(bytes_ + bytes, what); }
    bool try_add(std::size_t bytes) noexcept { return try_set(bytes_ + bytes); }
    void clear() noexcept;

  private:
    MemoryBudget* budget_;
    std::size_t bytes_ = 0;
};

}  // namespace dossier::engine
