#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "storage/block_cache.h"
#include "storage/changes.h"
#include "storage/column_block.h"
#include "storage/directory.h"
#include "storage/splice.h"

// Base blocks together with the changes that are not folded into them. A touched
// block's changes are resolved once to row positions and kept; readers filter by their own number.

namespace dossier::storage {

// One base block as a reader sees it.
struct BlockView {
    std::shared_ptr<const ColumnBlock> block;  // null: there are no base rows
    std::shared_ptr<const Splices> splices;    // null: none
    std::size_t base_rows() const { return block == nullptr ? 0 : block->rows(); }
};

struct Run {
    RunRoot root;
    std::shared_ptr<const Directory> directory;
};

// A range of rows in a permutation's order, by the leading columns. Empty keys: no bound.
struct RowBounds {
    Row low{}, high{};
    std::size_t low_length = 0, high_length = 0;
    bool high_open = false;  // rows that begin with `high` are outside
    std::span<const TermId> low_key() const { return {low.data(), low_length}; }
    std::span<const TermId> high_key() const { return {high.data(), high_length}; }
    bool is_below(const Row& row) const { return compare_prefix(row, low_key()) < 0; }
    bool is_above(const Row& row) const {
        if (high_length == 0) {
            return false;
        }
        const int order = compare_prefix(row, high_key());
        return high_open ? order >= 0 : order > 0;
    }
};

// Thread-safe; immutable but for what append() of its LayeredChanges adds and what is cached.
class MergedBlocks {
  public:
    MergedBlocks(std::shared_ptr<BlockCache> cache, Permutation permutation,
                 std::shared_ptr<const Directory> base, std::vector<ThroughRange> through,
                 std::vector<Run> runs);

    // The state of `parent` at `number` with the changes of `own` above it.
    MergedBlocks(std::shared_ptr<const MergedBlocks> parent, std::uint64_t number,
                 std::shared_ptr<const ChangeLayer> own);

    Permutation permutation() const { return permutation_; }
    const Directory& base() const { return *base_; }
    const std::shared_ptr<const Directory>& shared_base() const { return base_; }
    const std::vector<ThroughRange>& through() const { return through_; }
    const std::vector<Run>& runs() const { return runs_; }
    const std::shared_ptr<BlockCache>& cache() const { return cache_; }
    const std::shared_ptr<LayeredChanges>& layered() const { return layered_; }

    // At least 1: with an empty base, block 0 has no rows but takes the changes.
    std::size_t block_count() const { return std::max<std::size_t>(base_->size(), 1); }
    BlockView view(std::size_t block, std::uint64_t number) const;
    // Only the base rows; null with an empty base.
    std::shared_ptr<const ColumnBlock> base_block(std::size_t block) const;
    bool has_changes() const;

    // Changes with rows inside the bounds and commits up to `number` that the base does not hold,
    // ascending by (row, version).
    std::vector<RowChange> changes(const RowBounds& bounds, std::uint64_t number) const;
    // Inserts less removals of the same, of one graph or of all; from sums where they tell.
    std::int64_t net_changes(const RowBounds& bounds, std::uint64_t number,
                             std::optional<TermId> graph) const;
    // About how many changes there are inside the bounds; touches no block.
    std::uint64_t estimate_changes(const RowBounds& bounds) const;
    // Whether every change there is concerns this graph.
    bool only_in_graph(TermId graph) const;
    // The newest change of a row up to `number`, if there is one.
    std::optional<Version> newest_change(const Row& row, std::uint64_t number) const;
    std::uint64_t through_of(const Row& row) const;

  private:
    // A block's changes by position, of all commits.
    struct Resolved {
        struct Item {
            std::uint32_t position;
            std::uint32_t row;  // index in rows, or Splices::removal for the base row at position
            Version version;
        };
        std::vector<Item> items;
        std::vector<Row> rows;
        std::uint64_t newest = 0;  // of the items' commits
        // What readers at `newest` or later see; null when it is nothing.
        std::shared_ptr<const Splices> latest;
    };
    struct ResolvedPlace {
        std::shared_ptr<const Resolved> resolved;
        std::uint64_t upto = 0;  // holds all changes of commits up to this
    };

    // The rows that belong to a block: from its first one up to the next block's.
    RowBounds coverage(std::size_t block) const;
    std::uint64_t newest_commit(const ChangeLevels& levels) const;
    bool is_visible(const Row& row, Version version, std::uint64_t number) const;
    template <typename Visit>
    bool visit_run_block(const DirectoryEntry& entry, const RowBounds& bounds, Visit visit) const;
    template <typename Visit>
    void visit_run(const Run& run, const RowBounds& bounds, Visit visit) const;
    std::int64_t net_of_run(const Run& run, const RowBounds& bounds, std::uint64_t number,
                            std::optional<TermId> graph) const;
    std::shared_ptr<const Resolved> resolve(std::size_t block, const RowBounds& coverage) const;
    std::shared_ptr<const Resolved> resolved(std::size_t block) const;
    void keep(std::size_t block, const std::shared_ptr<const Resolved>& resolved,
              std::uint64_t upto) const;
    std::shared_ptr<const Splices> splices_at(const Resolved& resolved, std::uint64_t number,
                                              std::size_t base_rows) const;

    std::shared_ptr<BlockCache> cache_;
    Permutation permutation_;
    std::shared_ptr<const Directory> base_;
    std::vector<ThroughRange> through_;
    std::uint64_t most_through_ = 0;
    std::vector<Run> runs_;
    std::shared_ptr<LayeredChanges> layered_;

    // For a transaction's own view.
    std::shared_ptr<const MergedBlocks> parent_;
    std::uint64_t parent_number_ = 0;

    static constexpr std::size_t lock_count = 16;
    mutable std::array<std::mutex, lock_count> locks_;
    mutable std::vector<ResolvedPlace> resolved_;
    // All resolved places are given up when they hold more items than this together.
    static constexpr std::size_t most_items = std::size_t{4} << 20;
    mutable std::atomic<std::size_t> items_{0};
};

}  // namespace dossier::storage
