#pragma once

#include <tao/pegtl.hpp>

#include "parser/turtle_tokens.h"
#include "parser/window_input.h"

// RDF 1.2 Turtle and TriG. Rules only, named as the productions, whose numbers in the Turtle
// grammar stand beside; those of TriG alone are marked so. Terminals are in turtle_tokens.h.
//
// Each token swallows the white space behind it, and that is where the window moves on: so every
// alternative is told by its first token, and what follows a token is committed to (must). Where a
// production is met in several places with different meanings, each place has a rule of its own for
// its action.

namespace dossier::turtle {

// White space and comments, of any length.
struct ws {
    using rule_t = ws;
    using subs_t = pegtl::empty_list;

    template <typename Input>
    static bool match(Input& in) {
        for (;;) {
            const char* p = in.current();
            const char* end = in.end(1);
            const char* start = p;
            while (p < end && space_class[static_cast<std::uint8_t>(*p)]) ++p;
            in.bump(static_cast<std::size_t>(p - start));
            if (p < end) {
                if (*p != '#') break;
                skip_comment(in);
            } else if (p == start) {
                break;
            }
            discard(in);
        }
        discard(in);
        return true;
    }

  private:
    static void discard(WindowInput& in) { in.discard(); }
    template <typename Input>
    static void discard(Input&) {}

    template <typename Input>
    static void skip_comment(Input& in) {
        Lookahead<Input> look(in);
        for (;;) {
            const char* p = in.current();
            const char* end = in.end(1);
            if (p == end) return;
            const char* start = p;
            while (p < end && comment_class[static_cast<std::uint8_t>(*p)]) ++p;
            in.bump(static_cast<std::size_t>(p - start));
            discard(in);
            if (in.empty()) return;
            if (in.peek_uint8() < 0x80) {
                if (in.peek_char() == '\n' || in.peek_char() == '\r') return;
                continue;
            }
            const CodePoint c = look.code_point(0);
            if (c.length == 0) {
                throw SyntaxFailure{in.current(), 1, "this is not UTF-8", {}, nullptr, true};
            }
            in.bump(c.length);
        }
    }
};

template <typename Token>
struct token : pegtl::seq<Token, ws> {};

// The names before and behind the colon.
// [139s] PNAME_NS ::= PN_PREFIX? ':'
struct PNAME_NS : TerminalRule<PNAME_NS> {
    template <typename Look>
    static std::size_t end(Look& look) {
        const std::uint8_t first = look.at(0);
        if (first == ':') return 1;
        if (first >= 0x80) {
            const CodePoint c = look.code_point(0);
            if (c.length == 0) look.fail_utf8(0);
            if (!is_name_start_beyond_ascii(c.value)) return 0;
        } else if (!is_ascii_letter(first)) {
            return 0;
        }
        std::size_t offset = look.skip_name_characters(first >= 0x80 ? 0 : 1);
        while (look.at(offset) == '.') {
            std::size_t next = offset;
            while (look.at(next) == '.') ++next;
            offset = look.skip_name_characters(next);
            if (offset == next) return 0;  // it would end with the dot
        }
        return look.at(offset) == ':' ? offset + 1 : 0;
    }
};

// [168s] PN_LOCAL ::= (PN_CHARS_U | ':' | [0-9] | PLX)
//                     ((PN_CHARS | '.' | ':' | PLX)* (PN_CHARS | ':' | PLX))?
// The end of the local name that begins at `begin`, which may be empty.
template <typename Look>
std::size_t end_of_local_name(Look& look, std::size_t begin) {
    static constexpr ByteClass local_class =
        make_byte_class([](unsigned c) { return c < 0x80 && (name_class[c] || c == ':'); });
    std::size_t end = begin;
    std::size_t offset = begin;
    if (look.at(begin) == '-') return begin;
    for (;;) {
        const std::size_t run = look.skip(offset, local_class);
        if (run != offset) end = offset = run;
        const std::uint8_t c = look.at(offset);
        if (c >= 0x80) {
            const CodePoint code_point = look.code_point(offset);
            if (code_point.length == 0) look.fail_utf8(offset);
            const bool good = offset == begin ? is_name_start_beyond_ascii(code_point.value)
                                              : is_name_beyond_ascii(code_point.value);
            if (!good) return end;
            end = offset += code_point.length;
        } else if (c == '.') {
            if (offset == begin) return end;
            ++offset;  // of the name only where it goes on
        } else if (c == '%') {
            if (!is_hex(look.at(offset + 1)) || !is_hex(look.at(offset + 2))) {
                look.fail(offset, "'%' in a name must be followed by two hexadecimal digits",
                          "a percent sign itself is \\%");
            }
            end = offset += 3;
        } else if (c == '\\') {
            if (!local_escape_class[look.at(offset + 1)]) {
                look.fail(offset, "this character cannot be escaped in a name",
                          "with a backslash: _ ~ . - ! $ & ' ( ) * + , ; = / ? # @ %", 2);
            }
            end = offset += 2;
        } else {
            return end;
        }
    }
}

// [23] PrefixedName ::= PNAME_LN | PNAME_NS
struct PrefixedName : TerminalRule<PrefixedName> {
    template <typename Look>
    static std::size_t end(Look& look) {
        const std::size_t prefix_end = PNAME_NS::end(look);
        return prefix_end == 0 ? 0 : end_of_local_name(look, prefix_end);
    }
};

// [18] NumericLiteral ::= INTEGER | DECIMAL | DOUBLE; which of them, the action sees.
struct NumericLiteral : TerminalRule<NumericLiteral> {
    template <typename Look>
    static std::size_t end(Look& look) {
        std::size_t begin = 0;
        if (look.at(0) == '+' || look.at(0) == '-') begin = 1;
        std::size_t end = look.skip(begin, digit_class);
        const bool whole = end != begin;
        bool fraction = false;
        std::size_t mantissa = end;
        if (look.at(end) == '.') {
            mantissa = look.skip(end + 1, digit_class);
            fraction = mantissa != end + 1;
        }
        if (!whole && !fraction) return 0;
        // "1." is an integer and a dot, but "1.e5" is a double.
        if (fraction || look.at(mantissa) == 'e' || look.at(mantissa) == 'E') {
            const std::size_t exponent = end_of_exponent(look, mantissa);
            if (exponent != mantissa) return exponent;
        }
        return fraction ? mantissa : end;
    }

  private:
    template <typename Look>
    static std::size_t end_of_exponent(Look& look, std::size_t begin) {
        if (look.at(begin) != 'e' && look.at(begin) != 'E') return begin;
        std::size_t digits = begin + 1;
        if (look.at(digits) == '+' || look.at(digits) == '-') ++digits;
        const std::size_t end = look.skip(digits, digit_class);
        return end == digits ? begin : end;
    }
};

// Punctuation with the space behind.
struct open_bracket : pegtl::one<'['> {};
struct close_bracket : pegtl::one<']'> {};
struct open_parenthesis : pegtl::one<'('> {};
struct close_parenthesis : pegtl::one<')'> {};
struct semicolon : pegtl::one<';'> {};
struct comma : pegtl::one<','> {};
struct dot : pegtl::one<'.'> {};
struct tilde : pegtl::one<'~'> {};
struct open_annotation : pegtl::string<'{', '|'> {};
struct close_annotation : pegtl::string<'|', '}'> {};
struct open_reified : pegtl::string<'<', '<'> {};
struct close_reified : pegtl::string<'>', '>'> {};
struct open_triple_term : pegtl::string<'<', '<', '('> {};
struct close_triple_term : pegtl::string<')', '>', '>'> {};

// [22] iri ::= IRIREF | PrefixedName
struct term_iri : IRIREF {};
struct term_name : PrefixedName {};
struct iri : pegtl::sor<token<term_iri>, token<term_name>> {};

// [24] BlankNode ::= BLANK_NODE_LABEL | ANON
struct term_label : BLANK_NODE_LABEL {};
struct label : token<term_label> {};
struct ANON : pegtl::if_must<token<open_bracket>, token<close_bracket>> {};
struct BlankNode : pegtl::sor<label, ANON> {};

// [21] String
struct String : pegtl::sor<STRING_LITERAL_LONG_QUOTE, STRING_LITERAL_QUOTE,
                           STRING_LITERAL_LONG_SINGLE_QUOTE, STRING_LITERAL_SINGLE_QUOTE> {};
// [19] RDFLiteral ::= String (LANG_DIR | ('^^' iri))?
struct lexical_form : String {};
struct language : LANG_DIR {};
struct datatype_mark : pegtl::string<'^', '^'> {};
struct datatype_iri : IRIREF {};
struct datatype_name : PrefixedName {};
struct datatype : pegtl::sor<token<datatype_iri>, token<datatype_name>> {};
struct RDFLiteral
    : pegtl::seq<
          token<lexical_form>,
          pegtl::opt<pegtl::sor<token<language>, pegtl::if_must<token<datatype_mark>, datatype>>>> {
};
// [20] BooleanLiteral ::= 'true' | 'false'
struct BooleanLiteral
    : pegtl::sor<WordRule<false, 't', 'r', 'u', 'e'>, WordRule<false, 'f', 'a', 'l', 's', 'e'>> {};
struct number : NumericLiteral {};
struct boolean : BooleanLiteral {};
// [15] literal ::= RDFLiteral | NumericLiteral | BooleanLiteral
struct literal : pegtl::sor<RDFLiteral, token<number>, token<boolean>> {};

// [11] verb ::= predicate | 'a'
struct type_word : WordRule<false, 'a'> {};
struct verb : pegtl::sor<iri, token<type_word>> {};

struct predicateObjectList;
struct object;

// [17] collection ::= '(' object* ')'
struct collection_item : pegtl::seq<object> {};
struct collection : pegtl::if_must<token<open_parenthesis>, pegtl::star<collection_item>,
                                   token<close_parenthesis>> {};

// [16] blankNodePropertyList ::= '[' predicateObjectList ']', and ANON, which begins alike.
struct blankNodePropertyList
    : pegtl::if_must<token<open_bracket>, pegtl::opt<predicateObjectList>, token<close_bracket>> {};

// [27] tripleTerm ::= '<<(' ttSubject verb ttObject ')>>'
struct tripleTerm;
struct ttSubject : pegtl::sor<iri, BlankNode> {};
struct ttObject : pegtl::sor<tripleTerm, iri, literal, BlankNode> {};
struct tripleTerm
    : pegtl::if_must<token<open_triple_term>, ttSubject, verb, ttObject, token<close_triple_term>> {
};

// [25] reifier ::= '~' (iri | BlankNode)?
struct reifier_name : pegtl::sor<iri, BlankNode> {};
struct reifier : pegtl::if_must<token<tilde>, pegtl::opt<reifier_name>> {};

// [26] reifiedTriple ::= '<<' rtSubject verb rtObject reifier? '>>'
struct reifiedTriple;
struct rtSubject : pegtl::sor<reifiedTriple, iri, BlankNode> {};
struct rtObject : pegtl::sor<tripleTerm, reifiedTriple, iri, literal, BlankNode> {};
struct reifiedTriple : pegtl::if_must<token<open_reified>, rtSubject, verb, rtObject,
                                      pegtl::opt<reifier>, token<close_reified>> {};

// [14] object
struct object : pegtl::sor<tripleTerm, reifiedTriple, iri, literal, label, blankNodePropertyList,
                           collection> {};

// [30] annotation ::= (reifier | annotationBlock)*
// [31] annotationBlock ::= '{|' predicateObjectList '|}'
struct annotationBlock
    : pegtl::if_must<token<open_annotation>, predicateObjectList, token<close_annotation>> {};
struct annotation : pegtl::star<pegtl::sor<reifier, annotationBlock>> {};

// [10] objectList ::= object annotation (',' object annotation)*
struct list_object : pegtl::seq<object> {};
struct objectList : pegtl::seq<list_object, annotation,
                               pegtl::star<pegtl::if_must<token<comma>, list_object, annotation>>> {
};

// [9] predicateObjectList ::= verb objectList (';' (verb objectList)?)*
struct predicateObjectList
    : pegtl::seq<verb, pegtl::must<objectList>,
                 pegtl::star<token<semicolon>, pegtl::opt<verb, pegtl::must<objectList>>>> {};

// [8] triples ::= subject predicateObjectList | blankNodePropertyList predicateObjectList?
//               | reifiedTriple predicateObjectList?
// A subject in brackets needs nothing behind it when there is something in it.
struct subject_here : pegtl::success {};  // the term just read is the subject
struct subject : pegtl::sor<iri, label, collection> {};
struct bracketed_properties
    : pegtl::seq<predicateObjectList, pegtl::must<token<close_bracket>, subject_here>,
                 pegtl::opt<predicateObjectList>> {};
struct bracketed_nothing
    : pegtl::seq<token<close_bracket>, subject_here, pegtl::must<predicateObjectList>> {};
struct bracketed_rest : pegtl::sor<bracketed_nothing, bracketed_properties> {};
struct bracketed_triples : pegtl::if_must<token<open_bracket>, bracketed_rest> {};
struct reified_triples : pegtl::seq<reifiedTriple, subject_here, pegtl::opt<predicateObjectList>> {
};
struct subject_triples : pegtl::seq<subject, subject_here, pegtl::must<predicateObjectList>> {};
struct triples : pegtl::sor<reified_triples, subject_triples, bracketed_triples> {};

// [3] directive and its kinds.
struct prefix_declared : PNAME_NS {};
struct prefix_iri : IRIREF {};
struct base_iri : IRIREF {};
struct version_text : pegtl::sor<STRING_LITERAL_QUOTE, STRING_LITERAL_SINGLE_QUOTE> {};
struct versionSpecifier
    : token<pegtl::seq<
          pegtl::not_at<pegtl::sor<pegtl::string<'"', '"', '"'>, pegtl::string<'\'', '\'', '\''>>>,
          version_text>> {};
struct at_prefix : pegtl::string<'@', 'p', 'r', 'e', 'f', 'i', 'x'> {};
struct at_base : pegtl::string<'@', 'b', 'a', 's', 'e'> {};
struct at_version : pegtl::string<'@', 'v', 'e', 'r', 's', 'i', 'o', 'n'> {};
struct PREFIX : WordRule<true, 'P', 'R', 'E', 'F', 'I', 'X'> {};
struct BASE : WordRule<true, 'B', 'A', 'S', 'E'> {};
struct VERSION : WordRule<true, 'V', 'E', 'R', 'S', 'I', 'O', 'N'> {};
struct directive_dot : token<dot> {};
// [4] prefixID, [5] base, [6] version, [7] sparqlPrefix, [8] sparqlBase, [9] sparqlVersion
struct prefixID
    : pegtl::if_must<token<at_prefix>, token<prefix_declared>, token<prefix_iri>, directive_dot> {};
struct base : pegtl::if_must<token<at_base>, token<base_iri>, directive_dot> {};
struct version : pegtl::if_must<token<at_version>, versionSpecifier, directive_dot> {};
struct sparqlPrefix : pegtl::if_must<token<PREFIX>, token<prefix_declared>, token<prefix_iri>> {};
struct sparqlBase : pegtl::if_must<token<BASE>, token<base_iri>> {};
struct sparqlVersion : pegtl::if_must<token<VERSION>, versionSpecifier> {};
struct directive : pegtl::sor<prefixID, base, version, sparqlPrefix, sparqlBase, sparqlVersion> {};

// [2] statement ::= directive | triples '.'
struct statement_dot : token<dot> {};
struct statement : pegtl::sor<directive, pegtl::seq<triples, pegtl::must<statement_dot>>> {};
// [1] turtleDoc ::= statement*; the parser asks for one statement at a time.
struct turtle_statement : pegtl::must<statement> {};

// TriG. A graph is entered and left by statements of its own, so that the parser can go on within
// it after an error.
struct open_graph : pegtl::one<'{'> {};
struct open_default_graph : pegtl::one<'{'> {};
struct close_graph : pegtl::one<'}'> {};
struct GRAPH : WordRule<true, 'G', 'R', 'A', 'P', 'H'> {};
// TriG [7] labelOrSubject ::= iri | BlankNode
struct labelOrSubject : pegtl::sor<iri, label> {};
struct graph_name : pegtl::sor<iri, BlankNode> {};
struct named_graph : pegtl::if_must<token<GRAPH>, graph_name, token<open_graph>> {};
// TriG [3] triplesOrGraph
struct subject_rest : pegtl::seq<subject_here, predicateObjectList, pegtl::must<statement_dot>> {};
struct graph_or_triples : pegtl::sor<token<open_graph>, subject_rest> {};
struct triplesOrGraph : pegtl::seq<labelOrSubject, pegtl::must<graph_or_triples>> {};
struct anonymous_rest : pegtl::seq<token<close_bracket>, pegtl::must<graph_or_triples>> {};
// TriG [4] triples2, with ANON as a graph's name or a subject of [3]
struct bracketed_block_rest
    : pegtl::sor<anonymous_rest, pegtl::seq<bracketed_properties, pegtl::must<statement_dot>>> {};
struct bracketed_block : pegtl::if_must<token<open_bracket>, bracketed_block_rest> {};
struct collection_block
    : pegtl::seq<collection, subject_here, pegtl::must<predicateObjectList, statement_dot>> {};
struct reified_block : pegtl::seq<reified_triples, pegtl::must<statement_dot>> {};
// TriG [2] block
struct block : pegtl::sor<named_graph, triplesOrGraph, token<open_default_graph>, reified_block,
                          bracketed_block, collection_block> {};
// TriG [1] trigDoc ::= (directive | block)*
struct trig_item : pegtl::sor<directive, block> {};
struct trig_statement : pegtl::must<trig_item> {};
// TriG [6] triplesBlock ::= triples ('.' triplesBlock?)?
struct graph_triples_end : pegtl::sor<token<dot>, pegtl::at<close_graph>> {};
struct graph_item
    : pegtl::sor<token<close_graph>, pegtl::seq<triples, pegtl::must<graph_triples_end>>> {};
struct graph_statement : pegtl::must<graph_item> {};

}  // namespace dossier::turtle

namespace tao::pegtl {

template <typename Name>
struct analyze_traits<Name, dossier::turtle::ws> : analyze_opt_traits<> {};

}  // namespace tao::pegtl
