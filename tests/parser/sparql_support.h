#pragma once

#include <string>
#include <string_view>

#include <dossier/error.h>
#include <dossier/prefixes.h>

#include "parser/sparql_parser.h"
#include "parser/sparql_writer.h"

// What tests of SPARQL's syntax share.

namespace dossier::sparql {

// A prefix for short expectations: `:x` is <http://e/x>, `rdf:` as usual.
inline const PrefixMap& test_prefixes() {
    static const PrefixMap prefixes = [] {
        PrefixMap map;
        map.set("", "http://e/");
        map.set("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#");
        return map;
    }();
    return prefixes;
}
inline SparqlOptions test_options() {
    SparqlOptions options;
    options.prefix = [](std::string_view name) { return test_prefixes().find(name); };
    return options;
}

inline std::string one_line(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c != '\n' && c != ' ') {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    return out;
}

// What a query, its pattern or an update looks like once all short forms are written out.
inline std::string normal_query(std::string_view text) {
    const ParsedQuery parsed = parse_query(text, test_options());
    return one_line(to_text(parsed.query, parsed.symbols, &test_prefixes()));
}
inline std::string normal_pattern(const std::string& pattern) {
    const std::string text = normal_query("ASK {" + pattern + "}");
    return text.substr(12, text.size() - 14);
}
inline std::string normal_expression(const std::string& expression) {
    const ParsedQuery parsed = parse_query("ASK {FILTER(" + expression + ")}", test_options());
    const auto& filter = std::get<Filter>(parsed.query.where.elements.at(0).pattern);
    return one_line(to_text(filter.condition, parsed.symbols, &test_prefixes()));
}
inline std::string normal_update(std::string_view text) {
    const ParsedUpdate parsed = parse_update(text, test_options());
    return one_line(to_text(parsed.operations, parsed.symbols, &test_prefixes()));
}

// The error a query, or an update, is refused with; an empty message when it is accepted.
inline SyntaxError::Details refusal(std::string_view text) {
    try {
        parse_query(text, test_options());
    } catch (const SyntaxError& error) {
        return error.details();
    }
    return {};
}
inline SyntaxError::Details update_refusal(std::string_view text) {
    try {
        parse_update(text, test_options());
    } catch (const SyntaxError& error) {
        return error.details();
    }
    return {};
}
inline bool accepted(std::string_view text) {
    return refusal(text).message.empty();
}
inline bool update_accepted(std::string_view text) {
    return update_refusal(text).message.empty();
}

inline std::string repeated(std::string_view part, std::size_t count) {
    std::string text;
    text.reserve(part.size() * count);
    for (std::size_t i = 0; i < count; ++i) text += part;
    return text;
}

}  // namespace dossier::sparql
