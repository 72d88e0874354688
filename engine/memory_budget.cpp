#include "engine/memory_budget.h"

#include <fmt/format.h>

#include <dossier/error.h>

namespace dossier::engine {

void MemoryBudget::note_peak(std::size_t used) noexcept {
    std::size_t peak = peak_.load(std::memory_order_relaxed);
    while (used > peak && !peak_.compare_exchange_weak(peak, used, std::memory_order_relaxed)) {
    }
}

bool MemoryBudget::try_charge(std::size_t bytes) noexcept {
    std::size_t used = used_.load(std::memory_order_relaxed);
    do {
        if (bytes > limit_ || used > limit_ - bytes) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    note_peak(used + bytes);
    return true;
}

void MemoryBudget::charge(std::size_t bytes, const char* what) {
    if (!try_charge(bytes))
        throw LimitError(
            fmt::format("the query's memory limit of {} bytes was reached while {}", limit_, what));
}

void MemoryBudget::release(std::size_t bytes) noexcept {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
}

void MemoryCharge::set(std::size_t bytes, const char* what) {
    if (bytes > bytes_)
        budget_->charge(bytes - bytes_, what);
    else
        budget_->release(bytes_ - bytes);
    bytes_ = bytes;
}

bool MemoryCharge::try_set(std::size_t bytes) noexcept {
    if (bytes > bytes_) {
        if (!budget_->try_charge(bytes - bytes_)) return false;
    } else {
        budget_->release(bytes_ - bytes);
    }
    bytes_ = bytes;
    return true;
}

void MemoryCharge::clear() noexcept {
    if (bytes_ != 0) budget_->release(bytes_);
    bytes_ = 0;
}

}  // namespace dossier::engine
