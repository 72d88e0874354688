#include <catch2/catch.hpp>

#include <dossier/error.h>

#include "storage/store.h"
#include "store_model.h"

using namespace dossier;
using namespace dossier::storage;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<Store> open(const std::string& path) {
    OpenOptions options;
    options.create = true;
    return Store::open(path, options);
}

LoadCounts load(Store& store, int first, int limit, const std::string& graph,
                std::vector<Term> replaced = {}) {
    LoadOptions options;
    options.memory_bytes = std::size_t{64} << 20;
    options.threads = 2;
    options.replace_graphs = std::move(replaced);
    const auto bulk = store.bulk_load(options);
    const auto worker = bulk->worker();
    for (int i = first; i < limit; ++i) {
        const std::string subject = "http://example.org/s" + std::to_string(i / 3);
        const std::string text = std::to_string(i);
        const TermView object =
            i % 2 == 0 ? TermView::literal(text, "http://www.w3.org/2001/XMLSchema#integer")
                       : TermView::literal(text);
        worker->add({TermView::iri(subject),
                     TermView::iri(i % 3 == 0 ? "http://example.org/p" : "http://example.org/q"),
                     object, TermView::iri(graph)},
                    1);
    }
    worker->flush();
    return bulk->finish();
}

std::uint64_t rows_in(const Store& store, const std::string& graph) {
    const auto snapshot = store.snapshot();
    const auto id = snapshot->find(TermView::iri(graph));
    if (!id) {
        return 0;
    }
    ScanRequest request;
    request.graphs.graph = *id;
    const std::uint64_t rows = rows_of(*snapshot, request).size();
    CHECK(snapshot->count(request) == rows);
    return rows;
}

std::uint64_t rows_in_default(const Store& store) {
    return rows_of(*store.snapshot(), {}).size();
}

const std::string graph_a = "http://example.org/graph/a";
const std::string graph_b = "http://example.org/graph/b";

}  // namespace

TEST_CASE("loads of every size are one commit each and survive opening again", "[store][load]") {
    const TestDirectory directory;
    auto store = open(directory / "store");
    // Into the empty store: a new base; then log, runs, log with a named graph, base again.
    struct Step {
        int first, limit;
        std::string graph;
        std::uint64_t added, statements;
    };
    std::uint64_t commits = 0;
    for (const Step& step :
         {Step{0, 30'000, "", 30'000, 30'000}, Step{29'000, 31'000, "", 1000, 31'000},
          Step{31'000, 31'000, "", 0, 31'000}, Step{0, 5000, graph_a, 5000, 36'000},
          Step{0, 40'000, graph_b, 40'000, 76'000}, Step{0, 100, graph_b, 0, 76'000}}) {
        const LoadCounts counts = load(*store, step.first, step.limit, step.graph);
        CHECK(counts.read == static_cast<std::uint64_t>(step.limit - step.first));
        CHECK(counts.added == step.added);
        CHECK(counts.duplicates == counts.read - counts.added);
        commits += step.added > 0 ? 1 : 0;
        CHECK(store->info().commits == commits);
        CHECK(store->info().statements == step.statements);
        REQUIRE(store->verify() == std::vector<std::string>{});
        store.reset();
        store = open(directory / "store");
        CHECK(store->info().statements == step.statements);
        REQUIRE(store->verify() == std::vector<std::string>{});
    }
    CHECK(rows_in_default(*store) == 31'000);
    CHECK(rows_in(*store, graph_a) == 5000);
    CHECK(rows_in(*store, graph_b) == 40'000);
}

TEST_CASE("a load beside many statements becomes runs", "[store][load]") {
    const TestDirectory directory;
    auto store = open(directory / "store");
    load(*store, 0, 1'200'000, "");
    const auto before = store->snapshot();
    const LoadCounts counts = load(*store, 1'190'000, 1'470'000, "");
    CHECK(counts.added == 270'000);
    CHECK(store->info().statements == 1'470'000);
    CHECK(before->count({}) == 1'200'000);
    {
        const auto transaction = store->begin(60s);
        const TermId subject = transaction->intern(TermView::iri("http://example.org/s400000"));
        ScanRequest request;
        request.prefix[0] = subject;
        request.prefix_length = 1;
        for (const Row& row : rows_of(*transaction->snapshot(), request)) {
            transaction->remove(to_quad(row, Permutation::spo));
        }
        CHECK(transaction->commit({}).removed == 3);
    }
    CHECK(store->info().statements == 1'469'997);
    REQUIRE(store->verify() == std::vector<std::string>{});
}

TEST_CASE("a load that replaces graphs empties them in the same commit", "[store][load]") {
    for (const bool on_disk : {false, true}) {
        const TestDirectory directory;
        const auto store = on_disk ? open(directory / "store") : Store::in_memory();
        load(*store, 0, 500, "");
        load(*store, 0, 300, graph_a);
        const auto before = store->snapshot();
        const LoadCounts counts = load(*store, 200, 400, graph_a, {Term::iri(graph_a)});
        CHECK(counts.read == 200);
        CHECK(store->info().commits == 3);
        CHECK(rows_in(*store, graph_a) == 200);
        CHECK(rows_in_default(*store) == 500);
        REQUIRE(store->verify() == std::vector<std::string>{});
        // Nothing but the emptying, of the default graph too.
        load(*store, 0, 0, "", {Term(), Term::iri(graph_a)});
        CHECK(store->info().statements == 0);
        CHECK(store->snapshot()->graphs().empty());
        REQUIRE(store->verify() == std::vector<std::string>{});
        // A large one.
        load(*store, 0, 50'000, graph_a);
        load(*store, 10, 40'010, graph_a, {Term::iri(graph_a)});
        CHECK(rows_in(*store, graph_a) == 40'000);
        REQUIRE(store->verify() == std::vector<std::string>{});
        CHECK(before->count({}) == 500);
    }
}

TEST_CASE("a load that is not finished leaves nothing and gives back the right", "[store][load]") {
    const TestDirectory directory;
    {
        const auto store = open(directory / "store");
        {
            const auto bulk = store->bulk_load({});
            const auto worker = bulk->worker();
            worker->add(
                {TermView::iri("http://example.org/s"), TermView::iri("http://example.org/p"),
                 TermView::literal("x"), TermView::iri("")},
                1);
            CHECK_THROWS_AS(store->begin(1ms), Conflict);
        }
        CHECK(store->info().statements == 0);
        CHECK_NOTHROW(store->begin(1ms));
        store->close();
    }
    CHECK(open(directory / "store")->verify().empty());
}
