#include "storage/store_transaction.h"

#include <algorithm>

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
    if (!view_ || changes_.has_new() || terms_->triple_count() != seen_triples_) {
        view_.reset();
        show_changes(question);
        view_ = std::make_shared<OwnSnapshot>(core_, state_, terms_, seen_);
    }
    return view_;
}

// An operation's changes become a layer above those of the operations before. Where statements
// come and go all the time the layers hold more than there is, and are made anew.
void StoreTransaction::show_changes(StopQuestion* question) {
    constexpr std::size_t few = 65'536;
    const auto triples = [this](std::size_t from, std::uint64_t number) {
        std::vector<Change> changes;
        for (const auto& [triple, id] : terms_->new_triples(from))
            changes.push_back(
                {{triple.subject, triple.predicate, triple.object, id}, Version::of(number, true)});
        return changes;
    };
    if (seen_ && seen_->size() <= 2 * changes_.size() + few) {
        const std::uint64_t number = seen_->next_number();
        std::vector<Change> new_triples = triples(seen_triples_, number);
        const std::size_t count = seen_triples_ + new_triples.size();
        const auto [index, shown] = seen_->view(Permutation::spo, seen_->number());
        seen_->add(changes_.effective_since(*index, shown, number, question),
                   std::move(new_triples));
        seen_triples_ = count;
        return;
    }
    auto all = std::make_shared<OwnChanges>(state_, core_->cache());
    const std::uint64_t number = all->next_number();
    std::vector<Change> new_triples = triples(0, number);
    const std::size_t count = new_triples.size();
    all->add(changes_.effective(*state_->index(Permutation::spo), state_->number, number, question),
             std::move(new_triples));
    seen_ = std::move(all);
    seen_triples_ = count;
    changes_.follow();
}

std::size_t StoreTransaction::change_count() const {
    return std::max(changes_.size(), seen_ ? seen_->size() : 0);
}

TermId StoreTransaction::intern(const TermView& term) {
    throw_if_over();
    return terms_->intern(term);
}

TermId StoreTransaction::intern_name(const TermView& term) {
    throw_if_over();
    return terms_->intern(term, true);
}

TermId StoreTransaction::intern_triple(const TripleIds& triple) {
    throw_if_over();
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
    seen_.reset();
    const std::uint64_t number = state_->number + 1;
    std::vector<Change> changes =
        changes_.effective(*state_->index(Permutation::spo), state_->number, number, nullptr);
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
    seen_.reset();
    right_.reset();
}

}  // namespace dossier::storage
