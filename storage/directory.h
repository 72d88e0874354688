#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/block_store.h"
#include "storage/row.h"

namespace dossier::storage {

// What the directory knows of one block.
struct DirectoryEntry {
    Row first{}, last{};
    std::uint64_t generation = 0;
    std::uint32_t ordinal = 0;
    std::uint32_t rows = 0;
    // Of runs: inserts. Else rows whose (s, p, o) differs from the row before, also from the last
    // row of the block before; in permutations with the graph first: rows.
    std::uint32_t distinct_triples = 0;
    // Bytes of the block.
    std::uint32_t bytes = 0;
    // Bit t: an object with tag t occurs.
    std::uint64_t object_tags = 0;
    std::uint64_t checksum = 0;
    RowSum sum;
    // The graphs that occur, ascending; empty: more than 8 (or rows of triple terms).
    static constexpr std::size_t most_graphs = 8;
    std::uint8_t graph_count = 0;
    std::array<TermId, most_graphs> graphs{};
    bool many_graphs = false;
    // How many rows are of the default graph; nothing: nobody counted them (blocks of older
    // versions, triple terms).
    std::optional<std::uint32_t> default_rows;

    std::span<const TermId> known_graphs() const { return {graphs.data(), graph_count}; }
    friend bool operator==(const DirectoryEntry&, const DirectoryEntry&) = default;
};

// Where a page of entries is stored; part of a root.
struct PageReference {
    std::uint64_t number = 0;
    friend bool operator==(const PageReference&, const PageReference&) = default;
};

// The blocks of one permutation (or of one run) in row order. Immutable; pages that did not change
// are shared between versions and are written once. Thread-safe.
class Directory {
  public:
    struct Page;
    static constexpr std::size_t page_entries = 128;

    Directory();
    explicit Directory(std::vector<DirectoryEntry> entries);
    ~Directory();
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    // Throws StoreError when a page is missing or damaged.
    static std::shared_ptr<const Directory> load(const BlockStore& store, Permutation permutation,
                                                 std::span<const PageReference> pages);

    std::size_t size() const { return entries_.size(); }
    bool empty() const { return entries_.empty(); }
    const DirectoryEntry& operator[](std::size_t block) const { return *entries_[block]; }

    // Rows in the blocks before `block`; block may be size().
    std::uint64_t rows_before(std::size_t block) const { return rows_before_[block]; }
    std::uint64_t distinct_before(std::size_t block) const { return distinct_before_[block]; }
    std::uint64_t rows() const { return rows_before_.back(); }
    // Whether every entry knows its rows of the default graph, and those in the blocks before
    // `block`.
    bool knows_default_rows() const { return !default_before_.empty(); }
    std::uint64_t default_before(std::size_t block) const { return default_before_[block]; }
    RowSum sum() const;
    // The graph of all rows, when there is one (and rows at all).
    std::optional<TermId> only_graph() const { return only_graph_; }

    // The first block that may hold rows >= key (compared over key.size() columns): the last one
    // whose first row is < key, else 0.
    std::size_t lower_block(std::span<const TermId> key, std::size_t from = 0) const;
    // The first block whose first row is > key: the limit of the blocks that may hold rows <= key.
    std::size_t upper_block(std::span<const TermId> key, std::size_t from = 0) const;

    // The directory with blocks [first, limit) replaced.
    std::shared_ptr<const Directory> replace(std::size_t first, std::size_t limit,
                                             std::vector<DirectoryEntry> entries) const;
    // A directory of these entries; pages whose entries are here in the same order are shared.
    std::shared_ptr<const Directory> rebuilt(std::vector<DirectoryEntry> entries) const;

    // Puts the pages that are not stored yet into `batch`, numbered from `next_page` (which is
    // raised), and returns where all pages are. The numbers must never be reused. A page counts as
    // stored from then on: when the batch is not written, the directory must not be saved again.
    std::vector<PageReference> save(WriteBatch& batch, Permutation permutation,
                                    std::uint64_t& next_page) const;

    // The generations the entries name, ascending.
    std::vector<std::uint64_t> generations() const;

  private:
    explicit Directory(std::vector<std::shared_ptr<const Page>> pages);
    void index_pages();

    std::vector<std::shared_ptr<const Page>> pages_;
    std::vector<const DirectoryEntry*> entries_;
    std::vector<Row> firsts_;  // apart, so that a search stays in few cache lines
    std::vector<std::uint64_t> rows_before_, distinct_before_, default_before_;
    std::optional<TermId> only_graph_;
};

// The key of a directory page in Family::directory.
std::string directory_page_key(Permutation permutation, std::uint64_t number);

// A run: changes (row, version) of the commits first_commit .. last_commit in one permutation.
struct RunRoot {
    std::uint64_t generation = 0;
    std::uint64_t first_commit = 0, last_commit = 0;
    std::uint64_t changes = 0;
    std::vector<PageReference> pages;
    friend bool operator==(const RunRoot&, const RunRoot&) = default;
};

// In the rows from `first` to the next range's `first` the base contains all changes up to
// `through`.
struct ThroughRange {
    Row first{};
    std::uint64_t through = 0;
    friend bool operator==(const ThroughRange&, const ThroughRange&) = default;
};

// What a root says of one permutation: extensible, length-prefixed when stored.
struct PermutationRoot {
    Permutation permutation = Permutation::spo;
    std::vector<PageReference> base;
    std::vector<ThroughRange> through;  // ascending; the first one starts at the lowest row
    std::vector<RunRoot> runs;          // ascending by commit
    friend bool operator==(const PermutationRoot&, const PermutationRoot&) = default;

    void encode(std::string& out) const;
    // Consumes what encode() wrote from the front of `bytes`. Throws StoreError.
    static PermutationRoot decode(std::string_view& bytes);
};

}  // namespace dossier::storage
