#include <dossier/syntax.h>

#include "engine/formats.h"
#include "engine/store_impl.h"
#include "parser/sparql_parser.h"
#include "parser/sparql_warnings.h"

namespace dossier {

StatementKind kind_of_statement(std::string_view text) {
    switch (sparql::statement_kind(text)) {
        case sparql::StatementKind::empty:
            return StatementKind::empty;
        case sparql::StatementKind::prologue:
            return StatementKind::prologue;
        case sparql::StatementKind::query:
            return StatementKind::query;
        case sparql::StatementKind::update:
            return StatementKind::update;
        case sparql::StatementKind::pattern:
            break;
    }
    return StatementKind::pattern;
}

Completeness completeness_of_statement(std::string_view text, const QueryOptions& options) {
    const PrefixEnvironment environment(options, {});
    switch (sparql::statement_completeness(text, parser_options(options, environment))) {
        case sparql::Completeness::empty:
            return Completeness::empty;
        case sparql::Completeness::incomplete:
            return Completeness::incomplete;
        case sparql::Completeness::complete:
            return Completeness::complete;
        case sparql::Completeness::ended:
            return Completeness::ended;
        case sparql::Completeness::wrong:
            break;
    }
    return Completeness::wrong;
}

Prologue parse_prologue(std::string_view text, const QueryOptions& options) {
    const PrefixEnvironment environment(options, {});
    sparql::ParsedStatement parsed =
        sparql::parse_statement(text, parser_options(options, environment));
    auto* prologue = std::get_if<sparql::ParsedPrologue>(&parsed);
    if (prologue == nullptr) throw UsageError("the text is more than a prologue");
    return {std::move(prologue->prefixes), std::move(prologue->base)};
}

Term parse_term(std::string_view text, const QueryOptions& options) {
    const PrefixEnvironment environment(options, {});
    return sparql::parse_term(text, parser_options(options, environment));
}

std::vector<SyntaxError::Details> query_warnings(std::string_view text, const QueryOptions& options,
                                                 const std::vector<std::string>& given) {
    const PrefixEnvironment environment(options, {});
    const sparql::ParsedQuery query =
        sparql::parse_query(text, parser_options(options, environment));
    return sparql::unbound_variables(query, text, given, options.source);
}

void check_query(std::string_view text, const QueryOptions& options) {
    const PrefixEnvironment environment(options, {});
    sparql::parse_query(text, parser_options(options, environment));
}

void check_update(std::string_view text, const QueryOptions& options) {
    const PrefixEnvironment environment(options, {});
    sparql::parse_update(text, parser_options(options, environment));
}

std::vector<std::string> update_variables(std::string_view text, const QueryOptions& options) {
    const PrefixEnvironment environment(options, {});
    return sparql::parse_update(text, parser_options(options, environment)).symbols.variables;
}

std::optional<DataFormat> data_format_of_file(std::string_view file_name) {
    const auto format = format_from_path(file_name);
    return format ? std::optional(engine::public_format(*format)) : std::nullopt;
}

std::optional<DataFormat> data_format_of_name(std::string_view name) {
    const auto format = format_from_name(name);
    return format ? std::optional(engine::public_format(*format)) : std::nullopt;
}

std::optional<ResultFormat> result_format_of_name(std::string_view name) {
    std::string lower(name);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto is = [&](auto... names) { return ((lower == names) || ...); };
    if (is("json", "srj", "application/sparql-results+json", "application/json"))
        return ResultFormat::json;
    if (is("xml", "srx", "application/sparql-results+xml", "application/xml"))
        return ResultFormat::xml;
    if (is("csv", "text/csv")) return ResultFormat::csv;
    if (is("tsv", "text/tab-separated-values")) return ResultFormat::tsv;
    return std::nullopt;
}

}  // namespace dossier
