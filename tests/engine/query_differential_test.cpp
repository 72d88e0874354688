#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "naive_evaluator.h"
#include "random_query.h"

// Random queries over random data: the engine against the definition, and against itself with every
// pass off, every join algorithm forced and little memory.

namespace dossier::testing {

namespace {

using Rows = std::multiset<std::vector<std::string>>;

std::string shown(const storage::Snapshot& data, TermId id) {
    return id.bound() ? data.term(id).to_string() : "-";
}

Rows engine_rows(const std::shared_ptr<const TranslatedPattern>& pattern,
                 const std::shared_ptr<const FakeSnapshot>& data, const PlanOptions& options,
                 std::size_t memory = std::size_t{256} << 20) {
    const auto plan = plan_query(pattern, data, options);
    ExecutionOptions execution_options;
    execution_options.memory_bytes = memory;
    QueryExecution execution(plan, execution_options);
    Batch batch;
    Rows rows;
    while (execution.next(batch)) {
        REQUIRE(batch.size() > 0);
        for (const std::uint32_t row : batch.selected()) {
            std::vector<std::string> cells;
            for (std::size_t i = 0; i < batch.columns(); ++i) {
                const TermId id = batch.column(i)[row];
                cells.push_back(id.bound() ? execution.context().term(id).to_string() : "-");
            }
            rows.insert(std::move(cells));
        }
    }
    return rows;
}

Rows naive_rows(const TranslatedPattern& pattern, FakeSnapshot& data) {
    Rows rows;
    for (const Solution& solution : NaiveEvaluator(data).evaluate(pattern.algebra)) {
        std::vector<std::string> cells;
        for (const Variable variable : pattern.columns) {
            const auto found = solution.find(variable);
            cells.push_back(found == solution.end() ? "-" : shown(data, found->second));
        }
        rows.insert(std::move(cells));
    }
    return rows;
}

void check(std::uint64_t seed, std::size_t depth, std::size_t statements) {
    RandomQueries random(seed);
    auto data = std::make_shared<FakeSnapshot>();
    random.fill(*data, statements);
    const auto pattern = std::make_shared<const TranslatedPattern>(random.query(depth));
    const Rows wanted = naive_rows(*pattern, *data);
    if (wanted.size() > 20000) return;
    std::vector<std::pair<std::string, PlanOptions>> variants(1);
    for (const std::string& pass : pass_names()) {
        PlanOptions options;
        options.disabled_passes = {pass};
        variants.emplace_back("without " + pass, options);
    }
    for (const ForcedJoin join : {ForcedJoin::merge, ForcedJoin::hash, ForcedJoin::bind}) {
        PlanOptions options;
        options.forced_join = join;
        variants.emplace_back("forced join " + std::to_string(static_cast<int>(join)), options);
    }
    PlanOptions plain;
    plain.disabled_passes = pass_names();
    variants.emplace_back("without any pass", plain);
    for (const auto& [name, options] : variants) {
        INFO("seed " << seed << " depth " << depth << " statements " << statements << " " << name);
        INFO(plan_query(pattern, data, options)->explain());
        const Rows found = engine_rows(pattern, data, options);
        if (found != wanted) CHECK(found == wanted);
    }
}

// A predicate of the given number of statements between few subjects and objects.
void fill(FakeSnapshot& data, const char* predicate, int statements, int subjects, int objects) {
    for (int i = 0; i < statements; ++i)
        data.add(Term::iri("http://s/" + std::to_string(i % subjects)), Term::iri(predicate),
                 Term::iri("http://s/" + std::to_string((i * 7 + i / subjects) % objects)));
}

std::shared_ptr<const TranslatedPattern> whole(AlgebraPtr algebra, std::size_t variables) {
    TranslatedPattern out;
    for (std::size_t i = 0; i < variables; ++i) {
        out.visible.push_back(out.variables.add(std::string(1, static_cast<char>('a' + i))));
        out.columns.push_back(*out.visible.back());
    }
    out.algebra = make_algebra(Project{std::move(algebra), out.columns});
    return std::make_shared<const TranslatedPattern>(std::move(out));
}

}  // namespace

TEST_CASE("joins of every kind give the same rows when they have to spill", "[differential]") {
    auto data = std::make_shared<FakeSnapshot>();
    fill(*data, "http://p/0", 900, 300, 300);
    fill(*data, "http://p/1", 1000, 250, 200);
    const auto triple = [](Variable s, const char* predicate, Variable o) {
        return make_algebra(BasicPattern{{{{s}, {Term::iri(predicate)}, {o}}}});
    };
    const AlgebraPtr left = triple(0, "http://p/0", 1);
    const AlgebraPtr right = triple(1, "http://p/1", 2);
    const ExpressionPtr condition = make_operation(
        ExpressionOperator::logical_not,
        {make_operation(ExpressionOperator::same_term, {make_variable(0), make_variable(2)})});
    std::vector<std::shared_ptr<const TranslatedPattern>> patterns = {
        whole(make_algebra(Join{{left, right}}), 3),
        whole(make_algebra(LeftJoin{left, right, {}}), 3),
        whole(make_algebra(LeftJoin{left, right, {condition}}), 3),
        whole(make_algebra(Minus{left, right}), 2),
        // ?b may be unbound on the left: compared row by row.
        whole(make_algebra(Join{{make_algebra(LeftJoin{
                                     triple(0, "http://p/0", 3), triple(0, "http://p/1", 1), {}}),
                                 triple(1, "http://p/1", 2)}}),
              4)};
    for (const auto& pattern : patterns) {
        PlanOptions hash;
        hash.forced_join = ForcedJoin::hash;
        const Rows wanted = engine_rows(pattern, data, hash);
        REQUIRE(!wanted.empty());
        for (const std::size_t memory : {24'000, 48'000, 200'000})
            CHECK((engine_rows(pattern, data, hash, memory) == wanted));
        for (const ForcedJoin join : {ForcedJoin::none, ForcedJoin::bind, ForcedJoin::merge}) {
            PlanOptions options;
            options.forced_join = join;
            CHECK((engine_rows(pattern, data, options) == wanted));
        }
    }
}

TEST_CASE("random patterns give the solutions that the definition gives", "[differential]") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) check(seed, 1, 25);
    for (std::uint64_t seed = 1001; seed <= 1300; ++seed) check(seed, 2, 20);
    for (std::uint64_t seed = 2001; seed <= 2150; ++seed) check(seed, 3, 15);
}

}  // namespace dossier::testing
