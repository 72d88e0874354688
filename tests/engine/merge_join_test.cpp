#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/query_executor.h"
#include "storage/store.h"

using namespace dossier;
using namespace dossier::engine;

namespace {

using Pairs = std::multiset<std::pair<std::string, std::string>>;

// Two predicates over the same subjects: how many values each subject has is what matters to a
// merge.
class Data {
  public:
    Data() : transaction_(store_->begin(std::chrono::seconds(1))) {
        for (const char* predicate : {"urn:l", "urn:r"})
            predicates_.push_back(transaction_->intern_name(TermView::iri(predicate)));
    }

    void add(int subject, bool right, int value) {
        const auto id = transaction_->intern(TermView::iri("urn:s" + std::to_string(subject)));
        const Term object = Term::integer(value);
        transaction_->insert({id, predicates_[right ? 1 : 0], transaction_->intern(object.view()),
                              storage::default_graph});
        values_[subject][right ? 1 : 0].insert(value);
    }
    void commit() { transaction_->commit({}); }

    struct Outcome {
        std::size_t rows = 0;
        std::size_t spilled = 0;
    };
    Outcome run(const std::string& query, std::size_t memory) const {
        const auto pattern =
            std::make_shared<const TranslatedPattern>(translate_query(sparql::parse_query(query)));
        PlanOptions options;
        options.forced_join = ForcedJoin::merge;
        const auto plan = plan_query(pattern, store_->snapshot(), options);
        INFO(plan->explain());
        REQUIRE(plan->explain().find("Merge") != std::string::npos);
        ExecutionOptions execution_options;
        execution_options.memory_bytes = memory;
        QueryExecution execution(plan, execution_options);
        Outcome outcome;
        Batch batch;
        while (execution.next(batch)) {
            outcome.rows += batch.size();
            outcome.spilled =
                std::max<std::size_t>(outcome.spilled, execution.context().spill_space().used());
        }
        return outcome;
    }
    const std::map<int, std::array<std::set<int>, 2>>& values() const { return values_; }

  private:
    std::shared_ptr<storage::Store> store_ = storage::Store::in_memory();
    decltype(std::declval<storage::Store&>().begin(std::chrono::seconds(1))) transaction_;
    std::vector<storage::TermId> predicates_;
    std::map<int, std::array<std::set<int>, 2>> values_;
};

void check(const Data& data, std::size_t memory) {
    std::size_t inner = 0, optional = 0, minus = 0, exists = 0, same = 0;
    for (const auto& [subject, values] : data.values()) {
        inner += values[0].size() * values[1].size();
        optional += values[0].size() * std::max<std::size_t>(values[1].size(), 1);
        (values[1].empty() ? minus : exists) += values[0].size();
        for (const int value : values[0]) same += values[1].count(value);
    }
    const auto rows = [&](const std::string& query) { return data.run(query, memory).rows; };
    CHECK(rows("SELECT * { ?s <urn:l> ?a . ?s <urn:r> ?b }") == inner);
    CHECK(rows("SELECT * { ?s <urn:l> ?a OPTIONAL { ?s <urn:r> ?b } }") == optional);
    CHECK(rows("SELECT * { ?s <urn:l> ?a MINUS { ?s <urn:r> ?b } }") == minus);
    CHECK(rows("SELECT * { ?s <urn:l> ?a FILTER EXISTS { ?s <urn:r> ?b } }") == exists);
    CHECK(rows("SELECT * { ?s <urn:l> ?a FILTER NOT EXISTS { ?s <urn:r> ?b } }") == minus);
    CHECK(rows("SELECT * { ?s <urn:l> ?a . ?s <urn:r> ?a }") == same);
}

}  // namespace

TEST_CASE("merge joins pair the rows of a key wherever batches end", "[join][merge_join]") {
    std::mt19937 random(11);
    // Mostly one value on either side; mostly several; few subjects with very many.
    for (const unsigned spread : {1U, 4U, 700U}) {
        Data data;
        const int subjects = spread == 700 ? 30 : 7000;
        for (int s = 0; s < subjects; ++s)
            for (const bool right : {false, true}) {
                auto count = static_cast<unsigned>(random() % (spread + 1));
                if (spread == 1 && random() % 50 != 0) count = 1;
                for (unsigned i = 0; i < count; ++i)
                    data.add(s, right, static_cast<int>(random() % 1000));
            }
        data.commit();
        INFO("up to " << spread << " values");
        check(data, std::size_t{256} << 20);
    }
}

TEST_CASE("a key with more rows than the memory holds is joined part by part",
          "[join][merge_join]") {
    Data data;
    for (const int subject : {1, 2, 3, 5}) {
        for (int i = 0; i < (subject == 2 ? 3 : 1); ++i) data.add(subject, false, i * 9000);
        if (subject == 3) continue;
        for (int i = 0; i < (subject == 2 ? 40000 : 3); ++i) data.add(subject, true, i);
    }
    data.commit();
    constexpr std::size_t memory = 400'000;
    check(data, memory);
    CHECK(data.run("SELECT * { ?s <urn:l> ?a . ?s <urn:r> ?b }", memory).spilled > 300'000);
}
