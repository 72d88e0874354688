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
    ++version_;
}

std::size_t TransactionChanges::bytes() const {
    // A place has a byte of its own beside the pair; the table doubles when it is full, and both
    // are there then.
    const std::size_t places = last_word_.bucket_count();
    const bool grows = last_word_.size() >= last_word_.max_load();
    return places * (grows ? 3 : 1) * (sizeof(decltype(last_word_)::value_type) + 1);
}

std::vector<Change> TransactionChanges::effective(const State& state, std::uint64_t number,
                                                  StopQuestion* question) const {
    const auto step = [question] {
        if (question != nullptr) question->step();
    };
    std::vector<Change> changes;
    changes.reserve(last_word_.size());
    for (const auto& [quad, insert] : last_word_) {
        step();
        changes.push_back({quad, Version::of(number, insert)});
    }
    std::sort(changes.begin(), changes.end(), [&step](const Change& a, const Change& b) {
        step();
        return a < b;
    });
    // Looked up in parts, each of which takes some milliseconds.
    constexpr std::size_t part = 4096;
    std::vector<Row> rows;
    std::vector<std::uint8_t> found;
    const auto index = state.index(Permutation::spo);
    std::size_t kept = 0;
    for (std::size_t begin = 0; begin < changes.size(); begin += part) {
        if (question != nullptr) question->ask();
        const std::size_t end = std::min(begin + part, changes.size());
        rows.clear();
        for (std::size_t i = begin; i < end; ++i) {
            rows.push_back(to_row(changes[i].quad, Permutation::spo));
        }
        found.assign(rows.size(), 0);
        index->contains_all(rows, state.number, found);
        for (std::size_t i = begin; i < end; ++i) {
            if (changes[i].version.insert() != (found[i - begin] != 0)) {
                changes[kept++] = changes[i];
            }
        }
    }
    changes.resize(kept);
    return changes;
}

}  // namespace dossier::storage
