#pragma once

#include "parser/sparql_messages.h"
#include "parser/sparql_update_grammar.h"

// What queries, patterns and updates say when something that must follow does not.

namespace dossier::sparql::grammar {

#define DOSSIER_MESSAGE(rule, text) \
    template <>                     \
    inline constexpr const char* messages::message<rule> = text

// Terms
DOSSIER_MESSAGE(datatype_iri, "expected the IRI of a datatype after '^^'");
DOSSIER_MESSAGE(triple_term_subject, "expected the subject of a triple term");
DOSSIER_MESSAGE(triple_term_object, "expected the object of a triple term");
DOSSIER_MESSAGE(triple_term_close, "expected ')>>' to close the triple term");
DOSSIER_MESSAGE(simple_verb, "expected an IRI, 'a' or a variable as predicate");
DOSSIER_MESSAGE(data_subject, "expected an IRI as subject of a triple term in VALUES");
DOSSIER_MESSAGE(data_verb, "expected an IRI or 'a' as predicate of a triple term in VALUES");
DOSSIER_MESSAGE(data_object, "expected an IRI, a literal or a triple term");
DOSSIER_MESSAGE(reified_subject, "expected the subject of a reified triple");
DOSSIER_MESSAGE(reified_object, "expected the object of a reified triple");
DOSSIER_MESSAGE(reified_close, "expected '~' and a reifier, or '>>' to close the reified triple");

// Paths
DOSSIER_MESSAGE(inverse_iri, "expected an IRI or 'a' after '^'");
DOSSIER_MESSAGE(negated_more, "expected an IRI, 'a' or '^' after '|'");
DOSSIER_MESSAGE(negated_set, "expected an IRI, 'a', '^' or '(' after '!'");
DOSSIER_MESSAGE(path_inside, "expected a path");
DOSSIER_MESSAGE(path_close, "expected ')' to close the path");
DOSSIER_MESSAGE(repeat_bounds, "expected {n}, {n,m}, {n,} or {,m}");
DOSSIER_MESSAGE(repeat_close, "expected '}' to close the bounds of the path");
DOSSIER_MESSAGE(inverted_element, "expected a path after '^'");
DOSSIER_MESSAGE(sequence_part, "expected a path after '/'");
DOSSIER_MESSAGE(alternative_part, "expected a path after '|'");

// Triples
DOSSIER_MESSAGE(property_list_not_empty, "expected a predicate");
DOSSIER_MESSAGE(object_list, "expected an object");
DOSSIER_MESSAGE(next_object, "expected an object after ','");
DOSSIER_MESSAGE(annotation_close, "expected ';' or '|}' to close the annotation");
DOSSIER_MESSAGE(blank_node_close, "expected ';' or ']' to close the blank node");
DOSSIER_MESSAGE(collection_item, "expected a term in the collection");
DOSSIER_MESSAGE(collection_close, "expected a term or ')' to close the collection");

// Groups
DOSSIER_MESSAGE(keyword_group, "expected '{'");
DOSSIER_MESSAGE(group_close, "expected a pattern or '}' to close the group");
DOSSIER_MESSAGE(graph_name, "expected an IRI or a variable after GRAPH");
DOSSIER_MESSAGE(service_name, "expected an IRI or a variable after SERVICE");
DOSSIER_MESSAGE(next_branch, "expected '{' after UNION");
DOSSIER_MESSAGE(filter_constraint, "expected a condition after FILTER: '(' or a function");
DOSSIER_MESSAGE(bind_open, "expected '(' after BIND");
DOSSIER_MESSAGE(bind_expression, "expected an expression");
DOSSIER_MESSAGE(bind_as, "expected AS and a variable");
DOSSIER_MESSAGE(bind_variable, "expected a variable after AS");
DOSSIER_MESSAGE(bind_close, "expected ')' to close BIND");
DOSSIER_MESSAGE(data_block, "expected a variable or '(' after VALUES");
DOSSIER_MESSAGE(values_close, "expected a variable or ')'");
DOSSIER_MESSAGE(rows_open, "expected '{' and the values");
DOSSIER_MESSAGE(rows_close, "expected '(' and a row of values, or '}'");
DOSSIER_MESSAGE(single_rows_close, "expected an IRI, a literal, UNDEF or '}'");
DOSSIER_MESSAGE(row_close, "expected an IRI, a literal, UNDEF or ')'");

// Queries
DOSSIER_MESSAGE(base_iri, "expected an IRI in < > after BASE");
DOSSIER_MESSAGE(prefix_name, "expected a prefix and ':' after PREFIX");
DOSSIER_MESSAGE(prefix_iri, "expected an IRI in < > after the prefix");
DOSSIER_MESSAGE(version_specifier, "expected a version in single or double quotes, as \"1.2\"");
DOSSIER_MESSAGE(query_form, "expected SELECT, ASK, CONSTRUCT or DESCRIBE");
DOSSIER_MESSAGE(select_list, "expected '*', a variable, or '(' expression AS ?variable ')'");
DOSSIER_MESSAGE(projection_expression, "expected an expression");
DOSSIER_MESSAGE(projection_as, "expected AS and a variable");
DOSSIER_MESSAGE(projection_variable, "expected a variable after AS");
DOSSIER_MESSAGE(projection_close, "expected ')' after the variable");
DOSSIER_MESSAGE(from_source, "expected the IRI of a graph after FROM");
DOSSIER_MESSAGE(graph_iri, "expected the IRI of a graph after NAMED");
DOSSIER_MESSAGE(query_where, "expected WHERE or '{'");
DOSSIER_MESSAGE(group_by, "expected BY after GROUP");
DOSSIER_MESSAGE(group_conditions, "expected a variable, '(' or a function after GROUP BY");
DOSSIER_MESSAGE(key_expression, "expected an expression");
DOSSIER_MESSAGE(key_variable, "expected a variable after AS");
DOSSIER_MESSAGE(key_close, "expected ')' to close the bracket");
DOSSIER_MESSAGE(having_conditions, "expected '(' or a function after HAVING");
DOSSIER_MESSAGE(order_by, "expected BY after ORDER");
DOSSIER_MESSAGE(order_conditions,
                "expected a variable, ASC(...), DESC(...), '(' or a function after ORDER BY");
DOSSIER_MESSAGE(ordered_expression, "expected '(' after ASC or DESC");
DOSSIER_MESSAGE(limit_number, "expected a number after LIMIT");
DOSSIER_MESSAGE(offset_number, "expected a number after OFFSET");
DOSSIER_MESSAGE(construct_rest, "expected '{' or WHERE after CONSTRUCT");
DOSSIER_MESSAGE(template_close, "expected a triple or '}' to close the template");
DOSSIER_MESSAGE(short_where, "expected '{' or WHERE after CONSTRUCT");
DOSSIER_MESSAGE(short_open, "expected '{' after WHERE");
DOSSIER_MESSAGE(short_close, "expected a triple or '}': CONSTRUCT WHERE takes triples only");
DOSSIER_MESSAGE(describe_targets, "expected '*', an IRI or a variable after DESCRIBE");
DOSSIER_MESSAGE(trailing_data, "expected a variable or '(' after VALUES");

// Updates
DOSSIER_MESSAGE(quads_close, "expected a triple, GRAPH or '}'");
DOSSIER_MESSAGE(quads_graph_name, "expected an IRI or a variable after GRAPH");
DOSSIER_MESSAGE(quads_graph_open, "expected '{'");
DOSSIER_MESSAGE(quads_graph_close, "expected a triple or '}' to close GRAPH");
DOSSIER_MESSAGE(using_source, "expected the IRI of a graph after USING");
DOSSIER_MESSAGE(using_iri, "expected the IRI of a graph after NAMED");
DOSSIER_MESSAGE(modify_where_word, "expected WHERE and a pattern");
DOSSIER_MESSAGE(modify_group, "expected '{' after WHERE");
DOSSIER_MESSAGE(insert_clause, "expected '{' after INSERT");
DOSSIER_MESSAGE(delete_clause, "expected '{' after DELETE");
DOSSIER_MESSAGE(insert_rest, "expected DATA or '{' after INSERT");
DOSSIER_MESSAGE(insert_data_quads, "expected '{' after INSERT DATA");
DOSSIER_MESSAGE(delete_data_quads, "expected '{' after DELETE DATA");
DOSSIER_MESSAGE(delete_where_quads, "expected '{' after DELETE WHERE");
DOSSIER_MESSAGE(delete_rest, "expected DATA, WHERE or '{' after DELETE");
DOSSIER_MESSAGE(with_iri, "expected the IRI of a graph after WITH");
DOSSIER_MESSAGE(with_rest, "expected INSERT or DELETE");
DOSSIER_MESSAGE(load_source, "expected an IRI after LOAD");
DOSSIER_MESSAGE(load_target_graph, "expected GRAPH after INTO");
DOSSIER_MESSAGE(load_target_iri, "expected the IRI of a graph after INTO GRAPH");
DOSSIER_MESSAGE(reference_iri, "expected the IRI of a graph after GRAPH");
DOSSIER_MESSAGE(graph_reference_all, "expected GRAPH and an IRI, DEFAULT, NAMED or ALL");
DOSSIER_MESSAGE(graph_reference, "expected GRAPH and an IRI");
DOSSIER_MESSAGE(graph_or_default, "expected DEFAULT or the IRI of a graph");
DOSSIER_MESSAGE(to_word, "expected TO");
DOSSIER_MESSAGE(operation_end, "expected ';' between two operations");

// Whole texts
DOSSIER_MESSAGE(end_of_text, "expected the end here");

#undef DOSSIER_MESSAGE

}  // namespace dossier::sparql::grammar
