#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

#include <dossier/error.h>

#include "engine/query_executor.h"
#include "fake_snapshot.h"
#include "parser/sparql_parser.h"

// Queries as text over a few statements: what the translation and the plans owe to the
// specification.

namespace dossier::testing {

using namespace dossier::engine;

namespace {

constexpr const char* prologue = "PREFIX : <http://x/> ";

Term x(const std::string& name) {
    return Term::iri("http://x/" + name);
}

std::shared_ptr<FakeSnapshot> people() {
    auto data = std::make_shared<FakeSnapshot>();
    data->add(x("ann"), x("knows"), x("bob"));
    data->add(x("bob"), x("knows"), x("cid"));
    data->add(x("cid"), x("knows"), x("ann"));
    data->add(x("dan"), x("knows"), x("dan"));
    data->add(x("ann"), x("age"), Term::integer(30));
    data->add(x("bob"), x("age"), Term::integer(40));
    data->add(x("cid"), x("age"), Term::integer(50));
    data->add(x("ann"), x("name"), Term::literal("Ann"));
    data->add(x("claim"), x("reifies"), Term::triple(x("ann"), x("knows"), x("eve")));
    data->add(x("claim"), x("by"), x("bob"));
    data->add(x("gil"), x("knows"), x("ann"), x("g1"));
    data->add(x("gil"), x("age"), Term::integer(7), x("g1"));
    data->add(x("hal"), x("knows"), x("gil"), x("g2"));
    return data;
}

std::shared_ptr<const QueryPlan> planned(const std::string& text,
                                         const std::shared_ptr<const FakeSnapshot>& data,
                                         const PlanOptions& options = {}) {
    const sparql::ParsedQuery parsed = sparql::parse_query(prologue + text);
    return plan_query(std::make_shared<const TranslatedPattern>(translate_query(parsed)), data,
                      options);
}

std::string short_form(const std::string& text) {
    std::string out = text;
    for (const std::string& part :
         {std::string("http://x/"), std::string("^^<http://www.w3.org/2001/XMLSchema#integer>")})
        for (std::size_t at = out.find(part); at != std::string::npos; at = out.find(part))
            out.erase(at, part.size());
    std::erase_if(out, [](char c) { return c == '<' || c == '>' || c == '"'; });
    return out;
}

// Rows as "a b", in the order they come.
std::vector<std::string> ordered(const std::string& text,
                                 const std::shared_ptr<const FakeSnapshot>& data,
                                 const PlanOptions& options = {}) {
    QueryExecution execution(planned(text, data, options), {});
    Batch batch;
    std::vector<std::string> rows;
    while (execution.next(batch))
        for (const std::uint32_t row : batch.selected()) {
            std::string line;
            for (std::size_t i = 0; i < batch.columns(); ++i) {
                const TermId id = batch.column(i)[row];
                line += (i > 0 ? " " : "") +
                        (id.bound() ? short_form(execution.context().term(id).to_string()) : "-");
            }
            rows.push_back(line);
        }
    return rows;
}

using Lines = std::vector<std::string>;

Lines rows(const std::string& text, const PlanOptions& options = {}) {
    Lines out = ordered(text, people(), options);
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace

TEST_CASE("basic patterns, filters and projections", "[query_executor]") {
    CHECK(rows("SELECT ?o { :ann :knows ?o }") == Lines{"bob"});
    CHECK(rows("SELECT ?a ?c { ?a :knows ?b . ?b :knows ?c . ?b :age ?n FILTER(?n > 35) }") ==
          Lines{"ann cid", "bob ann"});
    CHECK(rows("SELECT ?s { ?s :knows ?s }") == Lines{"dan"});
    CHECK(rows("SELECT ?s ?nobody { ?s :name 'Ann' }") == Lines{"ann -"});
    CHECK(rows("SELECT ?s { ?s :unheard ?o }").empty());
    CHECK(rows("SELECT * { }") == Lines{""});
    CHECK(rows("ASK { :ann :knows ?x }") == Lines{""});
    CHECK(rows("ASK { :ann :knows :ann }").empty());
    CHECK(rows("SELECT ?s { ?s :age ?n FILTER(?n = 40.0) }") == Lines{"bob"});
    CHECK(rows("SELECT ?s { ?s :age ?n FILTER(?n IN (30, 50)) }") == Lines{"ann", "cid"});
}

TEST_CASE("OPTIONAL keeps rows, and its filters see both sides", "[query_executor]") {
    CHECK(rows("SELECT ?s ?n { ?s :age ?a OPTIONAL { ?s :name ?n } }") ==
          Lines{"ann Ann", "bob -", "cid -"});
    CHECK(
        rows(
            "SELECT ?s ?b { ?s :age ?a OPTIONAL { ?s :knows ?b . ?b :age ?c FILTER(?c > ?a) } }") ==
        Lines{"ann bob", "bob cid", "cid -"});
    // Section 18.2.2.6: the filter of a group inside the OPTIONAL's group does not see ?a.
    CHECK(rows("SELECT ?s ?b { ?s :age ?a OPTIONAL { { ?s :knows ?b FILTER(?a > 0) } } }") ==
          Lines{"ann -", "bob -", "cid -"});
    CHECK(rows("SELECT ?s { ?s :age ?a OPTIONAL { ?s :name ?n } FILTER(!BOUND(?n)) }") ==
          Lines{"bob", "cid"});
}

TEST_CASE("MINUS and NOT EXISTS differ where no variable is shared", "[query_executor]") {
    CHECK(rows("SELECT ?s { ?s :age ?a MINUS { ?s :name ?n } }") == Lines{"bob", "cid"});
    CHECK(rows("SELECT ?s { ?s :age ?a MINUS { :ann :name ?n } }") == Lines{"ann", "bob", "cid"});
    CHECK(rows("SELECT ?s { ?s :age ?a FILTER NOT EXISTS { ?s :name ?n } }") ==
          Lines{"bob", "cid"});
    CHECK(rows("SELECT ?s { ?s :age ?a FILTER NOT EXISTS { :ann :name ?n } }").empty());
    // The inner filter reads a variable of the outer solution.
    CHECK(rows("SELECT ?s { ?s :age ?a FILTER NOT EXISTS { ?t :age ?b FILTER(?b > ?a) } }") ==
          Lines{"cid"});
    CHECK(rows("SELECT ?s { ?s :age ?a FILTER(EXISTS { ?s :name ?n } || ?a = 50) }") ==
          Lines{"ann", "cid"});
}

TEST_CASE("variables that a sub-select does not project are its own", "[query_executor]") {
    CHECK(rows("SELECT ?s ?o { ?s :name ?n { SELECT ?o { ?s :knows ?o . ?o :age 40 } } }") ==
          Lines{"ann bob"});
    CHECK(
        rows(
            "SELECT ?s { ?s :age ?a { SELECT (MAX(?a) AS ?m) { ?s :age ?a } } FILTER(?a = ?m) }") ==
        Lines{"cid"});
    CHECK(rows("SELECT ?s ?a { { SELECT ?s ?a { ?s :age ?a } ORDER BY DESC(?a) LIMIT 1 } }") ==
          Lines{"cid 50"});
}

TEST_CASE("grouping, counting, sorting and slices", "[query_executor]") {
    CHECK(rows("SELECT (COUNT(*) AS ?n) { ?s :knows ?o }") == Lines{"4"});
    CHECK(rows("SELECT (COUNT(*) AS ?n) { ?s :unheard ?o }") == Lines{"0"});
    CHECK(rows("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p") ==
          Lines{"age 3", "by 1", "knows 4", "name 1", "reifies 1"});
    CHECK(rows("SELECT (COUNT(*) AS ?n) { ?s :knows ?o . ?s :age ?a }") == Lines{"3"});
    CHECK(rows("SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }") == Lines{"5"});
    CHECK(rows("SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s :knows ?o . ?s :age ?a }") == Lines{"3"});
    CHECK(rows("SELECT (SUM(?a) AS ?n) { ?s :age ?a } HAVING(SUM(?a) > 100)") == Lines{"120"});
    const auto data = people();
    CHECK(ordered("SELECT ?s { ?s :age ?a } ORDER BY DESC(?a)", data) ==
          Lines{"cid", "bob", "ann"});
    CHECK(ordered("SELECT ?s { ?s :age ?a } ORDER BY ?a LIMIT 1 OFFSET 1", data) == Lines{"bob"});
    CHECK(ordered("SELECT ?s { ?s :age ?a } ORDER BY ?a LIMIT 0", data).empty());
    CHECK(rows("SELECT DISTINCT ?p { ?s ?p ?o . ?s :age ?a }") == Lines{"age", "knows", "name"});
}

TEST_CASE("named graphs, datasets and the union of all graphs", "[query_executor]") {
    CHECK(rows("SELECT ?g ?s { GRAPH ?g { ?s :knows ?o } }") == Lines{"g1 gil", "g2 hal"});
    CHECK(rows("SELECT ?s { GRAPH :g1 { ?s :knows ?o } }") == Lines{"gil"});
    CHECK(rows("SELECT ?g { GRAPH ?g { } }") == Lines{"g1", "g2"});
    CHECK(rows("SELECT ?g { GRAPH ?g { ?s :knows ?o . ?s :age ?a } }") == Lines{"g1"});
    // One count a graph, also where it is zero.
    CHECK(rows("SELECT ?g ?n { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s :age ?a } } }") ==
          Lines{"g1 1", "g2 0"});
    CHECK(rows("SELECT ?s FROM :g1 FROM :g2 { ?s :knows ?o }") == Lines{"gil", "hal"});
    CHECK(rows("SELECT ?s FROM NAMED :g1 { GRAPH ?g { ?s :knows ?o } }") == Lines{"gil"});
    CHECK(rows("SELECT ?s FROM :g1 { GRAPH ?g { ?s :knows ?o } }").empty());
    CHECK(rows("SELECT ?s FROM :unheard { ?s :knows ?o }").empty());
    // The pattern does not see the name of its graph (section 18.6).
    CHECK(rows("SELECT * { GRAPH ?g { FILTER(BOUND(?g)) } }").empty());
    CHECK(rows("SELECT ?g ?s { GRAPH ?g { ?s :knows ?o } FILTER(?g = :g2) }") == Lines{"g2 hal"});
    CHECK(rows("SELECT ?g ?s { GRAPH ?g { ?s :knows ?o OPTIONAL { ?s :knows ?g } } }").empty());
    PlanOptions all;
    all.union_default_graph = true;
    CHECK(rows("SELECT ?s { ?s :knows ?o . ?o :age ?a }", all) ==
          Lines{"ann", "bob", "cid", "gil", "hal"});
    CHECK(rows("SELECT ?s { ?s :age ?a FILTER EXISTS { GRAPH ?g { ?t :knows ?s } } }") ==
          Lines{"ann"});
}

TEST_CASE("property paths", "[query_executor]") {
    CHECK(rows("SELECT ?o { :ann :knows+ ?o }") == Lines{"ann", "bob", "cid"});
    CHECK(rows("SELECT ?o { :ann :knows/:knows ?o }") == Lines{"cid"});
    CHECK(rows("SELECT ?o { :ann ^:knows ?o }") == Lines{"cid"});
    CHECK(rows("SELECT ?o { :ann (:knows|:name) ?o }") == Lines{"Ann", "bob"});
    CHECK(rows("SELECT ?o { :ann !(:knows|:age) ?o }") == Lines{"Ann"});
    CHECK(rows("SELECT ?o { :ann :knows? ?o }") == Lines{"ann", "bob"});
    CHECK(rows("SELECT ?o { :ann :knows{2} ?o }") == Lines{"cid"});
    for (const char* none : {":knows{0}", ":knows{,0}", "(:knows{0})*", "^(:knows{0})",
                             "(:knows{0}|:knows{0})?", "(:knows*){0}/(:knows{0}/:knows{0})+"}) {
        INFO(none);
        const std::string path = none;
        CHECK(rows("SELECT ?o { :ann " + path + " ?o }") == Lines{"ann"});
        CHECK(rows("SELECT ?o { ?o " + path + " :ann }") == Lines{"ann"});
        CHECK(rows("SELECT (COUNT(DISTINCT ?o) - COUNT(DISTINCT ?s) AS ?d) { ?s " + path +
                   " ?o FILTER(?s = ?o) }") == Lines{"0"});
        CHECK(rows("SELECT ?s ?o { ?s " + path + " ?o FILTER(?s != ?o) }").empty());
    }
    CHECK(rows("SELECT ?o { :ann :knows{1,2} ?o }") == Lines{"bob", "cid"});
    // A term that is nowhere in the graph has its path of length zero; a variable's value has not.
    CHECK(rows("SELECT ?o { :unheard :knows* ?o }") == Lines{"unheard"});
    CHECK(rows("SELECT ?s { ?s :knows* :unheard }") == Lines{"unheard"});
    CHECK(rows("SELECT ?s ?o { VALUES ?s { :unheard } ?s :knows* ?o }").empty());
    CHECK(rows("ASK { :unheard :knows* :unheard }") == Lines{""});
    CHECK(rows("SELECT ?s { ?s :knows+ ?s }") == Lines{"ann", "bob", "cid", "dan"});
    CHECK(rows("SELECT ?o { ?s :name 'Ann' . ?s :knows+ ?o . ?o :age 40 }") == Lines{"bob"});
    CHECK(rows("SELECT (COUNT(*) AS ?n) { ?s :knows+ ?o }") == Lines{"10"});
}

TEST_CASE("triple terms are matched inside and out", "[query_executor]") {
    CHECK(rows("SELECT ?c ?o { ?c :reifies <<( :ann :knows ?o )>> }") == Lines{"claim eve"});
    CHECK(rows("SELECT ?p ?v { ?c :reifies <<( ?s ?p :eve )>> ; :by ?v }") == Lines{"knows bob"});
    CHECK(rows("SELECT ?c { ?c :reifies <<( :ann :knows :eve )>> }") == Lines{"claim"});
    CHECK(rows("SELECT ?c { ?c :reifies <<( :ann :knows :bob )>> }").empty());
    CHECK(rows("SELECT ?s { ?c :reifies ?t BIND(SUBJECT(?t) AS ?s) }") == Lines{"ann"});
    // What the query builds is the stored term.
    CHECK(rows("SELECT ?c { BIND(TRIPLE(:ann, :knows, :eve) AS ?t) ?c :reifies ?t }") ==
          Lines{"claim"});
}

TEST_CASE("computed terms meet stored ones", "[query_executor]") {
    CHECK(
        rows("SELECT ?s { ?s :name ?n BIND(CONCAT('A', 'nn') AS ?m) FILTER(sameTerm(?n, ?m)) }") ==
        Lines{"ann"});
    CHECK(rows("SELECT ?s { BIND(CONCAT('A', STR('nn')) AS ?n) ?s :name ?n }") == Lines{"ann"});
    CHECK(rows("SELECT DISTINCT ?n { { ?s :name ?n } UNION { BIND(CONCAT('A', 'nn') AS ?n) } }") ==
          Lines{"Ann"});
    CHECK(rows("SELECT ?s { VALUES ?n { 'Ann' 'unheard' } ?s :name ?n }") == Lines{"ann"});
}

TEST_CASE("parameters are terms wherever the variable is visible", "[query_executor]") {
    PlanOptions options;
    options.parameters = {{"s", x("ann")}};
    CHECK(rows("SELECT ?s ?o { ?s :knows ?o FILTER(?s = :ann) }", options) == Lines{"ann bob"});
    CHECK(rows("SELECT ?o { ?o :age ?a FILTER NOT EXISTS { ?s :knows ?o } }", options) ==
          Lines{"ann", "cid"});
    options.parameters = {{"nobody", x("ann")}};
    CHECK_THROWS_AS(rows("SELECT ?s { ?s :knows ?o }", options), QueryError);
}

TEST_CASE("LATERAL sees the solution it is evaluated for", "[query_executor]") {
    CHECK(
        rows(
            "SELECT ?s ?o { ?s :age ?a LATERAL { SELECT ?s ?o { ?s ?p ?o } ORDER BY ?o LIMIT 1 } }")
            .size() == 3);
}

TEST_CASE("EXPLAIN shows the operators in the user's words", "[query_executor]") {
    PlanOptions options;
    options.prefixes = {{"", "http://x/"}};
    const auto plan = planned("SELECT ?n { ?s :knows :ann ; :name ?n }", people(), options);
    const std::string text = plan->explain();
    CHECK(text.find(":knows :ann") != std::string::npos);
    CHECK(text.find("?s :name ?n") != std::string::npos);
    CHECK(text.find("rows") != std::string::npos);
    CHECK(plan->explain_json().find("\"operator\"") != std::string::npos);
    CHECK_THROWS_AS(planned("SELECT * { }", people(),
                            [] {
                                PlanOptions wrong;
                                wrong.disabled_passes = {"no such pass"};
                                return wrong;
                            }()),
                    QueryError);
}

TEST_CASE("time limits and cancellation end a query", "[query_executor]") {
    auto data = std::make_shared<FakeSnapshot>();
    for (int i = 0; i < 60; ++i)
        data->add(x(std::to_string(i)), x("p"), x(std::to_string(i * 7 % 60)));
    const auto plan = planned(
        "SELECT (SUM(1) AS ?n) { ?a :p ?b . ?c :p ?d . ?e :p ?f . ?g :p ?h . ?i :p ?j FILTER(?a != "
        "?j) }",
        data);
    ExecutionOptions timed;
    timed.timeout = std::chrono::milliseconds(30);
    Batch batch;
    QueryExecution late(plan, timed);
    CHECK_THROWS_AS(late.next(batch), LimitError);
    std::stop_source source;
    ExecutionOptions stopped;
    stopped.stop = source.get_token();
    QueryExecution cancelled(plan, stopped);
    source.request_stop();
    CHECK_THROWS_AS(cancelled.next(batch), Interrupted);
}

TEST_CASE("batches of many wide operators have fewer rows", "[query_executor]") {
    ExecutionOptions options;
    options.memory_bytes = std::size_t{64} << 20;
    ExecutionContext context(people(), options);
    CHECK(context.batch_capacity() == Batch::max_capacity);
    context.add_columns(100);
    CHECK(context.batch_capacity() == Batch::max_capacity);
    // A thousand joins, one variable more each.
    for (std::size_t join = 1; join <= 1'000; ++join) context.add_columns(join);
    CHECK(context.batch_capacity() == 16);
    for (std::size_t join = 1; join <= 1'000; ++join) context.remove_columns(join);
    CHECK(context.batch_capacity() == Batch::max_capacity);
}

TEST_CASE("a chain of five hundred joins answers with little memory", "[query_executor]") {
    auto data = std::make_shared<FakeSnapshot>();
    std::string pattern;
    for (int i = 0; i < 500; ++i) {
        for (int s = 0; s < 3; ++s)
            data->add(x("s" + std::to_string(s)), x("p" + std::to_string(i)),
                      x("s" + std::to_string((s + i) % 3)));
        const std::string from = std::to_string(i), to = std::to_string(i + 1);
        pattern += "{ SELECT DISTINCT ?v" + from + " ?v" + to + " { ?v" + from + " :p" + from +
                   " ?v" + to + " } } ";
    }
    CHECK(ordered("SELECT (COUNT(*) AS ?n) { " + pattern + "}", data) == Lines{"3"});
}

}  // namespace dossier::testing
