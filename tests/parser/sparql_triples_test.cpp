#include <catch2/catch.hpp>

#include "tests/parser/sparql_support.h"

namespace dossier::sparql {

TEST_CASE("predicate and object lists become triples", "[sparql]") {
    CHECK(normal_pattern("?s :p 1, 2 ; a :C ;; :q ?o ;") ==
          "?s :p 1 . ?s :p 2 . ?s rdf:type :C . ?s :q ?o .");
}

TEST_CASE("blank node property lists and collections become triples", "[sparql]") {
    CHECK(normal_pattern("[ :p [] ; :q 1 ] :r ?x") == "_:b1 :p _:b2 . _:b1 :q 1 . _:b1 :r ?x .");
    CHECK(normal_pattern("[ :p ?x ] .") == "_:b1 :p ?x .");
    CHECK(normal_pattern("?s :p (1 ?x)") ==
          "_:b1 rdf:first 1 . _:b1 rdf:rest _:b2 . _:b2 rdf:first ?x . _:b2 rdf:rest rdf:nil . "
          "?s :p _:b1 .");
    CHECK(normal_pattern("?s :p ()") == "?s :p rdf:nil .");
    CHECK(normal_pattern("(1) :p ( ( ) )") ==
          "_:b1 rdf:first 1 . _:b1 rdf:rest rdf:nil . _:b2 rdf:first rdf:nil . "
          "_:b2 rdf:rest rdf:nil . _:b1 :p _:b2 .");
}

TEST_CASE("a label is one blank node within a basic graph pattern", "[sparql]") {
    CHECK(normal_pattern("_:a :p 1 . FILTER(?x) _:a :q 2") ==
          "_:b1 :p 1 . _:b1 :q 2 . FILTER (?x)");
    CHECK_FALSE(accepted("ASK { _:a :p 1 . OPTIONAL { ?x :q 2 } _:a :q 2 }"));
    CHECK_FALSE(accepted("ASK { _:a :p 1 . { _:a :q 2 } }"));
    CHECK_FALSE(accepted("ASK { _:a :p 1 FILTER EXISTS { _:a :q 2 } }"));
    CHECK(accepted("ASK { _:a :p 1 FILTER EXISTS { _:b :q 2 } _:a :r 3 }"));
}

TEST_CASE("triple terms hold variables and blank nodes, or are constants", "[sparql]") {
    CHECK(normal_pattern("?s :p <<( :a :b <<( :c a 1 )>> )>>") ==
          "?s :p <<( :a :b <<( :c rdf:type 1 )>> )>> .");
    CHECK(normal_pattern("?s :p <<( _:x ?b \"t\"@en--rtl )>>") ==
          "?s :p <<( _:b1 ?b \"t\"@en--rtl )>> .");
    const ParsedQuery constant = parse_query("ASK { ?s ?p <<( <a:a> <a:b> 1 )>> }");
    const auto& block = std::get<TriplesBlock>(constant.query.where.elements[0].pattern);
    REQUIRE(std::holds_alternative<Constant>(block.triples[0].object));
    CHECK(constant.symbols.term(std::get<Constant>(block.triples[0].object)).is_triple());
    CHECK(constant.symbols.triple_terms.empty());
}

TEST_CASE("a literal as a subject is a pattern that matches nothing, not a term", "[sparql]") {
    CHECK(normal_pattern("?s :p <<( 1 :b :c )>>") == "?s :p <<( 1 :b :c )>> .");
    CHECK(accepted("ASK { 1 :p 2 }"));
    CHECK_FALSE(update_accepted("INSERT DATA { 1 :p 2 }"));
    CHECK_FALSE(update_accepted("INSERT DATA { :s :p <<( 1 :p 2 )>> }"));
    CHECK_FALSE(update_accepted("INSERT DATA { <<( :s :p :o )>> :p 2 }"));
}

TEST_CASE("reified triples and annotations become rdf:reifies", "[sparql]") {
    CHECK(normal_pattern("<< ?s :p ?o ~ :r >> :q 1") ==
          ":r rdf:reifies <<( ?s :p ?o )>> . :r :q 1 .");
    CHECK(normal_pattern("<< ?s :p ?o >> .") == "_:b1 rdf:reifies <<( ?s :p ?o )>> .");
    CHECK(normal_pattern("?x :q << << ?s :p ?o ~?r >> ?p :z ~ >>") ==
          "?r rdf:reifies <<( ?s :p ?o )>> . _:b1 rdf:reifies <<( ?r ?p :z )>> . ?x :q _:b1 .");
    CHECK(normal_pattern("?s :p ?o ~ :r {| :q 1 |} {| :q 2 |}, 3") ==
          "?s :p ?o . :r rdf:reifies <<( ?s :p ?o )>> . :r :q 1 . "
          "_:b1 rdf:reifies <<( ?s :p ?o )>> . _:b1 :q 2 . ?s :p 3 .");
    CHECK(normal_pattern("?s :p ?o ~ :a ~ :b {| :q 1 {| :z 2 |} |}") ==
          "?s :p ?o . :a rdf:reifies <<( ?s :p ?o )>> . :b rdf:reifies <<( ?s :p ?o )>> . "
          ":b :q 1 . _:b1 rdf:reifies <<( :b :q 1 )>> . _:b1 :z 2 .");
    CHECK(normal_pattern("?s :p ?o ~") == "?s :p ?o . _:b1 rdf:reifies <<( ?s :p ?o )>> .");
    CHECK_FALSE(accepted("ASK { ?s :p/:q ?o ~ :r }"));
    CHECK_FALSE(accepted("ASK { ?s ^:p ?o {| :q 1 |} }"));
}

TEST_CASE("paths keep their structure", "[sparql]") {
    CHECK(normal_pattern("?s :p|:q/^:r* ?o") == "?s :p|(:q/^(:r*)) ?o .");
    CHECK(normal_pattern("?s (:p/:q)/(:r/:s) ?o") == "?s :p/:q/(:r/:s) ?o .");
    CHECK(normal_pattern("?s !(:p|^:q|a) ?o") == "?s !(:p|^:q|rdf:type) ?o .");
    CHECK(normal_pattern("?s !:p|!^:q ?o") == "?s !(:p)|!(^:q) ?o .");
    CHECK(normal_pattern("?s !() ?o") == "?s !() ?o .");
    CHECK(normal_pattern("?s (:p) ?o") == "?s :p ?o .");
    CHECK(normal_pattern("?s (^:p)? ?o") == "?s (^:p)? ?o .");
}

TEST_CASE("a sign or a question mark after a path belongs to a number or a variable", "[sparql]") {
    CHECK(normal_pattern("?s :p +1") == "?s :p +1 .");
    CHECK(normal_pattern("?s :p+ 1") == "?s :p+ 1 .");
    CHECK(normal_pattern("?s :p+1") == "?s :p +1 .");
    CHECK(normal_pattern("?s :p?o") == "?s :p ?o .");
    CHECK(normal_pattern("?s :p? ?o") == "?s :p? ?o .");
    CHECK(normal_pattern("?s a?C") == "?s rdf:type ?C .");
}

TEST_CASE("paths with bounds are an extension", "[sparql]") {
    CHECK(normal_pattern("?s :p{2} ?o") == "?s :p{2} ?o .");
    CHECK(normal_pattern("?s :p{2,} ?o") == "?s :p{2,} ?o .");
    CHECK(normal_pattern("?s :p{,3} ?o") == "?s :p{0,3} ?o .");
    CHECK(normal_pattern("?s (:p|:q){ 1 , 3 } ?o") == "?s (:p|:q){1,3} ?o .");
    CHECK_FALSE(accepted("ASK { ?s :p{3,2} ?o }"));
    CHECK_FALSE(accepted("ASK { ?s :p{} ?o }"));
    CHECK_FALSE(accepted("ASK { ?s :p{,} ?o }"));
    CHECK_THROWS_AS(parse_query("ASK { ?s :p{0,1000000000} ?o }", test_options()), LimitError);
    SparqlOptions strict = test_options();
    strict.extensions = false;
    CHECK_THROWS_AS(parse_query("ASK { ?s :p{2} ?o }", strict), SyntaxError);
    CHECK_THROWS_AS(parse_query("ASK { LATERAL { ?s ?p ?o } }", strict), SyntaxError);
}

TEST_CASE("the objects of one verb share its path", "[sparql]") {
    const ParsedQuery parsed = parse_query("ASK { ?s <a:p>/<a:q> 1, 2 }");
    const auto& block = std::get<TriplesBlock>(parsed.query.where.elements[0].pattern);
    REQUIRE(block.paths.size() == 2);
    CHECK(block.paths[0].path == block.paths[1].path);
}

TEST_CASE("a prefix may be called like a keyword", "[sparql]") {
    CHECK(
        accepted("PREFIX optional: <http://e/> PREFIX a: <http://e/> PREFIX graph: <http://e/> "
                 "PREFIX filter: <http://e/> PREFIX true: <http://e/> "
                 "ASK { optional:x a:b graph:x . filter:y a true:x FILTER(filter:f(1)) }"));
    CHECK(accepted("PREFIX str: <http://e/> ASK { FILTER(str:len(1)) }"));
}

TEST_CASE("names hold what the grammar allows", "[sparql]") {
    CHECK(accepted("PREFIX a.b: <http://e/> ASK { a.b:c.d :p%20q :x\\~y . _:a.b :1 ::x }"));
    CHECK(accepted("ASK { ?s :p :x. }"));
    CHECK(accepted("ASK { ?\xC3\xA9t\xC3\xA9 :\xE6\x97\xA5 $x1 }"));
    CHECK(normal_pattern("?s :p :a\\,b") == "?s :p :a\\,b .");
    CHECK_FALSE(accepted("ASK { ?s :p :a%2 }"));
    CHECK_FALSE(accepted("ASK { ?s :p :a\\b }"));
    CHECK_FALSE(accepted("ASK { ?s :p _:a. }.}"));
}

TEST_CASE("the same term stands in the tables once", "[sparql]") {
    const ParsedQuery parsed =
        parse_query("ASK { <a:a> <a:a> <a:a>, 1, 1, \"1\", ?x, ?x . ?x ?y $x }");
    CHECK(parsed.symbols.terms.size() == 3);
    CHECK(parsed.symbols.variables == std::vector<std::string>{"x", "y"});
    CHECK(parsed.symbols.find_variable("y")->id == 1);
    CHECK_FALSE(parsed.symbols.find_variable("z"));
}

}  // namespace dossier::sparql
