#include <dossier/transaction.h>

#include <utility>

#include "engine/load.h"
#include "engine/matching.h"
#include "engine/transaction_impl.h"
#include "engine/update.h"

namespace dossier {

namespace {

storage::Durability durability_of(Durability durability) {
    return durability == Durability::relaxed ? storage::Durability::relaxed
                                             : storage::Durability::durable;
}

}  // namespace

std::shared_ptr<storage::Transaction> Transaction::Impl::open_transaction() const {
    if (!*transaction) throw UsageError("the transaction is over");
    return *transaction;
}

SnapshotProvider Transaction::Impl::snapshots() const {
    // A prepared query may outlive its transaction; it then cannot run.
    return [held = transaction]() -> std::shared_ptr<const storage::Snapshot> {
        if (!*held) throw UsageError("the transaction is over");
        return (*held)->snapshot();
    };
}

Transaction::Transaction(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction& Transaction::operator=(Transaction&&) noexcept = default;
Transaction::~Transaction() {
    if (impl_) impl_->transaction->reset();
}

Query Transaction::prepare(std::string_view text, const QueryOptions& options) {
    return prepare_query(impl_->store, impl_->snapshots(), text, options);
}
Rows Transaction::query(std::string_view text, const QueryOptions& options) {
    return prepare(text, options).rows();
}
bool Transaction::ask(std::string_view text, const QueryOptions& options) {
    return prepare(text, options).ask();
}
Graph Transaction::construct(std::string_view text, const QueryOptions& options) {
    return prepare(text, options).graph();
}

UpdateReport Transaction::update(std::string_view text, const QueryOptions& options) {
    const PrefixEnvironment environment(options, impl_->store->prefixes());
    const StopSignal stop(options.stop, impl_->store->interrupt_token());
    StopQuestion question(stop.token(), options.timeout);
    sparql::SparqlOptions parsing = parser_options(*impl_->store, options, environment);
    parsing.question = &question;
    // A text that is too long for the parser is refused by it.
    if (text.size() <= parsing.max_text_bytes) expect_memory_for(text, options);
    const sparql::ParsedUpdate parsed = sparql::parse_update(text, parsing);
    for (const auto& parameter : options.parameters)
        if (!parsed.symbols.find_variable(parameter.first))
            throw UsageError("the update has no variable ?" + parameter.first);
    engine::UpdateSettings settings;
    settings.parameters = options.parameters;
    settings.execution = execution_options(*impl_->store, options, stop.token());
    settings.execution.question = question;
    if (parsed.prologue.base) settings.execution.base = *parsed.prologue.base;
    settings.union_default_graph =
        options.union_default_graph.value_or(impl_->store->union_default_graph());
    settings.default_graphs = options.default_graphs;
    settings.named_graphs = options.named_graphs;
    settings.disabled_passes = options.disabled_passes;
    settings.load_directory = options.load_directory;
    const UpdateReport report = engine::run_update(parsed, *impl_->open_transaction(), settings);
    impl_->report.operations += report.operations;
    impl_->report.reifiers_inserted += report.reifiers_inserted;
    impl_->report.reifiers_removed += report.reifiers_removed;
    return report;
}

void Transaction::insert(const Term& subject, const Term& predicate, const Term& object,
                         const Term& graph) {
    storage::Transaction& transaction = *impl_->open_transaction();
    const storage::TermId predicate_id = transaction.intern_name(predicate.view());
    const storage::TermId graph_id =
        graph.text().empty() ? storage::default_graph : transaction.intern_name(graph.view());
    transaction.insert({transaction.intern(subject.view()), predicate_id,
                        transaction.intern(object.view()), graph_id});
}

void Transaction::remove(const Term& subject, const Term& predicate, const Term& object,
                         const Term& graph) {
    storage::Transaction& transaction = *impl_->open_transaction();
    // Terms the store does not know may be the transaction's own; its state is made up only then.
    std::shared_ptr<const storage::Snapshot> own;
    const auto id = [&](const Term& term) {
        auto found = impl_->base->find(term.view());
        if (!found) {
            if (!own) own = transaction.snapshot();
            found = own->find(term.view());
        }
        return found.value_or(storage::unbound);
    };
    const storage::QuadIds quad{id(subject), id(predicate), id(object),
                                graph.text().empty() ? storage::default_graph : id(graph)};
    if (quad.subject.bound() && quad.predicate.bound() && quad.object.bound() && quad.graph.bound())
        transaction.remove(quad);
}

LoadReport Transaction::load_text(std::string_view text, DataFormat format,
                                  const LoadOptions& options) {
    LoadOptions own = options;
    own.format = format;
    const StopSignal stop(options.stop, impl_->store->interrupt_token());
    engine::LoadSource source{"text", options.base, [text] { return open_memory(text, "text"); }};
    return engine::load_into_transaction(*impl_->open_transaction(), {std::move(source)}, own,
                                         stop.token())
        .report;
}

UpdateReport Transaction::commit(const CommitOptions& options) {
    const std::shared_ptr<storage::Transaction> transaction = impl_->open_transaction();
    // Over, whatever comes.
    impl_->transaction->reset();
    storage::CommitOptions own;
    own.author = options.author;
    own.message = options.message;
    if (options.durability) own.durability = durability_of(*options.durability);
    const storage::CommitInfo info = transaction->commit(own);
    UpdateReport report = impl_->report;
    report.inserted = info.inserted;
    report.removed = info.removed;
    report.commit = info.inserted + info.removed > 0 ? info.number : 0;
    return report;
}

void Transaction::rollback() {
    const std::shared_ptr<storage::Transaction> transaction = impl_->open_transaction();
    impl_->transaction->reset();
    transaction->rollback();
}

}  // namespace dossier
