#include <dossier/dossier.h>
#include <catch2/catch.hpp>

#include <random>
#include <set>
#include <string>

using namespace dossier;

namespace {

std::string node(unsigned number) {
    return "<urn:n" + std::to_string(number) + ">";
}

// Edges between nodes of which the first are far more frequent than the last.
std::string edges(std::mt19937& random, const char* predicate, unsigned nodes, int count) {
    std::string text;
    const auto pick = [&] {
        const unsigned most = 1 + static_cast<unsigned>(random() % nodes);
        return static_cast<unsigned>(random() % most);
    };
    for (int i = 0; i < count; ++i)
        text += node(pick()) + " <urn:" + predicate + "> " + node(pick()) + " .\n";
    return text;
}

std::multiset<std::string> rows(const Store& store, const std::string& text,
                                const QueryOptions& options) {
    std::multiset<std::string> result;
    for (const Row& row : store.prepare(text).with(options).rows()) {
        std::string cells;
        for (std::size_t i = 0; i < row.size(); ++i)
            cells += (row.bound(i) ? Term(row[i]).to_string() : "-") + " ";
        result.insert(cells);
    }
    return result;
}

QueryOptions in_pairs() {
    QueryOptions options;
    options.disabled_passes = {"cyclic_joins"};
    return options;
}

}  // namespace

TEST_CASE("patterns in a circle give the same rows at once as two by two", "[leapfrog]") {
    std::mt19937 random(17);
    Store store = Store::in_memory();
    std::string text = edges(random, "p", 60, 700) + edges(random, "q", 60, 420);
    for (unsigned i = 0; i < 60; ++i) {
        if (i % 2 == 0) text += node(i) + " <urn:kind> <urn:even> .\n";
        text += node(i) + " <urn:name> \"" + std::to_string(i) + "\" , \"n\" .\n";
    }
    // The same statements in two graphs: the union of all has them once.
    store.load_text(text, DataFormat::turtle);
    store.load_text("GRAPH <urn:g> {" + edges(random, "p", 60, 330) + "} GRAPH <urn:h> {" +
                        edges(random, "p", 60, 330) + text + "}",
                    DataFormat::trig);
    QueryOptions all_graphs;
    all_graphs.union_default_graph = true;
    QueryOptions little;
    little.memory = 150'000;
    int at_once = 0;
    for (const std::string pattern :
         {"?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a",
          "?a <urn:p> ?b . ?b <urn:p> ?c . ?a <urn:q> ?c",
          "?a <urn:p> ?b . ?a <urn:q> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a",
          "?a <urn:p> ?b . ?b <urn:p> ?a . ?b <urn:q> ?c . ?c <urn:q> ?a",
          "?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a . ?a <urn:kind> <urn:even>",
          "?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a . ?c <urn:name> ?n",
          "?a <urn:q> ?b . ?b <urn:q> ?c . ?c <urn:q> ?d . ?d <urn:q> ?a FILTER(?a != ?c)",
          "?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a . ?x <urn:p> ?y . ?y <urn:q> ?z . "
          "?z <urn:q> ?x . ?x <urn:name> \"7\"",
          "?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a OPTIONAL { ?a <urn:q> ?c . ?c <urn:name> "
          "\"n\" }",
          "GRAPH <urn:h> { ?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a }",
          "GRAPH ?g { ?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a }",
          "?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a FILTER(?a = <urn:n3>)",
          "?a <urn:p> ?a . ?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a",
          "?a ?r ?b . ?b <urn:p> ?c . ?c <urn:p> ?a",
          "?a <urn:absent> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a"}) {
        for (const std::string head : {"SELECT * {", "SELECT ?a {", "SELECT (COUNT(*) AS ?n) {"}) {
            const std::string query = head + pattern + "}";
            INFO(query);
            INFO(store.prepare(query).explain());
            const auto wanted = rows(store, query, in_pairs());
            if (head == "SELECT * {" && pattern.find("absent") == std::string::npos)
                CHECK_FALSE(wanted.empty());
            CHECK((rows(store, query, {}) == wanted));
            QueryOptions united = in_pairs();
            united.union_default_graph = true;
            if (head != "SELECT * {") {
                CHECK((rows(store, query, all_graphs) == rows(store, query, united)));
                CHECK((rows(store, query, little) == wanted));
            }
            if (store.prepare(query).explain().find("LeapfrogJoin") != std::string::npos) ++at_once;
        }
    }
    CHECK(at_once > 15);
    CHECK(store.prepare("SELECT * { ?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:p> ?a } LIMIT 3")
              .explain()
              .find("LeapfrogJoin") == std::string::npos);
    CHECK(store.prepare("SELECT * { ?a <urn:p> ?b . ?b <urn:p> ?c . ?c <urn:name> ?n }")
              .explain()
              .find("LeapfrogJoin") == std::string::npos);
}
