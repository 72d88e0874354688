#include "storage/predicate_statistics.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <dossier/error.h>

#include "storage/store_record.h"

namespace dossier::storage {

namespace {

// All graphs, each (s, p, o, g) one row.
ScanRequest rows_of(TermId predicate) {
    ScanRequest request;
    request.permutation = Permutation::pso;
    request.prefix[0] = predicate;
    request.prefix_length = 1;
    request.graphs.mode = GraphSelection::Mode::merged;
    return request;
}

std::uint64_t scaled(std::uint64_t value, std::uint64_t rows, std::uint64_t rows_then) {
    const double factor = static_cast<double>(rows) / static_cast<double>(rows_then);
    const auto result =
        static_cast<std::uint64_t>(std::llround(static_cast<double>(value) * factor));
    return std::clamp<std::uint64_t>(result, 1, rows);
}

bool still_good(std::uint64_t rows, std::uint64_t rows_then) {
    return rows_then > 0 && rows <= rows_then + rows_then / 2 && rows >= rows_then / 2;
}

}  // namespace

StatisticsCache::Entries StatisticsCache::load(const BlockStore& store) {
    Entries entries;
    const auto cursor = store.scan(Family::statistics, {}, {});
    while (cursor->next()) {
        if (cursor->key().size() != 8) {
            throw StoreError("the statistics are damaged: a key has another length");
        }
        ByteReader reader(cursor->value(), "the statistics");
        Entry entry;
        entry.commit = reader.u64();
        entry.counted.rows = reader.u64();
        entry.counted.distinct_subjects = reader.u64();
        entry.counted.distinct_objects = reader.u64();
        entries.emplace(TermId{read_key_u64(cursor->key())}, entry);
    }
    return entries;
}

PredicateStatistics StatisticsCache::of(const State& state, TermId predicate) {
    const PermutationIndex& pso = *state.index(Permutation::pso);
    const std::uint64_t rows = pso.estimate(rows_of(predicate), state.number);
    if (rows == 0) {
        return {};
    }
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(predicate);
        if (found != entries_.end() && still_good(rows, found->second.counted.rows)) {
            const PredicateStatistics& then = found->second.counted;
            return {rows, scaled(then.distinct_subjects, rows, then.rows),
                    scaled(then.distinct_objects, rows, then.rows)};
        }
    }
    const std::array<TermId, 1> prefix{predicate};
    const auto at_least_one = [rows](std::uint64_t distinct) {
        return std::clamp<std::uint64_t>(distinct, 1, rows);
    };
    Entry entry;
    entry.commit = state.number;
    entry.counted = {
        rows, at_least_one(pso.estimate_distinct(prefix, state.number)),
        at_least_one(state.index(Permutation::pos)->estimate_distinct(prefix, state.number))};
    const std::lock_guard lock(mutex_);
    entries_.insert_or_assign(predicate, entry);
    changed_ = true;
    return entry.counted;
}

void StatisticsCache::set(Entries entries) {
    const std::lock_guard lock(mutex_);
    entries_ = std::move(entries);
    changed_ = true;
}

void StatisticsCache::save(WriteBatch& batch) {
    const std::lock_guard lock(mutex_);
    if (!changed_) {
        return;
    }
    for (const auto& [predicate, entry] : entries_) {
        std::string key, value;
        append_key_u64(key, predicate.bits);
        append_u64(value, entry.commit);
        append_u64(value, entry.counted.rows);
        append_u64(value, entry.counted.distinct_subjects);
        append_u64(value, entry.counted.distinct_objects);
        batch.put(Family::statistics, key, value);
    }
    changed_ = false;
}

}  // namespace dossier::storage
