#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "storage/block_cache.h"
#include "storage/block_store.h"
#include "storage/changes.h"
#include "storage/commit_log.h"
#include "storage/dictionary.h"
#include "storage/group_commit.h"
#include "storage/predicate_statistics.h"
#include "storage/root.h"
#include "storage/settings.h"
#include "storage/store.h"
#include "storage/store_files.h"
#include "storage/store_lock.h"
#include "storage/store_state.h"
#include "storage/writer_right.h"

namespace dossier::storage {

// How many statements each graph holds, the default graph included; only graphs that hold some.
using GraphCounts = std::map<TermId, std::uint64_t>;
std::shared_ptr<const std::vector<TermId>> named_graphs_of(const GraphCounts& counts);
// Applies effective changes; true where a graph appeared or went.
bool apply_changes(GraphCounts& counts, std::span<const Change> changes);

// What only the holder of the writer's right reads and changes.
struct WriterData {
    StoreRoot root;            // the durable one
    Intent reserved;           // as stored: numbers below may have been used
    Intent next;               // numbers to use next
    GraphCounts graph_counts;  // of the newest numbered state
    std::vector<std::shared_ptr<const ChangeLayer>> layers;  // since root.number
    bool wrote = false;                                      // this process changed something
};

// The new terms that come with a commit.
struct CommitTerms {
    std::vector<TermEntry> entries;
    DictionaryCounters counters;
    // Where terms came as segments or blocks too: they are found only through it, so that it
    // becomes durable with the commit.
    std::optional<DictionaryRoot> root = std::nullopt;
    std::function<void()> written;  // called when the batch is written
};

// How many unfolded changes there may be before a thread of the store folds them, and before
// whoever brings more waits for it: they are in memory. Others than these only in tests.
struct FoldLimits {
    std::uint64_t most_unfolded = 100'000;
    std::uint64_t most_waiting = 2'000'000;
    std::uint64_t most_at_close = 10'000;  // more are folded when the store is closed
};

// Everything a store is while it is open. Every snapshot, cursor and transaction co-owns it.
class StoreCore : public std::enable_shared_from_this<StoreCore> {
  public:
    struct Parts {
        std::unique_ptr<StoreLock> lock;  // absent in memory and for readers
        std::shared_ptr<BlockStore> blocks;
        std::shared_ptr<BlockCache> cache;
        std::shared_ptr<Dictionary> dictionary;
        StoreHeader header;
        std::optional<StoreFiles> files;  // absent for a store in memory
        std::shared_ptr<const State> state;
        WriterData writer;
        Settings::Values settings;
        StatisticsCache::Entries statistics;
        Durability durability = Durability::durable;
        FoldLimits fold_limits;
        std::function<void(std::string_view)> log;
    };
    explicit StoreCore(Parts parts);
    ~StoreCore();
    StoreCore(const StoreCore&) = delete;
    StoreCore& operator=(const StoreCore&) = delete;

    // --- reading; any thread ---
    const std::shared_ptr<BlockStore>& blocks() const { return blocks_; }
    const std::shared_ptr<BlockCache>& cache() const { return cache_; }
    const std::shared_ptr<Dictionary>& dictionary() const { return dictionary_; }
    const std::optional<StoreFiles>& files() const { return files_; }
    const StoreHeader& header() const { return header_; }
    GroupCommit& commits() { return commits_; }
    const GroupCommit& commits() const { return commits_; }
    Settings& settings() { return settings_; }
    StatisticsCache& statistics() { return statistics_; }
    std::shared_ptr<const Snapshot> snapshot();
    void log(std::string_view message) const;

    // Snapshots, cursors, transactions and loads that live.
    std::atomic<std::uint64_t>& live() { return live_; }

    // --- writing ---
    WriterRight& right() { return right_; }
    // Throws StoreError when the store cannot be written: opened so, or since a failure.
    void throw_if_read_only() const;
    // The rest belongs to the holder of the right.
    WriterData& writer() { return writer_; }

    // Numbers and writes a commit of effective changes, ascending by (s, p, o, g), on the newest
    // state; not yet durable nor published.
    std::shared_ptr<const State> write_commit(std::vector<Change> changes, const CommitTerms& terms,
                                              const CommitOptions& options);
    // Waits as the durability asks.
    void wait(std::uint64_t number, std::optional<Durability> durability);

    // The header of the commit after `before`; counts and kind are the caller's.
    CommitHeader next_header(const State& before, const CommitOptions& options) const;
    // Numbers never used before for `count` generations; the intent is synced first when needed.
    std::uint64_t reserve_generations(std::uint64_t count);

    // Publishes a root: `next` holds the new indexes, `header` a commit that comes with it. The
    // batch may hold more (terms of a load). Durable at return.
    // The root is that of `point` where it is given: a state before `next`, whose later commits
    // stay in the log.
    struct RootPoint {
        const State& state;
        const GraphCounts& graph_counts;
    };
    void publish_root(std::shared_ptr<State> next, std::unique_ptr<WriteBatch> batch,
                      const DictionaryRoot& dictionary, CommitHeader* header,
                      const RootPoint* point = nullptr);
    // The newest state with its log in runs, to be published.
    std::shared_ptr<State> folded(const State& state);
    // Drops generations that no index needs any more.
    void drop_retired();

    // Merges what the log holds into runs, and runs into blocks where there are many; publishes the
    // root. Does nothing when nothing is unfolded.
    void fold_log();
    // The same without the right, which it takes for its beginning and end only.
    void fold_beside_writers(const std::stop_token& stop);
    // Lets a thread of the store call fold_beside_writers() when the log has grown long; does not
    // wait, unless the log grows faster than it is folded.
    void fold_when_due();
    // At close: see Store::close(). Never throws: what cannot be written now is in the log.
    void finish() noexcept;

  private:
    void note_durable() noexcept;
    bool has_unfolded(const State& state) const;
    DictionaryRoot folded_dictionary();

    std::unique_ptr<StoreLock> lock_;  // declared first: given back last
    std::shared_ptr<BlockStore> blocks_;
    std::shared_ptr<BlockCache> cache_;
    std::shared_ptr<Dictionary> dictionary_;
    StoreHeader header_;
    std::optional<StoreFiles> files_;
    Durability durability_;
    std::function<void(std::string_view)> log_;
    GroupCommit commits_;
    Settings settings_;
    StatisticsCache statistics_;
    WriterRight right_;
    WriterData writer_;
    // Indexes that a newer root replaced, and what they read.
    struct Retired {
        std::weak_ptr<PermutationIndex> index;
        Permutation permutation;
        std::vector<std::uint64_t> generations;
    };
    std::vector<Retired> retired_;
    const FoldLimits fold_limits_;
    std::atomic<bool> folding_{false};
    std::mutex folder_mutex_;  // of folder_
    std::atomic<std::uint64_t> live_{0};
    std::mutex watermark_mutex_;
    std::chrono::steady_clock::time_point watermark_written_{};
    std::uint64_t watermark_number_ = 0;
    std::jthread folder_;  // declared last: ended before anything it uses goes
};

// Counts one living handle of a core and keeps the core.
class CoreReference {
  public:
    explicit CoreReference(std::shared_ptr<StoreCore> core) : core_(std::move(core)) {
        core_->live().fetch_add(1, std::memory_order_relaxed);
    }
    CoreReference(const CoreReference& other) : CoreReference(other.core_) {}
    CoreReference& operator=(const CoreReference&) = delete;
    ~CoreReference() { core_->live().fetch_sub(1, std::memory_order_release); }

    StoreCore& operator*() const { return *core_; }
    StoreCore* operator->() const { return core_.get(); }
    const std::shared_ptr<StoreCore>& shared() const { return core_; }

  private:
    std::shared_ptr<StoreCore> core_;
};

}  // namespace dossier::storage
