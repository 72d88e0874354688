#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include "shell/terminal.h"

namespace dossier::shell {

struct Cell {
    std::string text;       // safe to print: no control characters
    std::string note = {};  // shown dimmed behind the text: a datatype, a language
    bool number = false;    // aligned to the right
};

enum class TableStyle { box, ascii, markdown };

// Fits rows of cells into columns. Where the output is a terminal, columns are narrowed until the
// table fits and long texts are cut with an ellipsis; otherwise nothing is cut.
class Table {
  public:
    Table(std::vector<std::string> header, TableStyle style, Terminal terminal);

    // At most this many columns of display a cell; 0: no limit but the terminal's.
    void set_max_width(std::size_t columns) { max_width_ = columns; }
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    // A line that stands for rows left out, behind the rows added so far.
    void add_gap() { gap_ = rows_.size(); }

    // True when not even narrow columns fit: the caller shows one value a line instead.
    bool too_wide() const;
    void print(std::ostream& out) const;
    // One value a line.
    void print_lines(std::ostream& out) const;

  private:
    std::vector<std::size_t> widths() const;
    void append_cell(std::string& line, const Cell& cell, std::size_t width) const;

    std::vector<std::string> header_;
    TableStyle style_;
    Terminal terminal_;
    std::size_t max_width_ = 0;
    std::vector<std::vector<Cell>> rows_;
    std::size_t gap_ = static_cast<std::size_t>(-1);
};

}  // namespace dossier::shell
