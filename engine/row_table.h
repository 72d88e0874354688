#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/batch.h"
#include "engine/memory_budget.h"

namespace dossier::engine {

// Rows of ids, one behind the other, charged to the query's budget.
class RowTable {
  public:
    RowTable(std::size_t width, MemoryBudget& budget) : width_(width), charge_(budget) {}

    std::size_t width() const { return width_; }
    std::size_t rows() const { return rows_; }
    const TermId* row(std::size_t index) const { return ids_.data() + index * width_; }
    const TermId* data() const { return ids_.data(); }

    // Room for `rows` more; false when the budget has none (nothing is changed then), or a
    // LimitError that says `what`.
    bool try_reserve(std::size_t rows);
    void reserve(std::size_t rows, const char* what);

    // All need the room reserved.
    void append(const Batch& batch);
    void append(const Batch& batch, std::span<const std::uint32_t> rows);
    // An empty row to be filled in.
    TermId* append_row();

    void clear() {
        ids_.clear();
        rows_ = 0;
    }
    // Gives the memory back, too.
    void release();

  private:
    std::size_t width_;
    std::size_t rows_ = 0;
    std::vector<TermId> ids_;
    MemoryCharge charge_;
};

}  // namespace dossier::engine
