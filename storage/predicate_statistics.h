#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "storage/block_store.h"
#include "storage/snapshot.h"
#include "storage/store_state.h"

namespace dossier::storage {

// Estimates per predicate for the planner, never answers. Exact ones are counted while a load
// writes its base; the rest are guessed from block borders at the first question. Each is dated by
// the rows it was made for, and is made anew when they have changed by more than half; in between
// it is scaled. Kept in Family::statistics between processes. Thread-safe.
class StatisticsCache {
  public:
    struct Entry {
        PredicateStatistics counted;
        std::uint64_t commit = 0;  // when
    };
    using Entries = std::map<TermId, Entry>;

    static Entries load(const BlockStore& store);
    explicit StatisticsCache(Entries entries) : entries_(std::move(entries)) {}

    PredicateStatistics of(const State& state, TermId predicate);
    // Takes over counts of a load.
    void set(Entries entries);
    // Puts what is new since the last save into the batch.
    void save(WriteBatch& batch);

  private:
    std::mutex mutex_;
    Entries entries_;
    bool changed_ = false;
};

}  // namespace dossier::storage
