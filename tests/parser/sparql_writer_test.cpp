#include <catch2/catch.hpp>

#include "tests/parser/sparql_support.h"

namespace dossier::sparql {

TEST_CASE("what is written reads back as the same tree", "[sparql]") {
    for (const char* text :
         {"SELECT ?x (COUNT(DISTINCT *) AS ?n) FROM NAMED :g { ?x :p/:q*|^:r ?y FILTER(!?y || "
          "?y IN (1, -2) && -?y + 3 - (4 - ?z) < 5) } GROUP BY ?x HAVING (?n > 1) ORDER BY "
          "DESC(?n) LIMIT 5 OFFSET 2 VALUES (?x ?y) { (1 UNDEF) }",
          "SELECT REDUCED * { { SELECT ?a { ?a ?b ?c } } UNION { } LATERAL { ?a :p ?d } "
          "MINUS { ?a :q 1 } OPTIONAL { SERVICE SILENT :s { ?x ?y ?z } } GRAPH ?g { } "
          "BIND(IF(?a, 1, 2) AS ?e) VALUES ?v { <<( :s :p 'x'@en--ltr )>> } }",
          "CONSTRUCT { ?s :p [ :q (1 2) ] } WHERE { << ?s :p ?o ~ ?r >> :q ?z {| :t 1 |} "
          "FILTER NOT EXISTS { ?s !(:a|^:b) ?z ; :p{1,3} ?o } }",
          "DESCRIBE * FROM :g { ?s ?p ?o }", "DESCRIBE :x ?y { ?y ?p ?o }",
          "ASK { ?s ?p \"a\\\"\\n\\\\\", 1.5e3, .5, true, \"x\"^^:t FILTER(:f(?s, 1) != -(-1)) "
          "}"}) {
        INFO(text);
        const ParsedQuery first = parse_query(text, test_options());
        const std::string once = to_text(first.query, first.symbols);
        const ParsedQuery second = parse_query(once);
        CHECK(to_text(second.query, second.symbols) == once);
    }
}

TEST_CASE("updates read back", "[sparql]") {
    const char* text =
        "INSERT DATA { _:b :p 1 GRAPH :g { :s :p _:b } } ; DELETE DATA { :s :p 1 } ; "
        "DELETE WHERE { ?s ?p ?o } ; WITH :g DELETE { ?s ?p ?o } INSERT { ?s ?p [] } USING :h "
        "USING NAMED :i WHERE { ?s ?p ?o } ; LOAD <a:f> INTO GRAPH :g ; CLEAR SILENT ALL ; "
        "DROP NAMED ; CREATE GRAPH :g ; ADD :a TO DEFAULT ; MOVE SILENT DEFAULT TO :b";
    const ParsedUpdate first = parse_update(text, test_options());
    const std::string once = to_text(first.operations, first.symbols);
    const ParsedUpdate second = parse_update(once);
    CHECK(to_text(second.operations, second.symbols) == once);
    CHECK(second.operations.size() == 10);
}

TEST_CASE("groups are indented, one element a line", "[sparql]") {
    const ParsedQuery parsed =
        parse_query("SELECT ?s { ?s :p 1 OPTIONAL { ?s :q 2 FILTER(?s) } }", test_options());
    CHECK(to_text(parsed.query, parsed.symbols, &test_prefixes()) ==
          "SELECT ?s\nWHERE {\n  ?s :p 1 .\n  OPTIONAL {\n    ?s :q 2 .\n    FILTER (?s)\n  }\n}");
}

}  // namespace dossier::sparql
