#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "storage/recovery.h"
#include "storage/store.h"
#include "store_model.h"

using namespace dossier;
using namespace dossier::storage;
using namespace std::chrono_literals;

TEST_CASE("commits and reads go on while the log is folded", "[store][fold]") {
    const TestDirectory directory;
    // A named graph appears while the first fold is under way, or later.
    for (const auto& [on_disk, first_named] :
         {std::pair{false, 52u}, {false, 121u}, {true, 52u}, {true, 121u}}) {
        Model model;
        const std::string name = "store" + std::to_string(first_named);
        const std::string path = directory / name;
        OpenOptions options;
        options.create = true;
        options.durability = Durability::relaxed;
        {
            const auto store = on_disk ? Store::open(path, options) : Store::in_memory();
            std::atomic<bool> stop{false};
            std::atomic<int> wrong{0};
            std::thread reader([&] {
                while (!stop) {
                    const auto snapshot = store->snapshot();
                    wrong += rows_of(*snapshot, {}, 4000).size() == snapshot->count({}) ? 0 : 1;
                }
            });
            TermId predicate;
            std::vector<TermId> subjects;
            std::shared_ptr<const Snapshot> early;
            Model early_model;
            for (std::uint64_t round = 0; round < 130; ++round) {
                const auto transaction = store->begin(60s);
                if (round == 0) {
                    predicate = transaction->intern_name(TermView::iri("http://example.org/p"));
                    for (int i = 0; i < 100; ++i) {
                        subjects.push_back(transaction->intern(
                            TermView::iri("http://example.org/s" + std::to_string(i))));
                    }
                }
                const TermId graph =
                    round >= first_named
                        ? transaction->intern_name(TermView::iri("http://example.org/g"))
                        : default_graph;
                for (std::uint64_t i = 0; i < 2000; ++i) {
                    const QuadIds quad{subjects[i % 100], predicate,
                                       TermId::of(Tag::integer, (std::uint64_t{1} << 57) +
                                                                    (round * 1300 + i) % 90'000),
                                       graph};
                    if (round % 3 == 2) {
                        transaction->remove(quad);
                        model.erase(quad);
                    } else {
                        transaction->insert(quad);
                        model.insert(quad);
                    }
                }
                transaction->commit({});
                if (round == 40) {
                    early = store->snapshot();
                    early_model = model;
                }
            }
            stop = true;
            reader.join();
            CHECK(wrong == 0);
            REQUIRE(difference(*store->snapshot(), model) == "");
            REQUIRE(difference(*early, early_model) == "");
            CHECK(store->verify() == std::vector<std::string>{});
            CHECK(store->info().unfolded_changes < 250'000);
            early.reset();
            if (on_disk) {
                // What a crash leaves: a root, and commits after it.
                std::uint64_t unfolded = ~std::uint64_t{0};
                while (unfolded != store->info().unfolded_changes) {
                    unfolded = store->info().unfolded_changes;
                    std::this_thread::sleep_for(500ms);
                }
                const std::string crashed = directory / ("crashed" + name);
                std::filesystem::copy(path, crashed, std::filesystem::copy_options::recursive);
                const auto after = Store::open(crashed, {});
                REQUIRE(difference(*after->snapshot(), model) == "");
                CHECK(after->verify() == std::vector<std::string>{});
                store->close();
            }
        }
        if (on_disk) {
            const auto store = Store::open(path, {});
            CHECK(store->info().unfolded_changes == 0);
            REQUIRE(difference(*store->snapshot(), model) == "");
            CHECK(store->verify() == std::vector<std::string>{});
        }
    }
}

TEST_CASE("writers who are faster than folding wait for it", "[store][fold]") {
    const TestDirectory directory;
    OpenOptions options;
    options.create = true;
    options.durability = Durability::relaxed;
    constexpr std::uint64_t most_waiting = 2'000, commit_size = 100;
    const auto store = open_store_over(directory / "store", options, nullptr,
                                       {.most_unfolded = 500, .most_waiting = most_waiting});
    constexpr std::uint64_t threads = 3, commits = 100;
    std::atomic<std::uint64_t> most{0};
    const auto write = [&](std::uint64_t thread) {
        for (std::uint64_t round = 0; round < commits; ++round) {
            const auto transaction = store->begin(60s);
            const TermId predicate =
                transaction->intern_name(TermView::iri("http://example.org/p"));
            const TermId subject =
                transaction->intern(TermView::iri("http://example.org/s" + std::to_string(thread)));
            for (std::uint64_t i = 0; i < commit_size; ++i) {
                transaction->insert(
                    {subject, predicate,
                     TermId::of(Tag::integer, (std::uint64_t{1} << 57) + round * commit_size + i),
                     default_graph});
            }
            transaction->commit({});
            const std::uint64_t unfolded = store->info().unfolded_changes;
            std::uint64_t before = most;
            while (before < unfolded && !most.compare_exchange_weak(before, unfolded)) {
            }
        }
    };
    {
        std::vector<std::jthread> writers;
        for (std::uint64_t i = 0; i < threads; ++i) writers.emplace_back(write, i);
    }
    // Each writer may have brought one commit before it had to wait, and another after a fold.
    CHECK(most <= most_waiting + 2 * threads * commit_size);
    CHECK(store->info().statements == threads * commits * commit_size);
    CHECK(store->verify() == std::vector<std::string>{});
}

TEST_CASE("a load through the log is folded as commits are", "[store][fold]") {
    const TestDirectory directory;
    OpenOptions options;
    options.create = true;
    const auto store = open_store_over(directory / "store", options, nullptr,
                                       {.most_unfolded = 500, .most_waiting = 2'000});
    for (int number = 0; number < 10; ++number) {
        LoadOptions loading;
        loading.threads = 1;
        const auto load = store->bulk_load(loading);
        const auto worker = load->worker();
        for (int i = 0; i < 1'000; ++i) {
            const std::string object = std::to_string(number) + "/" + std::to_string(i);
            worker->add(
                {TermView::iri("http://example.org/s"), TermView::iri("http://example.org/p"),
                 TermView::literal(object), TermView::iri("")},
                0);
        }
        worker->flush();
        CHECK(load->finish().added == 1'000);
        CHECK(store->info().unfolded_changes <= 4'000);
    }
    CHECK(store->info().statements == 10'000);
    CHECK(store->verify() == std::vector<std::string>{});
}
