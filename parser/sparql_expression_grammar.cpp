#include "parser/sparql_expression_grammar.h"

// The actions of expressions.

namespace dossier::sparql::grammar {
namespace {

template <typename Rule>
struct expression_action : token_action<Rule> {};

// Actions that need nothing but the builder.
#define DOSSIER_ACTION(rule, statement)                     \
    template <>                                             \
    struct expression_action<rule> {                        \
        static void apply0(Builder& builder) { statement; } \
    }
// Actions that need to know where the rule began, as `offset`.
#define DOSSIER_ACTION_AT(rule, statement)                            \
    template <>                                                       \
    struct expression_action<rule> {                                  \
        template <typename ActionInput>                               \
        static void apply(const ActionInput& in, Builder& builder) {  \
            const std::size_t offset = builder.offset_of(in.begin()); \
            statement;                                                \
        }                                                             \
    }

DOSSIER_ACTION_AT(expression_open, builder.enter(offset));
DOSSIER_ACTION(expression_close, builder.leave());
DOSSIER_ACTION_AT(arguments_open, builder.enter(offset));
DOSSIER_ACTION(arguments_close, builder.leave());
DOSSIER_ACTION(argument, builder.argument());
DOSSIER_ACTION(distinct, builder.distinct_call());
DOSSIER_ACTION_AT(count_star, builder.aggregate_star(offset));
DOSSIER_ACTION(separator, builder.separator());
DOSSIER_ACTION(aggregate, builder.close_aggregate());
DOSSIER_ACTION_AT(exists_function, builder.exists(false, offset));
DOSSIER_ACTION_AT(not_exists_function, builder.exists(true, offset));
DOSSIER_ACTION(built_in_function, builder.close_call());
DOSSIER_ACTION(function_without_arguments, builder.open_function());
DOSSIER_ACTION(function_arguments, builder.close_call());
DOSSIER_ACTION_AT(function_open, builder.open_function(); builder.enter(offset));
DOSSIER_ACTION(iri_operand, builder.node_operand(builder.node_offset()));
DOSSIER_ACTION_AT(operand_variable, builder.node_operand(offset));
DOSSIER_ACTION_AT(operand_literal, builder.node_operand(offset));

DOSSIER_ACTION_AT(triple_open, builder.open_call(Operator::triple, offset); builder.enter(offset));
DOSSIER_ACTION_AT(triple_expression_subject, builder.node_operand(offset); builder.argument());
DOSSIER_ACTION_AT(triple_expression_verb, builder.node_operand(offset); builder.argument());
DOSSIER_ACTION_AT(triple_node, builder.node_operand(offset));
DOSSIER_ACTION(triple_expression_object, builder.argument());
DOSSIER_ACTION(triple_close, builder.leave(); builder.close_triple_expression());

DOSSIER_ACTION_AT(not_sign, builder.open_call(Operator::logical_not, offset);
                  builder.enter(offset));
DOSSIER_ACTION(not_operand, builder.argument(); builder.leave());
DOSSIER_ACTION_AT(unary_plus, builder.open_call(Operator::plus, offset));
DOSSIER_ACTION_AT(unary_minus, builder.open_call(Operator::minus, offset));
DOSSIER_ACTION(sign_operand, builder.argument());

DOSSIER_ACTION_AT(times_sign, builder.chain(Operator::product, false, offset));
DOSSIER_ACTION_AT(divide_sign, builder.chain(Operator::product, true, offset));
DOSSIER_ACTION(factor, builder.argument());
DOSSIER_ACTION_AT(plus_sign, builder.chain(Operator::sum, false, offset));
DOSSIER_ACTION_AT(minus_sign, builder.chain(Operator::sum, true, offset));
DOSSIER_ACTION(summand, builder.argument());
DOSSIER_ACTION_AT(equal_sign, builder.compare(Operator::equal, offset));
DOSSIER_ACTION_AT(not_equal_sign, builder.compare(Operator::not_equal, offset));
DOSSIER_ACTION_AT(less_equal_sign, builder.compare(Operator::less_equal, offset));
DOSSIER_ACTION_AT(greater_equal_sign, builder.compare(Operator::greater_equal, offset));
DOSSIER_ACTION_AT(less_sign, builder.compare(Operator::less, offset));
DOSSIER_ACTION_AT(greater_sign, builder.compare(Operator::greater, offset));
DOSSIER_ACTION(compared, builder.argument());
DOSSIER_ACTION_AT(in_word, builder.compare(Operator::in, offset));
DOSSIER_ACTION_AT(not_in_word, builder.compare(Operator::not_in, offset));
DOSSIER_ACTION_AT(and_sign, builder.chain(Operator::logical_and, false, offset));
DOSSIER_ACTION(and_operand, builder.argument());
DOSSIER_ACTION_AT(or_sign, builder.chain(Operator::logical_or, false, offset));
DOSSIER_ACTION(or_operand, builder.argument());

#undef DOSSIER_ACTION
#undef DOSSIER_ACTION_AT

}  // namespace

bool match_expression(Input& in, Builder& builder) {
    return pegtl::parse<conditional_or_expression, expression_action, control>(in, builder);
}

bool match_constraint(Input& in, Builder& builder) {
    return pegtl::parse<constraint_rule, expression_action, control>(in, builder);
}

bool match_bracketted(Input& in, Builder& builder) {
    return pegtl::parse<bracketted_expression, expression_action, control>(in, builder);
}

bool match_call(Input& in, Builder& builder) {
    return pegtl::parse<call_rule, expression_action, control>(in, builder);
}

}  // namespace dossier::sparql::grammar
