#pragma once

#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/algebra.h"
#include "engine/apply.h"
#include "engine/path_estimate.h"
#include "engine/path_plan.h"
#include "engine/plan.h"
#include "engine/query_executor.h"
#include "engine/triple_access.h"
#include "storage/snapshot.h"

namespace dossier::engine {

// The dataset of a query in ids.
struct ResolvedDataset {
    storage::GraphSelection default_graph;
    bool default_graph_empty = false;  // no such graph
    // FROM NAMED's graphs that the store knows, ascending; nothing: all named graphs.
    std::optional<std::vector<TermId>> named;
};

// Where a pattern stands: what the planner must know of its surroundings.
struct PlanScope {
    // The active graph: the default graph, or one graph, or each named graph with its name as value
    // of `graph.variable`.
    Slot graph;
    bool graph_unknown = false;  // GRAPH <g> with a name that is no graph of the dataset
    VariableSet outer;           // variables that have a value from outside at run time
    // The pattern of an EXISTS or LATERAL, whose solutions all have variables of the solution
    // outside (SPARQL 1.2, Translate Graph Patterns, ContextSolution).
    bool has_context = false;
    VariableSet needed;  // variables whose values anybody above looks at
    double wanted = std::numeric_limits<double>::infinity();  // rows; a LIMIT above
    // GROUP BY stands directly above: rows with equal values of these are better together.
    std::vector<Variable> grouped;
    // The rows are only shown: computed ids need not be equal to stored ones.
    bool shown_only = false;
};

// Algebra to physical plan, for one snapshot. Plans may hold on to it, for what they plan when they
// run: it is made by std::make_shared, and is not used by its maker any more by then.
class Planner : public std::enable_shared_from_this<Planner> {
  public:
    Planner(const Variables& variables, std::shared_ptr<const storage::Snapshot> snapshot,
            const PlanOptions& options);

    const Variables& variables() const { return variables_; }

    PlanPtr plan_query(const TranslatedPattern& pattern, const AlgebraPtr& algebra);

  private:
    friend class JoinPlanner;

    // ---- planner.cpp: the nodes ------------------------------------------------------------
    PlanPtr plan(const AlgebraPtr& algebra, const PlanScope& scope);
    PlanPtr plan_node(const LeftJoin& node, const PlanScope& scope);
    PlanPtr plan_node(const Union& node, const PlanScope& scope);
    PlanPtr plan_node(const Minus& node, const PlanScope& scope);
    PlanPtr plan_node(const Extend& node, const PlanScope& scope);
    PlanPtr plan_node(const Values& node, const PlanScope& scope);
    PlanPtr plan_node(const Graph& node, const PlanScope& scope);
    PlanPtr plan_node(const Lateral& node, const PlanScope& scope);
    PlanPtr plan_node(const Group& node, const PlanScope& scope);
    PlanPtr plan_node(const OrderBy& node, const PlanScope& scope);
    PlanPtr plan_node(const Project& node, const PlanScope& scope);
    PlanPtr plan_node(const Distinct& node, const PlanScope& scope);
    PlanPtr plan_node(const Slice& node, const PlanScope& scope);
    PlanPtr plan_node(const Service& node, const PlanScope& scope);
    PlanPtr plan_services(const Join& join, const std::vector<ExpressionPtr>& conditions,
                          const PlanScope& scope);
    PlanPtr plan_order(const OrderBy& node, std::optional<std::uint64_t> limit,
                       const PlanScope& scope);
    PlanPtr plan_join_group(const AlgebraPtr& algebra, const PlanScope& scope);
    // What the left side of an OPTIONAL has to give, and the whole of it from a plan of that side.
    static PlanScope left_side_scope(const LeftJoin& node, const PlanScope& scope);
    PlanPtr plan_left_join(const LeftJoin& node, PlanPtr left, const PlanScope& scope);
    // COUNT answered by the index; null where it cannot be.
    PlanPtr plan_count(const Group& node, const PlanScope& scope);
    PlanPtr plan_counting_join(const Group& node, const PlanScope& scope);

    // ---- planner_subplans.cpp: EXISTS, OPTIONAL, LATERAL -------------------------------------
    PlanPtr plan_exists(PlanPtr left, const ExpressionPtr& exists, const PlanScope& scope);
    PlanPtr join_pattern(JoinKind kind, PlanPtr left, const AlgebraPtr& right,
                         std::vector<ExpressionPtr> conditions, const PlanScope& left_scope,
                         const PlanScope& right_scope);
    bool names_variable(const PatternTerm& term) const;
    bool hides_variables(const PlanNode& plan) const;
    SubPlan make_row_sub_plan(const PlanNode& left, const AlgebraPtr& pattern,
                              const PlanScope& scope);
    std::optional<SubPlan> make_keyed_sub_plan(const PlanNode& left, const AlgebraPtr& pattern,
                                               const std::vector<Variable>& keys,
                                               const PlanScope& scope);
    PlanPtr plan_with_input(const PlanPtr& input, const AlgebraPtr& pattern,
                            const std::vector<Variable>& keys, const PlanScope& scope);
    ExistsFactory exists_factory(const std::vector<ExpressionPtr>& expressions,
                                 const PlanNode& input, const PlanScope& scope);

    // ---- planner_access.cpp: terms, patterns, estimates --------------------------------------
    std::optional<TermId> find(const Term& term);
    Slot slot_of(const PatternTerm& term, const PlanScope& scope, bool& impossible);
    Slot variable_slot(Variable variable, const PlanScope& scope) const;
    // A pattern as accesses: the statement, and one over the triple terms for each of those in it.
    void add_accesses(const TriplePattern& pattern, const PlanScope& scope,
                      std::vector<TripleAccess>& out);
    TripleAccess access_of(const TriplePattern& pattern, const PlanScope& scope,
                           std::vector<TripleAccess>& out);
    double rows_of(const TripleAccess& access);
    double distinct_of(const TripleAccess& access, Variable variable, double rows);
    storage::PredicateStatistics statistics_of(TermId predicate);
    PathEstimate path_estimate(const PathSpec& spec);
    PathSpec path_spec(const PathPattern& pattern, const PlanScope& scope);
    PropertyPathIds path_ids(const PropertyPath& path);
    PlanScope graph_scope(const Graph& node, const PlanScope& scope);
    bool named_graph_exists(TermId graph) const;
    bool holds_statements(TermId graph) const;

    bool enabled(const char* pass) const;
    // Asks whether to go on: step() where little work is done between two calls, ask() elsewhere.
    void step() const {
        if (question_ != nullptr) question_->step();
    }
    void ask() const {
        if (question_ != nullptr) question_->ask();
    }
    ResolvedDataset resolve_dataset(const Dataset& dataset, const std::optional<Term>& with);

    Variables variables_;  // the query's, and those the plan adds
    std::shared_ptr<const storage::Snapshot> snapshot_;
    const PlanOptions options_;
    // Null once the query is planned: what asks may be gone when more is planned later.
    StopQuestion* question_;
    ResolvedDataset dataset_;
    std::unordered_map<Term, std::optional<TermId>> ids_;
    std::map<TermId, storage::PredicateStatistics> statistics_;
    std::mutex late_;  // one thread plans
};

// Whether replacing `variable` by a value everywhere in a pattern gives the solutions that joining
// the pattern with that value gives (SPARQL 1.1 section 18.6, substitute).
bool joins_like_substitution(const Algebra& algebra, Variable variable);
// Whether every solution of the pattern comes from one graph, so that the pattern's leaves may be
// read from all graphs at once with the graph as a further column.
bool graph_as_column(const Algebra& algebra);

// Whether every solution of the pattern needs a statement of the active graph.
bool reads_active_graph(const Algebra& algebra);
// Whether it reads no graph, or names its own.
bool graph_neutral(const Algebra& algebra);

// Puts `&&` at the top of conditions apart.
std::vector<ExpressionPtr> conjuncts(const std::vector<ExpressionPtr>& conditions);

}  // namespace dossier::engine
