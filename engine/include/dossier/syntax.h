#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dossier/export.h>
#include <dossier/options.h>

// Looking at text without running it, as a shell or an editor needs.

namespace dossier {

enum class StatementKind : std::uint8_t {
    empty,  // nothing but space and comments
    query,
    update,
    prologue,  // only PREFIX, BASE and VERSION declarations
    pattern,   // a bare graph pattern
};

// What a statement is, from its first words; never throws.
DOSSIER_EXPORT StatementKind kind_of_statement(std::string_view text);

enum class Completeness : std::uint8_t {
    empty,       // space and comments only
    incomplete,  // a bracket, string or IRI is open, or the grammar wants more
    complete,    // could be run as it stands
    ended,  // ends with ';' (a bare pattern: with '.') outside brackets, strings, IRIs, comments
    wrong,  // an error before its end, which more text cannot mend
};
// Whether a statement being typed is whole; never throws.
DOSSIER_EXPORT Completeness completeness_of_statement(std::string_view text,
                                                      const QueryOptions& options = {});

// The prefixes and base a prologue declares. Throws SyntaxError.
struct Prologue {
    Prefixes prefixes;
    std::optional<std::string> base;
};
DOSSIER_EXPORT Prologue parse_prologue(std::string_view text, const QueryOptions& options = {});

// A term in Turtle syntax, as a parameter on a command line. Throws SyntaxError.
DOSSIER_EXPORT Term parse_term(std::string_view text, const QueryOptions& options = {});

// What is correct in a query and hardly meant: variables that are used, in SELECT or in a filter,
// and that nothing binds. `given` are the variables that Query::bind() gives values. Throws
// SyntaxError.
DOSSIER_EXPORT std::vector<SyntaxError::Details> query_warnings(
    std::string_view text, const QueryOptions& options = {},
    const std::vector<std::string>& given = {});

// Checks a query or an update; throws SyntaxError.
DOSSIER_EXPORT void check_query(std::string_view text, const QueryOptions& options = {});
DOSSIER_EXPORT void check_update(std::string_view text, const QueryOptions& options = {});
// The names of an update's variables, each once: those that may be given a value. Throws
// SyntaxError.
DOSSIER_EXPORT std::vector<std::string> update_variables(std::string_view text,
                                                         const QueryOptions& options = {});

// The format of a file by its name, after .gz, .zst or .bz2 is taken off.
DOSSIER_EXPORT std::optional<DataFormat> data_format_of_file(std::string_view file_name);
// A format by its name, extension or media type ("turtle", "ttl", "text/turtle").
DOSSIER_EXPORT std::optional<DataFormat> data_format_of_name(std::string_view name);
DOSSIER_EXPORT std::optional<ResultFormat> result_format_of_name(std::string_view name);

}  // namespace dossier
