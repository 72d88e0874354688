#include "parser/sparql_query_grammar.h"

#include "parser/sparql_query_messages.h"
#include "parser/sparql_units.h"
#include "parser/sparql_update_grammar.h"

// The actions of everything but expressions.

namespace dossier::sparql::grammar {
namespace {

template <typename Rule>
struct query_action : token_action<Rule> {};

using Place = Builder::TriplesPlace;

// Actions that need nothing but the builder.
#define DOSSIER_ACTION(rule, statement)                     \
    template <>                                             \
    struct query_action<rule> {                             \
        static void apply0(Builder& builder) { statement; } \
    }
// Actions that need to know where the rule began, as `offset`, or its text, as `text`.
#define DOSSIER_ACTION_AT(rule, statement)                            \
    template <>                                                       \
    struct query_action<rule> {                                       \
        template <typename ActionInput>                               \
        static void apply(const ActionInput& in, Builder& builder) {  \
            const std::size_t offset = builder.offset_of(in.begin()); \
            statement;                                                \
        }                                                             \
    }
#define DOSSIER_ACTION_TEXT(rule, statement)                         \
    template <>                                                      \
    struct query_action<rule> {                                      \
        template <typename ActionInput>                              \
        static void apply(const ActionInput& in, Builder& builder) { \
            const std::string_view text = in.string_view();          \
            statement;                                               \
        }                                                            \
    }

// ---- Terms ----------------------------------------------------------------------------------

DOSSIER_ACTION_AT(triple_term_open, builder.enter(offset));
DOSSIER_ACTION(triple_term_close, builder.leave());
DOSSIER_ACTION(triple_term_subject, builder.push_node());
DOSSIER_ACTION(triple_term_object, builder.push_node());
DOSSIER_ACTION(simple_verb, builder.push_node());
DOSSIER_ACTION_AT(triple_term, builder.close_triple_term(offset));
DOSSIER_ACTION(data_subject, builder.push_node());
DOSSIER_ACTION(data_verb, builder.push_node());
DOSSIER_ACTION(data_object, builder.push_node());
DOSSIER_ACTION_AT(triple_term_data, builder.close_triple_term(offset));

DOSSIER_ACTION_AT(reified_open, builder.enter(offset));
DOSSIER_ACTION(reified_close, builder.leave());
DOSSIER_ACTION(reified_subject, builder.push_node());
DOSSIER_ACTION(reified_object, builder.push_node());
DOSSIER_ACTION(inner_named_reifier, builder.push_node());
DOSSIER_ACTION_AT(inner_unnamed_reifier, builder.anonymous(offset); builder.push_node());
DOSSIER_ACTION_AT(reified_triple, builder.close_reified_triple(offset));
DOSSIER_ACTION_AT(reifier_mark, builder.open_reifier(offset));
DOSSIER_ACTION(named_reifier, builder.close_reifier(true));
DOSSIER_ACTION(unnamed_reifier, builder.close_reifier(false));
DOSSIER_ACTION_AT(annotation_open, builder.open_annotation(offset));
DOSSIER_ACTION(annotation_close, builder.close_annotation());

// ---- Paths ----------------------------------------------------------------------------------

DOSSIER_ACTION_AT(path_predicate, builder.path_predicate(offset));
DOSSIER_ACTION_AT(path_open, builder.enter(offset));
DOSSIER_ACTION(path_close, builder.leave());
DOSSIER_ACTION_AT(negated_sign, builder.path_open_negated(offset));
DOSSIER_ACTION_AT(negated_inverse, builder.path_negated_part(true, offset));
DOSSIER_ACTION_AT(negated_forward, builder.path_negated_part(false, offset));
DOSSIER_ACTION_AT(modifier_zero_or_one, builder.path_wrap(PathOperator::zero_or_one, offset));
DOSSIER_ACTION_AT(modifier_one_or_more, builder.path_wrap(PathOperator::one_or_more, offset));
DOSSIER_ACTION_AT(modifier_zero_or_more, builder.path_wrap(PathOperator::zero_or_more, offset));
DOSSIER_ACTION_AT(inverted_element, builder.path_wrap(PathOperator::inverse, offset));
DOSSIER_ACTION_AT(path_sequence_sign, builder.path_chain(PathOperator::sequence, offset));
DOSSIER_ACTION_AT(path_alternative_sign, builder.path_chain(PathOperator::alternative, offset));
DOSSIER_ACTION(sequence_part, builder.path_chain_part());
DOSSIER_ACTION(alternative_part, builder.path_chain_part());

// ---- Triples --------------------------------------------------------------------------------

DOSSIER_ACTION(term_subject, builder.subject());
DOSSIER_ACTION(node_subject, builder.subject());
DOSSIER_ACTION(verb_variable, builder.verb_node());
DOSSIER_ACTION(verb_path, builder.verb_path());
DOSSIER_ACTION(object_node, builder.object());
DOSSIER_ACTION_AT(blank_node_open, builder.open_blank_node_properties(offset));
DOSSIER_ACTION(blank_node_close, builder.close_blank_node_properties());
DOSSIER_ACTION_AT(collection_open, builder.open_collection(offset));
DOSSIER_ACTION(collection_item, builder.collection_item());
DOSSIER_ACTION(collection_close, builder.close_collection());
template <>
struct query_action<triples_same_subject> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.end_subject();
        builder.triples_end(builder.offset_of(in.end()));
    }
};

// ---- Groups ---------------------------------------------------------------------------------

DOSSIER_ACTION_AT(group_open, builder.open_group(offset));
DOSSIER_ACTION(group_close, builder.close_group());
DOSSIER_ACTION_AT(triples_block, builder.end_triples_block(offset));
DOSSIER_ACTION_AT(optional_pattern, builder.optional(offset));
DOSSIER_ACTION_AT(minus_pattern, builder.minus(offset));
DOSSIER_ACTION_AT(lateral_pattern, builder.lateral(offset, 7));
DOSSIER_ACTION(graph_name, builder.push_node());
DOSSIER_ACTION_AT(graph_pattern, builder.graph(offset));
DOSSIER_ACTION(service_silent, builder.service_silent());
DOSSIER_ACTION(service_name, builder.open_service());
DOSSIER_ACTION_AT(service_pattern, builder.service(offset));
DOSSIER_ACTION(union_begin, builder.open_union());
DOSSIER_ACTION(union_branch, builder.union_branch());
DOSSIER_ACTION(next_branch, builder.union_branch());
DOSSIER_ACTION_AT(group_or_union, builder.close_union(offset));
DOSSIER_ACTION_AT(filter, builder.filter(offset));
DOSSIER_ACTION_AT(bind_open, builder.enter(offset));
DOSSIER_ACTION(bind_close, builder.leave());
DOSSIER_ACTION_AT(bind, builder.bind(offset));
DOSSIER_ACTION_AT(values_mark, builder.open_values(offset));
DOSSIER_ACTION(values_variable, builder.values_variable());
DOSSIER_ACTION(data_term, builder.values_cell());
DOSSIER_ACTION(undefined, builder.values_undefined());
DOSSIER_ACTION_AT(row_close, builder.values_close_row(offset));
DOSSIER_ACTION_AT(empty_row, builder.values_close_row(offset));
DOSSIER_ACTION_AT(single_value, builder.values_close_row(offset));
DOSSIER_ACTION(inline_data, builder.inline_values());
DOSSIER_ACTION(trailing_data, builder.trailing_values());

// ---- Prologue -------------------------------------------------------------------------------

DOSSIER_ACTION_TEXT(base_text, builder.base(text, builder.offset_of(text.data())));
DOSSIER_ACTION_TEXT(prefix_name_text, builder.prefix_name(text));
DOSSIER_ACTION_TEXT(prefix_text, builder.prefix_iri(text, builder.offset_of(text.data())));
DOSSIER_ACTION_TEXT(version_text, builder.version(text));

// ---- Queries --------------------------------------------------------------------------------

DOSSIER_ACTION_AT(select_begin, builder.open_query(QueryForm::select, offset));
DOSSIER_ACTION_AT(sub_select_begin, builder.open_query(QueryForm::select, offset));
DOSSIER_ACTION_AT(sub_select_body, builder.close_sub_select(offset));
DOSSIER_ACTION(select_distinct, builder.duplicates(Duplicates::distinct));
DOSSIER_ACTION(select_reduced, builder.duplicates(Duplicates::reduced));
DOSSIER_ACTION(select_star, builder.star());
DOSSIER_ACTION(projected_variable, builder.projection_variable());
DOSSIER_ACTION_AT(projection_open, builder.open_projection(offset));
DOSSIER_ACTION(projection_expression, builder.projection_expression());
DOSSIER_ACTION(projection_close, builder.close_projection());
DOSSIER_ACTION_AT(graph_iri, builder.dataset_clause(true, offset));
DOSSIER_ACTION_AT(from_default, builder.dataset_clause(false, offset));
DOSSIER_ACTION(query_where, builder.where());
DOSSIER_ACTION(group_by, builder.group_by());
DOSSIER_ACTION_AT(group_variable, builder.node_operand(offset); builder.group_key(false));
DOSSIER_ACTION(group_call, builder.group_key(false));
DOSSIER_ACTION_AT(key_open, builder.enter(offset));
DOSSIER_ACTION(key_close, builder.leave());
DOSSIER_ACTION(key_variable, builder.group_key(true));
DOSSIER_ACTION(key_without_name, builder.group_key(false));
DOSSIER_ACTION(having_begin, builder.allow_aggregates(true));
DOSSIER_ACTION(having_condition, builder.having());
DOSSIER_ACTION(having_clause, builder.allow_aggregates(false));
DOSSIER_ACTION(order_begin, builder.allow_aggregates(true));
DOSSIER_ACTION(ascending, builder.order_key(false));
DOSSIER_ACTION(descending, builder.order_key(true));
DOSSIER_ACTION_AT(order_variable, builder.node_operand(offset); builder.order_key(false));
DOSSIER_ACTION(order_constraint, builder.order_key(false));
DOSSIER_ACTION(order_clause, builder.allow_aggregates(false));
DOSSIER_ACTION_TEXT(limit_text, builder.limit(text));
DOSSIER_ACTION_TEXT(offset_text, builder.skip(text));
DOSSIER_ACTION_AT(construct_begin, builder.open_query(QueryForm::construct, offset));
DOSSIER_ACTION(template_open, builder.open_quads(Place::construct_template));
DOSSIER_ACTION(construct_template, builder.construct_template());
DOSSIER_ACTION(short_open, builder.open_quads(Place::construct_template));
DOSSIER_ACTION_AT(short_pattern, builder.construct_where(offset));
DOSSIER_ACTION_AT(describe_begin, builder.open_query(QueryForm::describe, offset));
DOSSIER_ACTION(describe_star, builder.star());
DOSSIER_ACTION(describe_target, builder.describe_target());
DOSSIER_ACTION_AT(ask_begin, builder.open_query(QueryForm::ask, offset));
DOSSIER_ACTION_AT(bare_begin, builder.open_query(QueryForm::select, offset); builder.star();
                  builder.open_group(offset));
DOSSIER_ACTION(bare_group, builder.close_group(); builder.where());

// ---- Updates --------------------------------------------------------------------------------

DOSSIER_ACTION(quads_begin<insert_data_quads>, builder.open_quads(Place::insert_data));
DOSSIER_ACTION(quads_begin<delete_data_quads>, builder.open_quads(Place::delete_data));
DOSSIER_ACTION(quads_begin<delete_where_quads>, builder.open_quads(Place::delete_where));
DOSSIER_ACTION(quads_begin<delete_template_quads>, builder.open_quads(Place::delete_template));
DOSSIER_ACTION(quads_begin<insert_template_quads>, builder.open_quads(Place::insert_template));
DOSSIER_ACTION(quads_close, builder.close_quads());
DOSSIER_ACTION(quads_triples, builder.quads_triples());
DOSSIER_ACTION(quads_graph_name, builder.quads_graph());
DOSSIER_ACTION(quads_graph, builder.quads_graph_end());
DOSSIER_ACTION(insert_data_quads, builder.insert_data());
DOSSIER_ACTION(delete_data_quads, builder.delete_data());
DOSSIER_ACTION(delete_where_quads, builder.delete_where());
DOSSIER_ACTION(insert_clause, builder.modify_insert());
DOSSIER_ACTION(delete_clause, builder.modify_delete());
DOSSIER_ACTION(with_iri, builder.modify_with());
DOSSIER_ACTION_AT(using_iri, builder.modify_using(true, offset));
DOSSIER_ACTION_AT(using_default, builder.modify_using(false, offset));
DOSSIER_ACTION(modify_group, builder.modify_where());
DOSSIER_ACTION_AT(insert_begin, builder.open_update(offset));
DOSSIER_ACTION_AT(delete_begin, builder.open_update(offset));
DOSSIER_ACTION_AT(with_begin, builder.open_update(offset));
DOSSIER_ACTION_AT(load_begin, builder.open_update(offset));
DOSSIER_ACTION_AT(clear_begin, builder.open_update(offset));
DOSSIER_ACTION_AT(drop_begin, builder.open_update(offset));
DOSSIER_ACTION_AT(create_begin, builder.open_update(offset));
DOSSIER_ACTION_AT(add_begin, builder.open_update(offset));
DOSSIER_ACTION_AT(move_begin, builder.open_update(offset));
DOSSIER_ACTION_AT(copy_begin, builder.open_update(offset));
DOSSIER_ACTION(silent, builder.silent());
DOSSIER_ACTION(load_source, builder.load());
DOSSIER_ACTION(load_target_iri, builder.load_into());
DOSSIER_ACTION(reference_iri, builder.graph_reference(GraphScope::one));
DOSSIER_ACTION(reference_default, builder.graph_reference(GraphScope::default_graph));
DOSSIER_ACTION(reference_named, builder.graph_reference(GraphScope::all_named));
DOSSIER_ACTION(reference_all, builder.graph_reference(GraphScope::all));
DOSSIER_ACTION(clear_operation, builder.clear());
DOSSIER_ACTION(drop_operation, builder.drop());
DOSSIER_ACTION(create_operation, builder.create());
DOSSIER_ACTION(add_operation, builder.transfer(GraphTransfer::add));
DOSSIER_ACTION(move_operation, builder.transfer(GraphTransfer::move));
DOSSIER_ACTION(copy_operation, builder.transfer(GraphTransfer::copy));

#undef DOSSIER_ACTION
#undef DOSSIER_ACTION_AT
#undef DOSSIER_ACTION_TEXT

struct parameter : sor<literal, blank_node, triple_term, iri> {};
struct end_after_semicolon : seq<opt<semicolon>, must<end_of_text>> {};

template <typename Rule>
bool matches(Input& in, Builder& builder) {
    return pegtl::parse<Rule, query_action, control>(in, builder);
}

}  // namespace

bool match_group(Input& in, Builder& builder) {
    return matches<group_rule>(in, builder);
}

void parse_beginning(Input& in, Builder& builder) {
    matches<beginning>(in, builder);
}
void parse_query_rest(Input& in, Builder& builder) {
    matches<query_rest>(in, builder);
}
void parse_update_rest(Input& in, Builder& builder) {
    matches<update_rest>(in, builder);
}
void parse_bare_pattern(Input& in, Builder& builder) {
    matches<bare_pattern>(in, builder);
}
bool parse_parameter(Input& in, Builder& builder) {
    return matches<parameter>(in, builder);
}
void parse_end(Input& in, Builder& builder) {
    matches<must<end_of_text>>(in, builder);
}
void parse_end_after_semicolon(Input& in, Builder& builder) {
    matches<end_after_semicolon>(in, builder);
}

}  // namespace dossier::sparql::grammar
