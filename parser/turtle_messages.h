#pragma once

#include <string>
#include <type_traits>

#include "parser/syntax_failure.h"
#include "parser/turtle_grammar.h"

// What to say where a rule that is committed to does not match.

namespace dossier::turtle {

inline constexpr const char* expected_predicates =
    "expected a predicate: an IRI, a prefixed name or 'a'";
inline constexpr const char* expected_object =
    "expected an object: an IRI, a prefixed name, a blank node, a literal, '[', '(' or '<<'";
inline constexpr const char* expected_name = "expected an IRI, a prefixed name or a blank node";
inline constexpr const char* expected_statement =
    "expected a statement or a directive: a subject is an IRI, a prefixed name, a blank node, "
    "'[', '(' or '<<'";
inline constexpr const char* expected_iri = "expected an IRI in '<>'";

template <typename Rule>
inline constexpr const char* expected = nullptr;
// clang-format off
template <> inline constexpr const char* expected<predicateObjectList> = expected_predicates;
template <> inline constexpr const char* expected<verb> = expected_predicates;
template <> inline constexpr const char* expected<objectList> = expected_object;
template <> inline constexpr const char* expected<list_object> = expected_object;
template <> inline constexpr const char* expected<ttSubject> = expected_name;
template <> inline constexpr const char* expected<rtSubject> =
    "expected the subject of a triple: an IRI, a prefixed name, a blank node or '<<'";
template <> inline constexpr const char* expected<ttObject> =
    "expected the object of a triple term: an IRI, a prefixed name, a blank node, a literal or '<<('";
template <> inline constexpr const char* expected<rtObject> =
    "expected the object of a triple: an IRI, a prefixed name, a blank node, a literal or '<<'";
template <> inline constexpr const char* expected<graph_name> = expected_name;
template <> inline constexpr const char* expected<bracketed_rest> =
    "expected a predicate or ']' after '['";
template <> inline constexpr const char* expected<bracketed_block_rest> = expected<bracketed_rest>;
template <> inline constexpr const char* expected<token<close_bracket>> = "expected ';', ',' or ']' here";
template <> inline constexpr const char* expected<token<close_parenthesis>> =
    "expected an object or ')' to close the list";
template <> inline constexpr const char* expected<token<close_triple_term>> =
    "expected ')>>' to close the triple term";
template <> inline constexpr const char* expected<token<close_reified>> =
    "expected '~' or '>>' to close the triple";
template <> inline constexpr const char* expected<token<close_annotation>> =
    "expected ';', ',' or '|}' to close the annotation";
template <> inline constexpr const char* expected<statement_dot> =
    "expected '.', ';' or ',' after the object";
template <> inline constexpr const char* expected<graph_triples_end> =
    "expected '.', ';', ',' or '}' after the object";
template <> inline constexpr const char* expected<directive_dot> = "expected '.' after the directive";
template <> inline constexpr const char* expected<datatype> = "expected a datatype, an IRI, after '^^'";
template <> inline constexpr const char* expected<token<prefix_declared>> =
    "expected a prefix that ends with ':', as in  ex:";
template <> inline constexpr const char* expected<token<prefix_iri>> = expected_iri;
template <> inline constexpr const char* expected<token<base_iri>> = expected_iri;
template <> inline constexpr const char* expected<versionSpecifier> =
    "expected a version in quotes, as in \"1.2\"";
template <> inline constexpr const char* expected<token<open_graph>> = "expected '{' to open the graph";
template <> inline constexpr const char* expected<graph_or_triples> =
    "expected '{' to open a graph, or a predicate: an IRI, a prefixed name or 'a'";
template <> inline constexpr const char* expected<statement> = expected_statement;
template <> inline constexpr const char* expected<trig_item> = expected_statement;
template <> inline constexpr const char* expected<graph_item> =
    "expected a statement, or '}' to close the graph";
// clang-format on

// The word or character at `at`, for hints.
std::string hint_for_unexpected(const char* at, const char* end, bool statement_may_end);

template <typename Rule>
SyntaxFailure unexpected(const char* at, const char* end) {
    constexpr bool ends_statement =
        std::is_same_v<Rule, statement_dot> || std::is_same_v<Rule, graph_triples_end>;
    SyntaxFailure failure{at, 1,
                          expected<Rule> != nullptr ? expected<Rule> : "this cannot stand here",
                          hint_for_unexpected(at, end, ends_statement)};
    if (at == end) failure.message += ", but the file ends";
    failure.only_end_missing = ends_statement;
    return failure;
}

}  // namespace dossier::turtle
