#include "shell/table.h"

#include <algorithm>
#include <ostream>

#include <dossier/text_width.h>

namespace dossier::shell {

namespace {

constexpr std::size_t least_width = 4;

struct Borders {
    const char *vertical, *horizontal;
    const char *top_left, *top, *top_right;
    const char *left, *cross, *right;
    const char *bottom_left, *bottom, *bottom_right;
    const char* gap;
    const char* ellipsis;
};
constexpr Borders box{"│", "─", "┌", "┬", "┐", "├", "┼", "┤", "└", "┴", "┘", "⋮", "…"};
constexpr Borders ascii{"|", "-", "+", "+", "+", "+", "+", "+", "+", "+", "+", ":", "..."};

std::size_t width_of(const Cell& cell) {
    return display_width(cell.text) + (cell.note.empty() ? 0 : display_width(cell.note));
}

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
std::string shortened(std::string_view text, std::size_t columns, const char* ellipsis) {
    const bool is_iri = text.size() > 2 && text.front() == '<' && text.back() == '>' &&
                        text.find(' ') == std::string_view::npos;
    if (!is_iri || columns < 6) return std::string(prefix_of_width(text, columns)) + ellipsis;
    const std::size_t head = columns / 3;
    return std::string(prefix_of_width(text, head)) + ellipsis +
           std::string(suffix_of_width(text, columns - head));
}

}  // namespace

Table::Table(std::vector<std::string> header, TableStyle style, Terminal terminal)
    : header_(std::move(header)), style_(style), terminal_(terminal) {}

bool Table::too_wide() const {
    return terminal_.is_terminal && !header_.empty() &&
           header_.size() * (least_width + 3) + 1 > terminal_.width;
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> result;
    for (const std::string& name : header_)
        result.push_back(std::max<std::size_t>(1, display_width(name)));
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i)
            result[i] = std::max(result[i], width_of(row[i]));
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

void Table::append_cell(std::string& line, const Cell& cell, std::size_t width) const {
    const Borders& borders = style_ == TableStyle::box && terminal_.unicode ? box : ascii;
    std::string text = cell.text;
    std::string note = cell.note;
    std::size_t used = width_of(cell);
    if (used > width) {
        note.clear();
        used = display_width(text);
    }
    if (used > width) {
        const std::size_t dots = display_width(std::string_view(borders.ellipsis));
        text = shortened(text, width > dots ? width - dots : 0, borders.ellipsis);
        used = display_width(text);
    }
    const std::string padding(width > used ? width - used : 0, ' ');
    if (cell.number) line += padding;
    line += text;
    if (!note.empty()) line += styled(note, Style::dim, terminal_);
    if (!cell.number) line += padding;
}

void Table::print(std::ostream& out) const {
    const std::vector<std::size_t> columns = widths();
    if (style_ == TableStyle::markdown) {
        const auto escaped = [](const std::string& text) {
            std::string result;
            for (const char c : text) {
                if (c == '|' || c == '\\') result += '\\';
                result += c;
            }
            return result;
        };
        std::string line = "|";
        for (const std::string& name : header_) line += " " + escaped(name) + " |";
        line += "\n|";
        for (std::size_t i = 0; i < header_.size(); ++i) line += " --- |";
        out << line << '\n';
        for (const auto& row : rows_) {
            line = "|";
            for (const Cell& cell : row) line += " " + escaped(cell.text + cell.note) + " |";
            out << line << '\n';
        }
        return;
    }
    const Borders& borders = style_ == TableStyle::box && terminal_.unicode ? box : ascii;
    const auto rule = [&](const char* left, const char* middle, const char* right) {
        std::string line = left;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (i > 0) line += middle;
            for (std::size_t j = 0; j < columns[i] + 2; ++j) line += borders.horizontal;
        }
        out << line << right << '\n';
    };
    const auto print_row = [&](const std::vector<Cell>& row) {
        std::string line;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            line += borders.vertical;
            line += ' ';
            append_cell(line, row[i], columns[i]);
            line += ' ';
        }
        out << line << borders.vertical << '\n';
    };
    rule(borders.top_left, borders.top, borders.top_right);
    std::vector<Cell> names;
    for (const std::string& name : header_) names.push_back({name});
    print_row(names);
    rule(borders.left, borders.cross, borders.right);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (i == gap_) {
            std::vector<Cell> gap(columns.size());
            for (Cell& cell : gap) cell.text = borders.gap;
            print_row(gap);
        }
        print_row(rows_[i]);
    }
    rule(borders.bottom_left, borders.bottom, borders.bottom_right);
}

void Table::print_lines(std::ostream& out) const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (i > 0) out << '\n';
        if (i == gap_) out << (terminal_.unicode ? box.gap : ascii.gap) << "\n\n";
        for (std::size_t column = 0; column < header_.size(); ++column)
            out << header_[column] << " = " << rows_[i][column].text
                << styled(rows_[i][column].note, Style::dim, terminal_) << '\n';
    }
}

}  // namespace dossier::shell
