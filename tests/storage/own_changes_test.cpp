#include <catch2/catch.hpp>

#include <deque>

#include "storage/store.h"
#include "store_model.h"

// What a transaction sees of its own changes, operation after operation.

using namespace dossier;
using namespace dossier::storage;
using namespace std::chrono_literals;

namespace {

struct Held {
    std::shared_ptr<const Snapshot> snapshot;
    Model model;
};

// Many operations of one transaction, each followed by a snapshot; some are held and read later.
void run_operations(const std::shared_ptr<Store>& store, std::uint64_t seed, int operations,
                    std::size_t most_held) {
    CAPTURE(seed);
    RandomQuads random(seed);
    Model model;
    {
        const auto before = store->begin(60s);
        for (int i = 0; i < 200; ++i) {
            const QuadIds quad = random.quad(*before, true);
            before->insert(quad);
            model.insert(quad);
        }
        before->commit({});
    }
    const auto transaction = store->begin(60s);
    std::deque<Held> held;
    for (int operation = 0; operation < operations; ++operation) {
        CAPTURE(operation);
        const std::uint64_t changes = random.number(6);
        for (std::uint64_t i = 0; i < changes; ++i) {
            const QuadIds quad = random.quad(*transaction, true);
            if (random.number(2) == 0) {
                transaction->insert(quad);
                model.insert(quad);
            } else {
                transaction->remove(quad);
                model.erase(quad);
            }
        }
        const auto snapshot = transaction->snapshot();
        if (operation % 7 == 0) REQUIRE(difference(*snapshot, model) == "");
        if (random.number(10) == 0) held.push_back({snapshot, model});
        if (held.size() > most_held) {
            REQUIRE(difference(*held.front().snapshot, held.front().model) == "");
            held.pop_front();
        }
    }
    for (const Held& old : held) CHECK(difference(*old.snapshot, old.model) == "");
    const Held last{transaction->snapshot(), model};
    transaction->commit({});
    CHECK(difference(*store->snapshot(), model) == "");
    // The snapshot of a transaction that is over shows what it showed.
    CHECK(difference(*last.snapshot, last.model) == "");
}

}  // namespace

TEST_CASE("each snapshot of a transaction shows the operations before it", "[own_changes]") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed)
        run_operations(Store::in_memory(), seed, 300, 8);
}

TEST_CASE("statements that come and go in a transaction all the time do not add up",
          "[own_changes]") {
    const auto store = Store::in_memory();
    const auto transaction = store->begin(60s);
    const TermId predicate = transaction->intern_name(TermView::iri("http://example.org/p"));
    const TermId object = transaction->intern(TermView::literal("x"));
    std::vector<QuadIds> quads;
    for (int i = 0; i < 100; ++i) {
        const std::string iri = "http://example.org/" + std::to_string(i);
        quads.push_back(
            {transaction->intern(TermView::iri(iri)), predicate, object, default_graph});
    }
    Model model;
    for (int round = 0; round < 2'001; ++round) {
        for (const QuadIds& quad : quads) {
            if (round % 2 == 0)
                transaction->insert(quad);
            else
                transaction->remove(quad);
        }
        const auto snapshot = transaction->snapshot();
        if (round % 2 == 0)
            model.insert(quads.begin(), quads.end());
        else
            model.clear();
        if (round % 250 < 2) REQUIRE(difference(*snapshot, model) == "");
        REQUIRE(transaction->change_count() < 70'000);
    }
    CHECK(transaction->commit({}).inserted == 100);
    CHECK(difference(*store->snapshot(), model) == "");
}
