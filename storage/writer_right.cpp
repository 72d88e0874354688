#include "storage/writer_right.h"

#include <algorithm>
#include <string>

#include <dossier/error.h>

namespace dossier::storage {

void WriterRight::skip_abandoned() {
    for (auto found = std::find(abandoned_.begin(), abandoned_.end(), serving_);
         found != abandoned_.end();
         found = std::find(abandoned_.begin(), abandoned_.end(), serving_)) {
        abandoned_.erase(found);
        ++serving_;
    }
}

void WriterRight::acquire(std::chrono::milliseconds timeout) {
    // Far enough to mean "for ever", near enough not to overflow the clock.
    constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 365);
    std::unique_lock lock(mutex_);
    const auto ticket = next_ticket_++;
    const bool served =
        changed_.wait_for(lock, std::clamp(timeout, std::chrono::milliseconds(0), longest),
                          [&] { return !held_ && serving_ == ticket; });
    if (!served) {
        abandoned_.push_back(ticket);
        skip_abandoned();
        changed_.notify_all();
        throw Conflict("another transaction of this process holds the right to write; waited " +
                       std::to_string(timeout.count()) + " ms for it");
    }
    held_ = true;
    ++serving_;
    skip_abandoned();
}

void WriterRight::release() noexcept {
    {
        const std::lock_guard lock(mutex_);
        held_ = false;
    }
    changed_.notify_all();
}

}  // namespace dossier::storage
