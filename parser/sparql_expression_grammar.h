#pragma once

#include "parser/sparql_functions.h"
#include "parser/sparql_grammar_parts.h"
#include "parser/sparql_messages.h"

// Expressions of SPARQL 1.2, rules [127] to [148]. The numbers are those of the productions.

namespace dossier::sparql::grammar {

using pegtl::must;
using pegtl::opt;
using pegtl::plus;
using pegtl::seq;
using pegtl::sor;
using pegtl::star;

struct conditional_or_expression;
struct unary_expression;
struct primary_expression;
struct triple_expression;

// ---- Words and marks ------------------------------------------------------------------------

struct word_in : keyword<'I', 'N'> {};
struct word_not : keyword<'N', 'O', 'T'> {};
struct word_exists : keyword<'E', 'X', 'I', 'S', 'T', 'S'> {};
struct word_distinct : keyword<'D', 'I', 'S', 'T', 'I', 'N', 'C', 'T'> {};
struct word_separator : keyword<'S', 'E', 'P', 'A', 'R', 'A', 'T', 'O', 'R'> {};

struct expression_open : mark<'('> {};
struct expression_close : mark<')'> {};
struct arguments_open : mark<'('> {};
struct arguments_close : mark<')'> {};
struct comma : mark<','> {};
struct empty_arguments : seq<token<nil_length>, ignored> {};

// A name of a function or an aggregate. Opens the call itself: which one it is, only it knows.
template <bool aggregates>
struct called_name {
    using rule_t = called_name;
    using subs_t = pegtl::type_list<>;
    template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
              template <typename...> class Control>
    static bool match(Input& in, Builder& builder) {
        const std::size_t n = word_length(in.current(), in.end());
        if (n == 0) return false;
        const Function* function = find_function({in.current(), n});
        if (function == nullptr || is_aggregate(function->op) != aggregates) return false;
        const std::size_t offset = builder.offset_of(in.current());
        if constexpr (aggregates) {
            builder.open_aggregate(function->op, offset);
        } else {
            builder.open_call(function->op, offset);
        }
        in.bump(n);
        in.bump(ignored_length(in.current(), in.end()));
        return true;
    }
};
struct function_name : called_name<false> {};
struct aggregate_name : called_name<true> {};

// ---- Calls ----------------------------------------------------------------------------------

struct argument : seq<conditional_or_expression> {};
struct more_arguments : star<comma, must<argument>> {};
// [77] ArgList of a built-in function, [78] ExpressionList
struct argument_list
    : sor<empty_arguments,
          seq<arguments_open, must<argument>, more_arguments, must<arguments_close>>> {};

struct distinct : word_distinct {};
struct count_star : mark<'*'> {};
struct separator_string : seq<string_text, ignored> {};
struct separator_equals : mark<'='> {};
struct separator
    : seq<mark<';'>, must<word_separator>, must<separator_equals>, must<separator_string>> {};
struct aggregate_argument : sor<count_star, argument> {};
// [147] Aggregate
struct aggregate : seq<aggregate_name, must<arguments_open>, opt<distinct>,
                       must<aggregate_argument>, opt<separator>, must<arguments_close>> {};

// [145] ExistsFunc, [146] NotExistsFunc
struct exists_group : group_graph_pattern {};
struct exists_function : seq<word_exists, must<exists_group>> {};
struct not_exists_word : word_exists {};
struct not_exists_function : seq<word_not, must<not_exists_word>, must<exists_group>> {};

struct built_in_function : seq<function_name, must<argument_list>> {};
// [141] BuiltInCall
struct built_in_call : sor<aggregate, exists_function, not_exists_function, built_in_function> {};

// [77] ArgList of a function named by an IRI
struct function_without_arguments : empty_arguments {};
struct function_open : mark<'('> {};
struct function_arguments
    : sor<function_without_arguments, seq<function_open, opt<distinct>, must<argument>,
                                          more_arguments, must<arguments_close>>> {};
// [76] FunctionCall
struct function_call : seq<iri, must<function_arguments>> {};
// [148] iriOrFunction
struct iri_operand : pegtl::success {};
struct iri_or_function : seq<iri, sor<function_arguments, iri_operand>> {};

// ---- Primary expressions --------------------------------------------------------------------

// [140] BrackettedExpression
struct bracketted_expression
    : seq<expression_open, must<conditional_or_expression>, must<expression_close>> {};

struct operand_variable : seq<var> {};
struct operand_literal : seq<literal> {};

// [137] ExprTripleTerm
struct triple_open : marks<'<', '<', '('> {};
struct triple_close : marks<')', '>', '>'> {};
struct triple_node : sor<var, literal, iri> {};
struct triple_expression_subject : seq<var_or_iri> {};
struct triple_expression_verb : sor<var, keyword_a, iri> {};
struct triple_expression_object : sor<triple_expression, triple_node> {};
struct triple_expression
    : seq<triple_open, must<triple_expression_subject>, must<triple_expression_verb>,
          must<triple_expression_object>, must<triple_close>> {};

// [136] PrimaryExpression
struct primary_expression : sor<bracketted_expression, operand_variable, operand_literal,
                                triple_expression, built_in_call, iri_or_function> {};

// ---- Operators ------------------------------------------------------------------------------

// [135] UnaryExpression
struct not_sign : mark<'!'> {};
struct not_operand : seq<unary_expression> {};
struct unary_plus : mark<'+'> {};
struct unary_minus : mark<'-'> {};
struct sign_operand : seq<primary_expression> {};
struct unary_expression : sor<primary_expression, seq<not_sign, must<not_operand>>,
                              seq<sor<unary_plus, unary_minus>, must<sign_operand>>> {};

// [134] MultiplicativeExpression
struct times_sign : mark<'*'> {};
struct divide_sign : mark<'/'> {};
struct factor : seq<unary_expression> {};
struct multiplicative_expression
    : seq<unary_expression, star<sor<times_sign, divide_sign>, must<factor>>> {};

// [133] AdditiveExpression. `?a -1` is two tokens, ?a and -1, which mean the same as three.
struct plus_sign : mark<'+'> {};
struct minus_sign : mark<'-'> {};
struct summand : seq<multiplicative_expression> {};
struct additive_expression
    : seq<multiplicative_expression, star<sor<plus_sign, minus_sign>, must<summand>>> {};

// [131] RelationalExpression
struct equal_sign : mark<'='> {};
struct not_equal_sign : marks<'!', '='> {};
struct greater_equal_sign : marks<'>', '='> {};
// Of two tokens the longer one counts: in `?a<?b&&?c>?d` an IRI begins.
struct less_sign : seq<pegtl::not_at<token<whole_iri_reference_length>>, mark<'<'>> {};
struct less_equal_sign : seq<pegtl::not_at<token<whole_iri_reference_length>>, marks<'<', '='>> {};
struct greater_sign : mark<'>'> {};
struct compared : seq<additive_expression> {};
struct in_word : word_in {};
struct not_in_word : word_in {};
struct in_list : argument_list {};
struct relational_expression
    : seq<additive_expression,
          opt<sor<seq<sor<equal_sign, not_equal_sign, less_equal_sign, greater_equal_sign,
                          less_sign, greater_sign>,
                      must<compared>>,
                  seq<in_word, must<in_list>>, seq<word_not, must<not_in_word>, must<in_list>>>>> {
};

// [129] ConditionalAndExpression, [128] ConditionalOrExpression
struct and_sign : marks<'&', '&'> {};
struct and_operand : seq<relational_expression> {};
struct conditional_and_expression : seq<relational_expression, star<and_sign, must<and_operand>>> {
};
struct or_sign : marks<'|', '|'> {};
struct or_operand : seq<conditional_and_expression> {};
struct conditional_or_expression
    : seq<conditional_and_expression, star<or_sign, must<or_operand>>> {};

struct constraint_rule : sor<bracketted_expression, built_in_call, function_call> {};
struct call_rule : sor<built_in_call, function_call> {};

// ---- Messages -------------------------------------------------------------------------------

#define DOSSIER_MESSAGE(rule, text) \
    template <>                     \
    inline constexpr const char* messages::message<rule> = text

DOSSIER_MESSAGE(datatype_iri, "expected the IRI of a datatype after '^^'");
DOSSIER_MESSAGE(argument, "expected an expression");
DOSSIER_MESSAGE(conditional_or_expression, "expected an expression");
DOSSIER_MESSAGE(expression_close, "expected ')' to close the bracket");
DOSSIER_MESSAGE(arguments_open, "expected '(' and arguments");
DOSSIER_MESSAGE(arguments_close, "expected ',' or ')'");
DOSSIER_MESSAGE(argument_list, "expected '(' and arguments");
DOSSIER_MESSAGE(function_arguments, "expected '(' and the arguments of the function");
DOSSIER_MESSAGE(aggregate_argument, "expected an expression");
DOSSIER_MESSAGE(word_separator, "expected SEPARATOR after ';'");
DOSSIER_MESSAGE(separator_equals, "expected '=' after SEPARATOR");
DOSSIER_MESSAGE(separator_string, "expected a string as SEPARATOR");
DOSSIER_MESSAGE(exists_group, "expected '{' after EXISTS");
DOSSIER_MESSAGE(not_exists_word, "expected EXISTS or IN after NOT");
DOSSIER_MESSAGE(not_in_word, "expected IN after NOT");
DOSSIER_MESSAGE(in_list, "expected '(' and the list after IN");
DOSSIER_MESSAGE(triple_expression_subject, "expected an IRI or a variable");
DOSSIER_MESSAGE(triple_expression_verb, "expected an IRI, 'a' or a variable");
DOSSIER_MESSAGE(triple_expression_object,
                "expected an IRI, a literal, a variable or a triple term");
DOSSIER_MESSAGE(triple_close, "expected ')>>' to close the triple term");
DOSSIER_MESSAGE(not_operand, "expected an expression after '!'");
DOSSIER_MESSAGE(sign_operand, "expected an expression after the sign");
DOSSIER_MESSAGE(factor, "expected an expression after the operator");
DOSSIER_MESSAGE(summand, "expected an expression after the operator");
DOSSIER_MESSAGE(compared, "expected an expression after the operator");
DOSSIER_MESSAGE(and_operand, "expected an expression after '&&'");
DOSSIER_MESSAGE(or_operand, "expected an expression after '||'");

#undef DOSSIER_MESSAGE

}  // namespace dossier::sparql::grammar

namespace tao::pegtl {
template <typename Name, bool aggregates>
struct analyze_traits<Name, dossier::sparql::grammar::called_name<aggregates>>
    : analyze_any_traits<> {};
}  // namespace tao::pegtl
