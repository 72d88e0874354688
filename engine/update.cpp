#include "engine/update.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>

#include "engine/file_iri.h"
#include "engine/load.h"
#include "engine/query_executor.h"
#include "engine/template.h"
#include "engine/translate.h"
#include "rdf/vocabulary.h"

namespace dossier::engine {

namespace {

using storage::TermId;

// Gives stored ids to the ids of one operation's solutions: computed terms become the store's.
class IdMapper {
  public:
    IdMapper(storage::Transaction& transaction, const ExecutionContext& context)
        : transaction_(transaction), context_(context) {}

    // The stored id, made where there is none.
    TermId stored(TermId id) {
        if (id.tag() != storage::Tag::computed) return id;
        const auto [found, added] = known_.try_emplace(id);
        if (added) found->second = intern(context_.term(id));
        return found->second;
    }
    // The same for a predicate or a graph; to be asked for before stored() of the same IRI.
    TermId stored_name(TermId id) {
        if (id.tag() != storage::Tag::computed) return id;
        const auto [found, added] = known_.try_emplace(id);
        if (added) found->second = transaction_.intern_name(context_.term(id).view());
        return found->second;
    }
    // The stored id, unbound where the store does not know the term.
    TermId existing(TermId id) const {
        if (id.tag() != storage::Tag::computed) return id;
        return context_.snapshot().find(context_.term(id).view()).value_or(storage::unbound);
    }

  private:
    TermId intern(const Term& term) {
        if (term.is_triple())
            return transaction_.intern_triple({intern(term.subject()),
                                               transaction_.intern_name(term.predicate().view()),
                                               intern(term.object())});
        if (!term.is_blank_node()) return transaction_.intern(term.view());
        // A node of the store, or one that this operation makes.
        if (const auto id = context_.snapshot().find(term.view())) return *id;
        const auto [found, added] = blank_nodes_.try_emplace(std::string(term.text()));
        if (added) found->second = transaction_.new_blank_node();
        return found->second;
    }

    storage::Transaction& transaction_;
    const ExecutionContext& context_;
    std::unordered_map<TermId, TermId> known_;
    std::unordered_map<std::string, TermId> blank_nodes_;
};

// The statements one operation takes away and adds. They wait, in files when they are many, until
// its pattern has been read to the end, for an operation must not see its own changes.
class PendingChanges {
  public:
    explicit PendingChanges(ExecutionContext& context)
        : removed_(context.spill_space()), inserted_(context.spill_space()) {}

    void remove(const TemplateInstance::Quad& quad) { write(removed_, quad); }
    void insert(const TemplateInstance::Quad& quad) { write(inserted_, quad); }

    template <typename Remove, typename Insert>
    void apply(ExecutionContext& context, Remove remove, Insert insert) {
        read(removed_, context, remove);
        read(inserted_, context, insert);
    }

  private:
    static void write(SpillFile& file, const TemplateInstance::Quad& quad) {
        const std::array<TermId, 4> ids{quad.subject, quad.predicate, quad.object, quad.graph};
        file.write_ids(ids);
    }
    template <typename Visit>
    static void read(SpillFile& file, ExecutionContext& context, Visit visit) {
        SpillReader reader(file, 0, file.size());
        std::array<TermId, 4> ids;
        std::size_t count = 0;
        while (reader.read_ids(ids) == ids.size()) {
            if (++count % 1024 == 0) context.check();
            visit(TemplateInstance::Quad{ids[0], ids[1], ids[2], ids[3]});
        }
    }

    SpillFile removed_, inserted_;
};

class UpdateRun {
  public:
    UpdateRun(const sparql::ParsedUpdate& update, storage::Transaction& transaction,
              const UpdateSettings& settings)
        : update_(update),
          transaction_(transaction),
          settings_(settings),
          question_(settings.execution.question.value_or(
              StopQuestion(settings.execution.stop, settings.execution.timeout))) {}

    UpdateReport run() {
        for (const sparql::UpdateOperation& operation : update_.operations) {
            question_.ask();
            std::visit([this](const auto& kind) { execute(kind); }, operation.operation);
            ++report_.operations;
        }
        return report_;
    }

  private:
    const sparql::Symbols& symbols() const { return update_.symbols; }

    // The transaction's state before an operation. Changes that were made before are sorted for it,
    // once as they are and once in each order that is read.
    std::shared_ptr<const storage::Snapshot> state() { return transaction_.snapshot(&question_); }
    // Keeps the changes of the transaction, whichever operation made them, within the budget of the
    // one that is being run.
    class ChangeCharge {
      public:
        ChangeCharge(const storage::Transaction& transaction, ExecutionContext& context)
            : transaction_(transaction),
              sorted_(transaction.change_count() * bytes_sorted),
              charge_(context.memory()) {
            update();
        }
        // To be called before each change: looks at every thousandth.
        void step() {
            if (++steps_ % 1024 == 0) update();
        }

      private:
        static constexpr std::size_t bytes_sorted = 136;
        void update() {
            charge_.set(transaction_.held_bytes() + sorted_, "collecting the changes of an update");
        }

        const storage::Transaction& transaction_;
        std::size_t sorted_;
        MemoryCharge charge_;
        std::size_t steps_ = 0;
    };

    // ---- data and patterns ----

    void execute(const sparql::InsertData& operation) { change_data({}, operation.quads); }
    void execute(const sparql::DeleteData& operation) { change_data(operation.quads, {}); }

    void change_data(const std::vector<sparql::QuadPattern>& removed,
                     const std::vector<sparql::QuadPattern>& inserted) {
        // Data are a template over one solution without variables.
        static const TranslatedPattern nothing;
        ExecutionContext context(state(), settings_.execution);
        const Template remove(removed, symbols(), nothing, {}, nullptr, {});
        const Template insert(inserted, symbols(), nothing, {}, nullptr, {});
        Batch one;
        one.reset(0, 1);
        one.set_rows(1);
        PendingChanges changes(context);
        collect(context, remove, insert, one, changes);
        apply(context, changes);
    }

    void execute(const sparql::DeleteWhere& operation) {
        change(std::make_shared<const TranslatedPattern>(
                   translate_where(symbols(), operation.quads, &question_)),
               operation.quads, {}, nullptr);
    }

    void execute(const sparql::Modify& operation) {
        const Term* with = operation.with ? &symbols().term(*operation.with) : nullptr;
        change(std::make_shared<const TranslatedPattern>(translate_where(
                   symbols(), operation.where, operation.dataset, operation.with, &question_)),
               operation.remove, operation.insert, with);
    }

    void change(std::shared_ptr<const TranslatedPattern> pattern,
                const std::vector<sparql::QuadPattern>& removed,
                const std::vector<sparql::QuadPattern>& inserted, const Term* with) {
        PlanOptions options;
        options.union_default_graph = settings_.union_default_graph;
        options.disabled_passes = settings_.disabled_passes;
        for (const auto& parameter : settings_.parameters)
            if (has_variable(*pattern, parameter.first)) options.parameters.push_back(parameter);
        if (pattern->dataset.empty() && with == nullptr)
            options.dataset = {settings_.default_graphs, settings_.named_graphs};
        options.question = &question_;
        options.memory_bytes = settings_.execution.memory_bytes;
        const auto plan = plan_query(pattern, state(), options);
        QueryExecution execution(plan, settings_.execution);
        ExecutionContext& context = execution.context();
        const auto& given = settings_.parameters;
        const Template remove(removed, symbols(), *pattern, plan->columns(), with, given);
        const Template insert(inserted, symbols(), *pattern, plan->columns(), with, given);
        PendingChanges changes(context);
        Batch batch;
        while (execution.next(batch)) {
            batch.compact();
            collect(context, remove, insert, batch, changes);
        }
        apply(context, changes);
    }

    // One of its outermost scope.
    static bool has_variable(const TranslatedPattern& pattern, const std::string& name) {
        return std::any_of(pattern.visible.begin(), pattern.visible.end(),
                           [&](const std::optional<Variable>& variable) {
                               return variable && pattern.variables.name(*variable) == name;
                           });
    }

    static void collect(ExecutionContext& context, const Template& remove, const Template& insert,
                        const Batch& batch, PendingChanges& changes) {
        TemplateInstance removing(remove, context), inserting(insert, context);
        std::vector<TemplateInstance::Quad> quads;
        for (std::uint32_t row = 0; row < batch.rows(); ++row) {
            quads.clear();
            removing.make(batch, row, quads);
            for (const auto& quad : quads) changes.remove(quad);
            quads.clear();
            inserting.make(batch, row, quads);
            for (const auto& quad : quads) changes.insert(quad);
        }
    }

    void apply(ExecutionContext& context, PendingChanges& changes) {
        IdMapper mapper(transaction_, context);
        ChangeCharge charge(transaction_, context);
        const auto reifies =
            context.snapshot().find(TermView::iri(rdf::reifies)).value_or(storage::unbound);
        changes.apply(
            context,
            [&](const TemplateInstance::Quad& quad) {
                const storage::QuadIds ids{
                    mapper.existing(quad.subject), mapper.existing(quad.predicate),
                    mapper.existing(quad.object), mapper.existing(quad.graph)};
                if (!ids.subject.bound() || !ids.predicate.bound() || !ids.object.bound() ||
                    !ids.graph.bound())
                    return;  // not known, so not there
                charge.step();
                transaction_.remove(ids);
                ++report_.removed;
                if (ids.predicate == reifies) ++report_.reifiers_removed;
            },
            [&](const TemplateInstance::Quad& quad) {
                charge.step();
                const TermId predicate = mapper.stored_name(quad.predicate);
                const TermId graph = mapper.stored_name(quad.graph);
                transaction_.insert(
                    {mapper.stored(quad.subject), predicate, mapper.stored(quad.object), graph});
                ++report_.inserted;
                if (context.term(quad.predicate).text() == rdf::reifies)
                    ++report_.reifiers_inserted;
            });
    }

    // ---- graphs ----

    std::optional<TermId> find_graph(const Term& graph) { return state()->find(graph.view()); }
    static std::uint64_t statements(const storage::Snapshot& snapshot, TermId graph) {
        storage::ScanRequest request;
        request.graphs.graph = graph;
        return snapshot.count(request);
    }

    // Calls `visit` with every statement of a graph as it was when the call began.
    template <typename Visit>
    void for_each_statement(TermId graph, Visit visit) {
        ExecutionContext context(state(), settings_.execution);
        ChangeCharge charge(transaction_, context);
        storage::ScanRequest request;
        request.graphs.graph = graph;
        const auto cursor = context.snapshot().scan(request);
        std::array<std::vector<TermId>, 3> columns;
        for (auto& column : columns) column.resize(Batch::max_capacity);
        const std::array<TermId*, 4> pointers{columns[0].data(), columns[1].data(),
                                              columns[2].data(), nullptr};
        while (const std::size_t rows = cursor->next(pointers, Batch::max_capacity)) {
            context.check();
            for (std::size_t i = 0; i < rows; ++i) {
                charge.step();
                visit(storage::QuadIds{columns[0][i], columns[1][i], columns[2][i], graph});
            }
        }
    }
    void clear(TermId graph) {
        for_each_statement(graph, [this](const storage::QuadIds& quad) {
            transaction_.remove(quad);
            ++report_.removed;
        });
    }
    void clear(const sparql::GraphReference& target) {
        using sparql::GraphScope;
        if (target.scope == GraphScope::default_graph || target.scope == GraphScope::all)
            clear(storage::default_graph);
        if (target.scope == GraphScope::all_named || target.scope == GraphScope::all)
            for (const TermId graph : state()->graphs()) clear(graph);
        if (target.scope == GraphScope::one)
            if (const auto graph = find_graph(symbols().term(target.graph))) clear(*graph);
    }

    // A store without empty graphs has nothing to complain about when one is absent.
    void execute(const sparql::Clear& operation) { clear(operation.target); }
    void execute(const sparql::Drop& operation) { clear(operation.target); }

    void execute(const sparql::Create& operation) {
        const Term& name = symbols().term(operation.graph);
        const auto graph = find_graph(name);
        if (graph && statements(*state(), *graph) > 0 && !operation.silent)
            throw QueryError("CREATE: the graph " + name.to_string() + " exists already");
    }

    void execute(const sparql::Transfer& operation) {
        const auto named = [&](const sparql::GraphReference& reference) {
            return reference.scope == sparql::GraphScope::one ? symbols().term(reference.graph)
                                                              : Term();
        };
        const Term from_name = named(operation.from), to_name = named(operation.to);
        if (from_name == to_name) return;
        const bool from_default = from_name.text().empty();
        const auto from =
            from_default ? std::optional(storage::default_graph) : find_graph(from_name);
        if (!from || (!from_default && statements(*state(), *from) == 0)) {
            if (operation.silent) return;
            throw QueryError("there is no graph " + from_name.to_string());
        }
        const TermId to = to_name.text().empty() ? storage::default_graph
                                                 : transaction_.intern_name(to_name.view());
        if (operation.kind != sparql::GraphTransfer::add) clear(to);
        for_each_statement(*from, [&](storage::QuadIds quad) {
            quad.graph = to;
            transaction_.insert(quad);
            ++report_.inserted;
        });
        if (operation.kind == sparql::GraphTransfer::move) clear(*from);
    }

    void execute(const sparql::Load& operation) {
        try {
            load(operation);
        } catch (const Interrupted&) {
            throw;
        } catch (const Error&) {
            if (!operation.silent) throw;
        }
    }
    void load(const sparql::Load& operation) {
        const std::string iri(symbols().term(operation.source).text());
        const std::string path = allowed_file(iri, settings_.load_directory);
        LoadOptions options;
        if (operation.into) options.graph = symbols().term(*operation.into);
        LoadSource source{path, iri, [path] { return open_file(path); }};
        if (operation.silent) {
            // The request goes on after a failure, which is to have no effect: half a document
            // would be one.
            LoadOptions only_read = options;
            only_read.dry_run = true;
            load_into_transaction(transaction_, {source}, only_read, settings_.execution.stop);
        }
        report_.inserted += load_into_transaction(transaction_, {std::move(source)}, options,
                                                  settings_.execution.stop)
                                .report.read;
    }

    const sparql::ParsedUpdate& update_;
    storage::Transaction& transaction_;
    const UpdateSettings& settings_;
    StopQuestion question_;
    UpdateReport report_;
};

}  // namespace

UpdateReport run_update(const sparql::ParsedUpdate& update, storage::Transaction& transaction,
                        const UpdateSettings& settings) {
    return UpdateRun(update, transaction, settings).run();
}

}  // namespace dossier::engine
