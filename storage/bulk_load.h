#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/dictionary.h"
#include "storage/scan.h"
#include "storage/store.h"
#include "storage/term_id.h"

// A load of any size as one commit, in bounded memory. Workers collect statements in chunks with
// ids local to a chunk; finish() merges the chunks' terms into the dictionary, maps rows to ids,
// sorts them once a permutation and hands the store what to publish.

namespace dossier::storage {

class BlockStore;

// One permutation's rows of a load, in its order: distinct, and (for `changes`) effective.
class SortedRows {
  public:
    virtual ~SortedRows() = default;
    // As RowCursor::next(): up to `capacity` rows, four columns in the permutation's order, 0 at
    // the end. May be read once.
    virtual std::size_t next(std::span<TermId* const> columns, std::size_t capacity) = 0;
};

// A load ready to be published. What is in it is already in the block store and synced there: the
// dictionary's segments, and nothing of it is visible until the root names it.
struct PreparedLoad {
    DictionaryRoot dictionary;
    // Entries of the dictionary's tail (a load with few new terms), for the publishing batch.
    std::vector<TermEntry> entries;
    std::uint64_t statements = 0;  // in `rows`
    LoadCounts counts;
    std::vector<TermId> emptied_graphs;  // replace_graphs, ascending
};

// What a load needs from the store that runs it; implemented by the store's core. The load holds
// the writer's right through it; the destructor releases the right.
class LoadTarget {
  public:
    virtual ~LoadTarget() = default;

    virtual std::shared_ptr<Dictionary> dictionary() = 0;
    virtual std::shared_ptr<BlockStore> block_store() = 0;
    // The newest numbered state, which the load changes.
    virtual std::shared_ptr<const Snapshot> state() = 0;
    // The permutations to make, gspo among them if there is a named graph already; the load asks
    // for `gspo` also when it brings the first named graph.
    virtual std::vector<Permutation> permutations() = 0;
    // A directory for temporary files; empty: keep all in memory, or in TMPDIR.
    virtual std::string temporary_directory() = 0;

    // Called once when the ids are settled and the number of statements is known. Tells whether the
    // load becomes `base` (new base generations that hold the old statements too), `runs` (sorted
    // changes in every permutation) or `log` (an ordinary commit; only spo is asked for).
    enum class Shape : std::uint8_t { base, runs, log };
    virtual Shape shape(std::uint64_t statements_given, bool named_graphs) = 0;

    // Then once for every permutation (for `log`: only spo), perhaps from several threads at once:
    // for `base` all rows of the store after the load, for `runs` and `log` the rows that are new.
    virtual void write(Permutation permutation, SortedRows& rows) = 0;
    // With replace_graphs and not `base`: the rows to remove, in the same way, after write().
    virtual void write_removed(Permutation permutation, SortedRows& rows) = 0;

    // Makes it one durable commit. After a throw, or when this is never called, nothing happened.
    virtual CommitInfo publish(const PreparedLoad& load, const CommitOptions& options) = 0;
    // Gives back the space of what was written; only where publish() was not called, or threw
    // DiskFull.
    virtual void abandon() = 0;
};

// The load itself; Store::bulk_load() returns it.
std::unique_ptr<BulkLoad> make_bulk_load(std::unique_ptr<LoadTarget> target,
                                         const LoadOptions& options);

}  // namespace dossier::storage
