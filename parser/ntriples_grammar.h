#pragma once

#include <tao/pegtl.hpp>

#include "parser/turtle_tokens.h"

// RDF 1.2 N-Triples and N-Quads, line by line. Rules only, named as the productions; the terminals
// are in turtle_tokens.h.

namespace dossier::ntriples {

namespace pegtl = tao::pegtl;
using turtle::BLANK_NODE_LABEL;
using turtle::IRIREF;
using turtle::LANG_DIR;
using turtle::STRING_LITERAL_QUOTE;

// White space within a line.
struct blanks : pegtl::star<pegtl::one<' ', '\t'>> {};

struct comment : turtle::TerminalRule<comment> {
    template <typename Look>
    static std::size_t end(Look& look) {
        if (look.at(0) != '#') return 0;
        std::size_t offset = 1;
        while (look.at(offset = look.skip(offset, turtle::comment_class)) >= 0x80) {
            offset = look.skip_code_point(offset);
        }
        return offset;
    }
};

// [7] EOL ::= [#xD#xA]+; the end of the file ends the last line as well.
struct line_end : pegtl::sor<pegtl::plus<pegtl::one<'\r', '\n'>>, pegtl::eof> {};

// subject ::= IRIREF | BLANK_NODE_LABEL
struct subject_iri : IRIREF {};
struct subject_label : BLANK_NODE_LABEL {};
struct subject : pegtl::sor<subject_iri, subject_label> {};

// predicate ::= IRIREF
struct predicate : IRIREF {};

// literal ::= STRING_LITERAL_QUOTE ('^^' IRIREF | LANG_DIR)?
struct datatype_mark : pegtl::string<'^', '^'> {};
struct datatype : IRIREF {};
struct language : LANG_DIR {};
struct lexical_form : STRING_LITERAL_QUOTE {};
struct literal
    : pegtl::seq<
          lexical_form, blanks,
          pegtl::opt<pegtl::sor<language, pegtl::if_must<datatype_mark, blanks, datatype>>>> {};

// tripleTerm ::= '<<(' subject predicate object ')>>'
struct object;
struct triple_term_begin : pegtl::string<'<', '<', '('> {};
struct triple_term_end : pegtl::string<')', '>', '>'> {};
struct tripleTerm : pegtl::if_must<triple_term_begin, blanks, subject, blanks, predicate, blanks,
                                   object, blanks, triple_term_end> {};

// object ::= IRIREF | BLANK_NODE_LABEL | literal | tripleTerm
struct object_iri : IRIREF {};
struct object_label : BLANK_NODE_LABEL {};
struct object : pegtl::sor<tripleTerm, object_iri, literal, object_label> {};

// graphLabel ::= IRIREF | BLANK_NODE_LABEL
struct graph_iri : IRIREF {};
struct graph_label : BLANK_NODE_LABEL {};
struct graphLabel : pegtl::sor<graph_iri, graph_label> {};

struct dot : pegtl::one<'.'> {};

// versionDirective ::= 'VERSION' versionSpecifier
struct VERSION : turtle::WordRule<false, 'V', 'E', 'R', 'S', 'I', 'O', 'N'> {};
struct versionSpecifier : STRING_LITERAL_QUOTE {};
struct directive : pegtl::if_must<VERSION, blanks, versionSpecifier> {};

// triple ::= subject predicate object '.'
struct triple : pegtl::seq<subject, pegtl::must<blanks, predicate, blanks, object, blanks, dot>> {};
// statement ::= subject predicate object graphLabel? '.'
struct quad : pegtl::seq<subject, pegtl::must<blanks, predicate, blanks, object, blanks,
                                              pegtl::opt<graphLabel>, blanks, dot>> {};

// What a line holds besides white space.
struct no_statement : pegtl::at<pegtl::sor<pegtl::one<'#', '\r', '\n'>, pegtl::eof>> {};
template <typename Statement>
struct line_content : pegtl::sor<Statement, directive, no_statement> {};

// A line of the document. ntriplesDoc ::= statement? (EOL statement)* EOL?
template <typename Statement>
struct line : pegtl::must<blanks, line_content<Statement>, blanks, pegtl::opt<comment>, line_end> {
};

}  // namespace dossier::ntriples
