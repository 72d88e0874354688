#include "engine/batch.h"

#include <array>
#include <numeric>

namespace dossier::engine {

namespace {

const std::array<std::uint32_t, Batch::max_capacity>& identity_rows() {
    static const auto rows = [] {
        std::array<std::uint32_t, Batch::max_capacity> all{};
        std::iota(all.begin(), all.end(), 0u);
        return all;
    }();
    return rows;
}

}  // namespace

void Batch::reset(std::size_t columns, std::size_t capacity) {
    capacity_ = capacity;
    columns_.resize(columns);
    for (auto& column : columns_)
        if (column.size() < capacity) column.resize(capacity);
    rows_ = 0;
    has_selection_ = false;
}

std::span<const std::uint32_t> Batch::selected() const {
    if (has_selection_) return selection_;
    return {identity_rows().data(), rows_};
}

void Batch::select(std::vector<std::uint32_t>& rows) {
    selection_.swap(rows);
    has_selection_ = true;
}

void Batch::drop_first(std::size_t count) {
    if (count == 0) return;
    if (!has_selection_) {
        selection_.assign(identity_rows().begin(),
                          identity_rows().begin() + static_cast<std::ptrdiff_t>(rows_));
        has_selection_ = true;
    }
    if (count >= selection_.size())
        selection_.clear();
    else
        selection_.erase(selection_.begin(),
                         selection_.begin() + static_cast<std::ptrdiff_t>(count));
}

void Batch::keep_first(std::size_t count) {
    if (count >= size()) return;
    if (has_selection_)
        selection_.resize(count);
    else
        rows_ = count;
}

void Batch::compact() {
    if (!has_selection_) return;
    for (auto& column : columns_) {
        TermId* values = column.data();
        for (std::size_t i = 0; i < selection_.size(); ++i) values[i] = values[selection_[i]];
    }
    rows_ = selection_.size();
    has_selection_ = false;
}

void Batch::ensure_column(std::size_t index) {
    if (columns_[index].size() < capacity_) columns_[index].resize(capacity_);
}

void Batch::take_shape(Batch& other) {
    rows_ = other.rows_;
    has_selection_ = other.has_selection_;
    if (has_selection_) selection_.swap(other.selection_);
}

}  // namespace dossier::engine
