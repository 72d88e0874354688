#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include <dossier/dossier.h>

#include "shell/output_mode.h"
#include "shell/table.h"
#include "shell/terminal.h"
#include "shell/visible_stream.h"

namespace dossier::shell {

// How results are to look.
struct Presentation {
    Mode mode = Mode::automatic;
    bool headers = true;
    std::string null_value;     // for unbound cells
    std::size_t max_rows = 40;  // of a table on a terminal; 0: all
    std::size_t max_width = 0;  // of a column; 0: what the terminal has
    std::uint64_t limit = 0;    // rows or statements of a result, in all modes; 0: all
    bool full_iris = false;
    bool types = false;  // show datatypes and languages
    bool timer = false;  // tell the time also where output is no terminal, on standard error
    std::string pager;   // the program that shows tables longer than the screen; empty: none
};

// Writes the results of one statement to one stream.
class Presenter {
  public:
    // `terminal` tells about `out`; `messages` is where the time goes that was asked for although
    // `out` is no terminal; `prefixes` shorten IRIs where a form allows it.
    Presenter(std::ostream& out, Terminal terminal, const Presentation& presentation,
              const Prefixes& prefixes, std::ostream& messages);

    // Each runs the query and returns the number of rows or statements, for ASK 1 when true.
    std::uint64_t present(const Query& query);
    std::uint64_t present(const ClaimAnswers& answers);
    std::uint64_t present(Graph graph, bool quads);
    // Whether results were left out because of Presentation::limit.
    bool cut() const { return cut_; }

  private:
    std::uint64_t present_rows(const Query& query, Mode mode);
    // `next` makes its argument the next row; what it holds at the call is the row before.
    std::uint64_t present_table(const std::vector<std::string>& header, TableStyle style,
                                const std::function<bool(std::vector<Cell>&)>& next);
    std::uint64_t present_graph(const Query& query, Mode mode);
    bool present_boolean(bool answer, Mode mode);
    Mode row_mode() const;
    Mode graph_mode() const;
    Cell cell(const TermView& term) const;
    // The same into a cell that was used before, which keeps its memory.
    void fill(Cell& cell, const TermView& term) const;
    // The most results that are shown.
    std::uint64_t most() const;
    // Rows and time, below results for people; below others only when the time was asked for.
    void footer(std::uint64_t rows, std::uint64_t shown, std::string_view what, bool for_people);
    void print(const Table& table);
    // Where results go that are not drawn by this class: on a terminal nothing in them may act.
    std::ostream& text() { return visible_ ? *visible_ : out_; }

    std::ostream& out_;
    std::ostream& messages_;
    std::unique_ptr<VisibleStream> visible_;
    Terminal terminal_;
    const Presentation& presentation_;
    PrefixMap prefixes_;
    bool cut_ = false;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// A JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);
// 1204332 as "1 204 332".
std::string grouped(std::uint64_t number);

}  // namespace dossier::shell
