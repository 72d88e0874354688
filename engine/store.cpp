#include <dossier/store.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <thread>
#include <utility>

#include <dossier/prefixes.h>

#include "engine/claim_query.h"
#include "engine/file_iri.h"
#include "engine/formats.h"
#include "engine/function_table.h"
#include "engine/load.h"
#include "engine/matching.h"
#include "engine/query_impl.h"
#include "engine/statement_writer.h"
#include "engine/store_impl.h"
#include "engine/transaction_impl.h"
#include "rdf/vocabulary.h"

namespace dossier {

namespace {

std::shared_ptr<const storage::Snapshot> newest(const Store::Impl& impl) {
    return impl.open_store().snapshot();
}

SnapshotProvider newest_snapshots(const std::shared_ptr<Store::Impl>& impl) {
    return [impl] { return newest(*impl); };
}

std::uint64_t count_graph(const storage::Snapshot& snapshot, storage::TermId graph) {
    storage::ScanRequest request;
    request.graphs.graph = graph;
    return snapshot.count(request);
}

engine::LoadSource file_source(const std::filesystem::path& file) {
    const std::string path = file.string();
    return {path, engine::file_iri(file), [path] { return open_file(path); }};
}

unsigned thread_count(unsigned wanted, unsigned of_store) {
    if (wanted == 0) wanted = of_store;
    return wanted == 0 ? std::max(1u, std::thread::hardware_concurrency()) : wanted;
}

}  // namespace

Store::Store(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store Store::open(const std::filesystem::path& path, const OpenOptions& options) {
    storage::OpenOptions own;
    own.create = options.create;
    own.read_only = options.read_only;
    own.cache_bytes = options.cache_bytes;
    own.durability = options.durability == Durability::relaxed ? storage::Durability::relaxed
                                                               : storage::Durability::durable;
    own.log = options.log;
    auto impl = std::make_shared<Impl>();
    impl->store = storage::Store::open(path.string(), own);
    impl->path = path.string();
    impl->options = options;
    return Store(std::move(impl));
}

Store Store::in_memory() {
    auto impl = std::make_shared<Impl>();
    impl->store = storage::Store::in_memory();
    return Store(std::move(impl));
}

// ---- queries and updates ----

Query Store::prepare(std::string_view text, const QueryOptions& options) const {
    return prepare_query(impl_, newest_snapshots(impl_), text, options);
}
Rows Store::query(std::string_view text, const QueryOptions& options) const {
    return prepare(text, options).rows();
}
bool Store::ask(std::string_view text, const QueryOptions& options) const {
    return prepare(text, options).ask();
}
Graph Store::construct(std::string_view text, const QueryOptions& options) const {
    return prepare(text, options).graph();
}

ClaimAnswers Store::claims(std::string_view pattern, const QueryOptions& options) const {
    return ask_claims(impl_, pattern, options);
}

UpdateReport Store::update(std::string_view text, const QueryOptions& options,
                           const CommitOptions& commit) {
    Transaction transaction = begin();
    transaction.update(text, options);
    return transaction.commit(commit);
}

Transaction Store::begin(std::chrono::milliseconds timeout) {
    auto transaction = std::make_unique<Transaction::Impl>();
    transaction->store = impl_;
    transaction->transaction =
        std::make_shared<std::shared_ptr<storage::Transaction>>(impl_->open_store().begin(timeout));
    transaction->base = newest(*impl_);
    return Transaction(std::move(transaction));
}

// ---- extensions ----

namespace {

// A copy with the entry replaced, or taken away: queries that run keep what they began with.
template <typename Value>
void replace(std::mutex& mutex,
             std::shared_ptr<const std::unordered_map<std::string, Value>>& entries,
             std::string_view iri, Value value) {
    const std::lock_guard lock(mutex);
    auto copy = entries ? std::make_shared<std::unordered_map<std::string, Value>>(*entries)
                        : std::make_shared<std::unordered_map<std::string, Value>>();
    if (value)
        (*copy)[std::string(iri)] = std::move(value);
    else
        copy->erase(std::string(iri));
    entries = std::move(copy);
}

void check_name(std::string_view iri) {
    if (!is_absolute_iri(iri))
        throw UsageError("a function is named by an absolute IRI, not '" + std::string(iri) + "'");
    for (std::size_t arguments = 0; arguments < 4; ++arguments)
        if (engine::scalar_function(iri, arguments).function != nullptr)
            throw UsageError("<" + std::string(iri) + "> is a function of the library");
}

}  // namespace

void Store::register_function(std::string_view iri, Function function) {
    check_name(iri);
    replace(impl_->mutex, impl_->functions, iri, std::move(function));
}
void Store::register_aggregate(std::string_view iri, AggregateFactory factory) {
    check_name(iri);
    replace(impl_->mutex, impl_->aggregates, iri, std::move(factory));
}
void Store::set_service_handler(ServiceHandler handler) {
    auto shared = handler ? std::make_shared<const ServiceHandler>(std::move(handler)) : nullptr;
    const std::lock_guard lock(impl_->mutex);
    impl_->service = std::move(shared);
}

// ---- statements ----

Graph Store::match(const std::optional<Term>& subject, const std::optional<Term>& predicate,
                   const std::optional<Term>& object, const std::optional<Term>& graph) const {
    StatementPattern pattern{subject, predicate, object, graph};
    return match_statements(impl_, newest(*impl_), pattern, impl_->interrupt_token());
}

bool Store::contains(const Term& subject, const Term& predicate, const Term& object,
                     const Term& graph) const {
    return contains_statement(*newest(*impl_), subject, predicate, object, graph);
}

bool Store::insert(const Term& subject, const Term& predicate, const Term& object,
                   const Term& graph) {
    Transaction transaction = begin();
    transaction.insert(subject, predicate, object, graph);
    return transaction.commit().inserted > 0;
}

bool Store::remove(const Term& subject, const Term& predicate, const Term& object,
                   const Term& graph) {
    Transaction transaction = begin();
    transaction.remove(subject, predicate, object, graph);
    return transaction.commit().removed > 0;
}

// ---- loading and dumping ----

namespace {

LoadReport load(const std::shared_ptr<Store::Impl>& impl,
                const std::vector<engine::LoadSource>& sources, const LoadOptions& options) {
    const StopSignal stop(options.stop, impl->interrupt_token());
    storage::Store& store = impl->open_store();
    engine::LoadOutcome outcome =
        engine::load_sources(store, sources, options,
                             thread_count(options.threads, impl->options.threads), stop.token());
    if (options.learn_prefixes && !options.dry_run) {
        const Prefixes known = impl->prefixes();
        std::vector<std::pair<std::string, std::string>> learned;
        for (const auto& [name, iri] : outcome.prefixes) {
            const auto same = std::find_if(known.begin(), known.end(),
                                           [&](const auto& entry) { return entry.first == name; });
            if (same == known.end())
                learned.emplace_back("prefix:" + name, iri);
            else if (same->second != iri)
                outcome.report.warnings.push_back("the prefix " + name + ": stays <" +
                                                  same->second + ">, the data declare <" + iri +
                                                  ">");
        }
        store.set_settings(learned);
    }
    return std::move(outcome.report);
}

}  // namespace

LoadReport Store::load_file(const std::filesystem::path& file, const LoadOptions& options) {
    return load_files({file}, options);
}

LoadReport Store::load_files(const std::vector<std::filesystem::path>& files,
                             const LoadOptions& options) {
    std::vector<engine::LoadSource> sources;
    for (const std::filesystem::path& file : files) sources.push_back(file_source(file));
    // What cannot be opened is told before anything is read.
    for (const engine::LoadSource& source : sources) source.open();
    return dossier::load(impl_, sources, options);
}

LoadReport Store::load(std::istream& in, DataFormat format, const LoadOptions& options) {
    LoadOptions own = options;
    own.format = format;
    engine::LoadSource source{"stream", options.base, [&in] { return open_stream(in, "stream"); }};
    return dossier::load(impl_, {std::move(source)}, own);
}

LoadReport Store::load_standard_input(const LoadOptions& options) {
    engine::LoadSource source{"standard input", options.base, [] { return open_standard_input(); }};
    return dossier::load(impl_, {std::move(source)}, options);
}

LoadReport Store::load_text(std::string_view text, DataFormat format, const LoadOptions& options) {
    LoadOptions own = options;
    own.format = format;
    engine::LoadSource source{"text", options.base, [text] { return open_memory(text, "text"); }};
    return dossier::load(impl_, {std::move(source)}, own);
}

std::uint64_t Store::dump(DataFormat format, std::ostream& out, const DumpOptions& options) const {
    const auto snapshot = newest(*impl_);
    const StopSignal stop(options.stop, impl_->interrupt_token());
    const auto writer = engine::StatementWriter::make(format, out, options.prefixes);
    const bool quads = format == DataFormat::nquads || format == DataFormat::trig;

    std::vector<StatementPattern> parts;
    for (const Term& graph : options.graphs) parts.push_back({{}, {}, {}, graph, false});
    if (parts.empty()) {
        StatementPattern all;
        if (!quads && options.all_graphs)
            all.merged = true;
        else if (!quads)
            all.graph = Term();
        parts.push_back(all);
    }
    if (engine::StatementWriter::may_refuse(format)) {
        // All of them are looked at before the first is written: half a dump helps nobody.
        const auto checker = engine::StatementWriter::make(format, out, options.prefixes);
        for (const StatementPattern& part : parts) {
            Graph statements = match_statements(impl_, snapshot, part, stop.token());
            while (statements.next()) checker->check(statements.statement());
        }
    }
    for (const StatementPattern& part : parts) {
        Graph statements = match_statements(impl_, snapshot, part, stop.token());
        if (!options.sorted) {
            while (statements.next()) writer->write(statements.statement());
            continue;
        }
        // Ids tell nothing about the order of terms, so the statements are sorted as text.
        std::vector<std::array<Term, 4>> rows;
        while (statements.next()) {
            const QuadView quad = statements.statement();
            rows.push_back(
                {Term(quad.graph), Term(quad.subject), Term(quad.predicate), Term(quad.object)});
        }
        std::sort(rows.begin(), rows.end());
        for (const auto& [graph, subject, predicate, object] : rows)
            writer->write({subject.view(), predicate.view(), object.view(), graph.view()});
    }
    writer->finish();
    return writer->statements();
}

// ---- what is in it ----

std::vector<Term> Store::graphs() const {
    const auto snapshot = newest(*impl_);
    std::vector<Term> names;
    for (const storage::TermId graph : snapshot->graphs()) names.push_back(snapshot->term(graph));
    return names;
}

std::uint64_t Store::size() const {
    return impl_->open_store().info().statements;
}

StoreInfo Store::info() const {
    const storage::StoreInfo own = impl_->open_store().info();
    StoreInfo info;
    info.path = impl_->path;
    info.uuid = own.uuid;
    info.epoch = own.epoch;
    info.format_version = own.format_version;
    info.commits = own.commits;
    info.statements = own.statements;
    info.default_graph_statements = count_graph(*newest(*impl_), storage::default_graph);
    info.named_graphs = own.named_graphs;
    info.terms = own.terms;
    info.triple_terms = own.triple_terms;
    info.bytes_on_disk = own.bytes_on_disk;
    info.unfolded_changes = own.unfolded_changes;
    info.union_default_graph = impl_->union_default_graph();
    info.durability = impl_->options.durability;
    return info;
}

std::vector<GraphStatistics> Store::graph_statistics() const {
    const auto snapshot = newest(*impl_);
    std::vector<GraphStatistics> result;
    if (const auto count = count_graph(*snapshot, storage::default_graph))
        result.push_back({Term(), count});
    for (const storage::TermId graph : snapshot->graphs())
        result.push_back({snapshot->term(graph), count_graph(*snapshot, graph)});
    return result;
}

namespace {

// The distinct values of the first column after a prefix, by seeking from one to the next.
template <typename Visit>
void for_each_value(const storage::Snapshot& snapshot, const storage::ScanRequest& request,
                    Visit visit) {
    const auto cursor = snapshot.scan(request);
    const std::size_t column = request.prefix_length;
    std::array<storage::TermId*, 4> pointers{};
    storage::TermId value;
    pointers[column] = &value;
    while (cursor->next(pointers, 1) == 1) {
        visit(value);
        const storage::TermId next{value.bits + 1};
        cursor->seek({&next, 1});
    }
}

}  // namespace

std::vector<PredicateCount> Store::predicates() const {
    const auto snapshot = newest(*impl_);
    std::vector<PredicateCount> result;
    storage::ScanRequest request;
    request.permutation = storage::Permutation::pso;
    request.graphs.mode = storage::GraphSelection::Mode::merged;
    for_each_value(*snapshot, request, [&](storage::TermId predicate) {
        storage::ScanRequest rows = request;
        rows.prefix[0] = predicate;
        rows.prefix_length = 1;
        const storage::PredicateStatistics statistics = snapshot->statistics(predicate);
        result.push_back({snapshot->term(predicate), snapshot->count(rows),
                          statistics.distinct_subjects, statistics.distinct_objects});
    });
    std::stable_sort(result.begin(), result.end(),
                     [](const auto& a, const auto& b) { return a.statements > b.statements; });
    return result;
}

std::vector<ClassCount> Store::classes() const {
    const auto snapshot = newest(*impl_);
    std::vector<ClassCount> result;
    const auto type = snapshot->find(TermView::iri(rdf::type));
    if (!type) return result;
    storage::ScanRequest request;
    request.permutation = storage::Permutation::pos;
    request.prefix[0] = *type;
    request.prefix_length = 1;
    request.graphs.mode = storage::GraphSelection::Mode::merged;
    for_each_value(*snapshot, request, [&](storage::TermId type_of) {
        storage::ScanRequest rows = request;
        rows.prefix[1] = type_of;
        rows.prefix_length = 2;
        result.push_back({snapshot->term(type_of), snapshot->count(rows)});
    });
    std::stable_sort(result.begin(), result.end(),
                     [](const auto& a, const auto& b) { return a.instances > b.instances; });
    return result;
}

// ---- names and settings ----

Prefixes Store::prefixes() const {
    return impl_->prefixes();
}

void Store::set_prefix(std::string_view name, std::string_view iri) {
    if (!is_prefix_name(name))
        throw UsageError("'" + std::string(name) + "' cannot be the name of a prefix");
    impl_->open_store().set_setting("prefix:" + std::string(name), iri);
}
void Store::remove_prefix(std::string_view name) {
    impl_->open_store().remove_setting("prefix:" + std::string(name));
}

const Prefixes& Store::well_known_prefixes() {
    static const Prefixes prefixes = [] {
        Prefixes list;
        for (const auto& [name, iri] : PrefixMap::well_known().entries())
            list.emplace_back(name, iri);
        return list;
    }();
    return prefixes;
}

std::vector<std::pair<std::string, std::string>> Store::settings() const {
    std::vector<std::pair<std::string, std::string>> result;
    for (auto& entry : impl_->open_store().settings())
        if (!entry.first.starts_with("prefix:")) result.push_back(std::move(entry));
    return result;
}

void Store::set_setting(std::string_view name, std::string_view value) {
    if (name == "union") {
        if (value != "on" && value != "off")
            throw UsageError("the setting 'union' is on or off, not '" + std::string(value) + "'");
    } else if (name == "durability") {
        if (value != "durable" && value != "relaxed")
            throw UsageError("the setting 'durability' is durable or relaxed, not '" +
                             std::string(value) + "'");
    } else {
        throw UsageError("there is no setting '" + std::string(name) +
                         "'; there are: union, durability");
    }
    impl_->open_store().set_setting(name, value);
}

std::vector<std::string> Store::verify() const {
    return impl_->open_store().verify();
}

void Store::interrupt() {
    impl_->interrupt();
}

bool Store::read_only() const {
    return impl_->open_store().read_only();
}

void Store::close() {
    impl_->open_store().close();
    impl_->store.reset();
}

}  // namespace dossier
