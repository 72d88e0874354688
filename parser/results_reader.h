#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dossier/error.h>
#include <dossier/term.h>

#include "parser/byte_source.h"

// Results of SPARQL queries as other programs write them: SPARQL 1.2 Query Results JSON, XML, TSV
// and CSV, triple terms and base directions included. Streamed row by row; no file is held whole,
// but JSON with its rows before its head.

namespace dossier::sparql {

enum class ResultsFormat : std::uint8_t { json, xml, tsv, csv };

// By media type, name or file extension ("application/sparql-results+json", "json", "srj").
std::optional<ResultsFormat> results_format_of_name(std::string_view name);

// Takes what a file says, in its order. References are valid during the call only.
class ResultsSink {
  public:
    virtual ~ResultsSink();

    // The columns, names without the question mark; once, before the first row.
    virtual void variables(const std::vector<std::string>& names) = 0;
    // A row: a cell for each column, unset where the variable is unbound. Blank nodes carry the
    // labels of the file. In CSV, which loses the kinds of terms, cells that are no blank nodes
    // are plain strings, and an empty cell is unbound.
    virtual void row(const std::vector<std::optional<Term>>& cells) = 0;
    // The answer of ASK, instead of variables and rows; JSON and XML only.
    virtual void boolean(bool value) = 0;
};

struct ResultsOptions {
    std::string source_name;  // for messages; empty: the byte source's name

    std::size_t max_nesting = 128;  // triple terms in triple terms; JSON brackets; XML elements
    std::size_t max_variables = 10'000;
    std::size_t max_value_bytes = std::size_t{64} << 20;  // of one cell, or one line
    // Of the rows of JSON whose "results" come before its "head": they are held until it comes.
    std::size_t max_held_bytes = std::size_t{256} << 20;

    // Asked before each row; true ends the reading with Interrupted. May be empty.
    std::function<bool()> cancelled;
};

// Reads all of `source`. Throws SyntaxError for what is not a result (unknown variables, duplicate
// keys, lone surrogates, relative IRIs and the like included), InputError, LimitError (named limits
// of `options`), Interrupted, and whatever the sink throws.
void read_results(ByteSource& source, ResultsFormat format, const ResultsOptions& options,
                  ResultsSink& sink);

}  // namespace dossier::sparql
