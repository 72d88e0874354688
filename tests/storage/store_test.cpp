#include <catch2/catch.hpp>

#include <atomic>
#include <deque>
#include <fstream>
#include <thread>

#include <dossier/error.h>

#include "storage/store.h"
#include "storage/store_lock.h"
#include "store_model.h"

using namespace dossier;
using namespace dossier::storage;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds patience = 60s;

QuadIds simple_quad(Transaction& transaction, const std::string& name,
                    TermId graph = default_graph) {
    return {transaction.intern(TermView::iri("http://example.org/" + name)),
            transaction.intern_name(TermView::iri("http://example.org/p")),
            transaction.intern(TermView::literal(name)), graph};
}

CommitInfo insert_one(Store& store, const std::string& name) {
    const auto transaction = store.begin(patience);
    transaction->insert(simple_quad(*transaction, name));
    return transaction->commit({});
}

std::shared_ptr<Store> open(const std::string& path, bool create = true) {
    OpenOptions options;
    options.create = create;
    return Store::open(path, options);
}

// Random transactions against the model. Snapshots are held over commits with what they should
// show. `reopen` gives the store to go on with every few rounds.
template <typename Reopen>
void run_model(std::shared_ptr<Store> store, std::uint64_t seed, int rounds, Reopen reopen) {
    CAPTURE(seed);
    RandomQuads random(seed);
    Model model;
    struct Held {
        std::shared_ptr<const Snapshot> snapshot;
        Model model;
    };
    std::deque<Held> held;
    std::uint64_t commits = 0;
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        auto transaction = store->begin(patience);
        Model next = model;
        const std::uint64_t changes = random.number(30);
        for (std::uint64_t i = 0; i < changes; ++i) {
            if (!next.empty() && random.number(3) == 0) {
                auto victim = next.begin();
                std::advance(victim, static_cast<long>(random.number(next.size())));
                transaction->remove(*victim);
                next.erase(victim);
            } else {
                const QuadIds quad = random.quad(*transaction, round > rounds / 4);
                if (random.number(8) == 0) {
                    transaction->remove(quad);
                    next.erase(quad);
                } else {
                    transaction->insert(quad);
                    next.insert(quad);
                }
            }
            if (random.number(12) == 0) {
                REQUIRE(difference(*transaction->snapshot(), next) == "");
            }
        }
        if (random.number(5) == 0) {
            transaction->rollback();
        } else {
            std::uint64_t inserted = 0, removed = 0;
            for (const QuadIds& quad : next) {
                inserted += model.contains(quad) ? 0 : 1;
            }
            for (const QuadIds& quad : model) {
                removed += next.contains(quad) ? 0 : 1;
            }
            const CommitInfo info = transaction->commit({"ann", "round", std::nullopt});
            commits += inserted + removed > 0 ? 1 : 0;
            CHECK(info.number == commits);
            CHECK(info.inserted == inserted);
            CHECK(info.removed == removed);
            model = std::move(next);
        }
        transaction.reset();
        REQUIRE(difference(*store->snapshot(), model) == "");
        CHECK(store->info().statements == model.size());
        CHECK(store->info().commits == commits);
        if (random.number(4) == 0) {
            held.push_back({store->snapshot(), model});
        }
        if (held.size() > 5) {
            held.pop_front();
        }
        for (const Held& one : held) {
            REQUIRE(difference(*one.snapshot, one.model) == "");
        }
        if (random.number(10) == 0) {
            held.clear();
            store = reopen(std::move(store));
            REQUIRE(difference(*store->snapshot(), model) == "");
        }
    }
    CHECK(store->verify() == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("a store in memory does what the model does", "[store]") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        run_model(Store::in_memory(), seed, 60, [](std::shared_ptr<Store> store) { return store; });
    }
}

TEST_CASE("a store on disk does what the model does, opened again and again", "[store]") {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const TestDirectory directory;
        run_model(open(directory / "store"), seed, 60, [&](std::shared_ptr<Store> store) {
            store->close();
            store.reset();
            return open(directory / "store", false);
        });
    }
}

TEST_CASE("commits below the threshold of close are found in the log", "[store]") {
    const TestDirectory directory;
    {
        const auto store = open(directory / "store");
        CHECK(insert_one(*store, "a").number == 1);
        CHECK(insert_one(*store, "b").number == 2);
    }
    const auto store = open(directory / "store", false);
    CHECK(store->info().commits == 2);
    CHECK(store->info().statements == 2);
    CHECK(store->info().unfolded_changes == 2);
    CHECK(insert_one(*store, "c").number == 3);
    CHECK(store->verify().empty());
}

TEST_CASE("many changes become runs at close and are all there afterwards", "[store]") {
    const TestDirectory directory;
    Model model;
    RandomQuads random(17);
    for (int round = 0; round < 4; ++round) {
        const auto store = open(directory / "store");
        REQUIRE(difference(*store->snapshot(), model) == "");
        const auto transaction = store->begin(patience);
        const TermId predicate = transaction->intern_name(TermView::iri("http://example.org/p"));
        const TermId graph = transaction->intern_name(TermView::iri("http://example.org/g"));
        for (int i = 0; i < 12'000; ++i) {
            const std::string text = std::to_string(random.number(30'000));
            const TermId object = transaction->intern(
                TermView::literal(text, "http://www.w3.org/2001/XMLSchema#integer"));
            const QuadIds quad{transaction->intern(TermView::iri("http://example.org/s" + text)),
                               predicate, object, round > 1 && i % 5 == 0 ? graph : default_graph};
            if (round > 0 && i % 3 == 0) {
                transaction->remove(quad);
                model.erase(quad);
            } else {
                transaction->insert(quad);
                model.insert(quad);
            }
        }
        transaction->commit({});
        REQUIRE(difference(*store->snapshot(), model) == "");
        CHECK(store->info().unfolded_changes > 0);
    }
    const auto store = open(directory / "store", false);
    CHECK(store->info().unfolded_changes == 0);
    REQUIRE(difference(*store->snapshot(), model) == "");
    CHECK(store->verify() == std::vector<std::string>{});
}

TEST_CASE("what changes nothing makes no commit", "[store]") {
    const auto store = Store::in_memory();
    insert_one(*store, "a");
    CHECK(insert_one(*store, "a").number == 1);
    const auto transaction = store->begin(patience);
    const QuadIds quad = simple_quad(*transaction, "a");
    transaction->remove(quad);
    transaction->insert(quad);
    const QuadIds other = simple_quad(*transaction, "b");
    transaction->insert(other);
    transaction->remove(other);
    const CommitInfo info = transaction->commit({});
    CHECK(info.number == 1);
    CHECK(info.inserted == 0);
    CHECK(info.removed == 0);
    CHECK(store->info().commits == 1);
}

TEST_CASE("a transaction sees its own changes and nobody else does", "[store]") {
    const auto store = Store::in_memory();
    insert_one(*store, "a");
    const auto before = store->snapshot();
    auto transaction = store->begin(patience);
    const QuadIds a = simple_quad(*transaction, "a");
    const TermId graph = transaction->intern_name(TermView::iri("http://example.org/g"));
    const QuadIds b = simple_quad(*transaction, "b", graph);
    transaction->remove(a);
    const auto first = transaction->snapshot();
    transaction->insert(b);
    const auto second = transaction->snapshot();
    CHECK(difference(*first, {}) == "");
    CHECK(difference(*second, {b}) == "");
    CHECK(second->graphs() == std::vector<TermId>{graph});
    CHECK(second->find(TermView::literal("b")) == b.object);
    CHECK(second->term(b.object) == Term::literal("b"));
    CHECK(difference(*store->snapshot(), {a}) == "");
    transaction->commit({});
    CHECK(difference(*store->snapshot(), {b}) == "");
    CHECK(difference(*before, {a}) == "");
    CHECK(difference(*second, {b}) == "");
    CHECK(store->snapshot()->term(b.object) == Term::literal("b"));
}

TEST_CASE("a transaction finds its own triple terms beside the stored ones", "[store]") {
    const auto store = Store::in_memory();
    const auto triple_of = [](Transaction& transaction, int i) {
        return TripleIds{transaction.intern(TermView::iri("http://example.org/s")),
                         transaction.intern_name(TermView::iri("http://example.org/p")),
                         transaction.intern(TermView::literal(
                             std::to_string(i), "http://www.w3.org/2001/XMLSchema#integer"))};
    };
    std::vector<std::pair<TripleIds, TermId>> expected;
    const auto add = [&](Transaction& transaction, int i) {
        const TripleIds triple = triple_of(transaction, i);
        const TermId id = transaction.intern_triple(triple);
        CHECK(transaction.intern_triple(triple) == id);
        transaction.insert({triple.subject, triple.predicate, id, default_graph});
        expected.emplace_back(triple, id);
    };
    const auto check = [&](const Snapshot& snapshot) {
        std::sort(expected.begin(), expected.end());
        ScanRequest request;
        request.permutation = Permutation::triple_spo;
        const std::vector<Row> rows = rows_of(snapshot, request, 3);
        REQUIRE(rows.size() == expected.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            CHECK(rows[i] == Row{expected[i].first.subject, expected[i].first.predicate,
                                 expected[i].first.object, expected[i].second});
            CHECK(snapshot.triple(expected[i].second) == expected[i].first);
        }
        CHECK(snapshot.count(request) == expected.size());
        // Every other one by a batch of look-ups on the object.
        request.prefix = {expected[0].first.subject, expected[0].first.predicate};
        request.prefix_length = 2;
        std::vector<TermId> keys;
        for (std::size_t i = 0; i < expected.size(); i += 2) {
            keys.push_back(expected[i].first.object);
        }
        std::vector<TermId> found(keys.size() + 1);
        std::vector<std::uint32_t> numbers(keys.size() + 1);
        const std::array<TermId*, 4> columns{nullptr, nullptr, nullptr, found.data()};
        std::size_t key = 0;
        const auto cursor = snapshot.scan(request);
        REQUIRE(cursor->lookup(keys, key, numbers.data(), columns, found.size()) == keys.size());
        CHECK(key == keys.size());
        for (std::size_t i = 0; i < keys.size(); ++i) {
            CHECK(numbers[i] == i);
            CHECK(found[i] == expected[2 * i].second);
        }
    };
    {
        const auto transaction = store->begin(patience);
        for (const int i : {5, 1, 9, 3}) {
            add(*transaction, i);
        }
        check(*transaction->snapshot());
        transaction->commit({});
    }
    check(*store->snapshot());
    const auto transaction = store->begin(patience);
    for (const int i : {2, 7, 4}) {
        add(*transaction, i);
    }
    check(*transaction->snapshot());
    transaction->commit({});
    check(*store->snapshot());
}

TEST_CASE("gspo is there as soon as there is a named graph", "[store]") {
    const auto store = Store::in_memory();
    const auto has_gspo = [](const Snapshot& snapshot) {
        const auto permutations = snapshot.permutations();
        return std::find(permutations.begin(), permutations.end(), Permutation::gspo) !=
               permutations.end();
    };
    insert_one(*store, "a");
    CHECK_FALSE(has_gspo(*store->snapshot()));
    const auto transaction = store->begin(patience);
    const TermId graph = transaction->intern_name(TermView::iri("http://example.org/g"));
    transaction->insert(simple_quad(*transaction, "b", graph));
    transaction->commit({});
    CHECK(has_gspo(*store->snapshot()));
    ScanRequest request;
    request.permutation = Permutation::gspo;
    request.prefix[0] = graph;
    request.prefix_length = 1;
    request.graphs.graph = graph;
    CHECK(store->snapshot()->count(request) == 1);
    CHECK(rows_of(*store->snapshot(), request).size() == 1);
    CHECK(store->verify().empty());
}

TEST_CASE("only one transaction writes at a time; it ends on every way out", "[store]") {
    const auto store = Store::in_memory();
    auto first = store->begin(0ms);
    CHECK_THROWS_AS(store->begin(1ms), Conflict);
    first->rollback();
    CHECK_THROWS_AS(first->commit({}), UsageError);
    CHECK_THROWS_AS(first->insert({}), UsageError);
    auto second = store->begin(0ms);
    second.reset();
    auto third = store->begin(0ms);
    third->commit({});
    CHECK_NOTHROW(store->begin(0ms));
}

TEST_CASE("statements with a term that is not the store's are refused", "[store]") {
    const auto store = Store::in_memory();
    const auto transaction = store->begin(0ms);
    QuadIds quad = simple_quad(*transaction, "a");
    quad.object = TermId::of(Tag::computed, 4);
    CHECK_THROWS_AS(transaction->insert(quad), UsageError);
    quad.object = unbound;
    CHECK_THROWS_AS(transaction->insert(quad), UsageError);
}

TEST_CASE("a store is not closed under a living snapshot, cursor or transaction", "[store]") {
    const TestDirectory directory;
    const auto store = open(directory / "store");
    insert_one(*store, "a");
    auto snapshot = store->snapshot();
    CHECK_THROWS_AS(store->close(), UsageError);
    auto cursor = snapshot->scan({});
    snapshot.reset();
    CHECK_THROWS_AS(store->close(), UsageError);
    cursor.reset();
    auto transaction = store->begin(patience);
    CHECK_THROWS_AS(store->close(), UsageError);
    transaction.reset();
    CHECK_NOTHROW(store->close());
    CHECK_NOTHROW(store->close());
    CHECK_THROWS_AS(store->snapshot(), UsageError);
    CHECK_THROWS_AS(store->begin(0ms), UsageError);
}

TEST_CASE("a snapshot outlives its store", "[store]") {
    const TestDirectory directory;
    std::shared_ptr<const Snapshot> snapshot;
    std::unique_ptr<RowCursor> cursor;
    {
        const auto store = open(directory / "store");
        insert_one(*store, "a");
        snapshot = store->snapshot();
        cursor = snapshot->scan({});
    }
    CHECK(snapshot->count({}) == 1);
    snapshot.reset();
    TermId subject;
    const std::array<TermId*, 4> columns{&subject, nullptr, nullptr, nullptr};
    CHECK(cursor->next(columns, 1) == 1);
}

TEST_CASE("settings are kept", "[store]") {
    const TestDirectory directory;
    {
        const auto store = open(directory / "store");
        store->set_setting("union", "on");
        store->set_setting("prefix:ex", "http://example.org/");
        store->set_setting("prefix:ex", "http://example.net/");
        store->set_setting("gone", "");
        store->set_settings({{"prefix:a", "urn:a"}, {"prefix:b", "urn:b"}});
        CHECK(store->setting("gone") == "");
        store->remove_setting("gone");
        store->remove_setting("never there");
        CHECK_FALSE(store->setting("gone"));
    }
    const auto store = open(directory / "store", false);
    CHECK(store->settings() ==
          std::vector<std::pair<std::string, std::string>>{{"prefix:a", "urn:a"},
                                                           {"prefix:b", "urn:b"},
                                                           {"prefix:ex", "http://example.net/"},
                                                           {"union", "on"}});
}

TEST_CASE("opening says what is wrong and touches nothing", "[store]") {
    const TestDirectory directory;
    CHECK_THROWS_WITH(open(directory / "absent", false),
                      Catch::Matchers::Contains("there is no store"));
    CHECK_FALSE(fs::exists(directory / "absent"));
    OpenOptions reading;
    reading.read_only = true;
    reading.create = true;
    CHECK_THROWS_AS(Store::open(directory / "absent", reading), StoreError);

    // Another program's RocksDB.
    fs::create_directory(directory / "other");
    std::ofstream(directory / "other/CURRENT") << "MANIFEST-000004\n";
    std::ofstream(directory / "other/000005.log") << "x";
    CHECK_THROWS_AS(open(directory / "other"), StoreError);
    CHECK(std::distance(fs::directory_iterator(directory / "other"), fs::directory_iterator()) ==
          2);
}

TEST_CASE("two writers of one store are told apart, also in one process", "[store]") {
    const TestDirectory directory;
    auto store = open(directory / "museum");
    CHECK_THROWS_WITH(open(directory / "museum"),
                      Catch::Matchers::StartsWith("store 'museum' is open for writing in"));
    CHECK(StoreLock::is_held(directory / "museum"));
    store.reset();
    CHECK_FALSE(StoreLock::is_held(directory / "museum"));
    CHECK_FALSE(StoreLock::is_held(directory / "absent"));
    CHECK_NOTHROW(open(directory / "museum"));
}

TEST_CASE("a store opened for reading shows everything and takes nothing", "[store]") {
    const TestDirectory directory;
    OpenOptions options;
    options.read_only = true;
    auto writer = open(directory / "store");
    insert_one(*writer, "a");
    writer->set_setting("union", "on");
    {
        const auto beside = Store::open(directory / "store", options);
        CHECK(beside->read_only());
        CHECK(beside->info().statements == 1);
    }
    writer.reset();
    const auto reader = Store::open(directory / "store", options);
    CHECK(reader->info().statements == 1);
    CHECK(reader->setting("union") == "on");
    CHECK(reader->verify() == std::vector<std::string>{});
    CHECK_THROWS_AS(reader->begin(0ms), StoreError);
    CHECK_THROWS_AS(reader->set_setting("a", "b"), StoreError);
    CHECK_THROWS_AS(reader->bulk_load({}), StoreError);
    CHECK(reader->temporary_directory().empty());
}

TEST_CASE("readers and writers side by side see whole commits only", "[store]") {
    // Each commit moves one statement between two graphs: their sum never changes.
    const TestDirectory directory;
    for (const bool on_disk : {false, true}) {
        OpenOptions options;
        options.create = true;
        options.durability = Durability::relaxed;
        const auto store = on_disk ? Store::open(directory / "store", options) : Store::in_memory();
        TermId left, right;
        constexpr std::uint64_t total = 40;
        {
            const auto transaction = store->begin(patience);
            left = transaction->intern_name(TermView::iri("http://example.org/left"));
            right = transaction->intern_name(TermView::iri("http://example.org/right"));
            for (std::uint64_t i = 0; i < total; ++i) {
                transaction->insert(simple_quad(*transaction, std::to_string(i), left));
            }
            transaction->commit({});
        }
        std::atomic<bool> stop{false};
        std::atomic<int> wrong{0};
        std::vector<std::thread> threads;
        for (int reader = 0; reader < 2; ++reader) {
            threads.emplace_back([&] {
                std::uint64_t last = 0;
                while (!stop) {
                    const auto snapshot = store->snapshot();
                    ScanRequest request;
                    request.graphs.graph = left;
                    const std::uint64_t in_left = rows_of(*snapshot, request).size();
                    wrong += in_left != snapshot->count(request) ? 1 : 0;
                    request.permutation = Permutation::pos;
                    request.graphs.graph = right;
                    wrong += in_left + rows_of(*snapshot, request).size() != total ? 1 : 0;
                    wrong += snapshot->number() < last ? 1 : 0;
                    last = snapshot->number();
                }
            });
        }
        for (int writer = 0; writer < 2; ++writer) {
            threads.emplace_back([&, writer] {
                for (std::uint64_t i = 0; i < 150; ++i) {
                    const auto transaction = store->begin(patience);
                    QuadIds quad = simple_quad(
                        *transaction,
                        std::to_string((i * 7 + static_cast<unsigned>(writer)) % total), left);
                    ScanRequest request;
                    request.prefix[0] = quad.subject;
                    request.prefix_length = 1;
                    request.graphs.graph = left;
                    const bool in_left = transaction->snapshot()->count(request) == 1;
                    quad.graph = in_left ? left : right;
                    transaction->remove(quad);
                    quad.graph = in_left ? right : left;
                    transaction->insert(quad);
                    const CommitInfo info = transaction->commit({});
                    wrong += info.inserted == 1 && info.removed == 1 ? 0 : 1;
                    wrong += store->snapshot()->number() >= info.number ? 0 : 1;
                }
            });
        }
        threads[2].join();
        threads[3].join();
        stop = true;
        threads[0].join();
        threads[1].join();
        CHECK(wrong == 0);
        CHECK(store->info().commits == 301);
        CHECK(store->verify() == std::vector<std::string>{});
    }
}

TEST_CASE("durable and relaxed commits of several threads all arrive", "[store]") {
    const TestDirectory directory;
    constexpr int writers = 4;
    constexpr int each = 25;
    {
        const auto store = open(directory / "store");
        std::vector<std::thread> threads;
        for (int writer = 0; writer < writers; ++writer) {
            threads.emplace_back([&, writer] {
                for (int i = 0; i < each; ++i) {
                    const auto transaction = store->begin(patience);
                    transaction->insert(simple_quad(
                        *transaction, std::to_string(writer) + "-" + std::to_string(i)));
                    CommitOptions options;
                    if ((i + writer) % 3 == 0) {
                        options.durability = Durability::relaxed;
                    }
                    const CommitInfo info = transaction->commit(options);
                    if (store->snapshot()->number() < info.number) {
                        throw std::runtime_error("a commit was not published when it returned");
                    }
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        CHECK(store->info().commits == writers * each);
    }
    const auto store = open(directory / "store", false);
    CHECK(store->info().commits == writers * each);
    CHECK(store->info().statements == writers * each);
    CHECK(store->verify().empty());
}

TEST_CASE("statistics of a predicate are near the truth", "[store]") {
    const auto store = Store::in_memory();
    const auto transaction = store->begin(patience);
    const TermId predicate = transaction->intern_name(TermView::iri("http://example.org/p"));
    for (int i = 0; i < 3000; ++i) {
        transaction->insert(
            {transaction->intern(TermView::iri("http://example.org/s" + std::to_string(i / 3))),
             predicate,
             transaction->intern(TermView::literal(std::to_string(i % 10),
                                                   "http://www.w3.org/2001/XMLSchema#integer")),
             default_graph});
    }
    transaction->commit({});
    const PredicateStatistics statistics = store->snapshot()->statistics(predicate);
    CHECK(statistics.rows >= 1500);
    CHECK(statistics.rows <= 6000);
    CHECK(statistics.distinct_subjects >= 1);
    CHECK(statistics.distinct_subjects <= statistics.rows);
    CHECK(statistics.distinct_objects >= 1);
    CHECK(store->snapshot()->statistics(TermId::of(Tag::name, 99)).rows == 0);
}
