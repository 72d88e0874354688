#include "tests/oracle/engine_store.h"

#include <algorithm>
#include <array>
#include <future>
#include <stdexcept>

#include "engine/load.h"
#include "engine/query_impl.h"
#include "engine/translate.h"
#include "engine/update.h"
#include "parser/byte_source.h"
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
    : impl_(std::make_shared<Store::Impl>()) {
    impl_->store = storage::Store::in_memory();
    if (making == Making::bulk) {
        const std::string text = to_text(quads);
        LoadOptions options;
        options.format = DataFormat::nquads;
        engine::load_sources(*impl_->store,
                             {{"data", "", [&] { return open_memory(text, "data"); }}}, options, 1,
                             {});
    } else {
        // In one commit a blank node's label is one node: they come first, and together.
        std::string blank;
        std::vector<std::string> rest;
        for (const Quad& quad : quads) {
            const std::string triple = quad.subject.to_string() + " " + quad.predicate.to_string() +
                                       " " + quad.object.to_string() + " . ";
            std::string text = quad.graph.text().empty()
                                   ? triple
                                   : "GRAPH " + quad.graph.to_string() + " { " + triple + "} ";
            if (text.find("_:") != std::string::npos)
                blank += text;
            else
                rest.push_back(std::move(text));
        }
        if (!blank.empty()) update("INSERT DATA { " + blank + " }");
        for (std::size_t i = 0; i < rest.size(); i += 7) {
            std::string group;
            for (std::size_t j = i; j < std::min(i + 7, rest.size()); ++j) group += rest[j];
            update("INSERT DATA { " + group + " <http://noise/> <http://p/0> <http://n/1> }");
            update("DELETE DATA { <http://noise/> <http://p/0> <http://n/1> }");
        }
    }
    read_back();
}

void EngineStore::update(const std::string& text, const std::vector<std::string>& disabled_passes,
                         const std::string& load_folder) {
    const auto transaction = impl_->store->begin(writer_timeout);
    engine::UpdateSettings settings;
    settings.disabled_passes = disabled_passes;
    settings.load_directory = load_folder;
    engine::run_update(sparql::parse_update(text, {}), *transaction, settings);
    transaction->commit({});
}

void EngineStore::read_back() {
    quads_.clear();
    const auto snapshot = impl_->store->snapshot();
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
    return engine::plan_query(pattern_, store_->impl_->store->snapshot(), variant.options)
        ->explain();
}

Answer EngineStore::Prepared::run(const Variant& variant) const {
    const auto plan =
        engine::plan_query(pattern_, store_->impl_->store->snapshot(), variant.options);
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

Query public_query(const std::shared_ptr<Store::Impl>& impl, const std::string& text,
                   const Variant& variant) {
    QueryOptions options;
    options.memory = variant.memory;
    options.disabled_passes = variant.options.disabled_passes;
    return prepare_query(
        impl, [impl] { return impl->store->snapshot(); }, text, options);
}

}  // namespace

Answer EngineStore::ask(const std::string& text, const Variant& variant) const {
    Answer answer;
    answer.columns = {"answer"};
    try {
        answer.rows = {{public_query(impl_, text, variant).ask() ? "true" : "false"}};
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
        Graph graph = public_query(impl_, text, variant).graph();
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
