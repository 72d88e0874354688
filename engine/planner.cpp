#include "engine/planner.h"

#include <algorithm>
#include <cmath>

#include <dossier/error.h>

#include "engine/algebra_walk.h"
#include "engine/count_plan.h"
#include "engine/hash_join.h"
#include "engine/join_planner.h"
#include "engine/service_plan.h"
#include "engine/simple_plans.h"
#include "engine/solution_modifiers.h"

namespace dossier::engine {

namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();

void need(PlanScope& scope, const Expression& expression) {
    for_each_variable(expression, [&](Variable variable) { scope.needed.insert(variable); });
}

PlanScope inside(const PlanScope& scope) {
    PlanScope inner = scope;
    inner.shown_only = false;
    inner.grouped.clear();
    return inner;
}

}  // namespace

Planner::Planner(const Variables& variables, std::shared_ptr<const storage::Snapshot> snapshot,
                 const PlanOptions& options)
    : variables_(variables),
      snapshot_(std::move(snapshot)),
      options_(options),
      question_(options.question) {
    for (const std::string& pass : options.disabled_passes)
        if (std::find(pass_names().begin(), pass_names().end(), pass) == pass_names().end())
            throw QueryError("there is no optimizer pass '" + pass + "'");
}

bool Planner::enabled(const char* pass) const {
    return std::find(options_.disabled_passes.begin(), options_.disabled_passes.end(), pass) ==
           options_.disabled_passes.end();
}

PlanPtr Planner::plan_query(const TranslatedPattern& pattern, const AlgebraPtr& algebra) {
    const bool replaced = !options_.dataset.empty();
    dataset_ = resolve_dataset(replaced ? options_.dataset : pattern.dataset,
                               replaced ? std::nullopt : pattern.with);
    PlanScope scope;
    for (const Variable variable : pattern.columns) scope.needed.insert(variable);
    scope.shown_only = true;
    PlanPtr root = plan(algebra, scope);
    if (root->variables() != pattern.columns)
        root = std::make_shared<ProjectPlan>(root, pattern.columns);
    question_ = nullptr;
    return root;
}

PlanPtr Planner::plan(const AlgebraPtr& algebra, const PlanScope& scope) {
    ask();
    return std::visit(
        [&](const auto& node) -> PlanPtr {
            using Node = std::decay_t<decltype(node)>;
            if constexpr (std::is_same_v<Node, BasicPattern> || std::is_same_v<Node, PathPattern> ||
                          std::is_same_v<Node, Join> || std::is_same_v<Node, Filter>) {
                PlanScope inner = inside(scope);
                inner.grouped = scope.grouped;
                return plan_join_group(algebra, inner);
            } else {
                return plan_node(node, scope);
            }
        },
        algebra->node);
}

PlanPtr Planner::plan_join_group(const AlgebraPtr& algebra, const PlanScope& outer_scope) {
    PlanScope scope = outer_scope;
    // What names its own graphs, or reads none, has nothing to do with the graph around it.
    if (scope.graph.kind == Slot::Kind::variable && graph_neutral(*algebra)) scope.graph = Slot{};
    JoinPlanner planner(*this, scope);
    const Filter* filter = algebra->as<Filter>();
    const AlgebraPtr& input = filter != nullptr ? filter->input : algebra;
    if (const Join* join = input->as<Join>()) {
        const bool asks =
            std::any_of(join->parts.begin(), join->parts.end(),
                        [](const AlgebraPtr& part) { return part->as<Service>() != nullptr; });
        if (asks)
            return plan_services(
                *join,
                filter != nullptr ? conjuncts(filter->conditions) : std::vector<ExpressionPtr>(),
                scope);
    }
    if (filter != nullptr) planner.add_conditions(conjuncts(filter->conditions));
    if (filter != nullptr) {
        // What the conditions look at must reach them.
        PlanScope inner = scope;
        for (const ExpressionPtr& condition : filter->conditions) need(inner, *condition);
        planner.collect(input, inner);
        return planner.plan();
    }
    planner.collect(input, scope);
    return planner.plan();
}

PlanPtr Planner::plan_node(const LeftJoin& node, const PlanScope& scope) {
    return plan_left_join(node, plan(node.left, left_side_scope(node, scope)), scope);
}

PlanScope Planner::left_side_scope(const LeftJoin& node, const PlanScope& scope) {
    PlanScope left = inside(scope);
    left.needed.insert(visible_variables(*node.right));
    for (const ExpressionPtr& condition : node.conditions) need(left, *condition);
    return left;
}

PlanPtr Planner::plan_left_join(const LeftJoin& node, PlanPtr left, const PlanScope& scope) {
    PlanScope right = left_side_scope(node, scope);
    right.needed.insert(visible_variables(*node.left));
    right.wanted = no_limit;
    return join_pattern(JoinKind::left, std::move(left), node.right, conjuncts(node.conditions),
                        scope, right);
}

PlanPtr Planner::plan_node(const Union& node, const PlanScope& scope) {
    std::vector<PlanPtr> inputs;
    for (const AlgebraPtr& part : node.parts) {
        PlanPtr input = plan(part, inside(scope));
        if (dynamic_cast<const EmptyPlan*>(input.get()) == nullptr)
            inputs.push_back(std::move(input));
    }
    if (inputs.empty()) {
        VariableSet visible;
        for (const AlgebraPtr& part : node.parts) visible.insert(visible_variables(*part));
        return std::make_shared<EmptyPlan>(visible.list(), "all branches are empty");
    }
    if (inputs.size() == 1) return inputs.front();
    return std::make_shared<UnionPlan>(std::move(inputs));
}

PlanPtr Planner::plan_node(const Minus& node, const PlanScope& scope) {
    VariableSet shared = visible_variables(*node.left);
    shared.intersect(visible_variables(*node.right));
    PlanScope left = inside(scope);
    left.needed.insert(shared);
    PlanPtr plan_left = plan(node.left, left);
    // Solutions that have no variable in common exclude nothing (section 18.5).
    if (shared.empty() && !scope.has_context) return plan_left;
    PlanScope right = inside(scope);
    right.needed = shared;
    right.wanted = no_limit;
    return join_pattern(scope.has_context ? JoinKind::anti : JoinKind::minus, std::move(plan_left),
                        node.right, {}, scope, right);
}

PlanPtr Planner::plan_node(const Extend& node, const PlanScope& scope) {
    PlanScope inner = scope;
    for (const auto& [variable, expression] : node.assignments) {
        step();
        need(inner, *expression);
    }
    PlanPtr plan_input = plan(node.input, inner);
    std::vector<ExtendPlan::Assignment> assignments;
    std::vector<ExpressionPtr> values;
    std::vector<ExpressionPtr> conditions;
    for (const auto& [variable, expression] : node.assignments) {
        Variable target = variable;
        if (scope.outer.contains(variable)) {
            // The variable has its value from outside: solutions that would give it another one are
            // not compatible.
            target = variables_.fresh();
            const ExpressionPtr bound =
                make_operation(ExpressionOperator::bound, {make_variable(target)});
            conditions.push_back(
                make_operation(ExpressionOperator::logical_or,
                               {make_operation(ExpressionOperator::logical_not, {bound}),
                                make_operation(ExpressionOperator::same_term,
                                               {make_variable(target), make_variable(variable)})}));
        }
        assignments.push_back({target, expression, !scope.shown_only});
        values.push_back(expression);
    }
    const std::vector<Variable> input_columns = plan_input->variables();
    ExistsFactory exists = exists_factory(values, *plan_input, scope);
    PlanPtr out =
        std::make_shared<ExtendPlan>(plan_input, std::move(assignments), std::move(exists));
    if (conditions.empty()) return out;
    out = std::make_shared<FilterPlan>(out, conditions, ExistsFactory{}, out->estimate());
    std::vector<Variable> columns = input_columns;
    for (const auto& [variable, expression] : node.assignments)
        if (!scope.outer.contains(variable)) columns.push_back(variable);
    return std::make_shared<ProjectPlan>(out, columns);
}

PlanPtr Planner::plan_node(const Values& node, const PlanScope& scope) {
    // A column whose variable has a value from outside chooses rows at run time; it stays a column,
    // and the row that applies the sub-plan compares it.
    std::vector<Variable> variables = node.variables;
    std::vector<ValuesPlan::Cell> cells;
    cells.reserve(node.cells.size());
    for (const std::optional<Term>& cell : node.cells) {
        step();
        if (!cell) {
            cells.push_back({});
        } else if (const auto id = find(*cell)) {
            cells.push_back({*id, std::nullopt});
        } else {
            cells.push_back({storage::unbound, *cell});
        }
    }
    PlanPtr plan =
        std::make_shared<ValuesPlan>(std::move(variables), std::move(cells), node.row_count);
    std::vector<ExpressionPtr> conditions;
    std::vector<Variable> kept;
    for (const Variable variable : node.variables) {
        if (!scope.outer.contains(variable)) {
            kept.push_back(variable);
            continue;
        }
        // UNDEF is compatible with any value. The column is renamed, so that the variable means the
        // outer value.
        const Variable column = variables_.fresh();
        conditions.push_back(make_operation(
            ExpressionOperator::logical_or,
            {make_operation(ExpressionOperator::logical_not,
                            {make_operation(ExpressionOperator::bound, {make_variable(column)})}),
             make_operation(ExpressionOperator::same_term,
                            {make_variable(column), make_variable(variable)})}));
        std::vector<Variable> renamed = plan->variables();
        std::replace(renamed.begin(), renamed.end(), variable, column);
        const auto& table = static_cast<const ValuesPlan&>(*plan);
        plan = std::make_shared<ValuesPlan>(renamed, table.cells(), node.row_count);
    }
    if (conditions.empty()) return plan;
    plan = std::make_shared<FilterPlan>(plan, conditions, ExistsFactory{}, plan->estimate());
    return std::make_shared<ProjectPlan>(plan, kept);
}

PlanPtr Planner::plan_node(const Graph& node, const PlanScope& scope) {
    const PlanScope inner = inside(graph_scope(node, scope));
    const BasicPattern* basic = node.input->as<BasicPattern>();
    const bool no_pattern = basic != nullptr && basic->triples.empty();
    if (const Variable* variable = std::get_if<Variable>(&node.name)) {
        if (inner.graph.kind == Slot::Kind::outer) {
            PlanPtr input = plan(node.input, inner);
            if (!dataset_.named && reads_active_graph(*node.input)) return input;
            // The value from outside must be one of the graphs.
            const Variable name = variables_.fresh();
            const PlanPtr names = std::make_shared<GraphNamesPlan>(name, dataset_.named, 10);
            const ExpressionPtr same = make_operation(
                ExpressionOperator::same_term, {make_variable(name), make_variable(*variable)});
            const PlanPtr chosen = std::make_shared<FilterPlan>(
                names, std::vector<ExpressionPtr>{same}, ExistsFactory{}, names->estimate());
            const PlanPtr row = std::make_shared<ProjectPlan>(chosen, std::vector<Variable>{});
            Estimate estimate = input->estimate();
            return std::make_shared<HashJoinPlan>(JoinKind::inner, input, row, JoinConditions{},
                                                  estimate);
        }
        const double count = dataset_.named ? static_cast<double>(dataset_.named->size())
                                            : static_cast<double>(snapshot_->graphs().size());
        const PlanPtr names = std::make_shared<GraphNamesPlan>(*variable, dataset_.named, count);
        if (no_pattern) return names;
        if (graph_as_column(*node.input) && enabled("graph_columns"))
            return plan(node.input, inner);
        // One graph after the other.
        PlanScope each = inner;
        each.graph.kind = Slot::Kind::outer;
        each.outer.insert(*variable);
        SubPlan sub;
        sub.correlated = {*variable};
        sub.variants.push_back(plan(node.input, each));
        Estimate estimate = sub.variants.front()->estimate();
        estimate.rows *= std::max(1.0, count);
        estimate.cost *= std::max(1.0, count);
        return std::make_shared<ApplyPlan>(JoinKind::inner, names, std::move(sub), JoinConditions{},
                                           estimate);
    }
    if (inner.graph_unknown)
        return std::make_shared<EmptyPlan>(visible_variables(*node.input).list(),
                                           "there is no such graph");
    return plan(node.input, inner);
}

PlanPtr Planner::plan_node(const Lateral& node, const PlanScope& scope) {
    PlanScope left = inside(scope);
    left.needed.insert(visible_variables(*node.right));
    for_each_mentioned_variable(*node.right,
                                [&](Variable variable) { left.needed.insert(variable); });
    PlanPtr input = plan(node.left, left);
    PlanScope right = inside(scope);
    right.needed.insert(visible_variables(*node.left));
    right.needed.insert(visible_variables(*node.right));
    right.wanted = no_limit;
    SubPlan sub = make_row_sub_plan(*input, node.right, right);
    Estimate estimate = sub.variants.front()->estimate();
    estimate.cost = input->estimate().cost + (estimate.cost + 2000) * input->estimate().rows;
    estimate.rows *= input->estimate().rows;
    estimate.first_cost = input->estimate().first_cost;
    return std::make_shared<ApplyPlan>(JoinKind::inner, input, std::move(sub), JoinConditions{},
                                       estimate);
}

PlanPtr Planner::plan_node(const Service& node, const PlanScope& scope) {
    return std::make_shared<ServicePlan>(ValuesPlan::single_row(), node, scope.outer.list());
}

// What stands beside SERVICE is evaluated first, so that its values can be sent along.
PlanPtr Planner::plan_services(const Join& join, const std::vector<ExpressionPtr>& conditions,
                               const PlanScope& scope) {
    Join others;
    std::vector<const Service*> services;
    for (const AlgebraPtr& part : join.parts) {
        if (const Service* service = part->as<Service>())
            services.push_back(service);
        else
            others.parts.push_back(part);
    }
    // Endpoints that are variables may be bound by the others.
    std::stable_partition(services.begin(), services.end(), [](const Service* service) {
        return service->endpoint.variable() == nullptr;
    });
    // Conditions on the others alone come before anything is asked.
    AlgebraPtr beside = make_algebra(BasicPattern{});
    if (others.parts.size() == 1) beside = others.parts.front();
    if (others.parts.size() > 1) beside = make_algebra(std::move(others));
    const VariableSet certain = certain_variables(*beside);
    std::vector<ExpressionPtr> before, after;
    for (const ExpressionPtr& condition : conditions) {
        VariableSet read;
        for_each_variable(*condition, [&](Variable variable) { read.insert(variable); });
        (certain.contains_all(read) && is_deterministic(*condition) ? before : after)
            .push_back(condition);
    }
    PlanScope inner = inside(scope);
    inner.wanted = no_limit;
    for (const ExpressionPtr& condition : after) need(inner, *condition);
    for (const Service* service : services) {
        for (const Variable variable : service->variables) inner.needed.insert(variable);
        if (const Variable* variable = service->endpoint.variable()) inner.needed.insert(*variable);
    }
    PlanPtr out = plan(before.empty() ? beside : make_algebra(Filter{before, beside}), inner);
    for (const Service* service : services)
        out = std::make_shared<ServicePlan>(out, *service, scope.outer.list());
    if (after.empty()) return out;
    ExistsFactory exists = exists_factory(after, *out, scope);
    return std::make_shared<FilterPlan>(out, after, std::move(exists), out->estimate());
}

PlanPtr Planner::plan_node(const Group& node, const PlanScope& scope) {
    if (PlanPtr counted = enabled("count_from_index") ? plan_count(node, scope) : nullptr)
        return counted;
    if (PlanPtr counted = enabled("counting_joins") ? plan_counting_join(node, scope) : nullptr)
        return counted;
    PlanScope inner = inside(scope);
    inner.needed = VariableSet();
    inner.wanted = no_limit;
    for (const Variable key : node.keys) inner.needed.insert(key);
    inner.grouped = node.keys;
    std::vector<ExpressionPtr> arguments;
    bool all = false;
    for (const Aggregate& aggregate : node.aggregates) {
        if (aggregate.argument) {
            need(inner, *aggregate.argument);
            arguments.push_back(aggregate.argument);
        } else if (aggregate.distinct) {
            all = true;  // COUNT(DISTINCT *) looks at every variable
        }
    }
    if (all) inner.needed.insert(visible_variables(*node.input));
    // Variables of the pattern that nobody named are no part of a solution.
    PlanPtr input = plan(node.input, inner);
    if (all) {
        std::vector<Variable> visible;
        for (const Variable variable : input->variables())
            if (!variables_.name(variable).empty()) visible.push_back(variable);
        // A key without a name; one that the input lacks may have its value from outside.
        for (const Variable key : node.keys)
            if (!column_of(visible, key) && column_of(input->variables(), key))
                visible.push_back(key);
        input = std::make_shared<ProjectPlan>(input, visible);
    }
    // A key with a value from outside has it in every row, so that what stands above the groups
    // (HAVING, aggregates) sees it.
    std::vector<ExtendPlan::Assignment> from_outside;
    for (const Variable key : node.keys)
        if (scope.outer.contains(key) && !column_of(input->variables(), key))
            from_outside.push_back({key, make_variable(key), false});
    if (!from_outside.empty())
        input = std::make_shared<ExtendPlan>(input, std::move(from_outside), ExistsFactory{});
    // Keys the pattern does not bind are unbound in the one group they make.
    std::vector<Variable> columns = input->variables();
    for (const Variable key : node.keys)
        if (!column_of(columns, key)) columns.push_back(key);
    if (columns.size() > input->variables().size())
        input = std::make_shared<ProjectPlan>(input, columns);
    ExistsFactory exists = exists_factory(arguments, *input, scope);
    PlanPtr group = make_group(input, node.keys, node.aggregates, std::move(exists));
    if (scope.shown_only) return group;
    std::vector<Variable> computed;
    for (const Aggregate& aggregate : node.aggregates)
        if (aggregate.kind != AggregateKind::count) computed.push_back(aggregate.target);
    if (computed.empty()) return group;
    return std::make_shared<ResolvePlan>(group, std::move(computed));
}

PlanPtr Planner::plan_order(const OrderBy& node, std::optional<std::uint64_t> limit,
                            const PlanScope& scope) {
    PlanScope inner = inside(scope);
    inner.wanted = no_limit;
    std::vector<ExpressionPtr> keys;
    for (const OrderCondition& condition : node.conditions) {
        need(inner, *condition.expression);
        keys.push_back(condition.expression);
    }
    PlanPtr input = plan(node.input, inner);
    ExistsFactory exists = exists_factory(keys, *input, scope);
    return make_order(input, node.conditions, limit, std::move(exists));
}

PlanPtr Planner::plan_node(const OrderBy& node, const PlanScope& scope) {
    return plan_order(node, std::nullopt, scope);
}

PlanPtr Planner::plan_node(const Project& node, const PlanScope& scope) {
    PlanScope inner = scope;
    inner.needed = VariableSet();
    // What is not projected is hidden in both directions.
    inner.has_context = std::any_of(node.variables.begin(), node.variables.end(),
                                    [&](Variable one) { return scope.outer.contains(one); });
    std::vector<Variable> columns;
    for (const Variable variable : node.variables) {
        inner.needed.insert(variable);
        // A variable with a value from outside is no column: it is the same in all rows.
        if (!scope.outer.contains(variable)) columns.push_back(variable);
    }
    PlanPtr input = plan(node.input, inner);
    // The graph's name is a hidden column of patterns that are read from all graphs at once.
    if (input->variables() == columns) return input;
    return std::make_shared<ProjectPlan>(input, columns);
}

PlanPtr Planner::plan_node(const Distinct& node, const PlanScope& scope) {
    PlanScope inner = inside(scope);
    // How many rows make so many distinct ones is not known.
    PlanPtr input = plan(node.input, inner);
    return make_distinct(input, node.reduced);
}

PlanPtr Planner::plan_node(const Slice& node, const PlanScope& scope) {
    PlanScope inner = scope;
    std::optional<std::uint64_t> first;
    if (node.limit && *node.limit <= std::numeric_limits<std::uint64_t>::max() - node.offset)
        first = node.offset + *node.limit;
    if (first) inner.wanted = std::min(inner.wanted, static_cast<double>(*first));
    // ORDER BY with LIMIT is the first rows, not a sort; a projection between them changes nothing.
    if (first && enabled("top_rows")) {
        const Project* project = node.input->as<Project>();
        const OrderBy* order = (project != nullptr ? *project->input : *node.input).as<OrderBy>();
        if (order != nullptr) {
            PlanScope below = inside(inner);
            if (project != nullptr) {
                below.needed = VariableSet();
                below.has_context = false;
                for (const Variable variable : project->variables) {
                    below.needed.insert(variable);
                    below.has_context = below.has_context || scope.outer.contains(variable);
                }
            }
            PlanPtr sorted = plan_order(*order, first, below);
            if (project != nullptr) {
                std::vector<Variable> columns;
                for (const Variable variable : project->variables)
                    if (!scope.outer.contains(variable)) columns.push_back(variable);
                sorted = std::make_shared<ProjectPlan>(sorted, columns);
            }
            return std::make_shared<SlicePlan>(sorted, node.offset, node.limit);
        }
    }
    return std::make_shared<SlicePlan>(plan(node.input, inner), node.offset, node.limit);
}

std::vector<ExpressionPtr> conjuncts(const std::vector<ExpressionPtr>& conditions) {
    std::vector<ExpressionPtr> out;
    for (const ExpressionPtr& condition : conditions) {
        if (condition->kind == Expression::Kind::operation &&
            condition->op == ExpressionOperator::logical_and) {
            const std::vector<ExpressionPtr> parts = conjuncts(condition->arguments);
            out.insert(out.end(), parts.begin(), parts.end());
        } else {
            out.push_back(condition);
        }
    }
    return out;
}

}  // namespace dossier::engine
