#include <catch2/catch.hpp>

#include "tests/parser/sparql_support.h"

namespace dossier::sparql {

TEST_CASE("the four query forms", "[sparql]") {
    CHECK(normal_query("select?x{?x:p?y}") == "SELECT ?x WHERE { ?x :p ?y . }");
    CHECK(normal_query("SELECT DISTINCT * FROM <a:a> FROM NAMED :g WHERE { ?x :p ?y }") ==
          "SELECT DISTINCT * FROM <a:a> FROM NAMED :g WHERE { ?x :p ?y . }");
    CHECK(normal_query("ASK WHERE {}") == "ASK WHERE { }");
    CHECK(normal_query("CONSTRUCT { ?x :p [] } WHERE { ?x :q ?y }") ==
          "CONSTRUCT { ?x :p _:b1 . } WHERE { ?x :q ?y . }");
    CHECK(normal_query("CONSTRUCT FROM :g WHERE { ?x :q ?y . }") ==
          "CONSTRUCT { ?x :q ?y . } FROM :g WHERE { ?x :q ?y . }");
    CHECK(normal_query("DESCRIBE ?x :a") == "DESCRIBE ?x :a WHERE { }");
    CHECK(normal_query("DESCRIBE * { ?x :p 1 }") == "DESCRIBE * WHERE { ?x :p 1 . }");
    CHECK_FALSE(accepted("CONSTRUCT WHERE { ?x :q/:r ?y }"));
    CHECK_FALSE(accepted("CONSTRUCT WHERE { ?x :q ?y FILTER(?x) }"));
    CHECK_FALSE(accepted("CONSTRUCT { ?x :q* ?y } WHERE {}"));
}

TEST_CASE("the star of SELECT and DESCRIBE lists the variables in scope", "[sparql]") {
    const ParsedQuery select = parse_query(
        "SELECT * { ?a ?b [] . OPTIONAL { ?c <p:p> _:x } MINUS { ?d ?d ?d } FILTER(?e) "
        "{ SELECT ?f { ?g ?g ?f } } BIND(1 AS ?h) VALUES ?i { 1 } GRAPH ?j {} "
        "?s <p:p> <<( ?k <p:p> 1 )>> } VALUES ?l { 1 }");
    std::string names;
    for (const Projection& column : select.query.projection) {
        names += select.symbols.name(column.variable);
    }
    CHECK(names == "abcfhijskl");
    CHECK(select.query.star);
    const ParsedQuery describe = parse_query("DESCRIBE * { ?a ?b 1 }");
    CHECK(describe.query.describe.size() == 2);
}

TEST_CASE("a variable projected twice is one column", "[sparql]") {
    CHECK(normal_query("SELECT ?x ?y ?x { ?x :p ?y }") == "SELECT ?x ?y WHERE { ?x :p ?y . }");
}

TEST_CASE("solution modifiers", "[sparql]") {
    CHECK(normal_query("SELECT ?x (COUNT(?y) AS ?n) { ?x :p ?y } GROUP BY ?x (?x + 1 AS ?z) "
                       "STR(?x) HAVING (?n > 1) BOUND(?x) ORDER BY ?x DESC(?n) ASC(?z) STR(?x) "
                       ":f(1) OFFSET 2 LIMIT 1 VALUES ?x { 1 }") ==
          "SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x :p ?y . } GROUP BY (?x) (?x + 1 AS ?z) "
          "(STR(?x)) HAVING (?n > 1) (BOUND(?x)) ORDER BY ASC(?x) DESC(?n) ASC(?z) ASC(STR(?x)) "
          "ASC(:f(1)) LIMIT 1 OFFSET 2 VALUES ( ?x ) { ( 1 ) }");
    CHECK_FALSE(accepted("SELECT * {} LIMIT -1"));
    CHECK_FALSE(accepted("SELECT * {} LIMIT 1 LIMIT 2"));
    CHECK_FALSE(accepted("SELECT * {} ORDER BY DESC ?x"));
    CHECK(parse_query("ASK {} LIMIT 99999999999999999999").query.limit == 18446744073709551615u);
}

TEST_CASE("group graph patterns", "[sparql]") {
    CHECK(normal_pattern("{} UNION { ?a :p 1 } UNION {} OPTIONAL {} MINUS {} GRAPH ?g {} "
                         "GRAPH :g {} SERVICE SILENT ?s {} SERVICE :s {} LATERAL { ?x :q ?a }") ==
          "{ } UNION { ?a :p 1 . } UNION { } OPTIONAL { } MINUS { } GRAPH ?g { } GRAPH :g { } "
          "SERVICE SILENT ?s { } SERVICE :s { } LATERAL { ?x :q ?a . }");
    CHECK(normal_pattern("{ SELECT ?x { ?x :p ?y } LIMIT 1 VALUES ?x { 1 } }") ==
          "{ SELECT ?x WHERE { ?x :p ?y . } LIMIT 1 VALUES ( ?x ) { ( 1 ) } }");
    CHECK(normal_pattern("BIND(?x + 1 AS ?y)") == "BIND (?x + 1 AS ?y)");
    CHECK_FALSE(accepted("ASK { ?a :p 1 .. }"));
    CHECK_FALSE(accepted("ASK { . }"));
    CHECK_FALSE(accepted("ASK { ?a :p 1 ?b :p 2 }"));
    CHECK(accepted("ASK { ?a :p 1 FILTER(1) . ?b :p 2 }"));
}

TEST_CASE("VALUES keeps its rows in one array", "[sparql]") {
    const ParsedQuery parsed =
        parse_query("ASK { VALUES (?a ?b) { (1 UNDEF) (UNDEF <<( <a:a> a 1 )>>) } }");
    const auto& values = std::get<Values>(parsed.query.where.elements[0].pattern);
    REQUIRE(values.row_count == 2);
    CHECK(parsed.symbols.term(*values.cell(0, 0)).text() == "1");
    CHECK_FALSE(values.cell(0, 1));
    CHECK_FALSE(values.cell(1, 0));
    CHECK(parsed.symbols.term(*values.cell(1, 1)).is_triple());

    const ParsedQuery no_columns = parse_query("ASK { VALUES () { () () } }");
    CHECK(std::get<Values>(no_columns.query.where.elements[0].pattern).row_count == 2);
    const ParsedQuery empty = parse_query("ASK { VALUES ?x { } }");
    CHECK(std::get<Values>(empty.query.where.elements[0].pattern).row_count == 0);
    for (const char* wrong :
         {"ASK { VALUES ?x { ?y } }", "ASK { VALUES ?x { _:b } }", "ASK { VALUES (?x) { 1 } }",
          "ASK { VALUES (?x ?y) { (1) } }", "ASK { VALUES () { (1) } }",
          "ASK { VALUES ?x { <<( _:b <a:a> 1 )>> } }", "ASK { VALUES (?x ?x) { (1 1) } }"}) {
        INFO(wrong);
        CHECK_FALSE(accepted(wrong));
    }
}

TEST_CASE("the prologue resolves every IRI of the tree", "[sparql]") {
    const ParsedQuery parsed = parse_query(
        "BASE <http://a/b/> PREFIX p: <c#> VERSION '1.2' PREFIX p: <d#> BASE <e/> "
        "ASK { <x> p:y <../z> }");
    CHECK(parsed.prologue.base == "http://a/b/e/");
    REQUIRE(parsed.prologue.prefixes.size() == 1);
    CHECK(parsed.prologue.prefixes[0].second == "http://a/b/d#");
    CHECK(parsed.prologue.versions == std::vector<std::string>{"1.2"});
    CHECK(one_line(to_text(parsed.query, parsed.symbols)) ==
          "ASK WHERE { <http://a/b/e/x> <http://a/b/d#y> <http://a/b/z> . }");
}

TEST_CASE("prefixes of the query win over those around it", "[sparql]") {
    CHECK(normal_query("PREFIX : <http://other/> ASK { :x ?p ?o }") ==
          "ASK WHERE { <http://other/x> ?p ?o . }");
    CHECK(normal_query("ASK { :x ?p ?o }") == "ASK WHERE { :x ?p ?o . }");
}

TEST_CASE("the base of the options holds until the query declares one", "[sparql]") {
    SparqlOptions options;
    options.base = "http://base/dir/file";
    const ParsedQuery parsed = parse_query("ASK { <x> <#y> <> }", options);
    CHECK(one_line(to_text(parsed.query, parsed.symbols)) ==
          "ASK WHERE { <http://base/dir/x> <http://base/dir/file#y> <http://base/dir/file> . }");
    CHECK_FALSE(parsed.prologue.base);
}

TEST_CASE("comments, line ends and a byte order mark do not matter", "[sparql]") {
    CHECK(normal_query("\xEF\xBB\xBF# c\r\nASK#x\r{?s#y\n?p ?o}#z") == "ASK WHERE { ?s ?p ?o . }");
    CHECK_FALSE(accepted("ASK {\xEF\xBB\xBF}"));
}

TEST_CASE("the text is checked before it is parsed", "[sparql]") {
    CHECK(refusal("ASK { ?s ?p \"\xC3(\" }").message == "the text is not valid UTF-8");
    CHECK(refusal("ASK { ?s ?p \"\xC3(\" }").position.column == 14);
    CHECK(refusal(std::string_view("\xFF\xFE"
                                   "A\0S\0K\0",
                                   8))
              .hint == "it seems to be UTF-16");
    CHECK_FALSE(accepted(std::string_view("ASK { ?s ?p \"\0\" }", 17)));
    CHECK_FALSE(accepted(std::string_view("ASK {\0}", 7)));
    SparqlOptions small;
    small.max_text_bytes = 10;
    CHECK_THROWS_AS(parse_query("ASK {      }", small), LimitError);
    CHECK_FALSE(accepted(""));
    CHECK_FALSE(accepted("PREFIX : <http://e/>"));
}

}  // namespace dossier::sparql
