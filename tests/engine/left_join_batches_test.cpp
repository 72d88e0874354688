#include <catch2/catch.hpp>

#include <memory>
#include <string>

#include "engine/query_executor.h"
#include "storage/store.h"

using namespace dossier;
using namespace dossier::engine;

// A batch of which nothing was kept left its empty selection behind, and the rows of the next batch
// were lost: OPTIONAL then gave fewer rows than its left side has.
TEST_CASE("OPTIONAL keeps every left row, however the rows fall into batches", "[join]") {
    const auto store = storage::Store::in_memory();
    const auto transaction = store->begin(std::chrono::seconds(1));
    const auto id = [&](const std::string& text) {
        return transaction->intern(TermView::iri(text));
    };
    const auto name = transaction->intern_name(TermView::iri("urn:name"));
    const auto cites = transaction->intern_name(TermView::iri("urn:cites"));
    constexpr int subjects = 6000;
    int left = 0;
    for (int i = 0; i < subjects; ++i) {
        const auto subject = id("urn:s" + std::to_string(i));
        const std::string text = "k" + std::to_string(i);
        transaction->insert(
            {subject, name, transaction->intern(TermView::literal(text)), storage::default_graph});
        if (text.ends_with("77")) ++left;
        if (i % 3 == 0)
            transaction->insert(
                {subject, cites, id("urn:t" + std::to_string(i)), storage::default_graph});
    }
    transaction->commit({});
    const auto parsed = sparql::parse_query(
        "SELECT * { ?s <urn:name> ?n FILTER(STRENDS(?n, \"77\")) OPTIONAL { ?s <urn:cites> ?c } }");
    const auto pattern = std::make_shared<const TranslatedPattern>(translate_query(parsed));
    for (const ForcedJoin join :
         {ForcedJoin::none, ForcedJoin::merge, ForcedJoin::hash, ForcedJoin::bind}) {
        PlanOptions options;
        options.forced_join = join;
        QueryExecution execution(plan_query(pattern, store->snapshot(), options), {});
        Batch batch;
        std::size_t rows = 0;
        while (execution.next(batch)) rows += batch.size();
        INFO("join " << static_cast<int>(join));
        CHECK(rows == static_cast<std::size_t>(left));
    }
}
