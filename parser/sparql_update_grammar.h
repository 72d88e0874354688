#pragma once

#include "parser/sparql_query_grammar.h"

// Updates of SPARQL 1.2: rules [31] to [53].

namespace dossier::sparql::grammar {

struct word_insert : keyword<'I', 'N', 'S', 'E', 'R', 'T'> {};
struct word_delete : keyword<'D', 'E', 'L', 'E', 'T', 'E'> {};
struct word_data : keyword<'D', 'A', 'T', 'A'> {};
struct word_with : keyword<'W', 'I', 'T', 'H'> {};
struct word_using : keyword<'U', 'S', 'I', 'N', 'G'> {};
struct word_load : keyword<'L', 'O', 'A', 'D'> {};
struct word_into : keyword<'I', 'N', 'T', 'O'> {};
struct word_clear : keyword<'C', 'L', 'E', 'A', 'R'> {};
struct word_drop : keyword<'D', 'R', 'O', 'P'> {};
struct word_create : keyword<'C', 'R', 'E', 'A', 'T', 'E'> {};
struct word_add : keyword<'A', 'D', 'D'> {};
struct word_move : keyword<'M', 'O', 'V', 'E'> {};
struct word_copy : keyword<'C', 'O', 'P', 'Y'> {};
struct word_to : keyword<'T', 'O'> {};
struct word_default : keyword<'D', 'E', 'F', 'A', 'U', 'L', 'T'> {};
struct word_all : keyword<'A', 'L', 'L'> {};

// ---- Quads: [50] to [53] --------------------------------------------------------------------

struct quads_open : mark<'{'> {};
struct quads_close : mark<'}'> {};
struct quads_triples : triples {};
struct quads_graph_name : seq<var_or_iri> {};
struct quads_graph_open : mark<'{'> {};
struct quads_graph_close : mark<'}'> {};
struct quads_graph : seq<word_graph, must<quads_graph_name>, must<quads_graph_open>,
                         opt<quads_triples>, must<quads_graph_close>> {};
struct quads : seq<quads_open, opt<quads_triples>, star<quads_graph, opt<dot>, opt<quads_triples>>,
                   must<quads_close>> {};

struct insert_data_quads;
struct delete_data_quads;
struct delete_where_quads;
struct delete_template_quads;
struct insert_template_quads;
// Says what the quads are for, before they are read.
template <typename For>
struct quads_begin : pegtl::success {};
struct insert_data_quads : seq<quads_begin<insert_data_quads>, quads> {};
struct delete_data_quads : seq<quads_begin<delete_data_quads>, quads> {};
struct delete_where_quads : seq<quads_begin<delete_where_quads>, quads> {};
struct delete_template_quads : seq<quads_begin<delete_template_quads>, quads> {};
struct insert_template_quads : seq<quads_begin<insert_template_quads>, quads> {};

// ---- Operations -----------------------------------------------------------------------------

// [39] InsertData, [40] DeleteData, [41] DeleteWhere, [43] Modify
struct with_iri : seq<iri> {};
struct using_iri : seq<iri> {};
struct using_named : seq<word_named, must<using_iri>> {};
struct using_default : seq<iri> {};
struct using_source : sor<using_named, using_default> {};
struct using_clauses : star<word_using, must<using_source>> {};
struct modify_where_word : word_where {};
struct modify_group : seq<group_rule> {};
struct modify_rest : seq<using_clauses, must<modify_where_word>, must<modify_group>> {};

struct insert_begin : at<word_insert> {};
struct delete_begin : at<word_delete> {};
struct with_begin : at<word_with> {};
struct insert_clause : seq<insert_template_quads> {};
struct delete_clause : seq<delete_template_quads> {};
struct then_insert : seq<word_insert, must<insert_clause>> {};
struct insert_rest : sor<seq<word_data, must<insert_data_quads>>, seq<insert_clause, modify_rest>> {
};
struct insert_operation : seq<insert_begin, word_insert, must<insert_rest>> {};
struct delete_rest
    : sor<seq<word_data, must<delete_data_quads>>, seq<word_where, must<delete_where_quads>>,
          seq<delete_clause, opt<then_insert>, modify_rest>> {};
struct delete_operation : seq<delete_begin, word_delete, must<delete_rest>> {};
struct with_rest : sor<seq<word_delete, must<delete_clause>, opt<then_insert>>, then_insert> {};
struct with_operation : seq<with_begin, word_with, must<with_iri>, must<with_rest>, modify_rest> {};

struct silent : word_silent {};
// [47] GraphRef, [48] GraphRefAll, [46] GraphOrDefault
struct reference_iri : seq<iri> {};
struct reference_graph : seq<word_graph, must<reference_iri>> {};
struct reference_default : word_default {};
struct reference_named : word_named {};
struct reference_all : word_all {};
struct graph_reference_all
    : sor<reference_graph, reference_default, reference_named, reference_all> {};
struct graph_reference : seq<reference_graph> {};
struct graph_or_default : sor<reference_default, reference_graph, reference_iri> {};

// [31] Load
struct load_begin : at<word_load> {};
struct load_source : seq<iri> {};
struct load_target_graph : seq<word_graph> {};
struct load_target_iri : seq<iri> {};
struct load_target : seq<word_into, must<load_target_graph>, must<load_target_iri>> {};
struct load_operation
    : seq<load_begin, word_load, opt<silent>, must<load_source>, opt<load_target>> {};
// [32] Clear, [33] Drop, [34] Create
struct clear_begin : at<word_clear> {};
struct clear_operation : seq<clear_begin, word_clear, opt<silent>, must<graph_reference_all>> {};
struct drop_begin : at<word_drop> {};
struct drop_operation : seq<drop_begin, word_drop, opt<silent>, must<graph_reference_all>> {};
struct create_begin : at<word_create> {};
struct create_operation : seq<create_begin, word_create, opt<silent>, must<graph_reference>> {};
// [35] Add, [36] Move, [37] Copy
struct to_word : word_to {};
struct transfer_rest
    : seq<opt<silent>, must<graph_or_default>, must<to_word>, must<graph_or_default>> {};
struct add_begin : at<word_add> {};
struct add_operation : seq<add_begin, word_add, transfer_rest> {};
struct move_begin : at<word_move> {};
struct move_operation : seq<move_begin, word_move, transfer_rest> {};
struct copy_begin : at<word_copy> {};
struct copy_operation : seq<copy_begin, word_copy, transfer_rest> {};

// [32] Update1
struct operation
    : sor<insert_operation, delete_operation, with_operation, load_operation, clear_operation,
          drop_operation, create_operation, add_operation, move_operation, copy_operation> {};
struct operation_end : sor<seq<semicolon, prologue>, at<pegtl::eof>> {};
// [29] Update, after the first prologue
struct update_rest : star<operation, must<operation_end>> {};

}  // namespace dossier::sparql::grammar
