#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/block_cache.h"
#include "storage/block_store.h"
#include "storage/changes.h"
#include "storage/directory.h"
#include "storage/generation_builder.h"
#include "storage/scan.h"

namespace dossier::storage {

class MergedBlocks;
class GraphFilter;
struct RowBounds;

// One permutation as a root and the commits since see it: base blocks, runs, and unfolded changes
// in memory. Base and runs never change; commits append layers; a reader names the number it reads
// at and sees exactly the changes up to it. Folding makes a new index that shares the later layers.
// Thread-safe; cursors keep what they read alive.
class PermutationIndex : public std::enable_shared_from_this<PermutationIndex> {
  public:
    // An empty one: no blocks, no runs.
    static std::shared_ptr<PermutationIndex> create(std::shared_ptr<BlockCache> cache,
                                                    Permutation permutation);
    // What a root names. Pages are read here, blocks when they are touched.
    static std::shared_ptr<PermutationIndex> open(std::shared_ptr<BlockCache> cache,
                                                  const PermutationRoot& root);
    ~PermutationIndex();

    Permutation permutation() const;
    const std::shared_ptr<const Directory>& base() const;

    // The changes of a commit. Numbers rise from call to call and are above those of runs. One
    // caller at a time; readers need not wait. Cheap: sorting is left to the first read.
    void append(std::shared_ptr<const ChangeLayer> layer);
    // Changes in memory.
    std::uint64_t layered_changes() const;

    // The state at `number` with a transaction's own changes above it (their versions' commit
    // numbers must be above `number`). The result is read at any number >= those; later appends to
    // this index are not seen.
    std::shared_ptr<PermutationIndex> with_own(std::uint64_t number,
                                               std::shared_ptr<const ChangeLayer> own) const;

    // --- reading at a commit's number ---
    std::unique_ptr<RowCursor> scan(const ScanRequest& request, std::uint64_t number) const;
    // Exactly; touches at most the blocks at the borders and those with changes.
    std::uint64_t count(const ScanRequest& request, std::uint64_t number) const;
    // Touches no block.
    std::uint64_t estimate(const ScanRequest& request, std::uint64_t number) const;
    bool contains(const Row& row, std::uint64_t number) const;
    // For ascending rows; writes 1 or 0 for each.
    void contains_all(std::span<const Row> rows, std::uint64_t number,
                      std::span<std::uint8_t> found) const;
    // Rows, and a dated guess of the distinct values in the column after a prefix of `length` (0, 1
    // or 2) columns, from block borders and a sample of blocks.
    std::uint64_t estimate_distinct(std::span<const TermId> prefix, std::uint64_t number) const;
    // The sum over all rows, from the directory and the changes; equal in all permutations.
    RowSum sum(std::uint64_t number) const;

    // --- runs and folding: each returns a new index; the caller saves its root and publishes it
    // --- Writes the layered changes up to `through` as a run. Nothing to write: returns this
    // index.
    std::shared_ptr<PermutationIndex> make_run(std::shared_ptr<BlockStore> store,
                                               std::uint64_t generation,
                                               std::uint64_t through) const;
    // Takes over a run that was written elsewhere (a large commit); `run` needs no pages yet.
    std::shared_ptr<PermutationIndex> add_run(const RunRoot& run, Generation blocks) const;
    // Replaces the base by these blocks (which are the state at `through`), drops runs and layers
    // up to it.
    std::shared_ptr<PermutationIndex> replace_base(Generation blocks, std::uint64_t through) const;
    // Rewrites the blocks whose share of changes is at least `share` (0: all that have any),
    // densest ranges first, at most `most_blocks` of them, with all changes up to `through`, which
    // must be the border of a run or of a layer. Runs nobody needs any more are dropped from the
    // root.
    std::shared_ptr<PermutationIndex> fold(std::shared_ptr<BlockStore> store,
                                           std::uint64_t generation, std::uint64_t through,
                                           double share, std::size_t most_blocks) const;

    // For an index that make_run(), fold() ... made from an older one: takes the layers that were
    // appended to `newer` meanwhile. Call with commits held back, before the new one is read.
    void take_later(const PermutationIndex& newer);

    // Puts new directory pages into the batch and returns the root that names all of them.
    PermutationRoot save(WriteBatch& batch, std::uint64_t& next_page) const;
    // The generations this index reads, ascending.
    std::vector<std::uint64_t> generations() const;
    // Expires when neither an index nor a cursor reads these blocks any more.
    std::weak_ptr<const void> readers() const { return blocks_; }
    // Reads every block and compares it with its entry, order included; returns what is wrong.
    std::vector<std::string> verify() const;

    explicit PermutationIndex(std::shared_ptr<MergedBlocks> blocks);

  private:
    std::uint64_t count_base(const RowBounds& bounds, const GraphFilter& filter) const;

    std::shared_ptr<MergedBlocks> blocks_;
};

}  // namespace dossier::storage
