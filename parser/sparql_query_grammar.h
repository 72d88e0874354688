#pragma once

#include "parser/sparql_pattern_grammar.h"

// Queries of SPARQL 1.2: rules [1] to [28], and [65].

namespace dossier::sparql::grammar {

struct end_of_text : pegtl::eof {};

// ---- Prologue -------------------------------------------------------------------------------

struct word_base : keyword<'B', 'A', 'S', 'E'> {};
struct word_prefix : keyword<'P', 'R', 'E', 'F', 'I', 'X'> {};
struct word_version : keyword<'V', 'E', 'R', 'S', 'I', 'O', 'N'> {};

struct base_text : token<iri_reference_length> {};
struct base_iri : seq<base_text, ignored> {};
struct base_declaration : seq<word_base, must<base_iri>> {};  // [5] BaseDecl
struct prefix_name_text : token<prefix_name_length> {};
struct prefix_name : seq<prefix_name_text, ignored> {};
struct prefix_text : token<iri_reference_length> {};
struct prefix_iri : seq<prefix_text, ignored> {};
struct prefix_declaration : seq<word_prefix, must<prefix_name>, must<prefix_iri>> {};  // [6]
struct version_text : token<short_string_length> {};
struct version_specifier : seq<version_text, ignored> {};
struct version_declaration : seq<word_version, must<version_specifier>> {};  // [7] VersionDecl
// [4] Prologue
struct prologue : star<sor<base_declaration, prefix_declaration, version_declaration>> {};
struct beginning : seq<opt<pegtl::string<'\xEF', '\xBB', '\xBF'>>, ignored, prologue> {};

// ---- Words ----------------------------------------------------------------------------------

struct select_word : keyword<'S', 'E', 'L', 'E', 'C', 'T'> {};
struct construct_word : keyword<'C', 'O', 'N', 'S', 'T', 'R', 'U', 'C', 'T'> {};
struct describe_word : keyword<'D', 'E', 'S', 'C', 'R', 'I', 'B', 'E'> {};
struct ask_word : keyword<'A', 'S', 'K'> {};
struct select_distinct : keyword<'D', 'I', 'S', 'T', 'I', 'N', 'C', 'T'> {};
struct select_reduced : keyword<'R', 'E', 'D', 'U', 'C', 'E', 'D'> {};
struct word_from : keyword<'F', 'R', 'O', 'M'> {};
struct word_named : keyword<'N', 'A', 'M', 'E', 'D'> {};
struct word_where : keyword<'W', 'H', 'E', 'R', 'E'> {};
struct word_group : keyword<'G', 'R', 'O', 'U', 'P'> {};
struct word_by : keyword<'B', 'Y'> {};
struct word_having : keyword<'H', 'A', 'V', 'I', 'N', 'G'> {};
struct word_order : keyword<'O', 'R', 'D', 'E', 'R'> {};
struct word_asc : keyword<'A', 'S', 'C'> {};
struct word_desc : keyword<'D', 'E', 'S', 'C'> {};
struct word_limit : keyword<'L', 'I', 'M', 'I', 'T'> {};
struct word_offset : keyword<'O', 'F', 'F', 'S', 'E', 'T'> {};

// ---- Clauses --------------------------------------------------------------------------------

struct select_star : mark<'*'> {};
struct projected_variable : seq<var> {};
struct projection_open : mark<'('> {};
struct projection_expression : expression {};
struct projection_as : word_as {};
struct projection_variable : seq<var> {};
struct projection_close : mark<')'> {};
struct projection : seq<projection_open, must<projection_expression>, must<projection_as>,
                        must<projection_variable>, must<projection_close>> {};
struct select_list : sor<select_star, plus<sor<projected_variable, projection>>> {};
// [11] SelectClause
struct select_clause
    : seq<select_word, opt<sor<select_distinct, select_reduced>>, must<select_list>> {};

// [15] DatasetClause
struct graph_iri : seq<iri> {};
struct from_named : seq<word_named, must<graph_iri>> {};
struct from_default : seq<iri> {};
struct from_source : sor<from_named, from_default> {};
struct dataset_clauses : star<word_from, must<from_source>> {};
// [19] WhereClause
struct where_clause : seq<opt<word_where>, group_rule> {};

// [22] GroupCondition
struct group_variable : seq<var> {};
struct group_call : call {};
struct key_open : mark<'('> {};
struct key_close : mark<')'> {};
struct key_expression : expression {};
struct key_variable : seq<var> {};
struct key_name : seq<word_as, must<key_variable>> {};
struct key_without_name : pegtl::success {};
struct bracketted_key
    : seq<key_open, must<key_expression>, sor<key_name, key_without_name>, must<key_close>> {};
struct group_condition : sor<group_variable, bracketted_key, group_call> {};
struct group_conditions : plus<group_condition> {};
struct group_by : word_by {};
// [21] GroupClause
struct group_clause : seq<word_group, must<group_by>, must<group_conditions>> {};
// [23] HavingClause
struct having_condition : constraint {};
struct having_conditions : plus<having_condition> {};
struct having_begin : word_having {};
struct having_clause : seq<having_begin, must<having_conditions>> {};
// [26] OrderCondition
struct ordered_expression : bracketted {};
struct ascending : seq<word_asc, must<ordered_expression>> {};
struct descending : seq<word_desc, must<ordered_expression>> {};
struct order_constraint : constraint {};
struct order_variable : seq<var> {};
struct order_condition : sor<ascending, descending, order_variable, order_constraint> {};
struct order_conditions : plus<order_condition> {};
struct order_by : word_by {};
// [25] OrderClause
struct order_begin : word_order {};
struct order_clause : seq<order_begin, must<order_by>, must<order_conditions>> {};
// [27] LimitOffsetClauses
struct limit_text : token<unsigned_integer_length> {};
struct limit_number : seq<limit_text, ignored> {};
struct limit_clause : seq<word_limit, must<limit_number>> {};
struct offset_text : token<unsigned_integer_length> {};
struct offset_number : seq<offset_text, ignored> {};
struct offset_clause : seq<word_offset, must<offset_number>> {};
struct limit_and_offset
    : sor<seq<limit_clause, opt<offset_clause>>, seq<offset_clause, opt<limit_clause>>> {};
// [20] SolutionModifier
struct solution_modifier
    : seq<opt<group_clause>, opt<having_clause>, opt<order_clause>, opt<limit_and_offset>> {};
// [30] ValuesClause
struct trailing_data : seq<data_block> {};
struct values_clause : opt<word_values, must<trailing_data>> {};

// ---- Query forms ----------------------------------------------------------------------------

struct select_begin : at<select_word> {};
struct sub_select_begin : at<select_word> {};
struct query_where : seq<where_clause> {};
// [9] SelectQuery
struct select_query
    : seq<select_begin, select_clause, dataset_clauses, must<query_where>, solution_modifier> {};
// [10] SubSelect
struct sub_select_body
    : seq<sub_select_begin, select_clause, must<query_where>, solution_modifier, values_clause> {};
struct sub_select : seq<sub_select_body> {};

// [12] ConstructQuery
struct construct_begin : construct_word {};
struct template_open : mark<'{'> {};
struct template_close : mark<'}'> {};
struct template_triples : triples {};
struct construct_template : seq<template_open, opt<template_triples>, must<template_close>> {};
struct short_where : seq<word_where> {};
struct short_open : mark<'{'> {};
struct short_close : mark<'}'> {};
struct short_pattern : seq<dataset_clauses, must<short_where>, must<short_open>,
                           opt<template_triples>, must<short_close>> {};
struct construct_rest
    : sor<seq<construct_template, dataset_clauses, must<query_where>>, short_pattern> {};
struct construct_query : seq<construct_begin, must<construct_rest>, solution_modifier> {};

// [13] DescribeQuery
struct describe_begin : describe_word {};
struct describe_star : mark<'*'> {};
struct describe_target : seq<var_or_iri> {};
struct describe_targets : sor<describe_star, plus<describe_target>> {};
struct describe_query : seq<describe_begin, must<describe_targets>, dataset_clauses,
                            opt<query_where>, solution_modifier> {};
// [14] AskQuery
struct ask_begin : ask_word {};
struct ask_query : seq<ask_begin, dataset_clauses, must<query_where>, solution_modifier> {};

// [2] Query, after the prologue
struct query_form : sor<select_query, construct_query, describe_query, ask_query> {};
struct query_rest : seq<must<query_form>, values_clause> {};

// A bare pattern, for the shell.
struct bare_begin : pegtl::success {};
struct bare_group : seq<group_elements> {};
struct bare_pattern : seq<bare_begin, bare_group, solution_modifier, values_clause> {};

}  // namespace dossier::sparql::grammar
