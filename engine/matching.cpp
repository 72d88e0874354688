#include "engine/matching.h"

#include <algorithm>

#include "engine/query_impl.h"

namespace dossier {

namespace {

using storage::GraphSelection;
using storage::Permutation;
using storage::ScanRequest;
using storage::TermId;

// The permutation that begins with the bound roles.
Permutation permutation_for(bool subject, bool predicate, bool object) {
    if (subject) return !predicate && object ? Permutation::sop : Permutation::spo;
    if (predicate) return object ? Permutation::pos : Permutation::pso;
    return object ? Permutation::osp : Permutation::spo;
}

struct MatchedStatements final : Graph::Impl {
    std::shared_ptr<const Store::Impl> store;
    std::shared_ptr<const storage::Snapshot> snapshot;
    engine::ExecutionContext context;
    ScanRequest request;
    std::vector<TermId> graphs;  // still to read, in reverse
    bool nothing = false;        // a term of the pattern is not known

    std::unique_ptr<storage::RowCursor> cursor;
    TermId current_graph;
    engine::Batch batch;
    engine::BatchDecoder decoder;
    std::size_t row = 0;

    MatchedStatements(std::shared_ptr<const Store::Impl> source,
                      std::shared_ptr<const storage::Snapshot> state,
                      const StatementPattern& pattern, engine::ExecutionOptions options)
        : store(std::move(source)),
          snapshot(std::move(state)),
          context(snapshot, std::move(options)),
          decoder(context) {
        const std::array<const std::optional<Term>*, 3> parts{&pattern.subject, &pattern.predicate,
                                                              &pattern.object};
        request.permutation = permutation_for(
            pattern.subject.has_value(), pattern.predicate.has_value(), pattern.object.has_value());
        const auto roles = storage::roles_of(request.permutation);
        for (const std::uint8_t role : roles) {
            if (role > 2 || !*parts[role]) break;
            const auto id = snapshot->find((*parts[role])->view());
            if (!id) nothing = true;
            request.prefix[request.prefix_length++] = id.value_or(storage::unbound);
        }
        if (pattern.merged) {
            request.graphs.mode = GraphSelection::Mode::merged;
            graphs.push_back(storage::default_graph);
        } else if (pattern.graph) {
            const auto id = pattern.graph->text().empty() ? storage::default_graph
                                                          : snapshot->find(pattern.graph->view());
            if (!id) nothing = true;
            graphs.push_back(id.value_or(storage::unbound));
        } else {
            graphs = snapshot->graphs();
            std::reverse(graphs.begin(), graphs.end());
            graphs.push_back(storage::default_graph);
        }
    }

    bool next() override {
        if (nothing) return false;
        if (++row >= decoder.rows() && !read()) return false;
        statement.subject = *decoder.at(row, 0);
        statement.predicate = *decoder.at(row, 1);
        statement.object = *decoder.at(row, 2);
        statement.graph = current_graph == storage::default_graph ? TermView() : graph_name.view();
        return true;
    }

  private:
    Term graph_name;

    bool read() {
        for (;;) {
            context.check();
            if (!cursor) {
                if (graphs.empty()) {
                    nothing = true;
                    return false;
                }
                current_graph = graphs.back();
                graphs.pop_back();
                if (current_graph != storage::default_graph)
                    graph_name = snapshot->term(current_graph);
                request.graphs.graph = current_graph;
                cursor = snapshot->scan(request);
            }
            batch.reset(3, engine::Batch::max_capacity);
            std::array<TermId*, 4> pointers{};
            const auto roles = storage::roles_of(request.permutation);
            for (std::size_t i = 0; i < 4; ++i)
                if (roles[i] < 3) pointers[i] = batch.column(roles[i]);
            const std::size_t rows = cursor->next(pointers, batch.capacity());
            if (rows > 0) {
                batch.set_rows(rows);
                decoder.decode(batch);
                row = 0;
                return true;
            }
            cursor.reset();
        }
    }
};

}  // namespace

Graph match_statements(std::shared_ptr<const Store::Impl> store,
                       std::shared_ptr<const storage::Snapshot> snapshot,
                       const StatementPattern& pattern, std::stop_token stop) {
    engine::ExecutionOptions options;
    options.stop = std::move(stop);
    return Graph(std::make_unique<MatchedStatements>(std::move(store), std::move(snapshot), pattern,
                                                     std::move(options)));
}

bool contains_statement(const storage::Snapshot& snapshot, const Term& subject,
                        const Term& predicate, const Term& object, const Term& graph) {
    ScanRequest request;
    request.permutation = Permutation::spo;
    request.prefix_length = 3;
    const std::array<const Term*, 3> parts{&subject, &predicate, &object};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto id = snapshot.find(parts[i]->view());
        if (!id) return false;
        request.prefix[i] = *id;
    }
    if (!graph.text().empty()) {
        const auto id = snapshot.find(graph.view());
        if (!id) return false;
        request.graphs.graph = *id;
    }
    return snapshot.count(request) > 0;
}

}  // namespace dossier
