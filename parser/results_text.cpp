#include <utility>

#include "parser/results_parts.h"
#include "parser/sparql_parser.h"
#include "parser/text_input.h"
#include "rdf/unicode.h"

// SPARQL 1.2 Query Results CSV and TSV Formats.

namespace dossier::sparql {
namespace {

class TextResults {
  public:
    TextResults(ByteSource& source, const ResultsOptions& options, ResultsSink& sink)
        : options_(options), input_(source, options.source_name), table_(options, sink) {}

    void read_tsv();
    void read_csv();

  private:
    enum class After : std::uint8_t { separator, line_end, end };

    After read_tsv_field();
    After read_csv_field();
    After read_csv_quoted();
    After after_field(char separator);
    bool at_line_end();
    void append(int c);
    void check(const char* message) {
        if (message != nullptr) input_.fail_at_mark(message);
    }
    void add_variable(std::string name);
    Term parse_cell();
    void check_count(std::size_t cells);

    const ResultsOptions& options_;
    TextInput input_;
    ResultsTable table_;
    std::string field_;
};

void TextResults::append(int c) {
    if (field_.size() >= options_.max_value_bytes) {
        input_.fail_limit("a value is longer than " + std::to_string(options_.max_value_bytes) +
                          " bytes (limit max_value_bytes)");
    }
    field_ += static_cast<char>(c);
}

bool TextResults::at_line_end() {
    return input_.peek() == '\n' || input_.peek() == '\r';
}

TextResults::After TextResults::after_field(char separator) {
    if (input_.take_if(separator)) return After::separator;
    if (input_.peek() == TextInput::end) return After::end;
    input_.take_if('\r');
    input_.take_if('\n');
    return After::line_end;
}

void TextResults::add_variable(std::string name) {
    if (table_.is_full()) {
        input_.fail_limit("more than " + std::to_string(options_.max_variables) +
                          " variables (limit max_variables)");
    }
    check(table_.add_variable(std::move(name)));
}

void TextResults::check_count(std::size_t cells) {
    if (cells != table_.size()) {
        input_.fail_at_mark("this row has " + std::to_string(cells) + " cells for " +
                            std::to_string(table_.size()) + " variables");
    }
}

// ---- TSV ------------------------------------------------------------------------------------

TextResults::After TextResults::read_tsv_field() {
    field_.clear();
    input_.mark();
    while (input_.peek() != '\t' && input_.peek() != TextInput::end && !at_line_end()) {
        append(input_.peek());
        input_.take();
    }
    return after_field('\t');
}

// A term in Turtle syntax; its errors are told with their place in the file.
Term TextResults::parse_cell() {
    SparqlOptions options;
    options.max_nesting = options_.max_nesting;
    options.max_text_bytes = options_.max_value_bytes;
    options.extensions = false;
    try {
        return parse_term(field_, options);
    } catch (const SyntaxError& error) {
        input_.fail_at_mark(error.details().message, error.position().column - 1,
                            error.position().offset);
    }
}

void TextResults::read_tsv() {
    for (After after = After::separator; after == After::separator;) {
        after = read_tsv_field();
        if (after != After::separator && field_.empty() && table_.size() == 0) break;
        if (!is_valid_utf8(field_)) check("this is not valid UTF-8");
        if (field_.empty() || (field_[0] != '?' && field_[0] != '$')) {
            check("a variable begins with '?'");
        }
        add_variable(field_.substr(1));
    }
    table_.begin_rows();
    while (input_.peek() != TextInput::end) {
        std::size_t column = 0;
        for (After after = After::separator; after == After::separator;) {
            after = read_tsv_field();
            // Without columns a row is an empty line.
            if (table_.size() == 0 && field_.empty() && after != After::separator) continue;
            if (column >= table_.size()) check_count(column + 1);
            if (!field_.empty()) check(table_.set(column, parse_cell()));
            ++column;
        }
        check_count(column);
        table_.end_row();
    }
}

// ---- CSV: RFC 4180 --------------------------------------------------------------------------

TextResults::After TextResults::read_csv_quoted() {
    input_.take();
    while (true) {
        const int c = input_.peek();
        if (c == TextInput::end) check("this quoted value is not closed");
        input_.take();
        if (c != '"') {
            append(c);
        } else if (input_.peek() == '"') {
            append('"');
            input_.take();
        } else {
            break;
        }
    }
    if (input_.peek() != ',' && input_.peek() != TextInput::end && !at_line_end()) {
        input_.fail("expected ',' or the end of the line after the quoted value");
    }
    return after_field(',');
}

TextResults::After TextResults::read_csv_field() {
    field_.clear();
    input_.mark();
    if (input_.peek() == '"') return read_csv_quoted();
    while (input_.peek() != ',' && input_.peek() != TextInput::end && !at_line_end()) {
        append(input_.peek());
        input_.take();
    }
    return after_field(',');
}

void TextResults::read_csv() {
    for (After after = After::separator; after == After::separator;) {
        after = read_csv_field();
        if (after != After::separator && field_.empty() && table_.size() == 0) break;
        if (!is_valid_utf8(field_)) check("this is not valid UTF-8");
        add_variable(field_);
    }
    table_.begin_rows();
    while (input_.peek() != TextInput::end) {
        std::size_t column = 0;
        for (After after = After::separator; after == After::separator;) {
            after = read_csv_field();
            if (table_.size() == 0 && field_.empty() && after != After::separator) continue;
            if (column >= table_.size()) check_count(column + 1);
            if (!is_valid_utf8(field_)) check("this is not valid UTF-8");
            if (field_.size() > 2 && field_.compare(0, 2, "_:") == 0) {
                check(table_.set(column, Term::blank_node(field_.substr(2))));
            } else if (!field_.empty()) {
                check(table_.set(column, Term::literal(field_)));
            }
            ++column;
        }
        check_count(column);
        table_.end_row();
    }
}

}  // namespace

void read_tsv_results(ByteSource& source, const ResultsOptions& options, ResultsSink& sink) {
    TextResults(source, options, sink).read_tsv();
}

void read_csv_results(ByteSource& source, const ResultsOptions& options, ResultsSink& sink) {
    TextResults(source, options, sink).read_csv();
}

}  // namespace dossier::sparql
