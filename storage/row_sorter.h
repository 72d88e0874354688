#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "storage/row.h"
#include "storage/row_packing.h"

namespace dossier::storage {

struct SortOptions {
    std::size_t memory_bytes = std::size_t{256} << 20;
    // For what does not fit; must exist. Files are unlinked at once, so nothing is left behind.
    // Empty: memory_bytes is not a bound.
    std::string directory{};
    // Of rows that come out one after the other; with key_columns 4 these are all.
    bool remove_duplicates = true;
    // Sort by the first columns only; rows equal in them keep the order they were added in. So a
    // permutation is made from another by one sort of one column: spo -> pso (first column p of
    // rows added in spo order), pso -> ops, ops -> sop, spo -> osp, osp -> pos.
    std::size_t key_columns = 4;
    // What varies among all rows that will be added, where that is known, and at most how many they
    // are: they take their final, short form at once, half the memory.
    struct Known {
        RowPacking packing;
        std::uint64_t rows = 0;
    };
    std::optional<Known> known{};
    unsigned threads = 1;  // to sort what fits the memory
};

// Sorts rows of four ids, in memory by radix on the bits that vary, else by merging sorted files.
// Belongs to one thread.
class RowSorter {
  public:
    explicit RowSorter(SortOptions options);
    ~RowSorter();
    RowSorter(const RowSorter&) = delete;
    RowSorter& operator=(const RowSorter&) = delete;

    // Columns in the order to sort by (a caller permutes by permuting the pointers).
    void add(std::span<const TermId* const> columns, std::size_t rows);
    void add(const Row& row);

    // Takes over what was added to another one, with the same options but for their memory.
    void take(RowSorter& other);

    std::uint64_t added() const;
    // What varies among all of them.
    RowPacking packing() const;
    // Ends adding; call once, before next().
    void sort();
    // Writes up to `capacity` rows to four columns and returns how many; 0 at the end.
    std::size_t next(std::span<TermId* const> columns, std::size_t capacity);

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace dossier::storage
