#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <dossier/term.h>

#include "engine/batch.h"
#include "engine/execution_context.h"
#include "engine/plan.h"
#include "engine/translate.h"
#include "rdf/stop_question.h"
#include "storage/snapshot.h"

// From a translated query to batches of solutions:
//
//     auto pattern = std::make_shared<const TranslatedPattern>(translate_query(parsed));   // once
//     auto plan = plan_query(pattern, snapshot, {.parameters = ...});      // per execution
//     QueryExecution execution(plan, {.timeout = ..., .memory_bytes = ...});
//     while (execution.next(batch)) ...                   // columns as plan->columns()

namespace dossier::engine {

// leapfrog: for patterns in a circle, whatever it costs.
enum class ForcedJoin : std::uint8_t { none, merge, hash, bind, leapfrog };
inline constexpr std::array forced_joins = {ForcedJoin::merge, ForcedJoin::hash, ForcedJoin::bind,
                                            ForcedJoin::leapfrog};

struct PlanOptions {
    // Parameters: variables by name without '?', replaced by terms everywhere they are visible.
    std::vector<std::pair<std::string, Term>> parameters;
    // Replaces the query's FROM and FROM NAMED where not empty.
    Dataset dataset;
    // Without FROM the default graph is the union of all graphs.
    bool union_default_graph = false;
    // Names (pass_names()) of passes to leave out; unknown names throw QueryError.
    std::vector<std::string> disabled_passes;
    std::string base;  // for IRI() in constant expressions
    // For tests: use this algorithm wherever it can do the join.
    ForcedJoin forced_join = ForcedJoin::none;
    // For EXPLAIN: name without colon, IRI.
    std::vector<std::pair<std::string, std::string>> prefixes;
    // Asked throughout; what it throws leaves the planner. Null: nobody is asked.
    StopQuestion* question = nullptr;
    // What the search for an order of joins may take.
    std::size_t memory_bytes = std::size_t{1} << 30;
};

// The optimizer's passes, in their order. Each can be left out; answers do not depend on it.
const std::vector<std::string>& pass_names();

// A physical plan for one snapshot. Immutable; shared by any number of executions.
class QueryPlan {
  public:
    QueryPlan(std::shared_ptr<const TranslatedPattern> pattern,
              std::shared_ptr<const storage::Snapshot> snapshot, PlanPtr root, PlanNames names);

    // The variables of the solutions' columns and their names.
    const std::vector<Variable>& columns() const { return root_->variables(); }
    const std::vector<std::string>& column_names() const { return column_names_; }
    const TranslatedPattern& pattern() const { return *pattern_; }
    const PlanPtr& root() const { return root_; }
    const PlanNames& names() const { return names_; }
    const std::shared_ptr<const storage::Snapshot>& snapshot() const { return snapshot_; }

    // The operator tree with estimates; with rows and times where a finished execution is given.
    std::string explain(const ExecutionContext* executed = nullptr) const;
    std::string explain_json(const ExecutionContext* executed = nullptr) const;

  private:
    std::shared_ptr<const TranslatedPattern> pattern_;
    std::shared_ptr<const storage::Snapshot> snapshot_;
    PlanPtr root_;
    PlanNames names_;
    std::vector<std::string> column_names_;
};

// Throws QueryError for what cannot be planned (SERVICE, an unknown pass).
std::shared_ptr<const QueryPlan> plan_query(std::shared_ptr<const TranslatedPattern> pattern,
                                            std::shared_ptr<const storage::Snapshot> snapshot,
                                            const PlanOptions& options = {});

// One run of a plan. Belongs to one thread; keeps plan and snapshot alive.
class QueryExecution {
  public:
    QueryExecution(std::shared_ptr<const QueryPlan> plan, ExecutionOptions options);
    ~QueryExecution();

    // The next solutions, one column a variable of plan().columns(); false at the end. Throws
    // LimitError, Interrupted, StoreError, QueryError; the execution is over then.
    bool next(Batch& out);

    const QueryPlan& plan() const { return *plan_; }
    ExecutionContext& context() { return context_; }

  private:
    std::shared_ptr<const QueryPlan> plan_;
    ExecutionContext context_;
    OperatorPtr root_;
};

}  // namespace dossier::engine
