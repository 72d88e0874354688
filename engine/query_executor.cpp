#include "engine/query_executor.h"

#include <algorithm>
#include <utility>

#include <dossier/error.h>

#include "engine/algebra_walk.h"
#include "engine/expression_tree.h"
#include "engine/group_operator.h"
#include "engine/passes.h"
#include "engine/planner.h"
#include "engine/simple_plans.h"

namespace dossier::engine {

namespace {

bool any_exists(const std::vector<ExpressionPtr>& expressions) {
    return std::any_of(expressions.begin(), expressions.end(),
                       [](const ExpressionPtr& one) { return contains_exists(*one); });
}

// Marks the nodes at the end of a plan whose terms nobody keeps: above them rows only stream by.
// What a sub-plan of EXISTS is given may be remembered.
void mark_passing(const PlanNode* node, ExecutionContext& context) {
    for (;;) {
        if (const auto* filter = dynamic_cast<const FilterPlan*>(node)) {
            if (any_exists(filter->conditions())) return;
        } else if (const auto* extend = dynamic_cast<const ExtendPlan*>(node)) {
            for (const ExtendPlan::Assignment& one : extend->assignments())
                if (contains_exists(*one.value)) return;
            context.let_terms_pass(*node);
        } else if (dynamic_cast<const GroupPlan*>(node) != nullptr) {
            context.let_terms_pass(*node);
            return;
        } else if (dynamic_cast<const ProjectPlan*>(node) == nullptr &&
                   dynamic_cast<const SlicePlan*>(node) == nullptr) {
            return;
        }
        node = node->inputs()[0].get();
    }
}

}  // namespace

const std::vector<std::string>& pass_names() {
    static const std::vector<std::string> names = {
        // of the algebra
        "fold_constants", "distribute_unions", "push_filters",
        // of the plan
        "filter_ranges", "join_order", "first_rows", "prune_columns", "merge_joins",
        "batched_subplans", "decorrelate_exists", "graph_columns", "top_rows", "count_from_index",
        "counting_joins", "cyclic_joins"};
    return names;
}

QueryPlan::QueryPlan(std::shared_ptr<const TranslatedPattern> pattern,
                     std::shared_ptr<const storage::Snapshot> snapshot, PlanPtr root,
                     PlanNames names)
    : pattern_(std::move(pattern)),
      snapshot_(std::move(snapshot)),
      root_(std::move(root)),
      names_(std::move(names)) {
    for (const Variable variable : root_->variables())
        column_names_.push_back(pattern_->variables.name(variable));
}

std::shared_ptr<const QueryPlan> plan_query(std::shared_ptr<const TranslatedPattern> pattern,
                                            std::shared_ptr<const storage::Snapshot> snapshot,
                                            const PlanOptions& options) {
    const auto enabled = [&](const char* pass) {
        for (const std::string& disabled : options.disabled_passes)
            if (disabled == pass) return false;
        return true;
    };
    const auto planner = std::make_shared<Planner>(pattern->variables, snapshot, options);
    Substitution values;
    for (const auto& [name, term] : options.parameters) {
        bool known = false;
        for (const auto& variable : pattern->visible) {
            if (!variable || pattern->variables.name(*variable) != name) continue;
            values.emplace_back(*variable, term);
            known = true;
        }
        if (!known) throw QueryError("the query has no variable ?" + name);
    }
    AlgebraPtr algebra = substitute(pattern->algebra, values);
    if (enabled("fold_constants"))
        algebra = fold_constants(algebra, options.base, options.question);
    if (enabled("distribute_unions")) algebra = distribute_unions(algebra, options.question);
    if (enabled("push_filters")) algebra = push_filters(algebra, options.question);
    PlanPtr root = planner->plan_query(*pattern, algebra);
    PlanNames names(planner->variables(), options.prefixes);
    return std::make_shared<const QueryPlan>(std::move(pattern), std::move(snapshot),
                                             std::move(root), std::move(names));
}

QueryExecution::QueryExecution(std::shared_ptr<const QueryPlan> plan, ExecutionOptions options)
    : plan_(std::move(plan)), context_(plan_->snapshot(), std::move(options)) {
    if (context_.options().reads_batches_at_once) mark_passing(plan_->root().get(), context_);
    root_ = plan_->root()->make(context_);
}

QueryExecution::~QueryExecution() = default;

bool QueryExecution::next(Batch& out) {
    return root_->next(out);
}

}  // namespace dossier::engine
