#pragma once

#include "parser/sparql_grammar_parts.h"
#include "parser/sparql_messages.h"

// Triples, paths and group graph patterns of SPARQL 1.2, rules [54] to [125]. Templates and data
// share the rules of patterns: what they may not hold (paths, variables, blank nodes) the builder
// refuses, which gives better messages than a grammar without it would.

namespace dossier::sparql::grammar {

using pegtl::at;
using pegtl::must;
using pegtl::opt;
using pegtl::plus;
using pegtl::seq;
using pegtl::sor;
using pegtl::star;

struct graph_node;
struct property_list_not_empty;
struct reified_triple;
struct triple_term;
struct triple_term_data;
struct path;
struct group_rule;
struct sub_select;

struct dot : mark<'.'> {};

// ---- Terms ----------------------------------------------------------------------------------

// [119] TripleTerm
struct triple_term_open : marks<'<', '<', '('> {};
struct triple_term_close : marks<')', '>', '>'> {};
struct triple_term_node : sor<var, literal, blank_node, triple_term, iri> {};
struct triple_term_subject : seq<triple_term_node> {};
struct triple_term_object : seq<triple_term_node> {};
// [85] Verb
struct simple_verb : sor<var, keyword_a, iri> {};
struct triple_term : seq<triple_term_open, must<triple_term_subject>, must<simple_verb>,
                         must<triple_term_object>, must<triple_term_close>> {};
// [122] TripleTermData
struct data_verb : sor<keyword_a, iri> {};
struct data_subject : seq<iri> {};
struct data_object : sor<literal, triple_term_data, iri> {};
struct triple_term_data : seq<triple_term_open, must<data_subject>, must<data_verb>,
                              must<data_object>, must<triple_term_close>> {};

// [115] VarOrTerm
struct var_or_term : sor<var, literal, nil, blank_node, triple_term, iri> {};

// [70] Reifier, [71] VarOrReifierId
struct reifier_id : sor<var, blank_node, iri> {};
struct reifier_mark : mark<'~'> {};
struct unnamed_reifier : pegtl::success {};
struct named_reifier : reifier_id {};

// [116] ReifiedTriple
struct reified_open : marks<'<', '<'> {};
struct reified_close : marks<'>', '>'> {};
struct reified_node : sor<var, literal, blank_node, triple_term, reified_triple, iri> {};
struct reified_subject : seq<reified_node> {};
struct reified_object : seq<reified_node> {};
struct inner_named_reifier : reifier_id {};
struct inner_unnamed_reifier : pegtl::success {};
struct inner_reifier
    : sor<seq<mark<'~'>, inner_named_reifier>, seq<opt<mark<'~'>>, inner_unnamed_reifier>> {};
struct reified_triple : seq<reified_open, must<reified_subject>, must<simple_verb>,
                            must<reified_object>, inner_reifier, must<reified_close>> {};

// ---- Paths: [94] to [102] -------------------------------------------------------------------

struct path_iri : sor<keyword_a, iri> {};
struct path_predicate : seq<path_iri> {};
struct path_open : mark<'('> {};
struct path_close : mark<')'> {};
struct negated_sign : mark<'!'> {};
struct inverse_sign : mark<'^'> {};
struct path_alternative_sign : mark<'|', '|', '}'> {};
struct negated_separator : mark<'|'> {};
struct path_sequence_sign : mark<'/'> {};
struct inverse_iri : path_iri {};
struct negated_inverse : seq<inverse_sign, must<inverse_iri>> {};
struct negated_forward : path_iri {};
// [102] PathOneInPropertySet
struct negated_one : sor<negated_inverse, negated_forward> {};
struct negated_more : negated_one {};
// [101] PathNegatedPropertySet
struct negated_set
    : sor<seq<path_open, opt<negated_one, star<negated_separator, must<negated_more>>>,
              must<path_close>>,
          negated_one> {};
struct path_inside : seq<path> {};
// [100] PathPrimary
struct path_primary : sor<path_predicate, seq<negated_sign, must<negated_set>>,
                          seq<path_open, must<path_inside>, must<path_close>>> {};

// [99] PathMod. A number with a sign, or a variable, is the object.
struct modifier_zero_or_one {
    using rule_t = modifier_zero_or_one;
    using subs_t = pegtl::type_list<>;
    template <typename ParseInput>
    static bool match(ParseInput& in) {
        if (in.empty() || *in.current() != '?' || variable_length(in.current(), in.end()) != 0) {
            return false;
        }
        in.bump(1);
        in.bump(ignored_length(in.current(), in.end()));
        return true;
    }
};
struct modifier_one_or_more {
    using rule_t = modifier_one_or_more;
    using subs_t = pegtl::type_list<>;
    template <typename ParseInput>
    static bool match(ParseInput& in) {
        if (in.empty() || *in.current() != '+' || number_length(in.current(), in.end()) != 0) {
            return false;
        }
        in.bump(1);
        in.bump(ignored_length(in.current(), in.end()));
        return true;
    }
};
struct modifier_zero_or_more : mark<'*'> {};
// p{n}, p{n,m}, p{n,}, p{,m}: an extension.
struct repeat_open : mark<'{', '|'> {};
struct repeat_bounds {
    using rule_t = repeat_bounds;
    using subs_t = pegtl::type_list<>;
    template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
              template <typename...> class Control>
    static bool match(Input& in, Builder& builder) {
        const char* const begin = in.current();
        const char* p = begin;
        const auto number = [&] {
            const std::size_t n = unsigned_integer_length(p, in.end());
            const std::string_view digits(p, n);
            p += n;
            p += ignored_length(p, in.end());
            return digits;
        };
        const std::string_view least = number();
        std::optional<std::string_view> most = least;
        const bool comma = p != in.end() && *p == ',';
        if (comma) {
            ++p;
            p += ignored_length(p, in.end());
            const std::string_view digits = number();
            most = digits.empty() ? std::nullopt : std::optional(digits);
        }
        if (least.empty() && (!comma || !most)) return false;
        builder.path_repeat(least, most, builder.offset_of(begin),
                            static_cast<std::size_t>(p - begin));
        in.bump(static_cast<std::size_t>(p - begin));
        return true;
    }
};
struct repeat_close : mark<'}'> {};
struct path_modifier : sor<modifier_zero_or_more, modifier_zero_or_one, modifier_one_or_more,
                           seq<repeat_open, must<repeat_bounds>, must<repeat_close>>> {};
// [97] PathElt
struct path_element : seq<path_primary, opt<path_modifier>> {};
// [98] PathEltOrInverse
struct inverted_element : path_element {};
struct path_element_or_inverse : sor<seq<inverse_sign, must<inverted_element>>, path_element> {};
// [96] PathSequence
struct sequence_part : seq<path_element_or_inverse> {};
struct path_sequence : seq<path_element_or_inverse, star<path_sequence_sign, must<sequence_part>>> {
};
// [95] PathAlternative
struct alternative_part : seq<path_sequence> {};
struct path : seq<path_sequence, star<path_alternative_sign, must<alternative_part>>> {};

// ---- Triples --------------------------------------------------------------------------------

struct semicolon : mark<';'> {};
struct object_comma : mark<','> {};

// [111] Annotation, [109] AnnotationPath
struct annotation_reifier : seq<reifier_mark, sor<named_reifier, unnamed_reifier>> {};
struct annotation_open : marks<'{', '|'> {};
struct annotation_close : marks<'|', '}'> {};
struct annotation_block
    : seq<annotation_open, must<property_list_not_empty>, must<annotation_close>> {};
struct annotation : star<sor<annotation_reifier, annotation_block>> {};

// [86] Object, [93] ObjectPath
struct object_node : seq<graph_node> {};
struct object : seq<object_node, annotation> {};
struct next_object : object {};
// [84] ObjectList
struct object_list : seq<object, star<object_comma, must<next_object>>> {};
// [89] VerbPath, [90] VerbSimple, [85] Verb
struct verb_variable : seq<var> {};
struct verb_path : seq<path> {};
struct verb : sor<verb_variable, verb_path> {};
// [83] PropertyListNotEmpty, [88] PropertyListPathNotEmpty
struct verb_and_objects : seq<verb, must<object_list>> {};
struct property_list_not_empty : seq<verb_and_objects, star<semicolon, opt<verb_and_objects>>> {};

// [104] BlankNodePropertyList
struct blank_node_open : mark<'['> {};
struct blank_node_close : mark<']'> {};
struct blank_node_property_list
    : seq<blank_node_open, must<property_list_not_empty>, must<blank_node_close>> {};
// [107] Collection
struct collection_open : mark<'('> {};
struct collection_close : mark<')'> {};
struct collection_item : seq<graph_node> {};
struct collection
    : seq<collection_open, must<collection_item>, star<collection_item>, must<collection_close>> {};
// [103] TriplesNode
struct triples_node : sor<collection, blank_node_property_list> {};
// [113] GraphNode
struct graph_node : sor<var_or_term, triples_node, reified_triple> {};

// [81] TriplesSameSubject, [87] TriplesSameSubjectPath
struct term_subject : seq<var_or_term> {};
struct node_subject : sor<triples_node, reified_triple> {};
struct triples_same_subject : sor<seq<term_subject, must<property_list_not_empty>>,
                                  seq<node_subject, opt<property_list_not_empty>>> {};
// [57] TriplesBlock, [56] TriplesTemplate
struct triples : seq<triples_same_subject, star<dot, triples_same_subject>, opt<dot>> {};

// ---- Group graph patterns -------------------------------------------------------------------

struct group_open : mark<'{'> {};
struct group_close : mark<'}'> {};

struct word_optional : keyword<'O', 'P', 'T', 'I', 'O', 'N', 'A', 'L'> {};
struct word_minus : keyword<'M', 'I', 'N', 'U', 'S'> {};
struct word_union : keyword<'U', 'N', 'I', 'O', 'N'> {};
struct word_graph : keyword<'G', 'R', 'A', 'P', 'H'> {};
struct word_service : keyword<'S', 'E', 'R', 'V', 'I', 'C', 'E'> {};
struct word_silent : keyword<'S', 'I', 'L', 'E', 'N', 'T'> {};
struct word_filter : keyword<'F', 'I', 'L', 'T', 'E', 'R'> {};
struct word_bind : keyword<'B', 'I', 'N', 'D'> {};
struct word_as : keyword<'A', 'S'> {};
struct word_values : keyword<'V', 'A', 'L', 'U', 'E', 'S'> {};
struct word_undef : keyword<'U', 'N', 'D', 'E', 'F'> {};
struct word_lateral : keyword<'L', 'A', 'T', 'E', 'R', 'A', 'L'> {};

struct keyword_group : seq<group_rule> {};  // a group that must follow a keyword
// [61] OptionalGraphPattern
struct optional_pattern : seq<word_optional, must<keyword_group>> {};
// [72] MinusGraphPattern
struct minus_pattern : seq<word_minus, must<keyword_group>> {};
// an extension
struct lateral_pattern : seq<word_lateral, must<keyword_group>> {};
// [62] GraphGraphPattern
struct graph_name : seq<var_or_iri> {};
struct graph_pattern : seq<word_graph, must<graph_name>, must<keyword_group>> {};
// [63] ServiceGraphPattern
struct service_silent : word_silent {};
struct service_name : seq<var_or_iri> {};
struct service_pattern
    : seq<word_service, opt<service_silent>, must<service_name>, must<keyword_group>> {};
// [73] GroupOrUnionGraphPattern
struct union_begin : at<pegtl::one<'{'>> {};
struct union_branch : seq<group_rule> {};
struct next_branch : union_branch {};
struct group_or_union : seq<union_begin, union_branch, star<word_union, must<next_branch>>> {};
// [74] Filter
struct filter_constraint : constraint {};
struct filter : seq<word_filter, must<filter_constraint>> {};
// [64] Bind
struct bind_open : mark<'('> {};
struct bind_close : mark<')'> {};
struct bind_expression : expression {};
struct bind_as : word_as {};
struct bind_variable : seq<var> {};
struct bind : seq<word_bind, must<bind_open>, must<bind_expression>, must<bind_as>,
                  must<bind_variable>, must<bind_close>> {};

// [66] DataBlock
struct values_mark : pegtl::success {};
struct values_variable : seq<var> {};
struct values_open : mark<'('> {};
struct values_close : mark<')'> {};
struct rows_open : mark<'{'> {};
struct rows_close : mark<'}'> {};
struct row_open : mark<'('> {};
struct row_close : mark<')'> {};
struct data_term : sor<literal, triple_term_data, iri> {};
struct undefined : word_undef {};
// [69] DataBlockValue
struct data_value : sor<data_term, undefined> {};
struct empty_row : seq<token<nil_length>, ignored> {};
struct data_row : sor<empty_row, seq<row_open, star<data_value>, must<row_close>>> {};
struct single_value : seq<data_value> {};
struct single_rows_close : rows_close {};
// [67] InlineDataOneVar
struct data_one_variable
    : seq<values_variable, must<rows_open>, star<single_value>, must<single_rows_close>> {};
// [68] InlineDataFull
struct no_variables : seq<token<nil_length>, ignored> {};
struct data_variables
    : sor<no_variables, seq<values_open, star<values_variable>, must<values_close>>> {};
struct data_full : seq<data_variables, must<rows_open>, star<data_row>, must<rows_close>> {};
struct data_block : seq<values_mark, sor<data_one_variable, data_full>> {};
// [65] InlineData
struct inline_data : seq<word_values, must<data_block>> {};

// [60] GraphPatternNotTriples
struct not_triples : sor<group_or_union, optional_pattern, minus_pattern, graph_pattern,
                         service_pattern, filter, bind, inline_data, lateral_pattern> {};
struct triples_block : triples {};
// [58] GroupGraphPatternSub
struct group_elements : seq<opt<triples_block>, star<not_triples, opt<dot>, opt<triples_block>>> {};
// [55] GroupGraphPattern
struct group_content : sor<sub_select, group_elements> {};
struct group_rule : seq<group_open, group_content, must<group_close>> {};

}  // namespace dossier::sparql::grammar

namespace tao::pegtl {
template <typename Name>
struct analyze_traits<Name, dossier::sparql::grammar::modifier_zero_or_one> : analyze_any_traits<> {
};
template <typename Name>
struct analyze_traits<Name, dossier::sparql::grammar::modifier_one_or_more> : analyze_any_traits<> {
};
template <typename Name>
struct analyze_traits<Name, dossier::sparql::grammar::repeat_bounds> : analyze_any_traits<> {};
}  // namespace tao::pegtl
