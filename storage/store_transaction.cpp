#include "storage/store_transaction.h"

#include <dossier/error.h>

namespace dossier::storage {

StoreTransaction::StoreTransaction(CoreReference core, std::unique_ptr<HeldRight> right)
    : core_(std::move(core)),
      right_(std::move(right)),
      state_(core_->commits().newest()),
      terms_(std::make_shared<NewTerms>(core_->dictionary())) {}

StoreTransaction::~StoreTransaction() = default;

void StoreTransaction::throw_if_over() const {
    if (!right_) {
        throw UsageError("the transaction is over");
    }
}

std::shared_ptr<const Snapshot> StoreTransaction::snapshot(StopQuestion* question) {
    throw_if_over();
    if (!view_ || view_version_ != changes_.version() || view_triples_ != triples_) {
        view_.reset();
        view_ = std::make_shared<OwnSnapshot>(
            core_, state_, terms_, changes_.effective(*state_, state_->number + 1, question));
        view_version_ = changes_.version();
        view_triples_ = triples_;
    }
    return view_;
}

TermId StoreTransaction::intern(const TermView& term) {
    throw_if_over();
    if (term.is_triple()) {
        ++triples_;
    }
    return terms_->intern(term);
}

TermId StoreTransaction::intern_name(const TermView& term) {
    throw_if_over();
    return terms_->intern(term, true);
}

TermId StoreTransaction::intern_triple(const TripleIds& triple) {
    throw_if_over();
    ++triples_;
    return terms_->intern_triple(triple);
}

TermId StoreTransaction::new_blank_node() {
    throw_if_over();
    return terms_->new_blank_node();
}

void StoreTransaction::insert(const QuadIds& quad) {
    throw_if_over();
    changes_.set(quad, true);
}

void StoreTransaction::remove(const QuadIds& quad) {
    throw_if_over();
    changes_.set(quad, false);
}

std::size_t StoreTransaction::held_bytes() const {
    return changes_.bytes() + terms_->bytes();
}

CommitInfo StoreTransaction::commit(const CommitOptions& options) {
    throw_if_over();
    // Given back on every way out; before the wait for the disk on the way that succeeds.
    const std::unique_ptr<HeldRight> right = std::move(right_);
    view_.reset();
    const std::uint64_t number = state_->number + 1;
    std::vector<Change> changes = changes_.effective(*state_, number, nullptr);
    changes_.clear();
    if (changes.empty()) {
        right->release();
        // What it found to be so must be as durable as if it had written it.
        core_->wait(state_->number, options.durability);
        return {state_->number, 0, 0};
    }
    const std::size_t total = changes.size();
    const CommitTerms terms{terms_->entries(), terms_->counters(), std::nullopt,
                            [this] { terms_->written(); }};
    const std::shared_ptr<const State> next =
        core_->write_commit(std::move(changes), terms, options);
    right->release();
    core_->fold_when_due();
    core_->wait(next->number, options.durability);
    // statements rose by inserted - removed, and inserted + removed are all changes.
    const auto difference =
        static_cast<std::int64_t>(next->statements) - static_cast<std::int64_t>(state_->statements);
    const auto inserted =
        static_cast<std::uint64_t>((static_cast<std::int64_t>(total) + difference) / 2);
    return {next->number, inserted, total - inserted};
}

void StoreTransaction::rollback() {
    throw_if_over();
    view_.reset();
    right_.reset();
}

}  // namespace dossier::storage
