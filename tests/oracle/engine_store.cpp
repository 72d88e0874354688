#include "tests/oracle/engine_store.h"

#include <algorithm>
#include <array>
#include <future>
#include <set>
#include <stdexcept>

#include "engine/query_impl.h"
#include "engine/translate.h"
#include "parser/sparql_parser.h"

namespace dossier::oracle {

namespace {

std::vector<Variant> make_variants() {
    std::vector<Variant> out(1);
    const auto without = [&](const std::string& pass) {
        Variant variant;
        variant.name = "without " + pass;
        variant.options.disabled_passes = {pass};
        out.push_back(variant);
    };
    for (const std::string& pass : engine::pass_names()) without(pass);
    Variant plain;
    plain.name = "without any pass";
    plain.options.disabled_passes = engine::pass_names();
    out.push_back(plain);
    using engine::ForcedJoin;
    for (const ForcedJoin join : engine::forced_joins) {
        static constexpr std::array names = {"", "merge", "hash", "bind", "leapfrog"};
        Variant forced;
        forced.name = std::string("joins forced to ") + names[static_cast<std::size_t>(join)];
        forced.options.forced_join = join;
        out.push_back(forced);
    }
    Variant together;
    together.name = "4 threads at once";
    together.threads = 4;
    out.push_back(together);
    for (const std::size_t memory : {20'000, 200'000}) {
        Variant small;
        small.name = std::to_string(memory) + " bytes of memory";
        small.memory = memory;
        small.may_reach_limit = true;
        out.push_back(small);
        small.name += ", hash joins";
        small.options.forced_join = ForcedJoin::hash;
        out.push_back(small);
    }
    return out;
}

}  // namespace

const std::vector<Variant>& variants() {
    static const std::vector<Variant> all = make_variants();
    return all;
}

EngineStore::EngineStore(const std::vector<Quad>& quads, Making making)
    : made_(make_store(quads, making)), impl_(std::make_shared<Store::Impl>()) {
    impl_->store = made_.store;
    read_back();
    std::set<std::string> lines;
    for (const Quad& quad : quads) lines.insert(to_text({quad}));
    if (lines.size() != quads_.size())
        throw std::logic_error(std::string("a store made as \"") + name_of(making) + "\" has " +
                               std::to_string(quads_.size()) + " statements of " +
                               std::to_string(lines.size()));
}

void EngineStore::update(const std::string& text, const std::vector<std::string>& disabled_passes,
                         const std::string& load_folder) {
    update_store(*made_.store, text, disabled_passes, load_folder);
}

std::shared_ptr<const storage::Snapshot> EngineStore::snapshot() const {
    return made_.older ? made_.older : made_.store->snapshot();
}

void EngineStore::read_back() {
    quads_.clear();
    const auto snapshot = this->snapshot();
    const auto read = [&](const storage::GraphSelection& graphs, bool named) {
        storage::ScanRequest request;
        request.permutation = storage::Permutation::spo;
        request.graphs = graphs;
        const auto cursor = snapshot->scan(request);
        std::array<std::array<storage::TermId, 256>, 4> cells;
        std::array<storage::TermId*, 4> columns;
        for (std::size_t i = 0; i < 4; ++i) columns[i] = cells[i].data();
        while (const std::size_t rows = cursor->next(columns, 256))
            for (std::size_t row = 0; row < rows; ++row)
                quads_.push_back({snapshot->term(cells[0][row]), snapshot->term(cells[1][row]),
                                  snapshot->term(cells[2][row]),
                                  named ? snapshot->term(cells[3][row]) : Term()});
    };
    storage::GraphSelection graphs;
    graphs.graph = storage::default_graph;
    read(graphs, false);
    graphs.mode = storage::GraphSelection::Mode::each;
    read(graphs, true);
}

EngineStore::Prepared EngineStore::prepare(const std::string& text) const {
    Prepared out;
    out.store_ = this;
    out.pattern_ = std::make_shared<const engine::TranslatedPattern>(
        engine::translate_query(sparql::parse_query(text, {})));
    return out;
}

namespace {

Answer answer_of(const std::shared_ptr<const engine::QueryPlan>& plan, const Variant& variant) {
    Answer answer;
    try {
        answer.columns = plan->column_names();
        engine::ExecutionOptions options;
        options.memory_bytes = variant.memory;
        options.timeout = variant.timeout;
        engine::QueryExecution execution(plan, options);
        engine::Batch batch;
        while (answer.rows.size() <= variant.most_rows && execution.next(batch)) {
            for (const std::uint32_t row : batch.selected()) {
                TextRow cells;
                for (std::size_t i = 0; i < batch.columns(); ++i) {
                    const storage::TermId id = batch.column(i)[row];
                    cells.push_back(id.bound() ? execution.context().term(id).to_string() : "-");
                }
                answer.rows.push_back(std::move(cells));
            }
        }
    } catch (const LimitError&) {
        if (!variant.may_reach_limit) throw;
        answer.reached_limit = true;
    }
    return answer;
}

}  // namespace

std::string EngineStore::Prepared::explain(const Variant& variant) const {
    return engine::plan_query(pattern_, store_->snapshot(), variant.options)->explain();
}

Answer EngineStore::Prepared::run(const Variant& variant) const {
    const auto plan = engine::plan_query(pattern_, store_->snapshot(), variant.options);
    if (variant.threads == 1) return answer_of(plan, variant);
    // One plan and one snapshot for all of them.
    std::vector<std::future<Answer>> running;
    for (std::size_t i = 0; i < variant.threads; ++i)
        running.push_back(std::async(std::launch::async, [&] { return answer_of(plan, variant); }));
    std::vector<Answer> answers;
    for (std::future<Answer>& one : running) one.wait();
    for (std::future<Answer>& one : running) answers.push_back(one.get());
    for (const Answer& other : answers) {
        std::vector<TextRow> mine = answers.front().rows, theirs = other.rows;
        std::sort(mine.begin(), mine.end());
        std::sort(theirs.begin(), theirs.end());
        if (mine != theirs) throw std::logic_error("threads have different answers");
    }
    return answers.front();
}

namespace {

Query public_query(const std::shared_ptr<Store::Impl>& impl,
                   const std::shared_ptr<const storage::Snapshot>& snapshot,
                   const std::string& text, const Variant& variant) {
    QueryOptions options;
    options.memory = variant.memory;
    options.disabled_passes = variant.options.disabled_passes;
    return prepare_query(
        impl, [snapshot] { return snapshot; }, text, options);
}

}  // namespace

Answer EngineStore::ask(const std::string& text, const Variant& variant) const {
    Answer answer;
    answer.columns = {"answer"};
    try {
        answer.rows = {{public_query(impl_, snapshot(), text, variant).ask() ? "true" : "false"}};
    } catch (const LimitError&) {
        if (!variant.may_reach_limit) throw;
        answer.reached_limit = true;
    }
    return answer;
}

Answer EngineStore::construct(const std::string& text, const Variant& variant) const {
    Answer answer;
    answer.columns = {"subject", "predicate", "object"};
    try {
        Graph graph = public_query(impl_, snapshot(), text, variant).graph();
        while (graph.next()) {
            const QuadView one = graph.statement();
            answer.rows.push_back({Term(one.subject).to_string(), Term(one.predicate).to_string(),
                                   Term(one.object).to_string()});
        }
    } catch (const LimitError&) {
        if (!variant.may_reach_limit) throw;
        answer.reached_limit = true;
    }
    return answer;
}

}  // namespace dossier::oracle
