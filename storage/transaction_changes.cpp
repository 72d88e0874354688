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

std::vector<Change> TransactionChanges::effective(const State& state, std::uint64_t number) const {
    std::vector<Change> changes;
    changes.reserve(last_word_.size());
    for (const auto& [quad, insert] : last_word_) {
        changes.push_back({quad, Version::of(number, insert)});
    }
    std::sort(changes.begin(), changes.end());
    std::vector<Row> rows;
    rows.reserve(changes.size());
    for (const Change& change : changes) {
        rows.push_back(to_row(change.quad, Permutation::spo));
    }
    std::vector<std::uint8_t> found(rows.size());
    state.index(Permutation::spo)->contains_all(rows, state.number, found);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (changes[i].version.insert() != (found[i] != 0)) {
            changes[kept++] = changes[i];
        }
    }
    changes.resize(kept);
    return changes;
}

}  // namespace dossier::storage
