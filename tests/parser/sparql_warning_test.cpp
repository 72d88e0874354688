#include <catch2/catch.hpp>

#include "parser/sparql_warnings.h"
#include "tests/parser/sparql_support.h"

namespace dossier::sparql {

namespace {

// The names told of, each as line:column name.
std::vector<std::string> told(std::string_view text, const std::vector<std::string>& given = {}) {
    const ParsedQuery query = parse_query(text, test_options());
    std::vector<std::string> result;
    for (const auto& details : unbound_variables(query, text, given, "query")) {
        const std::size_t begin = details.message.find('?');
        result.push_back(
            std::to_string(details.position.line) + ":" + std::to_string(details.position.column) +
            " " + details.message.substr(begin, details.message.find_first_of(",", begin) - begin));
    }
    return result;
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("a variable of SELECT that WHERE does not bind is told of", "[sparql]") {
    CHECK(told("SELECT ?s ?nmae { ?s :name ?name }") == Told{"1:11 ?nmae"});
    CHECK(told("SELECT ?s ?name { ?s :name ?name }").empty());
    CHECK(told("SELECT * { ?s :name ?name }").empty());
    const std::string_view text = "SELECT ?s ?nmae { ?s :name ?name }";
    const auto warnings = unbound_variables(parse_query(text, test_options()), text, {}, "a.rq");
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].source == "a.rq");
    CHECK(warnings[0].message == "nothing binds ?nmae, so it has no value in any answer");
    CHECK(warnings[0].hint == "bound are ?s, ?name");
    CHECK(warnings[0].caret_length == 5);
}

TEST_CASE("a variable of a filter, a BIND, ORDER BY or HAVING that nothing binds is told of",
          "[sparql]") {
    CHECK(told("SELECT ?s {\n ?s :p ?o FILTER(?oo > 1)\n}") == Told{"2:18 ?oo"});
    CHECK(told("SELECT ?s { ?s :p ?o BIND(?q AS ?r) } ORDER BY ?z") == Told{"1:27 ?q", "1:48 ?z"});
    CHECK(told("SELECT (COUNT(?x) AS ?n) { ?s ?p ?o }") == Told{"1:15 ?x"});
    CHECK(told("SELECT (SUM(?o) AS ?n) { ?s ?p ?o } HAVING(SUM(?oo) > 1)") == Told{"1:48 ?oo"});
    CHECK(told("ASK { ?s ?p ?o FILTER(?x = 1) FILTER(?x = 2) }") == Told{"1:23 ?x"});
}

TEST_CASE("a variable bound anywhere it can be is not told of", "[sparql]") {
    for (const char* text : {"SELECT ?x { OPTIONAL { ?x :p 1 } }",
                             "SELECT ?x { { } UNION { ?x :p 1 } }",
                             "SELECT ?x { VALUES ?x { 1 } }",
                             "SELECT ?x { } VALUES ?x { 1 }",
                             "SELECT ?x { BIND(1 AS ?x) }",
                             "SELECT ?x { GRAPH ?x { } }",
                             "SELECT ?x { { SELECT ?x { ?x :p 1 } } }",
                             "SELECT (1 AS ?x) { }",
                             "SELECT ?x { { SELECT (COUNT(*) AS ?x) { ?y :p 1 } } }",
                             "SELECT ?x { ?s (:p|:q)* ?x }",
                             "SELECT ?x { ?s :p <<( ?x :p 1 )>> }",
                             "SELECT ?x { << ?x :p 1 >> :q 2 }",
                             "SELECT ?k { ?s :p ?o } GROUP BY (STR(?o) AS ?k)",
                             "SELECT ?s { ?s :p ?o FILTER EXISTS { ?s :q ?y FILTER(?y > ?o) } }",
                             "SELECT ?s { ?s :p ?o MINUS { ?s :q ?y FILTER(?y > 1) } }",
                             "SELECT (?x + 1 AS ?y) (?y + 1 AS ?z) { ?x :p 1 } ORDER BY ?z",
                             "SELECT * { ?s :p ?o }",
                             "DESCRIBE :a",
                             "CONSTRUCT { ?s :q ?o } { ?s :p ?o }",
                             "SELECT ?s { ?s :p ?o LATERAL { ?o :q ?z } FILTER(?z > 1) }"}) {
        INFO(text);
        CHECK(told(text).empty());
    }
}

TEST_CASE("what MINUS, EXISTS and the inside of a sub-select bind gives no answer a value",
          "[sparql]") {
    CHECK(told("SELECT ?y { ?s :p ?o MINUS { ?s :q ?y } }") == Told{"1:8 ?y"});
    CHECK(told("SELECT ?y { ?s :p ?o FILTER EXISTS { ?s :q ?y } }") == Told{"1:8 ?y"});
    CHECK(told("SELECT ?y { { SELECT ?s { ?s :q ?y } } }") == Told{"1:8 ?y"});
    CHECK(told("SELECT ?y { { SELECT ?y { ?s :q ?x } } }") == Told{"1:8 ?y"});
    CHECK(told("CONSTRUCT { ?s :q ?oo } { ?s :p ?o }") == Told{"1:19 ?oo"});
    CHECK(told("DESCRIBE ?x { ?s :p ?o }") == Told{"1:10 ?x"});
}

TEST_CASE("a variable with a value from outside is not told of", "[sparql]") {
    CHECK(told("SELECT ?s { ?s :p ?o FILTER(?o > ?since) }", {"since"}).empty());
    CHECK(told("SELECT ?s { ?s :p ?o FILTER(?o > ?since) }", {"until"}) == Told{"1:34 ?since"});
}

TEST_CASE("warnings are few, however many variables there are", "[sparql]") {
    std::string text = "SELECT";
    for (int i = 0; i < 1000; ++i) text += " ?x" + std::to_string(i);
    text += " {";
    for (int i = 0; i < 1000; ++i) text += " ?y" + std::to_string(i) + " :p 1 .";
    text += "}";
    const auto warnings = unbound_variables(parse_query(text, test_options()), text, {}, "query");
    CHECK(warnings.size() == 8);
    CHECK(warnings[0].hint.size() < 100);
}

}  // namespace dossier::sparql
