#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

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
