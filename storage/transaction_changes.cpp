#include "storage/transaction_changes.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <dossier/error.h>

namespace dossier::storage {

std::size_t TransactionChanges::QuadHash::operator()(const QuadIds& quad) const noexcept {
    return XXH3_64bits(&quad, sizeof(quad));
}

void TransactionChanges::set(const QuadIds& quad, bool insert) {
    for (const TermId id : {quad.subject, quad.predicate, quad.object, quad.graph}) {
        if (!id.bound() || id.tag() > Tag::g_year_month) {
            throw UsageError("a statement of a transaction has a term that is not the store's");
        }
    }
    // Some 2 GB of changes at commit.
    constexpr std::size_t most_changes = std::size_t{1} << 24;
    if (last_word_.size() >= most_changes && !last_word_.contains(quad)) {
        throw LimitError(
            "a transaction changes at most 16,777,216 statements; use a load, or "
            "several transactions");
    }
    last_word_.insert_or_assign(quad, insert);
    if (!followed_) return;
    // A statement may be set any number of times.
    if (fresh_.size() > 2 * last_word_.size() + 1'024) forget_repeated();
    fresh_.push_back(quad);
}

void TransactionChanges::clear() {
    last_word_ = {};
    fresh_ = {};
    followed_ = false;
}

std::size_t TransactionChanges::bytes() const {
    // A place has a byte of its own beside the pair; the table doubles when it is full, and both
    // are there then.
    const std::size_t places = last_word_.bucket_count();
    const bool grows = last_word_.size() >= last_word_.max_load();
    return places * (grows ? 3 : 1) * (sizeof(decltype(last_word_)::value_type) + 1) +
           fresh_.capacity() * sizeof(QuadIds);
}

void TransactionChanges::follow() {
    followed_ = true;
    fresh_.clear();
}

void TransactionChanges::forget_repeated() {
    std::sort(fresh_.begin(), fresh_.end());
    fresh_.erase(std::unique(fresh_.begin(), fresh_.end()), fresh_.end());
}

namespace {

// Sorts changes and leaves those that change what `index` shows at `shown`.
void keep_effective(std::vector<Change>& changes, const PermutationIndex& index,
                    std::uint64_t shown, StopQuestion* question) {
    std::sort(changes.begin(), changes.end(), [question](const Change& a, const Change& b) {
        if (question != nullptr) question->step();
        return a < b;
    });
    // Looked up in parts, each of which takes some milliseconds.
    constexpr std::size_t part = 4096;
    std::vector<Row> rows;
    std::vector<std::uint8_t> found;
    std::size_t kept = 0;
    for (std::size_t begin = 0; begin < changes.size(); begin += part) {
        if (question != nullptr) question->ask();
        const std::size_t end = std::min(begin + part, changes.size());
        rows.clear();
        for (std::size_t i = begin; i < end; ++i) {
            rows.push_back(to_row(changes[i].quad, Permutation::spo));
        }
        found.assign(rows.size(), 0);
        index.contains_all(rows, shown, found);
        for (std::size_t i = begin; i < end; ++i) {
            if (changes[i].version.insert() != (found[i - begin] != 0)) {
                changes[kept++] = changes[i];
            }
        }
    }
    changes.resize(kept);
}

}  // namespace

std::vector<Change> TransactionChanges::effective(const PermutationIndex& index,
                                                  std::uint64_t shown, std::uint64_t number,
                                                  StopQuestion* question) const {
    std::vector<Change> changes;
    changes.reserve(last_word_.size());
    for (const auto& [quad, insert] : last_word_) {
        if (question != nullptr) question->step();
        changes.push_back({quad, Version::of(number, insert)});
    }
    keep_effective(changes, index, shown, question);
    return changes;
}

std::vector<Change> TransactionChanges::effective_since(const PermutationIndex& index,
                                                        std::uint64_t shown, std::uint64_t number,
                                                        StopQuestion* question) {
    forget_repeated();
    std::vector<Change> changes;
    changes.reserve(fresh_.size());
    for (const QuadIds& quad : fresh_)
        changes.push_back({quad, Version::of(number, last_word_.at(quad))});
    keep_effective(changes, index, shown, question);
    fresh_.clear();
    return changes;
}

}  // namespace dossier::storage
