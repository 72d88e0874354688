#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/execution_context.h"
#include "engine/row_set.h"
#include "engine/spill_file.h"

namespace dossier::engine {

// Rows that go to one of a number of temporary files by their hash.
class RowPartitions {
  public:
    static constexpr std::size_t count = 32;
    static constexpr std::size_t buffer_bytes = std::size_t{32} << 10;
    // Deeper, equal hashes are to blame, and no partitioning parts those.
    static constexpr std::uint64_t most_levels = 10;

    RowPartitions(ExecutionContext& context, std::uint64_t level);

    // The file for a row whose first `width` ids decide.
    SpillFile& file_of(const TermId* row, std::size_t width) {
        return *files_[hash_row(row, width, level_ + 1) % count];
    }
    std::size_t index_of(const TermId* row, std::size_t width) const {
        return hash_row(row, width, level_ + 1) % count;
    }
    SpillFile& file(std::size_t index) { return *files_[index]; }
    void drop(std::size_t index) { files_[index].reset(); }
    std::uint64_t level() const { return level_; }
    std::uint64_t bytes() const;

  private:
    std::uint64_t level_;
    std::array<std::unique_ptr<SpillFile>, count> files_;
};

// Tells which rows came before, in bounded memory: what does not fit is set aside in temporary
// files and told apart at the end.
class SpillingDistinct {
  public:
    // `share`: of the memory budget.
    SpillingDistinct(ExecutionContext& context, std::size_t width, double share);

    // True for a row that is new. False for one that came before, and for one that is set aside.
    bool insert(const TermId* row, std::uint64_t hash);
    bool insert(const TermId* row) { return insert(row, hash_row(row, width_)); }
    void prefetch(std::uint64_t hash) const { rows_.prefetch(hash); }

    // Forgets all rows, for input that cannot repeat earlier ones. False, and nothing happens,
    // where rows have been set aside.
    bool restart();

    // After the last insert(): the next of the new rows among those set aside, in the order they
    // came; false at the end.
    bool next_set_aside(TermId* row);

    bool has_set_aside() const { return partitions_ != nullptr; }
    std::uint64_t spilled_bytes() const { return spilled_bytes_; }

  private:
    // Rows of survivors_ in the order they came.
    struct Region {
        std::uint64_t begin, end;
    };
    struct Source {
        SpillReader reader;
        std::vector<TermId> record;  // the row's place in the input, and the row
        bool read();
    };

    void set_aside(RowPartitions& partitions, std::uint64_t place, const TermId* row);
    void tell_apart();
    void tell_apart(RowPartitions& partitions);
    void tell_apart(const SpillFile& file, std::uint64_t level);

    ExecutionContext& context_;
    std::size_t width_;
    WorkingMemory memory_;
    RowSet rows_;
    std::uint64_t place_ = 0;
    std::unique_ptr<RowPartitions> partitions_;
    std::unique_ptr<SpillFile> survivors_;
    std::vector<Region> regions_;
    std::vector<Source> sources_;  // a heap by place
    bool told_apart_ = false;
    std::uint64_t spilled_bytes_ = 0;
};

}  // namespace dossier::engine
