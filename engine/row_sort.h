#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/batch.h"
#include "engine/execution_context.h"
#include "engine/spill_file.h"
#include "engine/working_memory.h"

namespace dossier::engine {

// Rows of ids sorted by keys that compare bytewise; rows with equal keys keep their order. What
// does not fit goes to temporary files in sorted runs, which are merged at the end.
class RowSort {
  public:
    // With `limit` only the first so many rows are wanted.
    RowSort(ExecutionContext& context, std::size_t width, std::optional<std::uint64_t> limit);

    // A key that several rows share; valid until the next add() that returns false.
    struct Key {
        const char* bytes;
        std::uint32_t size;
    };
    // Stores a key's bytes.
    Key store(std::string_view key);
    // Whether a row with this key is too late to be among the first `limit`.
    bool is_too_late(std::string_view key) const;

    // Bytes the caller holds for stored keys: they count as this object's.
    void set_others(std::size_t bytes) { others_ = bytes; }

    // Takes one more row. False where all rows taken so far went to a temporary file: stored keys
    // are gone, and nothing was added.
    bool add(const Key& key, const TermId* row);
    // After the last row.
    void finish();
    // The next row in order; null at the end. Valid until the next call.
    const TermId* next();

    std::uint64_t spilled_bytes() const { return spilled_bytes_; }

  private:
    struct Entry {
        std::uint64_t prefix;  // the key's first eight bytes
        const char* bytes;
        std::uint32_t size;
        std::uint32_t row;
    };
    struct Run {
        std::uint64_t begin, end;
    };
    struct Source {
        std::size_t run;  // earlier runs hold earlier rows
        SpillReader reader;
        std::string key;
        std::vector<TermId> row;
        bool read();
    };

    static bool before(const Entry& a, const Entry& b);
    static bool later(const Source& a, const Source& b);
    const TermId* row(std::uint32_t index) const {
        return rows_[index / rows_per_chunk].get() + index % rows_per_chunk * width_;
    }
    std::size_t bytes() const;
    bool reserve_one();
    void keep_first();
    void sort_entries();
    struct Before {
        bool operator()(const Entry& a, const Entry& b) const { return before(a, b); }
    };
    void spill();
    void merge_runs(std::size_t count);
    void open_runs(std::size_t count);
    const TermId* next_merged();
    void forget();

    static constexpr std::size_t rows_per_chunk = 512;
    static constexpr std::size_t key_block = std::size_t{64} << 10;

    ExecutionContext& context_;
    std::size_t width_;
    std::optional<std::uint64_t> limit_;
    WorkingMemory memory_;
    std::vector<Entry> entries_;
    std::vector<std::unique_ptr<TermId[]>> rows_;
    std::size_t row_count_ = 0;
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size;
    };
    std::vector<Block> keys_;
    std::size_t key_used_ = 0;
    std::size_t key_bytes_ = 0;
    std::size_t others_ = 0;
    std::size_t held_ = 0;
    bool has_bound_ = false;
    std::string bound_;  // with limit: keys from here on are too late
    std::unique_ptr<SpillFile> file_;
    std::vector<Run> runs_;
    std::vector<Source> sources_;
    std::size_t next_entry_ = 0;
    std::uint64_t given_ = 0;
    bool has_current_ = false;
    std::uint64_t spilled_bytes_ = 0;
};

}  // namespace dossier::engine
