#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <dossier/query.h>

#include "engine/batch_decoder.h"
#include "engine/query_executor.h"
#include "engine/store_impl.h"
#include "parser/sparql_parser.h"

// What stands behind Query, Rows and Graph.

namespace dossier {

// Which state a query reads: the store's newest, or a transaction's own.
using SnapshotProvider = std::function<std::shared_ptr<const storage::Snapshot>()>;

struct Query::Impl {
    std::shared_ptr<Store::Impl> store;
    SnapshotProvider snapshot;
    std::shared_ptr<const sparql::ParsedQuery> parsed;
    std::shared_ptr<const engine::TranslatedPattern> pattern;
    std::vector<std::string> variables;
    std::vector<std::pair<std::string, Term>> parameters;
    QueryOptions options;
    Prefixes prefixes;  // for EXPLAIN
};

struct Graph::Impl {
    virtual ~Impl() = default;
    // Moves to the next statement and sets `statement`.
    virtual bool next() = 0;
    QuadView statement;
};

// Throws LimitError where the text is too long for the memory that the call may use.
void expect_memory_for(std::string_view text, const QueryOptions& options);

// Parses and translates; throws SyntaxError and LimitError.
Query prepare_query(std::shared_ptr<Store::Impl> store, SnapshotProvider snapshot,
                    std::string_view text, const QueryOptions& options);

// One run of a query. CONSTRUCT and DESCRIBE give statements: three columns.
class RunningQuery {
  public:
    explicit RunningQuery(const Query::Impl& query, bool measure_time = false);

    bool next(engine::Batch& batch) { return execution_->next(batch); }
    engine::QueryExecution& execution() { return *execution_; }
    const engine::QueryPlan& plan() const { return execution_->plan(); }

  private:
    std::unique_ptr<StopSignal> stop_;
    std::unique_ptr<engine::QueryExecution> execution_;
};

// Settings of one execution, from the options of a call.
engine::ExecutionOptions execution_options(const Store::Impl& store, const QueryOptions& options,
                                           std::stop_token stop);

}  // namespace dossier
