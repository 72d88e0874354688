#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
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
    // One cell for each name of the header.
    void add(const std::vector<Cell>& row);
    // A line that stands for rows left out, behind the rows added so far.
    void add_gap() { gap_ = row_count_; }

    // True when not even narrow columns fit: the caller shows one value a line instead.
    bool too_wide() const;
    void print(std::ostream& out) const;
    // One value a line.
    void print_lines(std::ostream& out) const;

  private:
    // A cell that was added: its text and its note stand behind each other in texts_. Millions of
    // rows are kept before the first is printed, for the widths of the columns must be known.
    struct Slot {
        std::size_t begin;
        std::uint32_t text_size, note_size;
        std::uint32_t width;  // of both, in columns
        bool number;
    };
    // What is printed of a slot.
    struct Shown {
        std::string_view text, note;
        std::size_t width;
        bool number;
    };

    Shown shown(const Slot& slot) const;
    std::vector<std::size_t> widths() const;
    void append_cell(std::string& line, const Shown& cell, std::size_t width) const;
    void print_markdown(std::ostream& out) const;

    std::vector<std::string> header_;
    TableStyle style_;
    Terminal terminal_;
    std::size_t max_width_ = 0;
    std::string texts_;
    std::vector<Slot> slots_;  // row by row
    std::size_t row_count_ = 0;
    std::size_t gap_ = static_cast<std::size_t>(-1);
};

}  // namespace dossier::shell
