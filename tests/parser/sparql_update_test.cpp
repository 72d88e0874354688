#include <catch2/catch.hpp>

#include "tests/parser/sparql_support.h"

namespace dossier::sparql {

TEST_CASE("data and templates keep their graphs", "[sparql]") {
    CHECK(
        normal_update("INSERT DATA { :a :p 1 . GRAPH :g { :b :p 2, 3 } . GRAPH :g {} :c :p 4 }") ==
        "INSERT DATA { :a :p 1 . GRAPH :g { :b :p 2 . :b :p 3 . } :c :p 4 . }");
    CHECK(normal_update("DELETE DATA { :a :p 1 }") == "DELETE DATA { :a :p 1 . }");
    CHECK(normal_update("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }") ==
          "DELETE WHERE { GRAPH ?g { ?s ?p ?o . } }");
    CHECK(normal_update("WITH :g DELETE { ?s :p ?o } INSERT { ?s :q [] } USING :h USING NAMED :i "
                        "WHERE { ?s :p ?o }") ==
          "WITH :g DELETE { ?s :p ?o . } INSERT { ?s :q _:b1 . } USING :h USING NAMED :i WHERE { "
          "?s :p ?o . }");
    CHECK(normal_update("INSERT { } WHERE { }") == "INSERT { } WHERE { }");
    CHECK(normal_update("INSERT DATA { :s :p :o ~ :r {| :q 1 |} }") ==
          "INSERT DATA { :s :p :o . :r rdf:reifies <<( :s :p :o )>> . :r :q 1 . }");
}

TEST_CASE("graph management", "[sparql]") {
    CHECK(normal_update("LOAD SILENT <a:f> INTO GRAPH :g; LOAD <a:f>; CLEAR DEFAULT; "
                        "CLEAR SILENT NAMED; DROP ALL; DROP GRAPH :g; CREATE SILENT GRAPH :g;"
                        "ADD :a TO DEFAULT; MOVE SILENT GRAPH :a TO :b; COPY DEFAULT TO :c;") ==
          "LOAD SILENT <a:f> INTO GRAPH :g ; LOAD <a:f> ; CLEAR DEFAULT ; CLEAR SILENT NAMED ; "
          "DROP ALL ; DROP GRAPH :g ; CREATE SILENT GRAPH :g ; ADD GRAPH :a TO DEFAULT ; "
          "MOVE SILENT GRAPH :a TO GRAPH :b ; COPY DEFAULT TO GRAPH :c");
    CHECK_FALSE(update_accepted("CREATE DEFAULT"));
    CHECK_FALSE(update_accepted("CLEAR :g"));
    CHECK_FALSE(update_accepted("LOAD <a:f> INTO :g"));
}

TEST_CASE("operations are parted by semicolons, and prologues stand between them", "[sparql]") {
    CHECK(parse_update("").operations.empty());
    CHECK(parse_update("PREFIX : <http://e/> # nothing").operations.empty());
    CHECK(parse_update("CLEAR ALL; PREFIX x: <http://x/> CLEAR GRAPH x:g ; BASE <http://y/>")
              .operations.size() == 2);
    CHECK_FALSE(update_accepted("CLEAR ALL CLEAR ALL"));
    CHECK_FALSE(update_accepted("CLEAR ALL ;;"));
    CHECK_FALSE(update_accepted(";"));
}

TEST_CASE("data hold no variables, and what is deleted no blank nodes", "[sparql]") {
    CHECK(update_refusal("INSERT DATA { :s :p ?x }").message ==
          "a variable cannot stand in INSERT DATA");
    CHECK_FALSE(update_accepted("INSERT DATA { GRAPH ?g { :s :p 1 } }"));
    CHECK_FALSE(update_accepted("DELETE DATA { ?s :p 1 }"));
    for (const char* blank : {"_:b :p 1", "[] :p 1", "[ :p 1 ]", ":s :p (1)", ":s :p 1 ~",
                              ":s :p 1 {| :q 2 |}", "<< :s :p 1 >>", ":s :p <<( _:b :p 1 )>>"}) {
        INFO(blank);
        CHECK(update_accepted("INSERT DATA { " + std::string(blank) + " }"));
        CHECK_FALSE(update_accepted("DELETE DATA { " + std::string(blank) + " }"));
        CHECK_FALSE(update_accepted("DELETE WHERE { " + std::string(blank) + " }"));
        CHECK_FALSE(update_accepted("DELETE { " + std::string(blank) + " } WHERE { }"));
    }
    CHECK(update_accepted("DELETE { :s :p () } WHERE { [] :p _:b }"));
    CHECK_FALSE(update_accepted("INSERT DATA { GRAPH :g { GRAPH :h { :s :p 1 } } }"));
    CHECK_FALSE(update_accepted("INSERT { :s :p* 1 } WHERE { }"));
    CHECK_FALSE(update_accepted("INSERT DATA { <http://e/[x]> :p 1 }"));
}

TEST_CASE("a label of data belongs to one operation", "[sparql]") {
    CHECK(update_accepted("INSERT DATA { _:b :p 1 . GRAPH :g { _:b :p 2 } }"));
    CHECK_FALSE(update_accepted("INSERT DATA { _:b :p 1 } ; INSERT DATA { _:b :p 1 }"));
    // In templates and patterns of several operations a label is several blank nodes.
    const ParsedUpdate parsed = parse_update(
        "INSERT { _:b <a:p> 1 } WHERE { _:b <a:p> 1 } ; INSERT { _:b <a:p> 1 } WHERE { _:b ?p 1 }");
    CHECK(parsed.symbols.blank_nodes.size() == 4);
    CHECK_FALSE(update_accepted("INSERT { } WHERE { _:b :p 1 { _:b :p 1 } }"));
}

}  // namespace dossier::sparql
