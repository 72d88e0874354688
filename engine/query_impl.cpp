#include "engine/query_impl.h"

#include <dossier/error.h>
#include <fmt/format.h>
#include <algorithm>
#include "engine/describe.h"
#include "engine/template.h"

namespace dossier {

namespace {

using engine::PlanPtr;
using engine::QueryPlan;
using engine::TranslatedPattern;
using engine::Variable;

// The graphs DESCRIBE reads: those of FROM where there is one, else all.
storage::GraphSelection described_graphs(const engine::Dataset& dataset,
                                         const storage::Snapshot& snapshot) {
    storage::GraphSelection graphs;
    graphs.mode = storage::GraphSelection::Mode::merged;
    if (dataset.empty()) return graphs;
    for (const auto* list : {&dataset.default_graphs, &dataset.named_graphs})
        for (const Term& graph : *list)
            if (const auto id = snapshot.find(graph.view())) graphs.graphs.push_back(*id);
    std::sort(graphs.graphs.begin(), graphs.graphs.end());
    graphs.graphs.erase(std::unique(graphs.graphs.begin(), graphs.graphs.end()),
                        graphs.graphs.end());
    // An empty list would mean all graphs; a graph that is none reads nothing.
    if (graphs.graphs.empty()) graphs.graphs.push_back(storage::unbound);
    return graphs;
}

// Puts the making of statements on top of the plan of a CONSTRUCT's or DESCRIBE's pattern.
std::shared_ptr<const QueryPlan> statement_plan(const Query::Impl& query,
                                                const std::shared_ptr<const QueryPlan>& plan,
                                                const engine::Dataset& dataset) {
    const sparql::Query& syntax = query.parsed->query;
    auto pattern = std::make_shared<TranslatedPattern>(plan->pattern());
    const Variable subject = pattern->variables.add("subject");
    const Variable predicate = pattern->variables.add("predicate");
    const Variable object = pattern->variables.add("object");
    pattern->columns = {subject, predicate, object};
    PlanPtr root;
    if (syntax.form == sparql::QueryForm::construct) {
        root = engine::make_construct(
            plan->root(),
            std::make_shared<const engine::Template>(syntax.construct, query.parsed->symbols,
                                                     *pattern, plan->columns()),
            subject, predicate, object);
    } else {
        std::vector<Variable> columns;
        std::vector<Term> resources;
        for (const sparql::Node& node : syntax.describe) {
            if (const auto* constant = std::get_if<sparql::Constant>(&node)) {
                resources.push_back(query.parsed->symbols.term(*constant));
            } else if (const auto* variable = std::get_if<sparql::Variable>(&node)) {
                if (const auto outer = pattern->visible[variable->id]) columns.push_back(*outer);
            }
        }
        root = engine::make_describe(plan->root(), std::move(columns), std::move(resources),
                                     described_graphs(dataset, *plan->snapshot()), subject,
                                     predicate, object);
    }
    engine::PlanNames names(pattern->variables, query.prefixes);
    return std::make_shared<const QueryPlan>(std::move(pattern), plan->snapshot(), std::move(root),
                                             std::move(names));
}

}  // namespace

// What is made of a text of nothing but short terms takes some 90 bytes for each of its own.
void expect_memory_for(std::string_view text, const QueryOptions& options) {
    constexpr std::size_t always = std::size_t{256} << 10;
    constexpr std::size_t bytes_per_byte = 64;
    const std::size_t most = std::max(always, options.memory / bytes_per_byte);
    if (text.size() > most)
        throw LimitError(fmt::format(
            "the query's memory limit of {} bytes allows a text of {} bytes, and this one has {}",
            options.memory, most, text.size()));
}

Query prepare_query(std::shared_ptr<Store::Impl> store, SnapshotProvider snapshot,
                    std::string_view text, const QueryOptions& options) {
    const PrefixEnvironment environment(options, store->prefixes());
    // A text that is too long for the parser is refused by it.
    if (text.size() <= parser_options(options, environment).max_text_bytes)
        expect_memory_for(text, options);
    const StopSignal stop(options.stop, store->interrupt_token());
    StopQuestion question(stop.token(), options.timeout);
    sparql::SparqlOptions parsing = parser_options(*store, options, environment);
    parsing.question = &question;
    auto impl = std::make_shared<Query::Impl>();
    impl->parsed = std::make_shared<const sparql::ParsedQuery>(sparql::parse_query(text, parsing));
    impl->pattern = std::make_shared<const TranslatedPattern>(
        engine::translate_query(*impl->parsed, &question));
    for (const Variable variable : impl->pattern->columns)
        impl->variables.push_back(impl->pattern->variables.name(variable));
    impl->prefixes = impl->parsed->prologue.prefixes;
    impl->prefixes.insert(impl->prefixes.end(), environment.own().begin(), environment.own().end());
    impl->store = std::move(store);
    impl->snapshot = std::move(snapshot);
    impl->options = options;
    Query query(std::move(impl));
    for (const auto& [name, value] : options.parameters) query = query.bind(name, value);
    return query;
}

engine::ExecutionOptions execution_options(const Store::Impl& store, const QueryOptions& options,
                                           std::stop_token stop) {
    engine::ExecutionOptions result;
    result.timeout = options.timeout;
    result.stop = std::move(stop);
    result.memory_bytes = options.memory;
    result.base = options.base;
    result.functions = store.host_functions();
    result.aggregates = store.host_aggregates();
    result.service = store.service_handler();
    // Only the writer keeps the store's own folder of temporary files.
    if (store.open_store().persistent() && !store.open_store().read_only())
        result.temporary_directory = store.open_store().temporary_directory();
    return result;
}

RunningQuery::RunningQuery(const Query::Impl& query, bool measure_time) {
    const Store::Impl& store = *query.store;
    stop_ = std::make_unique<StopSignal>(query.options.stop, store.interrupt_token());
    engine::PlanOptions options;
    options.parameters = query.parameters;
    options.dataset = {query.options.default_graphs, query.options.named_graphs};
    options.union_default_graph =
        query.options.union_default_graph.value_or(store.union_default_graph());
    options.disabled_passes = query.options.disabled_passes;
    options.prefixes = query.prefixes;
    StopQuestion question(stop_->token(), query.options.timeout);
    options.question = &question;
    options.memory_bytes = query.options.memory;
    auto plan = engine::plan_query(query.pattern, query.snapshot(), options);
    const sparql::QueryForm form = query.parsed->query.form;
    if (form == sparql::QueryForm::construct || form == sparql::QueryForm::describe)
        plan = statement_plan(query, plan,
                              options.dataset.empty() ? query.pattern->dataset : options.dataset);
    engine::ExecutionOptions execution = execution_options(store, query.options, stop_->token());
    if (query.parsed->prologue.base) execution.base = *query.parsed->prologue.base;
    execution.question = question;
    execution.measure_time = measure_time;
    execution.reads_batches_at_once = true;
    execution_ = std::make_unique<engine::QueryExecution>(std::move(plan), std::move(execution));
}

}  // namespace dossier
