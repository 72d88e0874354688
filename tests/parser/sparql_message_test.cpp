#include <catch2/catch.hpp>

#include "tests/parser/sparql_support.h"

namespace dossier::sparql {

using Catch::Contains;
using Catch::StartsWith;

TEST_CASE("a message shows the line, a caret and the first place", "[sparql]") {
    try {
        parse_query("SELECT *\nWHERE {\n  ?s ?p ?o .\n  BIND (?o AS ?s)\n}", test_options());
        FAIL("accepted");
    } catch (const SyntaxError& error) {
        CHECK(error.position().line == 4);
        CHECK(error.position().column == 15);
        CHECK(error.pretty() ==
              "query:4:15: error: ?s is already bound here, so it cannot be the target of BIND\n"
              "  4 |   BIND (?o AS ?s)\n"
              "    |               ^^\n"
              "  3 |   ?s ?p ?o .\n"
              "    |   -- first bound here\n"
              "hint: choose another variable, for example ?s2");
    }
}

TEST_CASE("the second place is the variable's own", "[sparql]") {
    const auto details =
        refusal("SELECT * { :a :p '?x', \"?x\" . # ?x\n :b :q ?x . BIND(1 AS ?x) }");
    CHECK(details.related_position.line == 2);
    CHECK(details.related_position.column == 8);
}

TEST_CASE("an undeclared prefix that is well known comes with its line", "[sparql]") {
    const auto details = refusal("SELECT * { ?x foaf:name ?y }");
    CHECK(details.message == "the prefix 'foaf:' is not declared");
    CHECK(details.hint == "add PREFIX foaf: <http://xmlns.com/foaf/0.1/> at the beginning");
    CHECK(details.position.column == 15);
    CHECK(refusal("ASK { nobody:x ?p ?o }").hint ==
          "add PREFIX nobody: <http://...> at the beginning");
}

TEST_CASE("an aggregate in SELECT wants brackets and a name", "[sparql]") {
    const char* hint = "put an expression into brackets and name it: (COUNT(*) AS ?result)";
    CHECK(refusal("SELECT COUNT(*) WHERE { ?s ?p ?o }").hint == hint);
    CHECK(refusal("SELECT COUNT(*) AS ?n WHERE { ?s ?p ?o }").hint == hint);
    CHECK(refusal("SELECT ?s COUNT(*) WHERE { ?s ?p ?o }").hint == hint);
    CHECK(refusal("SELECT COUNT(DISTINCT ?s) { ?s ?p ?o }").hint ==
          "put an expression into brackets and name it: (COUNT(DISTINCT ?s) AS ?result)");
    CHECK(refusal("SELECT STR(?s { ?s ?p ?o }").hint ==
          "put an expression into brackets and name it: (STR(...) AS ?result)");
    CHECK(refusal("SELECT (COUNT(*)) WHERE { ?s ?p ?o }").hint ==
          "give the expression a name, for example AS ?result");
}

TEST_CASE("a variable that is not grouped is named", "[sparql]") {
    const auto details = refusal("SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s");
    CHECK(details.message == "?o is neither grouped nor aggregated");
    CHECK(details.hint == "add it to GROUP BY, or take one of its values: (SAMPLE(?o) AS ?one)");
    CHECK(details.position.column == 11);
}

TEST_CASE("missing dots and braces", "[sparql]") {
    const auto dot = refusal("SELECT * { ?s :p ?o ?o :q 1 }");
    CHECK(dot.message == "expected '.', ';', ',' or '}', found '?o'");
    CHECK(dot.hint == "a '.' is probably missing before it");
    const auto brace = refusal("SELECT * {\n OPTIONAL { ?s :p ?o\n }");
    CHECK(brace.message == "expected a pattern or '}' to close the group, but the text ends here");
    CHECK(brace.related_message == "this { is not closed");
    CHECK(brace.related_position.line == 1);
    CHECK(refusal("ASK { } }").hint == "there is no '{' that this '}' could close");
}

TEST_CASE("words and signs of SQL", "[sparql]") {
    CHECK(refusal("ASK { FILTER(?x == 1) }").hint == "equality is written '=', not '=='");
    CHECK(refusal("ASK { FILTER(?x <> 1) }").hint == "inequality is written '!=', not '<>'");
    CHECK_THAT(refusal("ASK { FILTER(?x LIKE 'a') }").hint, StartsWith("SPARQL has no LIKE"));
    CHECK_THAT(refusal("ASK { ?s :p ?o JOIN ?o :q 1 }").hint, StartsWith("SPARQL has no JOIN"));
    CHECK(refusal("ASK { ?s :p ?o . LEFT JOIN { } }").hint ==
          "write OPTIONAL { ... } for a left join");
    CHECK(refusal("ASK { FILTER(?x AND ?y) }").hint == "write && for 'and'");
    CHECK_THAT(refusal("ASK { FILTER(?x IS NULL) }").hint, Contains("BOUND"));
    CHECK(refusal("SELECT ?s { ?s :p ?o . GROUP BY ?s }").hint ==
          "GROUP BY stands after the '}' that closes WHERE");
    CHECK(refusal("SELECT ?s { ?s :p ?o LIMIT 1 }").hint ==
          "LIMIT stands after the '}' that closes WHERE");
    CHECK(refusal("ASK { FILTER ?x > 1 }").hint == "put the condition into brackets: FILTER (...)");
}

TEST_CASE("commas, braces and words that SELECT does not have", "[sparql]") {
    CHECK(refusal("SELECT ?s, ?p { ?s ?p ?o }").hint ==
          "the variables of SELECT are parted by spaces, not by commas");
    CHECK(refusal("SELECT * WHERE ?s ?p ?o").hint == "the pattern stands in braces: WHERE { ... }");
    CHECK(refusal("SELECT * FROM people WHERE { ?s ?p ?o }").hint ==
          "a graph is named by its IRI: <http://...>");
    CHECK(refusal("ASK { ?s :p ?o FILTER(NOT ?o) }").hint ==
          "negation of a condition is written !(...)");
}

TEST_CASE("a keyword that is almost right", "[sparql]") {
    const auto hint = [](std::string_view text) { return refusal(text).hint; };
    CHECK(hint("SELCT * { ?s ?p ?o }") == "did you mean SELECT?");
    CHECK(hint("ASK { ?s ?p ?o FIL(?o) }") == "did you mean FILTER?");
    CHECK(hint("ASK { ?s ?p ?o . FLITER(?o) }") == "did you mean FILTER?");
    CHECK(hint("ASK { ?s ?p ?o . OPTINAL { } }") == "did you mean OPTIONAL?");
    CHECK(hint("ASK { FILTER(STRLENGHT(?o)) }") == "did you mean STRLEN?");
    CHECK(hint("SELECT * WHER { }") == "did you mean WHERE?");
    CHECK(hint("PREFX : <http://e/> ASK {}") == "did you mean PREFIX?");
    CHECK(hint("SELECT * { } ODER BY ?x") == "did you mean ORDER?");
    CHECK(hint("ASK { zzz }").empty());
    CHECK(update_refusal("INSRT DATA { }").hint == "did you mean INSERT?");
}

TEST_CASE("strings that end too early", "[sparql]") {
    CHECK(refusal("ASK { ?s :p \"say \"hello\" to\" }").hint ==
          "a quotation mark inside a string is written \\\"");
    CHECK(refusal("ASK { ?s :p \"abc }").message == "this string is not closed");
    CHECK_THAT(refusal("ASK { ?s :p \xE2\x80\x9Cx\xE2\x80\x9D }").hint, Contains("typographic"));
}

TEST_CASE("what cannot stand in an IRI", "[sparql]") {
    const auto space = refusal("ASK { ?s <http://e/a b> ?o }");
    CHECK(space.message == "a space cannot stand in an IRI");
    CHECK(space.hint == "write it as %20, or close the IRI with '>'");
    CHECK(space.position.column == 21);
    const auto brace = refusal("ASK { ?s <http://e/{x}> ?o }");
    CHECK(brace.message == "'{' cannot stand in an IRI");
    CHECK(brace.hint == "write it as %7B, or close the IRI with '>'");
    CHECK(refusal("ASK { ?s <http://e/").message == "this IRI is not closed");
    CHECK(refusal("ASK { <x> ?p ?o }").message ==
          "this IRI is relative, and there is no base to resolve it");
    CHECK(refusal("ASK { FILTER(?a<?b&&?c>?d) }").hint ==
          "put a space after '<' to compare; without it an IRI begins");
}

TEST_CASE("an update given to query, and the other way round", "[sparql]") {
    const auto update = refusal("PREFIX : <http://e/> INSERT DATA { :s :p 1 }");
    CHECK(update.message == "this is an update, not a query");
    CHECK(update.hint == "run it with update instead of query");
    const auto query = update_refusal("SELECT * { ?s ?p ?o }");
    CHECK(query.message == "this is a query, not an update");
    CHECK(refusal("ASK {} ASK {}").message == "a second statement begins here");
    CHECK(refusal("ASK {} DELETE WHERE { ?s ?p ?o }").message == "a second statement begins here");
}

TEST_CASE("expectations are said in words", "[sparql]") {
    const auto message = [](std::string_view text) { return refusal(text).message; };
    CHECK(message("SELECT") ==
          "expected '*', a variable, or '(' expression AS ?variable ')', but the text ends here");
    CHECK(message("ASK { ?s }") == "expected a predicate, found '}'");
    CHECK(message("ASK { ?s :p }") == "expected an object, found '}'");
    CHECK(message("ASK { FILTER }") ==
          "expected a condition after FILTER: '(' or a function, found '}'");
    CHECK(message("ASK { FILTER(1 + ) }") ==
          "expected an expression after the operator, found ')'");
    CHECK(message("ASK { GRAPH 1 {} }") == "expected an IRI or a variable after GRAPH, found '1'");
    CHECK(message("SELECT * {} ORDER ?x") == "expected BY after ORDER, found '?x'");
    CHECK(message("SELECT * {} LIMIT ?x") == "expected a number after LIMIT, found '?x'");
}

TEST_CASE("the source is named", "[sparql]") {
    SparqlOptions options;
    options.source = "claims.rq";
    try {
        parse_query("ASK {\n", options);
        FAIL("accepted");
    } catch (const SyntaxError& error) {
        CHECK_THAT(error.pretty(), StartsWith("claims.rq:2:1: error: "));
    }
}

}  // namespace dossier::sparql
