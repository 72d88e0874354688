#include "storage/row_locator.h"

namespace dossier::storage {

bool RowLocator::is_below(std::size_t index, const Row& row) const {
    for (std::size_t column = 0; column < 4; ++column) {
        const std::uint64_t value = columns_[column][index];
        if (value != row[column].bits) {
            return value < row[column].bits;
        }
    }
    return false;
}

void RowLocator::load(std::size_t mini) {
    if (mini_ == mini) {
        return;
    }
    mini_ = mini;
    for (std::size_t column = 0; column < 4; ++column) {
        block_.decode(column, mini, columns_[column].data());
    }
}

std::size_t RowLocator::lower_bound(const Row& row) {
    // The last mini-block whose first row is below `row`; what is asked for is in it or begins the
    // next one.
    const auto begins_below = [&](std::size_t mini) {
        for (std::size_t column = 0; column < 4; ++column) {
            const std::uint64_t value = block_.first(column, mini);
            if (value != row[column].bits) {
                return value < row[column].bits;
            }
        }
        return false;
    };
    std::size_t low = next_ / blocks::mini_rows;
    std::size_t high = block_.minis();
    if (low >= high) {
        return next_;
    }
    // Near at first: rows come in order.
    for (std::size_t step = 1; low + step < high; step *= 2) {
        if (!begins_below(low + step)) {
            high = low + step;
            break;
        }
        low += step;
    }
    while (low + 1 < high) {
        const std::size_t middle = (low + high) / 2;
        if (begins_below(middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    load(low);
    const std::size_t start = low * blocks::mini_rows;
    std::size_t begin = next_ > start ? next_ - start : 0;
    std::size_t end = block_.mini_size(low);
    while (begin < end) {
        const std::size_t middle = (begin + end) / 2;
        if (is_below(middle, row)) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    next_ = start + begin;
    return next_;
}

bool RowLocator::matches(std::size_t position, const Row& row) {
    if (position >= block_.rows()) {
        return false;
    }
    load(position / blocks::mini_rows);
    const std::size_t index = position % blocks::mini_rows;
    for (std::size_t column = 0; column < 4; ++column) {
        if (columns_[column][index] != row[column].bits) {
            return false;
        }
    }
    return true;
}

}  // namespace dossier::storage
