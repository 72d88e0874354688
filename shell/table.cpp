#include "shell/table.h"

#include <algorithm>
#include <numeric>
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
    // Takes from the widest columns until all fit.
    const std::size_t room = terminal_.width - (3 * result.size() + 1);
    while (std::accumulate(result.begin(), result.end(), std::size_t{0}) > room) {
        const auto widest = std::max_element(result.begin(), result.end());
        if (*widest <= least_width) break;
        std::size_t second = least_width;
        for (const std::size_t width : result)
            if (width < *widest) second = std::max(second, width);
        const std::size_t excess =
            std::accumulate(result.begin(), result.end(), std::size_t{0}) - room;
        *widest -= std::min(excess, std::max<std::size_t>(1, *widest - second));
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
        const std::string_view kept = prefix_of_width(text, width > dots ? width - dots : 0);
        text = std::string(kept) + borders.ellipsis;
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
