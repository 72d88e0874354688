#include <catch2/catch.hpp>

#include "tests/parser/sparql_support.h"

namespace dossier::sparql {

TEST_CASE("operators bind as the grammar says", "[sparql]") {
    CHECK(normal_expression("?a || ?b && ?c || ?d") == "?a || (?b && ?c) || ?d");
    CHECK(normal_expression("?a + ?b * ?c - ?d / 2 = 1") == "(?a + (?b * ?c) - (?d / 2)) = 1");
    CHECK(normal_expression("(?a - ?b) - (?c - ?d)") == "?a - ?b - (?c - ?d)");
    CHECK(normal_expression("!?a && !!(?b = 1)") == "(!?a) && (!(!(?b = 1)))");
    CHECK(normal_expression("-?a * +?b") == "(-?a) * (+?b)");
    CHECK(normal_expression("?a < ?b") == "?a < ?b");
    CHECK(normal_expression("?a IN (1, ?b) || ?a not in ()") ==
          "(?a IN (1, ?b)) || (?a NOT IN ())");
    CHECK_FALSE(accepted("ASK { FILTER(1 < 2 < 3) }"));
}

TEST_CASE("a signed number after an operand is added or subtracted", "[sparql]") {
    CHECK(normal_expression("?a -1") == "?a - 1");
    CHECK(normal_expression("?a+1*2") == "?a + (1 * 2)");
    CHECK(normal_expression("1--1") == "1 - -1");
    CHECK(normal_expression("- 1") == "-(1)");
    CHECK(normal_expression("-1") == "-1");
    CHECK(normal_expression("--1") == "-(-1)");
}

TEST_CASE("numbers keep their written form and kind", "[sparql]") {
    const auto datatype = [](const std::string& number) {
        const ParsedQuery parsed = parse_query("ASK { VALUES ?x { " + number + " } }");
        const auto& values = std::get<Values>(parsed.query.where.elements[0].pattern);
        const Term& term = parsed.symbols.term(*values.cell(0, 0));
        CHECK(term.text() == number);
        return std::string(term.datatype().substr(term.datatype().find('#') + 1));
    };
    CHECK(datatype("007") == "integer");
    CHECK(datatype("-1") == "integer");
    CHECK(datatype("+.5") == "decimal");
    CHECK(datatype("1.50") == "decimal");
    CHECK(datatype("1e6") == "double");
    CHECK(datatype("1.E-2") == "double");
    CHECK(datatype(".5e+1") == "double");
    CHECK(datatype("true") == "boolean");
    CHECK(accepted("ASK { ?s ?p 1. }"));
    CHECK_FALSE(accepted("ASK { ?s ?p 1e }"));
    CHECK_FALSE(accepted("ASK { ?s ?p +. }"));
}

TEST_CASE("functions are called by name with the right number of arguments", "[sparql]") {
    CHECK(normal_expression("strlen(str(?x))") == "STRLEN(STR(?x))");
    CHECK(normal_expression("Uri(\"x\") = isuri(?x)") == "IRI(\"x\") = isIRI(?x)");
    CHECK(normal_expression("COALESCE() || CONCAT( ) || RAND() || BNODE() || bnode(?x)") ==
          "COALESCE() || CONCAT() || RAND() || BNODE() || BNODE(?x)");
    CHECK(normal_expression("STRLANGDIR(?a, \"en\", \"ltr\") || hasLangDir(?b)") ==
          "STRLANGDIR(?a, \"en\", \"ltr\") || hasLANGDIR(?b)");
    CHECK(normal_expression(":f() || :f(1, ?x)") == ":f() || :f(1, ?x)");
    CHECK(refusal("ASK { FILTER(SUBSTR(?x)) }").message == "SUBSTR takes 2 or 3 arguments, not 1");
    CHECK(refusal("ASK { FILTER(STR(?x, 1)) }").message == "STR takes 1 argument, not 2");
    CHECK(refusal("ASK { FILTER(BOUND(1)) }").message == "BOUND takes a variable");
    CHECK_FALSE(accepted("ASK { FILTER(STR) }"));
    CHECK_FALSE(accepted("ASK { FILTER(STR(DISTINCT ?x)) }"));
}

TEST_CASE("triple terms in expressions are calls of TRIPLE, or constants", "[sparql]") {
    CHECK(normal_expression("<<( ?s :p 1 )>>") == "TRIPLE(?s, :p, 1)");
    CHECK(normal_expression("<<( :s :p <<( :a a ?x )>> )>>") ==
          "TRIPLE(:s, :p, TRIPLE(:a, rdf:type, ?x))");
    CHECK(normal_expression("<<( :s :p <<( :a :b 1 )>> )>>") == "<<( :s :p <<( :a :b 1 )>> )>>");
    CHECK_FALSE(accepted("ASK { FILTER(<<( 1 :p 2 )>>) }"));
    CHECK_FALSE(accepted("ASK { FILTER(<<( _:b :p 2 )>>) }"));
    CHECK_FALSE(accepted("ASK { FILTER(<< :a :p 2 >>) }"));
}

TEST_CASE("EXISTS holds its pattern", "[sparql]") {
    CHECK(normal_expression("NOT EXISTS { ?s ?p ?o } && exists {}") ==
          "NOT EXISTS { ?s ?p ?o . } && EXISTS { }");
}

TEST_CASE("aggregates take DISTINCT, a star and a separator", "[sparql]") {
    CHECK(normal_query("SELECT (COUNT(*) AS ?a) (count(distinct *) AS ?b) "
                       "(GROUP_CONCAT(DISTINCT ?x ; SEPARATOR = ', ') AS ?c) (SUM(?x + 1) AS ?d) "
                       "WHERE {}") ==
          "SELECT (COUNT(*) AS ?a) (COUNT(DISTINCT *) AS ?b) (GROUP_CONCAT(DISTINCT ?x ; "
          "SEPARATOR = \", \") AS ?c) (SUM(?x + 1) AS ?d) WHERE { }");
    CHECK(parse_query("SELECT (COUNT(*) AS ?a) {}").query.aggregated);
    CHECK_FALSE(accepted("SELECT (SUM(*) AS ?a) {}"));
    CHECK_FALSE(accepted("SELECT (SUM(?x ; SEPARATOR=',') AS ?a) {}"));
    CHECK_FALSE(accepted("SELECT (COUNT() AS ?a) {}"));
    CHECK(accepted("SELECT (:f(DISTINCT ?x) AS ?a) {}"));
}

TEST_CASE("the longer of two tokens counts", "[sparql]") {
    CHECK(accepted("ASK { FILTER(?a<?b && ?c>?d) }"));
    CHECK_FALSE(accepted("ASK { FILTER(?a<?b&&?c>?d) }"));
    CHECK(accepted("ASK { FILTER(?a<?b||?c>?d) }"));
}

TEST_CASE("escapes are read in strings and IRIs, and nowhere else", "[sparql]") {
    const auto text = [](const std::string& string) {
        return std::string(parse_term(string).text());
    };
    CHECK(text("\"\\u005Cn\"") == "\\n");
    CHECK(text("\"\\\\u005C\"") == "\\u005C");
    CHECK(text("'\\t\\b\\n\\r\\f\\\"\\'\\\\'") == "\t\b\n\r\f\"'\\");
    CHECK(text("<http://e/\\u0061\\U0001F47E>") == "http://e/a\xF0\x9F\x91\xBE");
    CHECK(text("'''a\n\"'b''c'''") == "a\n\"'b''c");
    CHECK(text("\"\"\"\"x\"\"\"") == "\"x");
    CHECK(text("\"a\\u0000b\"") == std::string("a\0b", 3));
    for (const char* wrong :
         {"ASK { ?s ?p \"\\u12\" }", "ASK { ?s ?p \"\\UFFFFFFFF\" }", "ASK { ?s ?p \"\\uD800\" }",
          "ASK { ?s ?p <http://e/\\u0000> }", "ASK { ?s ?p <http://e/\\u0020> }",
          "ASK { ?s ?p <http://e/\\u003E> }", "ASK { ?s ?p \"\\x\" }", "ASK { ?s ?p \"a\nb\" }",
          "ASK { ?s ?p <http://e/\\uD83C\\uDCA1> }", "ASK \\u007B }", "ASK { ?\\u0061 ?p ?o }",
          "ASK { ?s :\\u0061 ?o }", "ASK { ?s ?p \"abc", "ASK { ?s ?p '''abc'' }"}) {
        INFO(wrong);
        CHECK_FALSE(accepted(wrong));
    }
}

TEST_CASE("language tags and directions", "[sparql]") {
    const Term term = parse_term("\"x\"@en-GB--rtl");
    CHECK(term.language() == "en-GB");
    CHECK(term.direction() == Direction::right_to_left);
    CHECK_THROWS_AS(parse_term("\"x\"@en--xxx"), SyntaxError);
    CHECK_THROWS_AS(parse_term("\"x\"@en--LTR"), SyntaxError);
    CHECK_THROWS_AS(parse_term("\"x\"@-"), SyntaxError);
    CHECK_THROWS_AS(parse_term("\"x\"@en--"), SyntaxError);
    CHECK_THROWS_AS(parse_term("\"x\"@abcdefghi"), SyntaxError);
    CHECK_THROWS_AS(parse_term("\"x\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>"),
                    SyntaxError);
}

}  // namespace dossier::sparql
