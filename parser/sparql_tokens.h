#pragma once

#include <cstddef>
#include <string_view>

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze_traits.hpp>

#include "parser/sparql_builder.h"
#include "parser/sparql_lexical.h"
#include "rdf/vocabulary.h"

// The terminals as PEGTL rules. Every token swallows the space and comments after it, and takes
// nothing when it does not match, so that an error is reported where the wrong token begins.

namespace dossier::sparql::grammar {

namespace pegtl = tao::pegtl;
using Input =
    pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf_crlf, std::string_view>;

// Space and comments; matches nothing as well.
struct ignored {
    using rule_t = ignored;
    using subs_t = pegtl::type_list<>;
    template <typename ParseInput>
    static bool match(ParseInput& in) {
        in.bump(ignored_length(in.current(), in.end()));
        return true;
    }
};

// A token as a function of sparql_lexical.h sees it; actions get its text without what follows.
template <TokenLength length>
struct token {
    using rule_t = token;
    using subs_t = pegtl::type_list<>;
    template <typename ParseInput>
    static bool match(ParseInput& in) {
        const std::size_t n = length(in.current(), in.end());
        if (n == 0) return false;
        in.bump(n);
        return true;
    }
};

// A word in capitals; ASCII case is ignored, and `word:x` is a prefixed name.
template <char... letters>
struct keyword {
    using rule_t = keyword;
    using subs_t = pegtl::type_list<>;
    template <typename ParseInput>
    static bool match(ParseInput& in) {
        static constexpr char word[] = {letters...};
        if (!is_word(in.current(), in.end(), {word, sizeof...(letters)})) return false;
        in.bump(sizeof...(letters));
        in.bump(ignored_length(in.current(), in.end()));
        return true;
    }
};

// Punctuation that is not the beginning of longer punctuation with one of the characters after it.
template <char c, char... not_before>
struct mark {
    using rule_t = mark;
    using subs_t = pegtl::type_list<>;
    template <typename ParseInput>
    static bool match(ParseInput& in) {
        const char* p = in.current();
        if (p == in.end() || *p != c) return false;
        if (p + 1 != in.end() && ((p[1] == not_before) || ...)) return false;
        in.bump(1);
        in.bump(ignored_length(in.current(), in.end()));
        return true;
    }
};
template <char... characters>
struct marks {
    using rule_t = marks;
    using subs_t = pegtl::type_list<>;
    template <typename ParseInput>
    static bool match(ParseInput& in) {
        static constexpr char text[] = {characters...};
        constexpr std::size_t n = sizeof...(characters);
        if (static_cast<std::size_t>(in.end() - in.current()) < n) return false;
        if (std::string_view(in.current(), n) != std::string_view(text, n)) return false;
        in.bump(n);
        in.bump(ignored_length(in.current(), in.end()));
        return true;
    }
};

// ---- Terminals with values ------------------------------------------------------------------

struct iri_reference : token<iri_reference_length> {};       // [159] IRIREF
struct prefixed_name_text : token<prefixed_name_length> {};  // [157] PrefixedName
struct blank_node_text : token<blank_node_label_length> {};  // [162] BLANK_NODE_LABEL
struct variable_text : token<variable_length> {};            // [163] VAR1, [164] VAR2
struct language_text : token<language_length> {};            // [165] LANG_DIR
struct integer_text : token<integer_length> {};              // [166] INTEGER and signed
struct decimal_text : token<decimal_length> {};              // [167] DECIMAL and signed
struct double_text : token<double_length> {};                // [168] DOUBLE and signed
struct string_text : token<string_length> {};                // [155] String
struct nil_text : token<nil_length> {};                      // [181] NIL
struct anonymous_text : token<anonymous_length> {};          // [183] ANON

struct word_true : keyword<'T', 'R', 'U', 'E'> {};
struct word_false : keyword<'F', 'A', 'L', 'S', 'E'> {};

// [156] iri
struct iri : pegtl::seq<pegtl::sor<iri_reference, prefixed_name_text>, ignored> {};
// [158] BlankNode
struct blank_node : pegtl::seq<pegtl::sor<blank_node_text, anonymous_text>, ignored> {};
// [126] Var
struct var : pegtl::seq<variable_text, ignored> {};
struct nil : pegtl::seq<nil_text, ignored> {};
// [150] NumericLiteral
struct numeric_literal : pegtl::seq<pegtl::sor<double_text, decimal_text, integer_text>, ignored> {
};
// [154] BooleanLiteral
struct boolean_literal : pegtl::sor<word_true, word_false> {};
// [149] RDFLiteral
struct datatype_iri : iri {};
struct language_tag : pegtl::seq<language_text, ignored> {};
struct without_suffix : pegtl::success {};
struct rdf_literal
    : pegtl::seq<
          string_text, ignored,
          pegtl::sor<language_tag, pegtl::if_must<marks<'^', '^'>, datatype_iri>, without_suffix>> {
};
struct literal : pegtl::sor<rdf_literal, numeric_literal, boolean_literal> {};

// [125] VarOrIri
struct var_or_iri : pegtl::sor<var, iri> {};

// The keyword `a`, which alone tells capitals from small letters.
struct keyword_a {
    using rule_t = keyword_a;
    using subs_t = pegtl::type_list<>;
    template <typename ParseInput>
    static bool match(ParseInput& in) {
        if (in.empty() || *in.current() != 'a' || !is_word(in.current(), in.end(), "A")) {
            return false;
        }
        in.bump(1);
        in.bump(ignored_length(in.current(), in.end()));
        return true;
    }
};

// ---- Actions --------------------------------------------------------------------------------

// What a terminal does: it leaves a node in the builder's register. The actions of each part of
// the grammar derive from these.
template <typename Rule>
struct token_action : pegtl::nothing<Rule> {};

template <>
struct token_action<iri_reference> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.iri_reference(in.string_view(), builder.offset_of(in.begin()));
    }
};
template <>
struct token_action<prefixed_name_text> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.prefixed_name(in.string_view(), builder.offset_of(in.begin()));
    }
};
template <>
struct token_action<blank_node_text> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.blank_node_label(in.string_view(), builder.offset_of(in.begin()));
    }
};
template <>
struct token_action<anonymous_text> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.anonymous(builder.offset_of(in.begin()));
    }
};
template <>
struct token_action<variable_text> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.variable(in.string_view(), builder.offset_of(in.begin()));
    }
};
template <>
struct token_action<nil_text> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.constant_iri(rdf::nil, builder.offset_of(in.begin()));
    }
};
template <>
struct token_action<keyword_a> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.constant_iri(rdf::type, builder.offset_of(in.begin()));
    }
};
template <>
struct token_action<string_text> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.string(in.string_view(), builder.offset_of(in.begin()));
    }
};
template <>
struct token_action<language_text> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.language_literal(in.string_view(), builder.offset_of(in.begin()));
    }
};
template <>
struct token_action<datatype_iri> {
    static void apply0(Builder& builder) { builder.typed_literal(); }
};
template <>
struct token_action<without_suffix> {
    static void apply0(Builder& builder) { builder.plain_literal(); }
};
template <>
struct token_action<integer_text> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.number(in.string_view(), builder.offset_of(in.begin()), xsd::integer);
    }
};
template <>
struct token_action<decimal_text> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.number(in.string_view(), builder.offset_of(in.begin()), xsd::decimal);
    }
};
template <>
struct token_action<double_text> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.number(in.string_view(), builder.offset_of(in.begin()), xsd::double_);
    }
};
template <>
struct token_action<word_true> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.boolean(true, builder.offset_of(in.begin()));
    }
};
template <>
struct token_action<word_false> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, Builder& builder) {
        builder.boolean(false, builder.offset_of(in.begin()));
    }
};

}  // namespace dossier::sparql::grammar

// The tokens take at least one character, the space between them perhaps none.
namespace tao::pegtl {

template <typename Name>
struct analyze_traits<Name, dossier::sparql::grammar::ignored> : analyze_opt_traits<> {};
template <typename Name, dossier::sparql::TokenLength length>
struct analyze_traits<Name, dossier::sparql::grammar::token<length>> : analyze_any_traits<> {};
template <typename Name, char... letters>
struct analyze_traits<Name, dossier::sparql::grammar::keyword<letters...>> : analyze_any_traits<> {
};
template <typename Name, char c, char... not_before>
struct analyze_traits<Name, dossier::sparql::grammar::mark<c, not_before...>>
    : analyze_any_traits<> {};
template <typename Name, char... characters>
struct analyze_traits<Name, dossier::sparql::grammar::marks<characters...>> : analyze_any_traits<> {
};
template <typename Name>
struct analyze_traits<Name, dossier::sparql::grammar::keyword_a> : analyze_any_traits<> {};

}  // namespace tao::pegtl
