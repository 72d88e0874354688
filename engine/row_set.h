#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/batch.h"
#include "engine/working_memory.h"

namespace dossier::engine {

class ExecutionContext;

std::uint64_t hash_row(const TermId* row, std::size_t width, std::uint64_t seed = 0);

// Distinct rows of ids, numbered from 0 in the order they came. Rows keep their addresses.
class RowSet {
  public:
    static constexpr std::uint32_t none = UINT32_MAX;

    // With a context, growing a large set asks it now and then whether to go on.
    explicit RowSet(std::size_t width, ExecutionContext* context = nullptr)
        : width_(width), context_(context) {}

    std::size_t size() const { return size_; }
    const TermId* row(std::uint32_t index) const {
        return chunks_[index / rows_per_chunk].get() + index % rows_per_chunk * width_;
    }

    // The number of a row; `none` where it is not there.
    std::uint32_t find(const TermId* row, std::uint64_t hash) const;
    // For find() and add() soon.
    void prefetch(std::uint64_t hash) const {
        if (!slots_.empty()) __builtin_prefetch(&slots_[hash & mask_]);
    }
    // Makes room for one more row; false where the memory does not allow it. `others` are the bytes
    // that the caller holds of the same memory.
    bool reserve_one(WorkingMemory& memory, std::size_t others = 0);
    // A row that is not there; reserve_one() must have been true just before.
    std::uint32_t add(const TermId* row, std::uint64_t hash);
    void clear();
    // Forgets the rows and keeps the memory.
    void reuse();
    std::size_t bytes() const;

  private:
    static constexpr std::size_t rows_per_chunk = 256;

    void grow();

    std::size_t width_;
    ExecutionContext* context_;
    std::size_t size_ = 0;
    std::vector<std::unique_ptr<TermId[]>> chunks_;
    // The hash's upper half and the row's number + 1; 0: free.
    std::vector<std::uint64_t> slots_;
    std::uint64_t mask_ = 0;
};

}  // namespace dossier::engine
