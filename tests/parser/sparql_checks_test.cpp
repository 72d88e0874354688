#include <catch2/catch.hpp>

#include "tests/parser/sparql_support.h"

namespace dossier::sparql {

TEST_CASE("the target of BIND is a new variable", "[sparql]") {
    CHECK_FALSE(accepted("ASK { ?s ?p ?o BIND(1 AS ?o) }"));
    CHECK_FALSE(accepted("ASK { BIND(1 AS ?o) BIND(2 AS ?o) }"));
    CHECK_FALSE(accepted("ASK { { ?s ?p ?o } BIND(1 AS ?o) }"));
    CHECK_FALSE(accepted("ASK { OPTIONAL { ?s ?p ?o } BIND(1 AS ?o) }"));
    CHECK_FALSE(accepted("ASK { VALUES ?o { 1 } BIND(1 AS ?o) }"));
    CHECK_FALSE(accepted("ASK { { SELECT ?o { ?s ?p ?o } } BIND(1 AS ?o) }"));
    CHECK_FALSE(accepted("ASK { ?s ?p <<( :a :b ?o )>> BIND(1 AS ?o) }"));
    CHECK_FALSE(accepted("ASK { FILTER EXISTS { ?s ?p ?o BIND(1 AS ?o) } }"));
    CHECK_FALSE(update_accepted("INSERT {} WHERE { ?s ?p ?o BIND(1 AS ?o) }"));
    CHECK(accepted("ASK { BIND(1 AS ?o) ?s ?p ?o }"));
    CHECK(accepted("ASK { ?s ?p ?o { BIND(1 AS ?o) } }"));
    CHECK(accepted("ASK { MINUS { ?s ?p ?o } BIND(1 AS ?o) }"));
    CHECK(accepted("ASK { FILTER(?o) BIND(1 AS ?o) }"));
    CHECK(accepted("ASK { { SELECT ?s { ?s ?p ?o } } BIND(1 AS ?o) }"));
    CHECK(accepted("ASK { { BIND(1 AS ?o) } UNION { BIND(2 AS ?o) } }"));
}

TEST_CASE("SELECT names expressions by new variables", "[sparql]") {
    CHECK_FALSE(accepted("SELECT (1 AS ?x) { ?x ?p ?o }"));
    CHECK_FALSE(accepted("SELECT (1 AS ?x) (2 AS ?x) {}"));
    CHECK_FALSE(accepted("SELECT ?x (2 AS ?x) {}"));
    CHECK_FALSE(accepted("ASK { { SELECT (1 AS ?x) { ?x ?p ?o } } }"));
    CHECK(accepted("SELECT (1 AS ?x) (?x + 1 AS ?y) { ?s ?p ?o }"));
    CHECK(accepted("SELECT (1 AS ?x) { MINUS { ?x ?p ?o } }"));
}

TEST_CASE("grouping leaves the keys in scope", "[sparql]") {
    CHECK(accepted("SELECT (1 AS ?z) { ?s :p ?z } GROUP BY ?s"));
    CHECK_FALSE(accepted("SELECT (1 AS ?z) { ?s :p ?z } GROUP BY ?z"));
    CHECK_FALSE(accepted("SELECT (1 AS ?z) { } GROUP BY (1 AS ?z)"));
    CHECK_FALSE(accepted("SELECT ?z { ?z :p 1 } GROUP BY (1 AS ?z)"));
    CHECK(accepted("SELECT ?s (COUNT(*) AS ?n) (?n + 1 AS ?m) { ?s ?p ?o } GROUP BY ?s"));
    CHECK_FALSE(accepted("SELECT ?o { ?s ?p ?o } GROUP BY ?s"));
    CHECK_FALSE(accepted("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }"));
    CHECK_FALSE(accepted("SELECT (?s + COUNT(*) AS ?n) { ?s ?p ?o }"));
    CHECK_FALSE(accepted("SELECT (STR(?s) AS ?n) { ?s ?p ?o } GROUP BY STR(?s)"));
    CHECK(accepted("SELECT ?k { ?s ?p ?o } GROUP BY (STR(?s) AS ?k)"));
    CHECK(accepted("SELECT (COUNT(?o) * ?factor AS ?n) { ?s ?p ?o }"));
    CHECK(accepted("SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 1) ORDER BY AVG(?o)"));
}

TEST_CASE("the star does not go with groups", "[sparql]") {
    CHECK_FALSE(accepted("SELECT * { ?s ?p ?o } GROUP BY ?s"));
    CHECK_FALSE(accepted("SELECT * { ?s ?p ?o } HAVING (COUNT(*) > 1)"));
    CHECK_FALSE(accepted("SELECT * { ?s ?p ?o } ORDER BY COUNT(*)"));
}

TEST_CASE("aggregates belong to SELECT, HAVING and ORDER BY, and do not nest", "[sparql]") {
    CHECK_FALSE(accepted("ASK { FILTER(COUNT(*) > 1) }"));
    CHECK_FALSE(accepted("ASK { BIND(COUNT(*) AS ?n) }"));
    CHECK_FALSE(accepted("SELECT ?n {} GROUP BY (COUNT(*) AS ?n)"));
    CHECK_FALSE(accepted("SELECT (COUNT(COUNT(*)) AS ?n) {}"));
    CHECK_FALSE(accepted("SELECT (EXISTS { FILTER(COUNT(*) > 1) } AS ?n) {}"));
    CHECK(accepted("SELECT (SUM(?x) + COUNT(*) AS ?n) {}"));
    CHECK(accepted("SELECT (SUM(IF(EXISTS { { SELECT (COUNT(*) AS ?c) {} } }, 1, 0)) AS ?n) {}"));
}

TEST_CASE("LATERAL sets no variable of what stands before it", "[sparql]") {
    CHECK(accepted("ASK { ?s ?p ?o LATERAL { ?s :q ?x BIND(?o AS ?y) } }"));
    CHECK(accepted("ASK { ?s ?p ?o LATERAL { SELECT * { ?s :q ?x } LIMIT 1 } }"));
    CHECK_FALSE(accepted("ASK { ?s ?p ?o LATERAL { BIND(1 AS ?o) } }"));
    CHECK_FALSE(accepted("ASK { ?s ?p ?o LATERAL { OPTIONAL { VALUES ?o { 1 } } } }"));
    CHECK_FALSE(accepted("ASK { ?s ?p ?o LATERAL { SELECT (1 AS ?o) {} } }"));
}

}  // namespace dossier::sparql
