#include "engine/row_table.h"

#include <algorithm>

namespace dossier::engine {

bool RowTable::try_reserve(std::size_t rows) {
    const std::size_t wanted = (rows_ + rows) * width_;
    if (wanted <= ids_.capacity()) return true;
    std::size_t capacity = std::max(wanted, ids_.capacity() * 2);
    // Growing copies: old and new stand side by side for a moment, both are charged.
    const std::size_t before = charge_.bytes();
    if (!charge_.try_add(capacity * sizeof(TermId))) {
        capacity = wanted;
        if (!charge_.try_add(capacity * sizeof(TermId))) return false;
    }
    ids_.reserve(capacity);
    if (!charge_.try_set(charge_.bytes() - before)) return false;  // lowers: cannot fail
    return true;
}

void RowTable::reserve(std::size_t rows, const char* what) {
    if (!try_reserve(rows)) charge_.add(((rows_ + rows) * width_ + 1) * sizeof(TermId), what);
}

void RowTable::append(const Batch& batch) {
    append(batch, batch.selected());
}

void RowTable::append(const Batch& batch, std::span<const std::uint32_t> rows) {
    const std::size_t begin = ids_.size();
    ids_.resize(begin + rows.size() * width_);
    for (std::size_t column = 0; column < width_; ++column) {
        const TermId* from = batch.column(column);
        TermId* to = ids_.data() + begin + column;
        for (const std::uint32_t row : rows) {
            *to = from[row];
            to += width_;
        }
    }
    rows_ += rows.size();
}

TermId* RowTable::append_row() {
    ids_.resize(ids_.size() + width_);
    return ids_.data() + width_ * rows_++;
}

void RowTable::release() {
    clear();
    ids_.shrink_to_fit();
    charge_.clear();
}

}  // namespace dossier::engine
