#include <catch2/catch.hpp>

#include <set>

#include <dossier/dossier.h>

#include "tests/oracle/campaign.h"
#include "tests/oracle/engine_store.h"
#include "tests/oracle/temporary_folder.h"

#include "sorted_rows.h"

// Random queries against the reference evaluator (tests/oracle), a thousand of them so that the
// sanitizers see them too, and what such queries have found.

using namespace dossier;

namespace {

Store numbers() {
    Store store = Store::in_memory();
    store.load_text(R"(
        PREFIX : <http://example.org/>
        :a :p 1 , 2 . :b :p 3 . :c :p 4 , 5 .)",
                    DataFormat::turtle);
    store.set_prefix("", "http://example.org/");
    return store;
}

}  // namespace

TEST_CASE("a thousand random queries give what the reference evaluator gives", "[oracle]") {
    oracle::CampaignOptions options;
    options.queries = 1000;
    options.seed = 20;
    options.print = [](const std::string& text) { WARN(text); };
    const oracle::CampaignReport report = oracle::run_campaign(options);
    CHECK(report.queries == 1000);
    CHECK(report.differences == 0);
    CHECK(report.non_empty * 2 > report.queries);
}

TEST_CASE("random updates leave the statements that they should", "[oracle]") {
    oracle::CampaignOptions options;
    options.queries = 300;
    options.seed = 20;
    options.print = [](const std::string& text) { WARN(text); };
    const oracle::CampaignReport report = oracle::run_updates(options);
    CHECK(report.queries == 300);
    CHECK(report.differences == 0);
    CHECK(report.non_empty * 2 > report.queries);
}

TEST_CASE("random queries run with each pass off, each join, little memory and in threads",
          "[oracle]") {
    std::set<std::string> disabled;
    std::set<engine::ForcedJoin> joins;
    bool all_disabled = false, little_memory = false, threads = false;
    for (const oracle::Variant& variant : oracle::variants()) {
        const auto& passes = variant.options.disabled_passes;
        if (passes.size() == 1) disabled.insert(passes.front());
        all_disabled = all_disabled || passes == engine::pass_names();
        joins.insert(variant.options.forced_join);
        little_memory = little_memory || variant.memory < 100'000;
        threads = threads || variant.threads > 1;
    }
    const std::vector<std::string>& passes = engine::pass_names();
    CHECK(disabled == std::set<std::string>(passes.begin(), passes.end()));
    for (const engine::ForcedJoin join : engine::forced_joins) CHECK(joins.contains(join));
    CHECK(static_cast<std::size_t>(engine::ForcedJoin::leapfrog) == engine::forced_joins.size());
    // Small as the data is, a circle is joined at once where that is asked for.
    const auto node = [](const char* name) { return Term::iri(std::string("http://n/") + name); };
    const Term p = Term::iri("http://p/0");
    const oracle::EngineStore store({{node("a"), p, node("b"), {}},
                                     {node("b"), p, node("c"), {}},
                                     {node("c"), p, node("a"), {}}},
                                    oracle::Making::bulk);
    const auto circle =
        store.prepare("SELECT * { ?x <http://p/0> ?y . ?y <http://p/0> ?z . ?z <http://p/0> ?x }");
    oracle::Variant leapfrog;
    leapfrog.options.forced_join = engine::ForcedJoin::leapfrog;
    CHECK(circle.explain(leapfrog).find("Leapfrog") != std::string::npos);
    CHECK(circle.run(leapfrog).rows.size() == 3);
    CHECK(all_disabled);
    CHECK(little_memory);
    CHECK(threads);
}

TEST_CASE("GROUP_CONCAT counts the bytes of short texts rightly over many groups", "[oracle]") {
    const Store store = numbers();
    CHECK(sorted_rows(store,
                      "SELECT ?s (STRLEN(GROUP_CONCAT(STR(?o))) AS ?n) { ?s :p ?o } GROUP BY ?s") ==
          Texts{"http://example.org/a 3", "http://example.org/b 1", "http://example.org/c 3"});
}

TEST_CASE("HAVING sees a key that has its value from outside the sub-select", "[oracle]") {
    const Store store = numbers();
    CHECK(sorted_rows(store, R"(SELECT ?o { ?s :p ?o
              LATERAL { SELECT ?o { ?x :p ?o } GROUP BY ?o HAVING (?o >= 4) } })") ==
          Texts{"4", "5"});
    CHECK(sorted_rows(store, R"(SELECT ?o ?n { ?s :p ?o
              LATERAL { SELECT ?o (SUM(?o) AS ?n) { ?x :p ?o } GROUP BY ?o } })") ==
          Texts{"1 1", "2 2", "3 3", "4 4", "5 5"});
    CHECK(sorted_rows(store, R"(SELECT ?o { ?s :p ?o
              FILTER EXISTS { SELECT ?o { ?x :p ?o OPTIONAL { ?o :q ?z } }
                              GROUP BY ?o HAVING (?o >= 4 && COUNT(?z) = 0) } })") ==
          Texts{"4", "5"});
}

TEST_CASE("a key from outside the sub-select is seen beside COUNT(DISTINCT *)", "[oracle]") {
    const Store store = numbers();
    CHECK(sorted_rows(store, R"(SELECT ?o ?n { ?s :p ?o
              LATERAL { SELECT ?o (SUM(?o) AS ?n) (COUNT(DISTINCT *) AS ?all)
                        { ?x :p ?o } GROUP BY ?o } })") ==
          Texts{"1 1", "2 2", "3 3", "4 4", "5 5"});
}

TEST_CASE("OPTIONAL stays in its graph when nobody asks for the graph's name", "[oracle]") {
    Store store = Store::in_memory();
    store.load_text(R"(
        PREFIX : <http://example.org/>
        :g { :a :p 1 . :a :q 2 . } :h { :b :p 3 . :b :r 4 . })",
                    DataFormat::trig);
    store.set_prefix("", "http://example.org/");
    CHECK(sorted_rows(store, "SELECT ?o ?z { GRAPH ?g { ?s :p ?o OPTIONAL { ?x :q ?z } } }") ==
          Texts{"1 2", "3 -"});
    CHECK(sorted_rows(store,
                      "SELECT ?o ?z { GRAPH ?g { { ?s :p ?o OPTIONAL { ?x :q ?z } } "
                      "{ ?s ?y ?w } } }") == Texts{"1 2", "1 2", "3 -", "3 -"});
    CHECK(sorted_rows(store, "SELECT ?o { GRAPH ?g { ?s :p ?o } }") == Texts{"1", "3"});
}

TEST_CASE("GROUP_CONCAT concatenates strings, as CONCAT does; anything else is an error",
          "[oracle]") {
    const Store store = numbers();
    CHECK(sorted_rows(store, R"(SELECT (GROUP_CONCAT(?x) AS ?t) { VALUES ?x { "a" "b"@en } })") ==
          Texts{"a b"});
    CHECK(sorted_rows(store, R"(SELECT (GROUP_CONCAT(?x) AS ?t) { VALUES ?x { "a" :b } })") ==
          Texts{"-"});
    CHECK(sorted_rows(store, "SELECT (GROUP_CONCAT(?x) AS ?t) { VALUES ?x { 1 } }") == Texts{"-"});
    CHECK(sorted_rows(store, "SELECT (GROUP_CONCAT(STR(?x)) AS ?t) { VALUES ?x { 1 :b } }") ==
          Texts{"1 http://example.org/b"});
    CHECK(sorted_rows(store, "SELECT (GROUP_CONCAT(?x) AS ?t) { VALUES ?x { UNDEF } }") ==
          Texts{"-"});
    CHECK(sorted_rows(store, "SELECT (GROUP_CONCAT(?x) AS ?t) { ?x :nothing ?y }") == Texts{""});
}

TEST_CASE("GROUP_CONCAT gives back what closed groups held", "[oracle]") {
    // Long and short texts in turn: a string that is assigned to keeps its memory.
    std::string data = "PREFIX : <http://example.org/> ";
    for (int group = 0; group < 300; ++group)
        for (int i = 0; i < (group % 3 == 0 ? 40 : 1); ++i)
            data += ":s" + std::to_string(group) + " :p " + std::to_string(i) + " . ";
    Store store = Store::in_memory();
    store.load_text(data, DataFormat::turtle);
    store.set_prefix("", "http://example.org/");
    const auto rows = sorted_rows(store, R"(SELECT (SUM(?n) AS ?all) {
        SELECT ?s (STRLEN(GROUP_CONCAT(STR(?o); SEPARATOR = "--")) AS ?n)
        { ?s :p ?o } GROUP BY ?s })");
    CHECK(rows == Texts{std::to_string(100 * (10 + 30 * 2 + 39 * 2) + 200)});
    QueryOptions little;
    little.memory = 4 << 20;
    CHECK(sorted_rows(store,
                      "SELECT (COUNT(*) AS ?c) { SELECT ?s ?p (GROUP_CONCAT(STR(?p)) AS ?n) "
                      "{ ?s :p ?o . ?x :p ?p } GROUP BY ?s ?p }",
                      little) == Texts{"12000"});
}

TEST_CASE("a sub-query sees outside values beside many variables that are unbound", "[oracle]") {
    Store store = Store::in_memory();
    store.load_text(R"(
        PREFIX : <http://example.org/>
        :a :p :b . :b :q :c . :c :r :d .)",
                    DataFormat::turtle);
    store.set_prefix("", "http://example.org/");
    const std::string six =
        "VALUES (?a ?b ?c ?d ?e ?f) { (:a UNDEF UNDEF UNDEF UNDEF :c) "
        "(UNDEF :b :c UNDEF UNDEF UNDEF) (:b :b :b :b :b :b) "
        "(UNDEF UNDEF UNDEF UNDEF UNDEF UNDEF) }";
    const std::string pattern =
        "{ ?a :p ?b . ?b :q ?c . ?c :r ?d FILTER(!BOUND(?e)) "
        "FILTER(!BOUND(?f) || ?f = ?c) }";
    CHECK(
        sorted_rows(store,
                    ("SELECT ?a ?b ?f { " + six + " FILTER EXISTS " + pattern + " }").c_str()) ==
        Texts{"- - -", "- http://example.org/b -", "http://example.org/a - http://example.org/c"});
    CHECK(sorted_rows(store,
                      ("SELECT ?x { " + six + " BIND(EXISTS " + pattern + " AS ?x) }").c_str()) ==
          Texts{"false", "true", "true", "true"});
    CHECK(sorted_rows(store, ("SELECT ?a ?d { " + six + " LATERAL " + pattern + " }").c_str()) ==
          Texts(3, "http://example.org/a http://example.org/d"));
    // The condition of OPTIONAL sees both sides.
    CHECK(sorted_rows(store, ("SELECT ?f ?z { " + six + " OPTIONAL { ?x :p ?z FILTER EXISTS " +
                              pattern + " } }")
                                 .c_str()) ==
          Texts{"- http://example.org/b", "- http://example.org/b", "http://example.org/b -",
                "http://example.org/c http://example.org/b"});
}

TEST_CASE("sorted groups give back what those that are done have held", "[oracle]") {
    Store store = Store::in_memory();
    std::string text;
    // Groups of long and short texts in turn; all together are more than the limit.
    for (int i = 0; i < 6000; ++i)
        for (int k = 0; k < (i % 7 == 0 ? 40 : 1); ++k)
            text += "<urn:s" + std::to_string(i) + "> <urn:p> " + std::to_string(k) + " .\n";
    store.load_text(text, DataFormat::turtle);
    QueryOptions options;
    options.memory = std::size_t{2} << 20;
    Query query = store.prepare(
        "SELECT ?s (STRLEN(GROUP_CONCAT(CONCAT(STR(?o), 'twenty characters...'))) AS ?n) "
        "{ ?s <urn:p> ?o } GROUP BY ?s",
        options);
    REQUIRE(query.explain().find("Group: sorted") != std::string::npos);
    std::size_t groups = 0;
    for (const Row& row : query.rows()) {
        const int number = std::stoi(row.get<std::string>(0).substr(5));
        CHECK(row.get<int>(1) == (number % 7 == 0 ? 10 * 21 + 30 * 22 + 39 : 21));
        ++groups;
    }
    CHECK(groups == 6000);
}

TEST_CASE("a path of no step is there in a default graph without statements", "[oracle]") {
    const Store store = numbers();
    // FROM NAMED alone leaves the default graph empty (section 13.2).
    const std::string from = "FROM NAMED <http://example.org/g> ";
    const Texts itself = {"http://example.org/a"};
    for (const char* path : {":p*", ":p?", "(!:p)*", ":p{0,2}"}) {
        INFO(path);
        CHECK(sorted_rows(store, ("SELECT ?x " + from + "{ :a " + path + " ?x }").c_str()) ==
              itself);
        CHECK(sorted_rows(store, ("SELECT ?x " + from + "{ ?x " + path + " :a }").c_str()) ==
              itself);
        CHECK(sorted_rows(store, ("SELECT ?x " + from + "{ ?x " + path + " ?y }").c_str()).empty());
        CHECK(sorted_rows(store, ("SELECT (1 AS ?x) " + from + "{ :a " + path + " :a }").c_str()) ==
              Texts{"1"});
        CHECK(sorted_rows(store, ("SELECT (1 AS ?x) " + from + "{ :a " + path + " 1 }").c_str())
                  .empty());
    }
    CHECK(sorted_rows(store, ("SELECT ?x " + from + "{ :a :p+ ?x }").c_str()).empty());
    // GRAPH with the name of no graph has no solution at all (section 18.6).
    CHECK(sorted_rows(store, ("SELECT ?x " + from + "{ GRAPH :g { :a :p* ?x } }").c_str()).empty());
}

TEST_CASE("MINUS in LATERAL excludes nothing where the solution outside has no variable",
          "[oracle]") {
    const Store store = numbers();
    const std::string minus = " LATERAL { { ?x :p 4 } MINUS { :a :p ?y } } }";
    CHECK(sorted_rows(store, ("SELECT ?x { { :b :p 3 }" + minus).c_str()) ==
          Texts{"http://example.org/c"});
    CHECK(sorted_rows(store, ("SELECT ?x { { :b :p _:three }" + minus).c_str()) ==
          Texts{"http://example.org/c"});
    CHECK(sorted_rows(store, ("SELECT ?x { { :b :p 3 . :a :p 1 }" + minus).c_str()) ==
          Texts{"http://example.org/c"});
    CHECK(
        sorted_rows(store, ("SELECT ?x { { :b :p 3 FILTER EXISTS { ?y :p 4 } }" + minus).c_str()) ==
        Texts{"http://example.org/c"});
    // With one, both sides have it (SPARQL 1.2, ContextSolution).
    CHECK(sorted_rows(store, ("SELECT ?x { { :b :p ?three }" + minus).c_str()).empty());
}

TEST_CASE("LOAD SILENT of a file with an error adds none of its statements", "[oracle]") {
    const oracle::TemporaryFolder files;
    const std::string broken =
        files.write("broken.nt", "<http://n/1> <http://p/0> <http://n/2> .\n<http://n/1> <oops\n");
    oracle::EngineStore store({}, oracle::Making::bulk);
    store.update("LOAD SILENT <" + broken + "> ; INSERT DATA { <http://n/3> <http://p/0> 1 }", {},
                 files.path());
    store.read_back();
    REQUIRE(store.quads().size() == 1);
    CHECK(store.quads().front().subject == Term::iri("http://n/3"));
    // Without SILENT the whole request fails.
    CHECK_THROWS_AS(store.update("INSERT DATA { <http://n/4> <http://p/0> 1 } ; LOAD <" + broken +
                                     "> ; INSERT DATA { <http://n/5> <http://p/0> 1 }",
                                 {}, files.path()),
                    Error);
    store.read_back();
    CHECK(store.quads().size() == 1);
}

TEST_CASE("a dry run of a load into a transaction adds nothing", "[oracle]") {
    Store store = Store::in_memory();
    Transaction transaction = store.begin();
    LoadOptions options;
    options.dry_run = true;
    transaction.load_text("<http://n/1> <http://p/0> 1 .", DataFormat::turtle, options);
    transaction.commit();
    CHECK(store.size() == 0);
}

TEST_CASE("a part of a UNION that has no solutions changes nothing in OPTIONAL and MINUS",
          "[oracle]") {
    Store store = Store::in_memory();
    std::string data = "PREFIX : <http://example.org/>\n";
    for (int i = 0; i < 25; ++i)
        for (const char* predicate : {" :p ", " :q "})
            if (i < 12 || predicate[2] == 'p')
                data +=
                    ":n" + std::to_string(i) + predicate + ":n" + std::to_string(i + 1) + " .\n";
    store.load_text(data, DataFormat::turtle);
    store.set_prefix("", "http://example.org/");
    const std::string left = ":n2 :p ?a . ?b :p ?c . ";
    const std::string part = "{ ?d :q ?e . ?b :p ?f . ?a ?g ?c }";
    const std::string both = "{ { :absent :nowhere ?b } UNION " + part + " }";
    for (const char* kind :
         {"OPTIONAL ", "MINUS ", "LATERAL ", "FILTER EXISTS ", "FILTER NOT EXISTS ", ""}) {
        CAPTURE(kind);
        const auto rows = [&](const std::string& pattern) {
            return sorted_rows(store, "SELECT * { " + left + kind + pattern + " }");
        };
        CHECK(rows(both) == rows("{ " + part + " }"));
    }
}
