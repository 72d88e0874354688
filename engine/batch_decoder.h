#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <dossier/term.h>

#include "engine/batch.h"
#include "engine/execution_context.h"

namespace dossier::engine {

// Terms with their text in blocks of memory that are reused, so that decoding allocates nothing per
// term.
class TermArena {
  public:
    // A copy that lives until clear().
    TermView copy(const TermView& term);
    // Forgets all copies and keeps the memory, up to a few megabytes.
    void clear();

  private:
    std::string_view copy(std::string_view text);

    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };
    std::vector<Block> blocks_;
    std::size_t used_ = 0;  // of the last block
    std::vector<std::unique_ptr<TripleView>> triples_;
};

// Decodes a batch at a time: distinct ids once, in ascending order, which is what the dictionary is
// fast at.
class BatchDecoder {
  public:
    explicit BatchDecoder(ExecutionContext& context) : context_(context) {}

    // Decodes the rows that count of some columns; what was decoded before is forgotten.
    void decode(const Batch& batch, std::span<const std::size_t> columns);
    // All columns.
    void decode(const Batch& batch);

    // The term of the row'th row that counts and the column'th of the decoded columns; null when
    // unbound. Valid until the next decode().
    const TermView* at(std::size_t row, std::size_t column) const {
        const std::uint32_t index = cells_[column * rows_ + row];
        return index == 0 ? nullptr : &terms_[index];
    }
    std::size_t rows() const { return rows_; }

  private:
    ExecutionContext& context_;
    TermArena arena_;
    std::size_t rows_ = 0;
    std::vector<std::uint32_t> cells_;  // column after column; 0: unbound
    std::vector<TermView> terms_;       // from 1
    std::vector<TermId> ids_;           // from 1, ascending
};

}  // namespace dossier::engine
