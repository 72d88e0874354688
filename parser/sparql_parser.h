#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <dossier/error.h>
#include <dossier/term.h>

#include "parser/sparql_syntax.h"
#include "rdf/stop_question.h"

// SPARQL 1.2 text to syntax tree, checked as the specification asks of a parser: what comes back
// can be translated without further checks of scope. Any number of threads may parse at a time.

namespace dossier::sparql {

struct SparqlOptions {
    std::string source = "query";  // how messages name the text
    std::string base;              // relative IRIs are resolved against it; empty: none

    // Prefixes known besides those the text declares, which win; asked with the name without the
    // colon. May be empty. The view must stay valid until the parser returns.
    std::function<std::optional<std::string_view>(std::string_view)> prefix;

    bool extensions = true;  // LATERAL, p{n,m}
    // Whether an IRI called as a function is an aggregate; empty: none is.
    std::function<bool(std::string_view)> is_aggregate;

    std::size_t max_nesting = 128;
    std::size_t max_text_bytes = std::size_t{16} << 20;  // never above 2 GB
    // Of all IRIs of a text, written out.
    std::size_t max_iri_bytes = std::size_t{256} << 20;
    // The greatest bound of a path p{n,m}.
    std::uint32_t max_path_repeat = 1000;
    // Asked every thousand terms and brackets; what it throws leaves the parser. Null: nobody is
    // asked. Must outlive the parse.
    StopQuestion* question = nullptr;
};

// What BASE, PREFIX and VERSION say, as it stands at the end of the text.
struct ParsedPrologue {
    std::optional<std::string> base;                            // only when declared
    std::vector<std::pair<std::string, std::string>> prefixes;  // those declared, in their order
    std::vector<std::string> versions;
};

struct ParsedQuery {
    ParsedPrologue prologue;
    Symbols symbols;
    Query query;
};

struct ParsedUpdate {
    ParsedPrologue prologue;
    Symbols symbols;
    std::vector<UpdateOperation> operations;  // may be empty
};

// A bare graph pattern, `:Wagner :requested ?what`, read as SELECT * WHERE { ... }; solution
// modifiers may follow it.
struct ParsedPattern {
    ParsedQuery question;
};

using ParsedStatement = std::variant<ParsedPrologue, ParsedQuery, ParsedUpdate, ParsedPattern>;

// All throw SyntaxError for what is not SPARQL and LimitError (named limits of `options`); a
// LimitError's message begins with source:line:column where there is such a place.
ParsedQuery parse_query(std::string_view text, const SparqlOptions& options = {});
ParsedUpdate parse_update(std::string_view text, const SparqlOptions& options = {});

// A query, an update, a prologue alone (also: nothing at all), or a bare graph pattern, as a shell
// takes it; a semicolon may end it.
ParsedStatement parse_statement(std::string_view text, const SparqlOptions& options = {});

// One term without variables in SPARQL's syntax, which is Turtle's: an IRI, a prefixed name, a
// literal, a number, a blank node _:label, a triple term; as a parameter is given.
Term parse_term(std::string_view text, const SparqlOptions& options = {});

enum class StatementKind : std::uint8_t { empty, prologue, query, update, pattern };
// What a statement is, from its first word after the prologue; never throws. A text that begins
// with none of the words of a query or an update is a pattern.
StatementKind statement_kind(std::string_view text);

enum class Completeness : std::uint8_t {
    empty,       // space and comments only
    incomplete,  // a bracket, string or IRI is open, or the grammar wants more
    complete,    // it parses as it stands
    ended,       // ends with ';' (a bare pattern: with '.') outside brackets, strings, IRIs and
                 // comments: run it, whatever it is
    wrong,       // an error before its end, which more text cannot mend
};
// For input that is typed line by line; never throws. `options` are those of parse_statement.
Completeness statement_completeness(std::string_view text, const SparqlOptions& options = {});

}  // namespace dossier::sparql
