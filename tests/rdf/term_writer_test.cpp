#include <catch2/catch.hpp>

#include <dossier/prefixes.h>
#include <dossier/term_writer.h>

#include "rdf/vocabulary.h"

using namespace dossier;

namespace {

std::string ntriples(const Term& term) {
    std::string out;
    append_ntriples(out, term.view());
    return out;
}

std::string turtle(const Term& term) {
    std::string out;
    append_turtle(out, term.view(), &PrefixMap::well_known());
    return out;
}

std::string turtle(const char* lexical, std::string_view datatype) {
    return turtle(Term::literal(lexical, std::string(datatype)));
}

}  // namespace

TEST_CASE("strings have the escapes of canonical N-Triples", "[term_writer]") {
    std::string controls;
    for (char c = 0; c < 0x20; ++c) controls += c;
    CHECK(ntriples(Term::literal(controls)) ==
          "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000B\\f\\r"
          "\\u000E\\u000F\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019"
          "\\u001A\\u001B\\u001C\\u001D\\u001E\\u001F\"");
    CHECK(ntriples(Term::literal("\x7F\uFFFE\uFFFF\uFFFD\u0080")) ==
          "\"\\u007F\\uFFFE\\uFFFF\uFFFD\u0080\"");
    CHECK(ntriples(Term::literal("a\"b\\c")) == "\"a\\\"b\\\\c\"");
    CHECK(ntriples(Term::literal("\uF000\u65E5\U0001F600")) == "\"\uF000\u65E5\U0001F600\"");
    CHECK(ntriples(Term::literal("\xEF\xBF")) == "\"\xEF\xBF\"");
}

TEST_CASE("each kind of term is written in N-Triples", "[term_writer]") {
    CHECK(ntriples(Term::iri("http://a/\u00E9")) == "<http://a/\u00E9>");
    CHECK(ntriples(Term::iri("a b<>\\\x01")) == "<a\\u0020b\\u003C\\u003E\\u005C\\u0001>");
    CHECK(ntriples(Term::blank_node("b0")) == "_:b0");
    CHECK(ntriples(Term::literal("a", std::string(xsd::string))) == "\"a\"");
    CHECK(ntriples(Term::literal("1", std::string(xsd::byte))) ==
          "\"1\"^^<http://www.w3.org/2001/XMLSchema#byte>");
    CHECK(ntriples(Term::language_literal("a", "en-GB")) == "\"a\"@en-GB");
    CHECK(ntriples(Term::language_literal("a", "ar", Direction::right_to_left)) == "\"a\"@ar--rtl");
    const Term triple = Term::triple(Term::iri("s"), Term::iri("p"), Term::literal("o"));
    CHECK(ntriples(triple) == "<<( <s> <p> \"o\" )>>");
    CHECK(triple.to_string() == ntriples(triple));
    std::string canonical;
    append_canonical_ntriples(
        canonical, Term::language_literal("a", "en-GB", Direction::left_to_right).view());
    CHECK(canonical == "\"a\"@en-gb--ltr");
}

TEST_CASE("Turtle writes numbers and booleans bare only where they read back as they are",
          "[term_writer]") {
    CHECK(turtle("42", xsd::integer) == "42");
    CHECK(turtle("-042", xsd::integer) == "-042");
    CHECK(turtle("+1", xsd::integer) == "+1");
    CHECK(turtle("1.50", xsd::decimal) == "1.50");
    CHECK(turtle("-.5", xsd::decimal) == "-.5");
    CHECK(turtle("1e0", xsd::double_) == "1e0");
    CHECK(turtle("1.E5", xsd::double_) == "1.E5");
    CHECK(turtle(".5E-5", xsd::double_) == ".5E-5");
    CHECK(turtle("true", xsd::boolean) == "true");
    CHECK(turtle("1", xsd::decimal) == "\"1\"^^xsd:decimal");
    CHECK(turtle("1.", xsd::decimal) == "\"1.\"^^xsd:decimal");
    CHECK(turtle("1.5", xsd::double_) == "\"1.5\"^^xsd:double");
    CHECK(turtle("INF", xsd::double_) == "\"INF\"^^xsd:double");
    CHECK(turtle("1e", xsd::double_) == "\"1e\"^^xsd:double");
    CHECK(turtle(".e5", xsd::double_) == "\".e5\"^^xsd:double");
    CHECK(turtle("", xsd::integer) == "\"\"^^xsd:integer");
    CHECK(turtle("+", xsd::integer) == "\"+\"^^xsd:integer");
    CHECK(turtle(" 1", xsd::integer) == "\" 1\"^^xsd:integer");
    CHECK(turtle("1", xsd::boolean) == "\"1\"^^xsd:boolean");
    CHECK(turtle("TRUE", xsd::boolean) == "\"TRUE\"^^xsd:boolean");
    CHECK(turtle("1", xsd::byte) == "\"1\"^^xsd:byte");
    CHECK(turtle(Term::triple(Term::iri(std::string(rdf::type)), Term::iri("p"),
                              Term::integer(1))) == "<<( rdf:type <p> 1 )>>");
    std::string bare;
    append_turtle(bare, Term::integer(1).view());
    CHECK(bare == "1");
}

TEST_CASE("statements end with a point and a line end", "[term_writer]") {
    std::string out;
    append_ntriples_line(out, {TermView::iri("s"), TermView::iri("p"), TermView::blank_node("o")});
    append_nquads_line(
        out, {TermView::iri("s"), TermView::iri("p"), TermView::literal("o"), TermView::iri("g")});
    append_nquads_line(
        out, {TermView::iri("s"), TermView::iri("p"), TermView::literal("o"), TermView()});
    CHECK(out == "<s> <p> _:o .\n<s> <p> \"o\" <g> .\n<s> <p> \"o\" .\n");
}
