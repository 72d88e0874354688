#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "storage/term_id.h"

namespace dossier::engine {

using storage::TermId;

// Some rows of solutions as columns of term ids; `storage::unbound` where a variable has no value.
// The selection list says which of the written rows count, so that a filter moves no data.
// Belongs to one operator and its consumer; reused from call to call.
class Batch {
  public:
    static constexpr std::size_t first_capacity = 64;
    static constexpr std::size_t max_capacity = 4096;

    // Empties the batch and gives it `columns` columns of room for `capacity` rows each.
    void reset(std::size_t columns, std::size_t capacity);

    std::size_t columns() const { return columns_.size(); }
    // The rows a producer may write.
    std::size_t capacity() const { return capacity_; }

    TermId* column(std::size_t index) { return columns_[index].data(); }
    const TermId* column(std::size_t index) const { return columns_[index].data(); }

    // The rows written, selected or not. A batch may have rows and no column.
    std::size_t rows() const { return rows_; }
    void set_rows(std::size_t rows) { rows_ = rows; }

    // The rows that count: their number, and their ascending positions.
    std::size_t size() const { return has_selection_ ? selection_.size() : rows_; }
    bool has_selection() const { return has_selection_; }
    std::span<const std::uint32_t> selected() const;
    // Replaces the selection by `rows`, a subset of the present one; takes its storage in exchange.
    void select(std::vector<std::uint32_t>& rows);
    // Drops the first `count` of the rows that count / keeps only the first `count`.
    void drop_first(std::size_t count);
    void keep_first(std::size_t count);

    // Moves the selected rows to the front and drops the selection: afterwards rows() == size().
    void compact();

    // Exchanges a column's storage with one of another batch.
    void swap_column(std::size_t index, Batch& other, std::size_t other_index) {
        columns_[index].swap(other.columns_[other_index]);
    }
    // Makes a column of capacity() rows where a swap may have left a shorter one.
    void ensure_column(std::size_t index);
    // Takes rows and selection, not the columns, of `other`.
    void take_shape(Batch& other);

  private:
    std::vector<std::vector<TermId>> columns_;
    std::vector<std::uint32_t> selection_;
    std::size_t capacity_ = 0;
    std::size_t rows_ = 0;
    bool has_selection_ = false;
};

}  // namespace dossier::engine
