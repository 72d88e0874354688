#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dossier/term.h>

#include "parser/results_reader.h"
#include "tests/conformance/graph.h"

// The results of SPARQL queries, as the suites expect them and as they come.

namespace dossier::conformance {

struct ResultTable {
    using Row = std::map<std::string, Term, std::less<>>;  // what is bound, by variable

    std::vector<std::string> variables;
    std::vector<Row> rows;
    std::optional<bool> boolean;  // of an ASK query
    bool ordered = false;         // the order of rows counts
    bool reduced = false;         // each row comes at least once and at most so often
};

// The formats of the W3C. CSV does not tell kinds of terms apart: all are plain literals but blank
// nodes. Throw what the reader does.
ResultTable read_results_file(const std::string& path, sparql::ResultsFormat format);
ResultTable read_results_text(std::string_view text, sparql::ResultsFormat format);
// Results as RDF: http://www.w3.org/2001/sw/DataAccess/tests/result-set#.
ResultTable read_rdf_results(const Graph& graph);

// Equal up to the names of blank nodes; numbers also where they are one value of one datatype in
// two forms, as the tests leave open which form a computed number takes.
bool same_results(const ResultTable& expected, const ResultTable& actual);

std::string as_text(const ResultTable& table);

}  // namespace dossier::conformance
