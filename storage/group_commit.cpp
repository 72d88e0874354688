#include "storage/group_commit.h"

#include <algorithm>
#include <exception>

#include <dossier/error.h>

namespace dossier::storage {

GroupCommit::GroupCommit(std::shared_ptr<BlockStore> store, std::shared_ptr<const State> state)
    : store_(std::move(store)), published_(std::move(state)), durable_(published_->number) {}

std::shared_ptr<const State> GroupCommit::published() const {
    const std::lock_guard lock(mutex_);
    return published_;
}

std::shared_ptr<const State> GroupCommit::newest() const {
    const std::lock_guard lock(mutex_);
    return waiting_.empty() ? published_ : waiting_.back();
}

void GroupCommit::written(std::shared_ptr<const State> state) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(state));
}

void GroupCommit::written_durably(std::shared_ptr<const State> state) {
    {
        const std::lock_guard lock(mutex_);
        const std::uint64_t number = state->number;
        waiting_.push_back(std::move(state));
        durable_ = std::max(durable_, number);
        publish_up_to(number);
    }
    changed_.notify_all();
}

void GroupCommit::publish_up_to(std::uint64_t number) {
    while (!waiting_.empty() && waiting_.front()->number <= number) {
        published_ = std::move(waiting_.front());
        waiting_.pop_front();
    }
}

void GroupCommit::wait_durable(std::uint64_t number) {
    std::unique_lock lock(mutex_);
    while (durable_ < number) {
        if (failure_) {
            throw_failure();
        }
        if (syncing_) {
            changed_.wait(lock);
            continue;
        }
        // All that is written now becomes durable with this sync; later ones wait for the next.
        const std::uint64_t target =
            waiting_.empty() ? published_->number : waiting_.back()->number;
        syncing_ = true;
        lock.unlock();
        std::optional<std::string> problem;
        try {
            store_->sync_log();
        } catch (const std::exception& error) {
            problem = error.what();
        }
        lock.lock();
        syncing_ = false;
        if (problem) {
            if (!failure_) {
                failure_ = std::move(problem);
            }
        } else if (!failure_) {
            durable_ = std::max(durable_, target);
            publish_up_to(target);
        }
        changed_.notify_all();
    }
}

void GroupCommit::publish_relaxed(std::uint64_t number) {
    {
        const std::lock_guard lock(mutex_);
        if (published_->number >= number) {
            return;
        }
        if (waiting_.front()->number == number) {
            publish_up_to(number);
            return;
        }
    }
    wait_durable(number);
}

void GroupCommit::drain() {
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        number = waiting_.empty() ? published_->number : waiting_.back()->number;
    }
    wait_durable(number);
}

std::uint64_t GroupCommit::durable() const {
    const std::lock_guard lock(mutex_);
    return durable_;
}

std::optional<std::string> GroupCommit::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

void GroupCommit::fail(const std::string& why) {
    {
        const std::lock_guard lock(mutex_);
        if (!failure_) {
            failure_ = why;
        }
    }
    changed_.notify_all();
}

void GroupCommit::throw_failure() const {
    throw StoreError("the store is read-only since a write failed; open it again: " + *failure_);
}

void GroupCommit::throw_if_failed() const {
    const std::lock_guard lock(mutex_);
    if (failure_) {
        throw_failure();
    }
}

}  // namespace dossier::storage
