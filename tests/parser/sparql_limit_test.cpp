#include <catch2/catch.hpp>

#include "tests/parser/sparql_support.h"

// Texts that are out to exhaust the stack, memory or time (docs/limits.md).

namespace dossier::sparql {

namespace {

void check_too_deep(const std::string& text) {
    INFO(text.substr(0, 60));
    CHECK_THROWS_AS(parse_query(text, test_options()), LimitError);
}

}  // namespace

TEST_CASE("a million open brackets end at the nesting limit", "[sparql]") {
    constexpr std::size_t many = 1'000'000;
    check_too_deep("ASK " + repeated("{", many));
    check_too_deep("ASK { FILTER" + repeated("(", many));
    check_too_deep("ASK { FILTER(" + repeated("!", many));
    check_too_deep("ASK { FILTER " + repeated("STR(", many));
    check_too_deep("ASK { FILTER(1 IN " + repeated("(1 IN ", many));
    check_too_deep("ASK { ?s " + repeated("(", many));
    check_too_deep("ASK { ?s ?p " + repeated("(", many));
    check_too_deep("ASK { ?s ?p " + repeated("[ ?p ", many));
    check_too_deep("ASK { " + repeated("<< ", many));
    check_too_deep("ASK { " + repeated("<<( ", many));
    check_too_deep("ASK { FILTER(" + repeated("<<( :s :p ", many));
    check_too_deep("ASK { VALUES ?x { " + repeated("<<( :s :p ", many));
    check_too_deep("ASK { ?s ?p ?o " + repeated("{| ?p ?o ", many));
    check_too_deep("ASK { " + repeated("OPTIONAL { ", many));
    check_too_deep("ASK " + repeated("{ SELECT * ", many));
    check_too_deep("ASK { " + repeated("FILTER EXISTS { ", many));
}

TEST_CASE("nesting is allowed up to the limit", "[sparql]") {
    CHECK(accepted("ASK " + repeated("{", 128) + repeated("}", 128)));
    check_too_deep("ASK " + repeated("{", 129) + repeated("}", 129));
    CHECK(accepted("ASK { FILTER" + repeated("(", 127) + "1" + repeated(")", 127) + "}"));
    CHECK(accepted("ASK { FILTER(" + repeated("!", 126) + "1) }"));
    CHECK(accepted("ASK { ?s ?p " + repeated("(1 [ ?p ", 63) + "1" + repeated("])", 63) + "}"));
    CHECK(accepted("ASK { ?s " + repeated("(", 127) + ":p" + repeated(")*", 127) + " ?o }"));
    CHECK(accepted("ASK " + repeated("{ SELECT * ", 127) + "{}" + repeated("}", 127)));
    CHECK(accepted("ASK { " + repeated("FILTER EXISTS { ", 127) + repeated("}", 128)));
    const std::string terms = repeated("<<( :s :p ", 127) + "1" + repeated(")>>", 127);
    CHECK(accepted("ASK { ?s ?p " + terms + "}"));
    CHECK(accepted("ASK { VALUES ?x { " + terms + "} }"));
}

TEST_CASE("long chains are flat", "[sparql]") {
    constexpr std::size_t many = 100'000;
    CHECK(accepted("ASK { ?s :p" + repeated("/:p", many) + " ?o }"));
    CHECK(accepted("ASK { ?s :p" + repeated("|^:p", many) + " ?o }"));
    CHECK(accepted("ASK { ?s !(:p" + repeated("|^:p", many) + ") ?o }"));
    CHECK(accepted("ASK { {}" + repeated("UNION{}", many) + "}"));
    CHECK(accepted("ASK { FILTER(1" + repeated("+1-1*2/2", many) + ") }"));
    CHECK(accepted("ASK { FILTER(?a" + repeated("||?a&&?b", many) + ") }"));
    CHECK(accepted("ASK { FILTER(?a IN (1" + repeated(",1", many) + ")) }"));
    CHECK(accepted("ASK { FILTER(CONCAT(1" + repeated(",1", many) + ")) }"));
    CHECK(accepted("ASK { " + repeated("?s ?p ?o FILTER(?o) ", many) + "}"));
    CHECK(accepted("ASK { ?s ?p (" + repeated("1 ", many) + ") }"));
    CHECK(accepted("ASK { ?s ?p ?o" + repeated(" ~ ?r {| ?p ?o |}", many) + "}"));
    CHECK(parse_update(repeated("CLEAR ALL;", many)).operations.size() == many);
}

TEST_CASE("many objects of a long path cost no product", "[sparql]") {
    CHECK(
        accepted("ASK { ?s :p" + repeated("/:p", 50'000) + " ?o" + repeated(",?o", 50'000) + "}"));
}

TEST_CASE("many names", "[sparql]") {
    std::string prefixes;
    std::string binds;
    std::string projection;
    for (int i = 0; i < 50'000; ++i) {
        const std::string n = std::to_string(i);
        prefixes += "PREFIX p" + n + ": <http://e/" + n + "> ";
        binds += "BIND(1 AS ?b" + n + ")";
        projection += "(1 AS ?v" + n + ")";
    }
    CHECK(accepted(prefixes + "SELECT " + projection + "{ " + binds + "}"));
    CHECK(accepted("SELECT * { " + binds + "}"));
    CHECK(accepted("ASK { ?" + repeated("a", 1'000'000) + " ?p \"" + repeated("a", 1'000'000) +
                   "\" }"));
}

TEST_CASE("a base that grows ends at the limit of IRIs written out", "[sparql]") {
    SparqlOptions options;
    options.max_iri_bytes = 1 << 20;
    CHECK_THROWS_AS(
        parse_query("BASE <http://e/> " + repeated("BASE <a/> ", 5'000) + "ASK {}", options),
        LimitError);
    CHECK_THROWS_AS(parse_query("PREFIX p: <http://" + repeated("e", 10'000) + "> ASK { ?s ?p p:a" +
                                    repeated(",p:b", 200) + "}",
                                options),
                    LimitError);
}

TEST_CASE("a long literal deep in triple terms is held once", "[sparql]") {
    const std::string literal = repeated("a", 4'000'000);
    const ParsedQuery parsed = parse_query("ASK { ?s ?p " + repeated("<<( <a:s> <a:p> ", 127) +
                                           "'" + literal + "'" + repeated(")>>", 127) + "}");
    REQUIRE(parsed.symbols.terms.size() == 3 + 127);
    const Term& innermost = parsed.symbols.terms[3];
    const Term& next = parsed.symbols.terms[4];
    CHECK(innermost.object().text().size() == literal.size());
    CHECK(next.object().object().text().data() == innermost.object().text().data());
}

TEST_CASE("a limit's message begins with its place", "[sparql]") {
    try {
        parse_query("ASK\n" + repeated("{", 200));
        FAIL("accepted");
    } catch (const LimitError& error) {
        CHECK(std::string(error.what()) ==
              "query:2:129: nested more deeply than 128 brackets (limit max_nesting)");
    }
}

}  // namespace dossier::sparql
