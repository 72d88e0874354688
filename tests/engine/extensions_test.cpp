#include <dossier/dossier.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "sorted_rows.h"

// What the host adds: functions, aggregates, SERVICE.

using namespace dossier;

namespace {

Store store_of(const char* text) {
    Store store = Store::in_memory();
    store.load_text(std::string("PREFIX : <http://example.org/> ") + text, DataFormat::trig);
    store.set_prefix("", "http://example.org/");
    return store;
}

Store numbers() {
    return store_of(":a :p 1 , 2 , 6 . :b :p 3 . :c :p 4 , 5 , :x .");
}

// The middle of the integers.
class Median final : public AggregateFunction {
  public:
    void add(const TermView& value) override {
        if (const auto number = value_of<int>(value))
            numbers_.push_back(*number);
        else
            wrong_ = true;
    }
    std::optional<Term> result() override {
        if (wrong_ || numbers_.empty()) return std::nullopt;
        std::sort(numbers_.begin(), numbers_.end());
        return Term::integer(numbers_[numbers_.size() / 2]);
    }

  private:
    std::vector<int> numbers_;
    bool wrong_ = false;
};

// Stores as endpoints; keeps what was asked.
struct Endpoints {
    std::map<std::string, Store> stores;
    Texts requests;

    void answer(const ServiceRequest& request, const ServiceRow& add) {
        requests.push_back(request.query);
        const auto found = stores.find(request.endpoint);
        if (found == stores.end()) throw std::runtime_error("nobody answers");
        for (const Row& row : found->second.query(request.query)) {
            std::vector<std::optional<Term>> terms;
            for (const std::string& name : request.variables)
                terms.push_back(row.bound(name) ? std::optional(Term(row[name])) : std::nullopt);
            add(terms);
        }
    }
};

Store with_endpoints(Store store, Endpoints& endpoints) {
    store.set_service_handler([&endpoints](const ServiceRequest& request, const ServiceRow& add) {
        endpoints.answer(request, add);
    });
    return store;
}

}  // namespace

TEST_CASE("a function of the host is called by its IRI", "[extensions]") {
    Store store = numbers();
    const char* query = "SELECT ?o (:twice(?o) AS ?t) { ?s :p ?o }";
    // Nobody knows it: an expression error.
    CHECK(sorted_rows(store.query(query))[0] == "1 -");
    store.register_function("http://example.org/twice",
                            [](std::span<const TermView> arguments) -> std::optional<Term> {
                                if (arguments.size() != 1) return std::nullopt;
                                const auto number = value_of<int>(arguments[0]);
                                if (!number) return std::nullopt;
                                return Term::integer(2 * *number);
                            });
    CHECK(sorted_rows(store.query(query)) ==
          Texts{"1 2", "2 4", "3 6", "4 8", "5 10", "6 12", "http://example.org/x -"});
    CHECK(sorted_rows(store.query("SELECT ?o { ?s :p ?o FILTER(:twice(?o) > 9) }")) ==
          Texts{"5", "6"});
    // What it computes meets stored terms.
    CHECK(sorted_rows(store.query(
              "SELECT ?s { ?s :p ?o FILTER(isNumeric(?o)) BIND(:twice(?o) AS ?t) ?z :p ?t }")) ==
          Texts{"http://example.org/a", "http://example.org/a", "http://example.org/b"});
    CHECK(sorted_rows(store.query("SELECT (:twice(?nothing) AS ?t) {}")) == Texts{"-"});
    CHECK(sorted_rows(store.query("SELECT (:twice(1, 2) AS ?t) {}")) == Texts{"-"});
    store.update("INSERT { :twice :is ?t } WHERE { BIND(:twice(21) AS ?t) }");
    CHECK(store.ask("ASK { :twice :is 42 }"));
    // Handles share it; it can be taken away.
    Store other = store;
    other.register_function("http://example.org/twice", {});
    CHECK(sorted_rows(store.query(query))[0] == "1 -");
}

TEST_CASE("an exception of a host function ends the query as it is", "[extensions]") {
    Store store = numbers();
    store.register_function(
        "http://example.org/fails",
        [](std::span<const TermView>) -> std::optional<Term> { throw std::domain_error("no"); });
    CHECK_THROWS_AS(sorted_rows(store.query("SELECT (:fails(?o) AS ?t) { ?s :p ?o }")),
                    std::domain_error);
    CHECK_THROWS_AS(store.update("INSERT { :a :q ?t } WHERE { BIND(:fails(1) AS ?t) }"),
                    std::domain_error);
    CHECK(store.size() == 7);
}

TEST_CASE("names of functions are absolute IRIs and not the library's own", "[extensions]") {
    Store store = numbers();
    const Function function = [](std::span<const TermView>) { return std::optional<Term>(); };
    CHECK_THROWS_AS(store.register_function("twice", function), UsageError);
    CHECK_THROWS_AS(store.register_function("", function), UsageError);
    CHECK_THROWS_AS(store.register_function("http://www.w3.org/2001/XMLSchema#integer", function),
                    UsageError);
    CHECK_THROWS_AS(store.register_aggregate("median", [] { return std::make_unique<Median>(); }),
                    UsageError);
}

TEST_CASE("host functions run on several threads at once", "[extensions]") {
    Store store = numbers();
    std::atomic<int> calls{0};
    store.register_function("http://example.org/same",
                            [&calls](std::span<const TermView> arguments) {
                                ++calls;
                                return std::optional<Term>(Term(arguments[0]));
                            });
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 20; ++round)
                right += sorted_rows(store.query("SELECT ?o { ?s :p ?o FILTER(:same(?o) = ?o) }"))
                             .size() == 7;
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(right == 80);
    CHECK(calls >= 80);
}

TEST_CASE("an aggregate of the host is called by its IRI", "[extensions]") {
    Store store = numbers();
    store.register_aggregate("http://example.org/median",
                             [] { return std::make_unique<Median>(); });
    CHECK(sorted_rows(store.query("SELECT ?s (:median(?o) AS ?m) { ?s :p ?o } GROUP BY ?s")) ==
          Texts{"http://example.org/a 2", "http://example.org/b 3", "http://example.org/c -"});
    CHECK(sorted_rows(store.query(
              "SELECT (:median(?o) AS ?m) { ?s :p ?o FILTER(isNumeric(?o)) }")) == Texts{"4"});
    CHECK(sorted_rows(store.query("SELECT (:median(DISTINCT ?one) AS ?m) "
                                  "{ ?s :p ?o FILTER(isNumeric(?o)) "
                                  "BIND(IF(?o < 5, 1, ?o) AS ?one) }")) == Texts{"5"});
    CHECK(sorted_rows(store.query("SELECT (:median(?o) AS ?m) { ?s :nothing ?o }")) == Texts{"-"});
    // In HAVING and ORDER BY, inside an expression, and with an error among the values.
    CHECK(sorted_rows(store.query("SELECT ?s (:median(?o) + 1 AS ?m) { ?s :p ?o } GROUP BY ?s "
                                  "HAVING (:median(?o) > 2)")) == Texts{"http://example.org/b 4"});
    CHECK(sorted_rows(store.query("SELECT (:median(?o + 0) AS ?m) { :c :p ?o }")) == Texts{"-"});
}

TEST_CASE("an aggregate of the host stands where aggregates may", "[extensions]") {
    Store store = numbers();
    store.register_aggregate("http://example.org/median",
                             [] { return std::make_unique<Median>(); });
    CHECK_THROWS_AS(store.query("SELECT ?s { ?s :p ?o FILTER(:median(?o) > 1) }"), SyntaxError);
    CHECK_THROWS_AS(store.query("SELECT (:median(SUM(?o)) AS ?m) { ?s :p ?o }"), SyntaxError);
    CHECK_THROWS_AS(store.query("SELECT (:median(?o, 1) AS ?m) { ?s :p ?o }"), SyntaxError);
    CHECK_THROWS_AS(store.query("SELECT ?s (:median(?o) AS ?m) { ?s :p ?o }"), SyntaxError);
}

TEST_CASE("an aggregate of the host gives the same when its groups do not fit", "[extensions]") {
    Store store = Store::in_memory();
    std::string text;
    for (int i = 0; i < 4000; ++i)
        text +=
            "<http://s/" + std::to_string(i % 900) + "> <http://p> " + std::to_string(i) + " .\n";
    store.load_text(text, DataFormat::turtle);
    store.register_aggregate("http://example.org/median",
                             [] { return std::make_unique<Median>(); });
    const char* query =
        "SELECT ?g (<http://example.org/median>(?o) AS ?m) "
        "{ ?s <http://p> ?o BIND(STRLEN(STR(?s)) * 1000 + ?o - 300 * FLOOR(?o / 300) AS ?g) } "
        "GROUP BY ?g";
    const Texts wanted = sorted_rows(store.query(query));
    CHECK(wanted.size() > 300);
    QueryOptions options;
    options.memory = 400'000;
    CHECK(sorted_rows(store.query(query, options)) == wanted);
}

TEST_CASE("SERVICE is refused without a handler", "[service]") {
    Store store = numbers();
    CHECK_THROWS_AS(sorted_rows(store.query("SELECT * { SERVICE <http://e/> { ?s :p ?o } }")),
                    QueryError);
    CHECK(sorted_rows(store.query("SELECT ?s ?o { SERVICE SILENT <http://e/> { ?s :p ?o } }")) ==
          Texts{"- -"});
    CHECK(sorted_rows(
              store.query("SELECT ?s ?o { :b :p ?x SERVICE SILENT <http://e/> { ?s :p ?o } }")) ==
          Texts{"- -"});
}

TEST_CASE("SERVICE is joined with what stands beside it", "[service]") {
    Endpoints endpoints;
    endpoints.stores.emplace("http://e/", store_of(":a :name \"A\" . :b :name \"B\" . "
                                                   ":d :name \"D\" . [] :name \"nobody\" ."));
    const Store store = with_endpoints(numbers(), endpoints);
    CHECK(
        sorted_rows(store.query("SELECT ?o ?n { ?s :p ?o SERVICE <http://e/> { ?s :name ?n } }")) ==
        Texts{"1 A", "2 A", "3 B", "6 A"});
    // The values went along, each once.
    REQUIRE(endpoints.requests.size() == 1);
    const std::string& request = endpoints.requests.front();
    CHECK(request.find("VALUES ( ?s )") != std::string::npos);
    CHECK(request.find("( <http://example.org/a> )") ==
          request.rfind("( <http://example.org/a> )"));

    CHECK(sorted_rows(store.query("SELECT ?n { SERVICE <http://e/> { ?s :name ?n } }")) ==
          Texts{"A", "B", "D", "nobody"});
    CHECK(sorted_rows(store.query(
              "SELECT ?n { SERVICE <http://e/> { ?s :name ?n } FILTER(isBlank(?s)) }")) ==
          Texts{"nobody"});
    CHECK(sorted_rows(store.query("SELECT DISTINCT ?s ?n { ?s :p ?o OPTIONAL { SERVICE <http://e/> "
                                  "{ ?s :name ?n } } }")) ==
          Texts{"http://example.org/a A", "http://example.org/b B", "http://example.org/c -"});
    CHECK(sorted_rows(store.query("SELECT DISTINCT ?s { ?s :p ?o "
                                  "FILTER NOT EXISTS { SERVICE <http://e/> { ?s :name ?n } } }")) ==
          Texts{"http://example.org/c"});
    CHECK(sorted_rows(store.query("SELECT ?n { :b :p ?o . BIND(:b AS ?s) "
                                  "LATERAL { SERVICE <http://e/> { ?s :name ?n } } }")) ==
          Texts{"B"});
    // A parameter.
    CHECK(sorted_rows(store.prepare("SELECT ?n { SERVICE <http://e/> { ?s :name ?n } }")
                          .bind("s", Term::iri("http://example.org/d"))
                          .rows()) == Texts{"D"});
    // Unbound on one side: compared here.
    CHECK(sorted_rows(store.query("SELECT ?s ?n { VALUES ?s { :b UNDEF } "
                                  "SERVICE <http://e/> { ?s :name ?n FILTER(isIRI(?s)) } }")) ==
          Texts{"http://example.org/a A", "http://example.org/b B", "http://example.org/b B",
                "http://example.org/d D"});
}

TEST_CASE("SERVICE asks the endpoints that a variable names", "[service]") {
    Endpoints endpoints;
    endpoints.stores.emplace("http://one/", store_of(":a :name \"A1\" ."));
    endpoints.stores.emplace("http://two/", store_of(":a :name \"A2\" ."));
    const Store store = with_endpoints(
        store_of(":x :at <http://one/> . :y :at <http://two/> . :z :at \"three\" ."), endpoints);
    CHECK(sorted_rows(store.query("SELECT ?x ?n { ?x :at ?e FILTER(isIRI(?e)) "
                                  "SERVICE ?e { :a :name ?n } }")) ==
          Texts{"http://example.org/x A1", "http://example.org/y A2"});
    CHECK(endpoints.requests.size() == 2);
    CHECK_THROWS_AS(sorted_rows(store.query("SELECT * { ?x :at ?e SERVICE ?e { :a :name ?n } }")),
                    QueryError);
    CHECK(
        sorted_rows(store.query("SELECT ?x ?n { ?x :at ?e SERVICE SILENT ?e { :a :name ?n } }")) ==
        Texts{"http://example.org/x A1", "http://example.org/y A2", "http://example.org/z -"});
    CHECK_THROWS_AS(sorted_rows(store.query("SELECT * { SERVICE ?e { :a :name ?n } }")),
                    QueryError);
}

TEST_CASE("SERVICE SILENT forgets what came before the failure", "[service]") {
    Store store = numbers();
    store.set_service_handler([](const ServiceRequest&, const ServiceRow& add) {
        const std::vector<std::optional<Term>> row = {Term::integer(1)};
        add(row);
        throw std::runtime_error("the line is dead");
    });
    CHECK(sorted_rows(store.query("SELECT ?n { SERVICE SILENT <http://e/> { :a :name ?n } }")) ==
          Texts{"-"});
    CHECK_THROWS_WITH(sorted_rows(store.query("SELECT ?n { SERVICE <http://e/> { :a :name ?n } }")),
                      Catch::Contains("<http://e/>") && Catch::Contains("the line is dead"));
}

TEST_CASE("SERVICE sends the rows of a long input in blocks", "[service]") {
    Store remote = Store::in_memory(), local = Store::in_memory();
    std::string here, there;
    for (int i = 0; i < 2500; ++i) {
        const std::string node = "<http://n/" + std::to_string(i) + ">";
        here += node + " <http://p> 1 .\n";
        if (i % 2 == 0) there += node + " <http://q> " + std::to_string(i) + " .\n";
    }
    local.load_text(here, DataFormat::turtle);
    remote.load_text(there, DataFormat::turtle);
    Endpoints endpoints;
    endpoints.stores.emplace("http://e/", remote);
    const Store store = with_endpoints(local, endpoints);
    CHECK(store.query("SELECT * { ?s <http://p> 1 SERVICE <http://e/> { ?s <http://q> ?o } }")
              .variables()
              .size() == 2);
    CHECK(sorted_rows(store.query("SELECT (COUNT(*) AS ?n) { ?s <http://p> 1 "
                                  "SERVICE <http://e/> { ?s <http://q> ?o } }")) == Texts{"1250"});
    CHECK(endpoints.requests.size() >= 2);
}

TEST_CASE("a cancelled query ends inside SERVICE, SILENT or not", "[service]") {
    Store store = numbers();
    std::stop_source source;
    QueryOptions options;
    options.stop = source.get_token();
    bool asked = false;
    store.set_service_handler([&](const ServiceRequest& request, const ServiceRow& add) {
        asked = true;
        source.request_stop();
        CHECK(request.stop.stop_requested());
        const std::vector<std::optional<Term>> row = {std::nullopt};
        add(row);
    });
    CHECK_THROWS_AS(sorted_rows(store.query(
                        "SELECT * { SERVICE SILENT <http://e/> { :a :name ?n } }", options)),
                    Interrupted);
    CHECK(asked);
}

TEST_CASE("the answer of a SERVICE is charged to the query's memory", "[service]") {
    Store store = numbers();
    store.set_service_handler([](const ServiceRequest&, const ServiceRow& add) {
        for (std::int64_t i = 0;; ++i) {
            const std::vector<std::optional<Term>> row = {
                Term::literal("a text that is number " + std::to_string(i))};
            add(row);
        }
    });
    QueryOptions options;
    options.memory = 2'000'000;
    CHECK_THROWS_AS(sorted_rows(store.query(
                        "SELECT * { SERVICE SILENT <http://e/> { :a :name ?n } }", options)),
                    LimitError);
}
