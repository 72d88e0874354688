#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <dossier/term.h>

#include "engine/batch.h"
#include "engine/execution_context.h"
#include "engine/term_arena.h"

namespace dossier::engine {

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
