#include "shell/table.h"

#include <algorithm>
#include <ostream>

#include <dossier/text_width.h>

namespace dossier::shell {

namespace {

constexpr std::size_t least_width = 4;

constexpr std::size_t block_size = std::size_t{64} << 10;  // written at a time

struct Borders {
    std::string_view vertical, horizontal;
    std::string_view top_left, top, top_right;
    std::string_view left, cross, right;
    std::string_view bottom_left, bottom, bottom_right;
    std::string_view gap;
    std::string_view ellipsis;
};
constexpr Borders box{"│", "─", "┌", "┬", "┐", "├", "┼", "┤", "└", "┴", "┘", "⋮", "…"};
constexpr Borders ascii{"|", "-", "+", "+", "+", "+", "+", "+", "+", "+", "+", ":", "..."};

// The longest suffix of at most `columns` columns.
std::string_view suffix_of_width(std::string_view text, std::size_t columns) {
    // A column has four bytes at most but for combining marks, which are left out rather than
    // searched for without end.
    std::size_t begin = text.size() - std::min(text.size(), 4 * columns);
    for (;; ++begin) {
        while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80)
            ++begin;
        if (display_width(text.substr(begin)) <= columns) return text.substr(begin);
    }
}

// IRIs are alike at their beginning and told apart by their end: they are cut in the middle.
std::string shortened(std::string_view text, std::size_t columns, std::string_view ellipsis) {
    const bool is_iri = text.size() > 2 && text.front() == '<' && text.back() == '>' &&
                        text.find(' ') == std::string_view::npos;
    // Where there is little room, all of it is for the end.
    const std::size_t head = !is_iri || columns < 6 ? columns : columns < 12 ? 1 : columns / 3;
    std::string result(prefix_of_width(text, head));
    result += ellipsis;
    if (head < columns) result += suffix_of_width(text, columns - head);
    return result;
}

}  // namespace

Table::Table(std::vector<std::string> header, TableStyle style, Terminal terminal)
    : header_(std::move(header)), style_(style), terminal_(terminal) {}

void Table::add(const std::vector<Cell>& row) {
    for (std::size_t i = 0; i < header_.size(); ++i) {
        const Cell& cell = row[i];
        const std::size_t width = display_width(cell.text) + display_width(cell.note);
        slots_.push_back({texts_.size(), static_cast<std::uint32_t>(cell.text.size()),
                          static_cast<std::uint32_t>(cell.note.size()),
                          static_cast<std::uint32_t>(width), cell.number});
        texts_ += cell.text;
        texts_ += cell.note;
    }
    ++row_count_;
}

Table::Shown Table::shown(const Slot& slot) const {
    const std::string_view texts = texts_;
    return {texts.substr(slot.begin, slot.text_size),
            texts.substr(slot.begin + slot.text_size, slot.note_size), slot.width, slot.number};
}

bool Table::too_wide() const {
    return terminal_.is_terminal && !header_.empty() &&
           header_.size() * (least_width + 3) + 1 > terminal_.width;
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> result;
    for (const std::string& name : header_)
        result.push_back(std::max<std::size_t>(1, display_width(name)));
    const std::size_t columns = result.size();
    for (std::size_t row = 0; row < row_count_; ++row)
        for (std::size_t i = 0; i < columns; ++i)
            result[i] = std::max<std::size_t>(result[i], slots_[row * columns + i].width);
    if (max_width_ > 0)
        for (std::size_t& width : result)
            width = std::min(width, std::max(max_width_, least_width));
    if (!terminal_.is_terminal || too_wide()) return result;
    // All columns wider than a common limit are cut to it; what is left over goes to the first
    // ones.
    const std::size_t room = terminal_.width - (3 * result.size() + 1);
    const auto sum_with_limit = [&](std::size_t limit) {
        std::size_t sum = 0;
        for (const std::size_t width : result) sum += std::min(width, limit);
        return sum;
    };
    std::size_t limit = least_width;
    while (limit < terminal_.width && sum_with_limit(limit + 1) <= room) ++limit;
    std::size_t left = room - std::min(room, sum_with_limit(limit));
    for (std::size_t& width : result) {
        if (width <= limit) continue;
        const bool one_more = left > 0;
        width = limit + (one_more ? 1 : 0);
        if (one_more) --left;
    }
    return result;
}

void Table::append_cell(std::string& line, const Shown& cell, std::size_t width) const {
    const auto append = [&](std::string_view text, std::string_view note, std::size_t used) {
        const std::size_t padding = width > used ? width - used : 0;
        if (cell.number) line.append(padding, ' ');
        line += text;
        if (!note.empty()) line += styled(note, Style::dim, terminal_);
        if (!cell.number) line.append(padding, ' ');
    };
    if (cell.width <= width) {
        append(cell.text, cell.note, cell.width);
        return;
    }
    // The note goes first.
    const std::size_t used = display_width(cell.text);
    if (used <= width) {
        append(cell.text, {}, used);
        return;
    }
    const Borders& borders = style_ == TableStyle::box && terminal_.unicode ? box : ascii;
    const std::size_t dots = display_width(borders.ellipsis);
    const std::string text =
        shortened(cell.text, width > dots ? width - dots : 0, borders.ellipsis);
    append(text, {}, display_width(text));
}

void Table::print_markdown(std::ostream& out) const {
    std::string line = "|";
    const auto append_escaped = [&](std::string_view text) {
        for (const char c : text) {
            if (c == '|' || c == '\\') line += '\\';
            line += c;
        }
    };
    for (const std::string& name : header_) {
        line += ' ';
        append_escaped(name);
        line += " |";
    }
    line += "\n|";
    for (std::size_t i = 0; i < header_.size(); ++i) line += " --- |";
    line += '\n';
    for (std::size_t row = 0; row < row_count_; ++row) {
        line += '|';
        for (std::size_t i = 0; i < header_.size(); ++i) {
            const Shown cell = shown(slots_[row * header_.size() + i]);
            line += ' ';
            append_escaped(cell.text);
            append_escaped(cell.note);
            line += " |";
        }
        line += '\n';
        if (line.size() < block_size) continue;
        out << line;
        line.clear();
    }
    out << line;
}

void Table::print(std::ostream& out) const {
    if (style_ == TableStyle::markdown) {
        print_markdown(out);
        return;
    }
    const std::vector<std::size_t> columns = widths();
    const Borders& borders = style_ == TableStyle::box && terminal_.unicode ? box : ascii;
    std::string block;
    const auto rule = [&](std::string_view left, std::string_view middle, std::string_view right) {
        block += left;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (i > 0) block += middle;
            for (std::size_t j = 0; j < columns[i] + 2; ++j) block += borders.horizontal;
        }
        block += right;
        block += '\n';
    };
    // `cell_of` gives the cell of a column.
    const auto print_row = [&](const auto& cell_of) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            block += borders.vertical;
            block += ' ';
            append_cell(block, cell_of(i), columns[i]);
            block += ' ';
        }
        block += borders.vertical;
        block += '\n';
        if (block.size() < block_size) return;
        out << block;
        block.clear();
    };
    rule(borders.top_left, borders.top, borders.top_right);
    print_row([&](std::size_t i) {
        return Shown{header_[i], {}, display_width(header_[i]), false};
    });
    rule(borders.left, borders.cross, borders.right);
    for (std::size_t row = 0; row < row_count_; ++row) {
        if (row == gap_) print_row([&](std::size_t) { return Shown{borders.gap, {}, 1, false}; });
        print_row([&](std::size_t i) { return shown(slots_[row * columns.size() + i]); });
    }
    rule(borders.bottom_left, borders.bottom, borders.bottom_right);
    out << block;
}

void Table::print_lines(std::ostream& out) const {
    for (std::size_t row = 0; row < row_count_; ++row) {
        if (row > 0) out << '\n';
        if (row == gap_) out << (terminal_.unicode ? box.gap : ascii.gap) << "\n\n";
        for (std::size_t column = 0; column < header_.size(); ++column) {
            const Shown cell = shown(slots_[row * header_.size() + column]);
            out << header_[column] << " = " << cell.text << styled(cell.note, Style::dim, terminal_)
                << '\n';
        }
    }
}

}  // namespace dossier::shell
