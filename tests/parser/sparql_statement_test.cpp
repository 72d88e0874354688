#include <catch2/catch.hpp>

#include "tests/parser/sparql_support.h"

namespace dossier::sparql {

TEST_CASE("a shell's statement is a query, an update, a prologue or a pattern", "[sparql]") {
    CHECK(std::holds_alternative<ParsedQuery>(parse_statement("ASK {} ;")));
    CHECK(std::holds_alternative<ParsedUpdate>(parse_statement("CLEAR ALL ;")));
    CHECK(std::holds_alternative<ParsedPrologue>(parse_statement("")));
    const auto prologue = std::get<ParsedPrologue>(parse_statement("PREFIX : <http://e/> ;"));
    REQUIRE(prologue.prefixes.size() == 1);
    CHECK(prologue.prefixes[0].first.empty());
    CHECK(prologue.prefixes[0].second == "http://e/");
}

TEST_CASE("a bare pattern is a question for all its variables", "[sparql]") {
    const auto normal = [](std::string_view text) {
        const auto pattern = std::get<ParsedPattern>(parse_statement(text, test_options()));
        return one_line(
            to_text(pattern.question.query, pattern.question.symbols, &test_prefixes()));
    };
    CHECK(normal(":Wagner :requested ?what") == "SELECT * WHERE { :Wagner :requested ?what . }");
    CHECK(normal("?s :p ?o ; :q 1 .") == "SELECT * WHERE { ?s :p ?o . ?s :q 1 . }");
    CHECK(normal("?s :p ?o FILTER(?o > 1) LIMIT 3") ==
          "SELECT * WHERE { ?s :p ?o . FILTER (?o > 1) } LIMIT 3");
    CHECK(normal("{ ?s :p ?o } UNION { ?s :q ?o }") ==
          "SELECT * WHERE { { ?s :p ?o . } UNION { ?s :q ?o . } }");
    CHECK(normal("PREFIX x: <http://x/> x:a ?p ?o") == "SELECT * WHERE { <http://x/a> ?p ?o . }");
    CHECK_THROWS_AS(parse_statement(":Wagner", test_options()), SyntaxError);
    CHECK_THROWS_AS(parse_statement("SELCT * { ?s ?p ?o }"), SyntaxError);
    CHECK_THROWS_AS(parse_statement(":a :b :c }", test_options()), SyntaxError);
}

TEST_CASE("the kind of a statement shows in its first word", "[sparql]") {
    CHECK(statement_kind(" # nothing\n") == StatementKind::empty);
    CHECK(statement_kind("PREFIX : <http://e/#> BASE <x>") == StatementKind::prologue);
    CHECK(statement_kind("PREFIX : <http://e/#> select") == StatementKind::query);
    CHECK(statement_kind("\xEF\xBB\xBFVERSION '1.2' ASK {}") == StatementKind::query);
    CHECK(statement_kind("insert data") == StatementKind::update);
    CHECK(statement_kind("WITH <x>") == StatementKind::update);
    CHECK(statement_kind(":Wagner :requested") == StatementKind::pattern);
    CHECK(statement_kind("select:x ?p ?o") == StatementKind::pattern);
    CHECK(statement_kind("\"") == StatementKind::pattern);
}

TEST_CASE("completeness of what is typed", "[sparql]") {
    const auto of = [](std::string_view text) {
        return statement_completeness(text, test_options());
    };
    CHECK(of("") == Completeness::empty);
    CHECK(of("# x ;") == Completeness::empty);
    CHECK(of("SELECT * { ?s ?p ?o }") == Completeness::complete);
    CHECK(of("SELECT *") == Completeness::incomplete);
    CHECK(of("SELECT * {") == Completeness::incomplete);
    CHECK(of("SELECT * { ?s ?p '''a;\n") == Completeness::incomplete);
    CHECK(of("SELECT * { ?s ?p ';") == Completeness::incomplete);
    CHECK(of("SELECT * { ?s ?p ';' ; ") == Completeness::incomplete);
    CHECK(of("SELECT * { ?s ?p <a;>") == Completeness::incomplete);
    CHECK(of("SELECT * { ?s ?p ?o } ;") == Completeness::ended);
    CHECK(of("SELECT * { ?s ?p ?o } # ;") == Completeness::complete);
    CHECK(of("INSERT DATA { :s :p 1 }") == Completeness::complete);
    CHECK(of("INSERT DATA { :s :p 1 } ; # end") == Completeness::ended);
    CHECK(of("DELETE { :s :p 1 }") == Completeness::incomplete);
    CHECK(of("PREFIX : <http://e/>") == Completeness::complete);
    CHECK(of("PREFIX :") == Completeness::incomplete);
    CHECK(of(":s :p") == Completeness::incomplete);
    CHECK(of(":s :p ?o") == Completeness::complete);
    CHECK(of(":s :p ?o .") == Completeness::ended);
    CHECK(of(":s :p ?o ;") == Completeness::complete);
    CHECK(of(":s :p (1 . ") == Completeness::incomplete);
    CHECK(of("SELCT *") == Completeness::wrong);
    CHECK(of("SELECT * { } }") == Completeness::wrong);
    CHECK(of("SELECT nobody:x { }") == Completeness::wrong);
    CHECK(of("SELECT COUNT(*)") == Completeness::wrong);
}

TEST_CASE("a term as a parameter", "[sparql]") {
    const auto text = [](std::string_view term) {
        return parse_term(term, test_options()).to_string();
    };
    CHECK(text(" <http://x/y> ") == "<http://x/y>");
    CHECK(text(":a") == "<http://e/a>");
    CHECK(text("'x'@en") == "\"x\"@en");
    CHECK(text("-1.5") == "\"-1.5\"^^<http://www.w3.org/2001/XMLSchema#decimal>");
    CHECK(text("<<( :a :b true )>>") ==
          "<<( <http://e/a> <http://e/b> "
          "\"true\"^^<http://www.w3.org/2001/XMLSchema#boolean> )>>");
    CHECK(parse_term("_:b").is_blank_node());
    CHECK(text("<<( _:b :p <<( _:c :p _:b )>> )>>") ==
          "<<( _:b <http://e/p> <<( _:c <http://e/p> _:b )>> )>>");
    for (const char* wrong :
         {"", "?x", ":a :b", "x", "<<( 1 :p 1 )>>", "<<( ?x :p 1 )>>", "[]", "[]; DROP ALL", "a"}) {
        INFO(wrong);
        CHECK_THROWS_AS(parse_term(wrong, test_options()), SyntaxError);
    }
}

}  // namespace dossier::sparql
