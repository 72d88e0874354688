#include <algorithm>
#include <cmath>
#include <map>

#include "engine/algebra_walk.h"
#include "engine/bind_join.h"
#include "engine/hash_join.h"
#include "engine/index_scan.h"
#include "engine/join_planner.h"
#include "engine/merge_join.h"
#include "engine/planner.h"
#include "engine/simple_plans.h"

namespace dossier::engine {

namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();
constexpr double batch_rows = 4096;
constexpr double keyed_start = 20'000;  // making a sub-plan's operators
constexpr double row_start = 5'000;
constexpr double lookup = 500;

bool mentions(const Algebra& algebra, Variable variable) {
    bool found = false;
    for_each_mentioned_variable(algebra,
                                [&](Variable other) { found = found || other == variable; });
    return found;
}

bool mentions(const Expression& expression, Variable variable) {
    bool found = false;
    for_each_variable(expression, [&](Variable other) { found = found || other == variable; });
    return found;
}

bool any_mentions(const std::vector<ExpressionPtr>& expressions, Variable variable) {
    return std::any_of(expressions.begin(), expressions.end(),
                       [&](const ExpressionPtr& one) { return mentions(*one, variable); });
}

// MINUS asks whether solutions have a variable in common, and those from outside count.
bool has_minus(const Algebra& algebra) {
    if (algebra.as<Minus>()) return true;
    const std::vector<AlgebraPtr> inputs = children(algebra);
    return std::any_of(inputs.begin(), inputs.end(),
                       [](const AlgebraPtr& input) { return has_minus(*input); });
}

// Substitution below `algebra` is the same as joining with the variable's value, given that the
// value is joined above. Where a node's own expressions read the variable, its input must bind it.
bool joins_like(const Algebra& algebra, Variable variable) {
    if (!mentions(algebra, variable)) return true;
    const auto binds = [&](const AlgebraPtr& part) {
        return certain_variables(*part).contains(variable);
    };
    if (algebra.as<BasicPattern>() || algebra.as<PathPattern>() || algebra.as<Values>())
        return true;
    if (const auto* node = algebra.as<Join>())
        return std::all_of(node->parts.begin(), node->parts.end(),
                           [&](const AlgebraPtr& part) { return joins_like(*part, variable); });
    if (const auto* node = algebra.as<Union>())
        return std::all_of(node->parts.begin(), node->parts.end(), [&](const AlgebraPtr& part) {
            return joins_like(*part, variable) && (!mentions(*part, variable) || binds(part));
        });
    if (const auto* node = algebra.as<Filter>()) {
        // An EXISTS inside sees the value through substitution as well.
        return joins_like(*node->input, variable) &&
               (!any_mentions(node->conditions, variable) || binds(node->input));
    }
    if (const auto* node = algebra.as<LeftJoin>())
        return binds(node->left) && joins_like(*node->left, variable) &&
               joins_like(*node->right, variable) &&
               (!mentions(*node->right, variable) || binds(node->right));
    if (const auto* node = algebra.as<Graph>()) {
        const Variable* name = std::get_if<Variable>(&node->name);
        return (name == nullptr || *name != variable || !mentions(*node->input, variable)) &&
               joins_like(*node->input, variable);
    }
    if (const auto* node = algebra.as<Extend>()) {
        for (const auto& [target, value] : node->assignments)
            if (target == variable || (mentions(*value, variable) && !binds(node->input)))
                return false;
        return joins_like(*node->input, variable);
    }
    if (const auto* node = algebra.as<Project>())
        return column_of(node->variables, variable) && joins_like(*node->input, variable);
    if (const auto* node = algebra.as<Distinct>()) return joins_like(*node->input, variable);
    if (const auto* node = algebra.as<Group>())
        return column_of(node->keys, variable) && binds(node->input) &&
               joins_like(*node->input, variable);
    return false;
}

}  // namespace

bool joins_like_substitution(const Algebra& algebra, Variable variable) {
    return certain_variables(algebra).contains(variable) && joins_like(algebra, variable);
}

// Reads no graph, or names its own.
bool graph_neutral(const Algebra& algebra) {
    if (algebra.as<Values>() || algebra.as<Graph>()) return true;
    if (const auto* node = algebra.as<BasicPattern>()) return node->triples.empty();
    if (const auto* node = algebra.as<Join>())
        return std::all_of(node->parts.begin(), node->parts.end(),
                           [](const AlgebraPtr& part) { return graph_neutral(*part); });
    return false;
}

bool reads_active_graph(const Algebra& algebra) {
    if (const auto* node = algebra.as<BasicPattern>()) return !node->triples.empty();
    if (const auto* node = algebra.as<Join>())
        return std::any_of(node->parts.begin(), node->parts.end(),
                           [](const AlgebraPtr& part) { return reads_active_graph(*part); });
    if (const auto* node = algebra.as<Union>())
        return std::all_of(node->parts.begin(), node->parts.end(),
                           [](const AlgebraPtr& part) { return reads_active_graph(*part); });
    if (const auto* node = algebra.as<LeftJoin>()) return reads_active_graph(*node->left);
    if (const auto* node = algebra.as<Minus>()) return reads_active_graph(*node->left);
    if (const auto* node = algebra.as<Lateral>()) return reads_active_graph(*node->left);
    if (const auto* node = algebra.as<Filter>()) return reads_active_graph(*node->input);
    if (const auto* node = algebra.as<Extend>()) return reads_active_graph(*node->input);
    if (const auto* node = algebra.as<Project>()) return reads_active_graph(*node->input);
    if (const auto* node = algebra.as<Distinct>()) return reads_active_graph(*node->input);
    return false;
}

bool graph_as_column(const Algebra& algebra) {
    if (const auto* node = algebra.as<BasicPattern>()) return !node->triples.empty();
    if (const auto* node = algebra.as<Join>()) {
        bool any = false;
        for (const AlgebraPtr& part : node->parts) {
            const bool column = graph_as_column(*part);
            if (!column && !graph_neutral(*part)) return false;
            any = any || column;
        }
        return any;
    }
    if (const auto* node = algebra.as<Filter>()) {
        for (const ExpressionPtr& condition : node->conditions)
            if (contains_exists(*condition)) return false;
        return graph_as_column(*node->input);
    }
    if (const auto* node = algebra.as<Union>())
        return std::all_of(node->parts.begin(), node->parts.end(),
                           [](const AlgebraPtr& part) { return graph_as_column(*part); });
    if (const auto* node = algebra.as<LeftJoin>()) {
        for (const ExpressionPtr& condition : node->conditions)
            if (contains_exists(*condition)) return false;
        return graph_as_column(*node->left) && graph_as_column(*node->right);
    }
    if (const auto* node = algebra.as<Extend>()) {
        for (const auto& [variable, expression] : node->assignments)
            if (contains_exists(*expression)) return false;
        return graph_as_column(*node->input);
    }
    return false;
}

bool Planner::names_variable(const PatternTerm& term) const {
    if (const Variable* variable = term.variable()) return !variables_.name(*variable).empty();
    if (const TriplePattern* triple = term.triple())
        return names_variable(triple->subject) || names_variable(triple->predicate) ||
               names_variable(triple->object);
    return false;
}

// Whether the solutions of a plan without columns have variables that nobody looks at.
bool Planner::hides_variables(const PlanNode& plan) const {
    if (const auto* values = dynamic_cast<const ValuesPlan*>(&plan))
        return !values->variables().empty();
    if (const auto* scan = dynamic_cast<const IndexScanPlan*>(&plan)) {
        const TriplePattern& pattern = scan->access().pattern;
        return names_variable(pattern.subject) || names_variable(pattern.predicate) ||
               names_variable(pattern.object);
    }
    if (plan.inputs().empty()) return true;
    // EXISTS and MINUS only choose among the solutions of their left side.
    const auto chooses = [&](const auto* join) {
        return join != nullptr && keeps_left_only(join->shape().kind);
    };
    if (chooses(dynamic_cast<const HashJoinPlan*>(&plan)) ||
        chooses(dynamic_cast<const MergeJoinPlan*>(&plan)) ||
        chooses(dynamic_cast<const BindJoinPlan*>(&plan)) ||
        chooses(dynamic_cast<const ApplyPlan*>(&plan)))
        return hides_variables(*plan.inputs().front());
    return std::any_of(plan.inputs().begin(), plan.inputs().end(),
                       [&](const PlanPtr& input) { return hides_variables(*input); });
}

SubPlan Planner::make_row_sub_plan(const PlanNode& left, const AlgebraPtr& pattern,
                                   const PlanScope& scope) {
    SubPlan sub;
    VariableSet seen;
    const auto correlate = [&](Variable variable) {
        const auto column = column_of(left.variables(), variable);
        if (!column || seen.contains(variable)) return;
        seen.insert(variable);
        if (left.may_be_unbound(*column)) sub.nullable.push_back(sub.correlated.size());
        sub.correlated.push_back(variable);
    };
    for_each_mentioned_variable(*pattern, correlate);
    PlanScope inner = scope;
    if (has_minus(*pattern) && !scope.has_context) {
        for (std::size_t i = 0; i < left.variables().size(); ++i)
            inner.has_context = inner.has_context || !left.may_be_unbound(i);
        // Columns that nobody looks at are left out.
        if (left.variables().empty() && hides_variables(left)) inner.has_context = true;
        // Then each row tells.
        if (!inner.has_context)
            for (const Variable variable : left.variables()) correlate(variable);
    }
    if (scope.graph.kind == Slot::Kind::variable) {
        correlate(scope.graph.variable);
        inner.graph.kind = Slot::Kind::outer;
    }
    const auto plan_for = [this, inner, pattern, correlated = sub.correlated,
                           nullable = sub.nullable](const std::vector<bool>& unbound) {
        PlanScope variant = inner;
        for (std::size_t i = 0; i < correlated.size(); ++i) {
            const auto found = std::find(nullable.begin(), nullable.end(), i);
            if (found == nullable.end() ||
                !unbound[static_cast<std::size_t>(found - nullable.begin())])
                variant.outer.insert(correlated[i]), variant.has_context = true;
        }
        return plan(pattern, variant);
    };
    // All have the columns of the one in which most is free.
    const PlanPtr freest = plan_for(std::vector<bool>(sub.nullable.size(), true));
    const auto with_columns = [columns = freest->variables()](PlanPtr made) {
        if (made->variables() == columns) return made;
        return PlanPtr(std::make_shared<ProjectPlan>(std::move(made), columns));
    };
    if (sub.nullable.size() > SubPlan::max_planned) {
        sub.variants.push_back(
            with_columns(plan_for(std::vector<bool>(sub.nullable.size(), false))));
        sub.plan_for = [planner = shared_from_this(), plan_for,
                        with_columns](const std::vector<bool>& unbound) {
            const std::lock_guard guard(planner->late_);
            return with_columns(plan_for(unbound));
        };
        return sub;
    }
    const std::size_t sets = std::size_t{1} << sub.nullable.size();
    for (std::size_t set = 0; set + 1 < sets; ++set) {
        std::vector<bool> unbound;
        for (std::size_t i = 0; i < sub.nullable.size(); ++i)
            unbound.push_back((set >> i & 1) != 0);
        sub.variants.push_back(with_columns(plan_for(unbound)));
    }
    sub.variants.push_back(freest);
    return sub;
}

// The solutions of `pattern` whose values of `keys` are among the rows of `input`, which has these
// columns only.
PlanPtr Planner::plan_with_input(const PlanPtr& input, const AlgebraPtr& pattern,
                                 const std::vector<Variable>& keys, const PlanScope& scope) {
    // The left side binds all keys: those of its solutions that are left over are what is extended.
    if (const LeftJoin* node = pattern->as<LeftJoin>()) {
        const VariableSet bound = certain_variables(*node->left);
        if (std::all_of(keys.begin(), keys.end(),
                        [&](Variable key) { return bound.contains(key); })) {
            const PlanScope left = left_side_scope(*node, scope);
            return plan_left_join(*node, plan_with_input(input, node->left, keys, left), scope);
        }
    }
    PlanScope inner = scope;
    JoinPlanner planner(*this, inner);
    planner.add_plan(input);
    const Filter* filter = pattern->as<Filter>();
    if (filter != nullptr) {
        planner.add_conditions(conjuncts(filter->conditions));
        for (const ExpressionPtr& condition : filter->conditions)
            for_each_variable(*condition, [&](Variable one) { inner.needed.insert(one); });
    }
    planner.collect(filter != nullptr ? filter->input : pattern, inner);
    return planner.plan();
}

std::optional<SubPlan> Planner::make_keyed_sub_plan(const PlanNode& left, const AlgebraPtr& pattern,
                                                    const std::vector<Variable>& keys,
                                                    const PlanScope& scope) {
    SubPlan sub;
    sub.keyed = true;
    sub.correlated = keys;
    const double rows = std::min(batch_rows, std::max(1.0, left.estimate().rows));
    sub.input = std::make_shared<InputPlan>(keys, rows);
    PlanScope inner = scope;
    for (const Variable key : keys) inner.needed.insert(key);
    PlanPtr plan = plan_with_input(sub.input, pattern, keys, inner);
    for (const Variable key : keys)
        if (!column_of(plan->variables(), key)) return std::nullopt;
    sub.variants.push_back(std::move(plan));
    return sub;
}

// Chooses how the rows of `left` meet the solutions of a pattern that means the same wherever it is
// evaluated.
PlanPtr Planner::join_pattern(JoinKind kind, PlanPtr left, const AlgebraPtr& right,
                              std::vector<ExpressionPtr> conditions, const PlanScope& left_scope,
                              const PlanScope& right_scope) {
    const double left_rows = left->estimate().rows;
    const double wanted_share = left_rows > 0 ? std::min(1.0, left_scope.wanted / left_rows) : 1.0;
    const ForcedJoin forced = options_.forced_join;

    PlanScope scope = right_scope;
    for (const ExpressionPtr& condition : conditions)
        for_each_variable(*condition, [&](Variable variable) { scope.needed.insert(variable); });

    // Keys: bound on both sides.
    VariableSet certain = certain_variables(*right);
    if (scope.graph.kind == Slot::Kind::variable) certain.insert(scope.graph.variable);
    std::vector<Variable> keys;
    for (std::size_t i = 0; i < left->variables().size(); ++i)
        if (!left->may_be_unbound(i) && certain.contains(left->variables()[i]) &&
            !scope.outer.contains(left->variables()[i]))
            keys.push_back(left->variables()[i]);

    PlanPtr independent = plan(right, scope);
    const Estimate& alone = independent->estimate();
    const auto estimate_for = [&](double cost, double first_cost) {
        Estimate out;
        switch (kind) {
            case JoinKind::inner:
            case JoinKind::left:
                out.rows =
                    std::max(left_rows, keys.empty() ? left_rows * alone.rows
                                                     : std::min(left_rows * alone.rows,
                                                                std::max(left_rows, alone.rows)));
                break;
            default:
                out.rows = left_rows * 0.5;
        }
        out.cost = left->estimate().cost + cost;
        out.first_cost = left->estimate().first_cost + first_cost;
        return out;
    };
    // The columns and the estimate of `left` are taken before it is moved into a node.
    const auto join_conditions = [&](const std::vector<ExpressionPtr>& list) {
        JoinConditions out;
        out.conditions = list;
        if (std::any_of(list.begin(), list.end(),
                        [](const ExpressionPtr& one) { return contains_exists(*one); })) {
            // An EXISTS in a condition sees the columns of both sides.
            const PlanPtr both = std::make_shared<HashJoinPlan>(JoinKind::inner, left, independent,
                                                                JoinConditions{}, Estimate{});
            out.exists = exists_factory(list, *both, left_scope);
        }
        return out;
    };
    if (dynamic_cast<const EmptyPlan*>(independent.get()) != nullptr) {
        if (kind == JoinKind::anti || kind == JoinKind::minus) return left;
        if (kind == JoinKind::inner || kind == JoinKind::semi)
            return std::make_shared<EmptyPlan>(left->variables(), "");
    }

    // EXISTS without anything in common: one solution is enough.
    if ((kind == JoinKind::semi || kind == JoinKind::anti) && conditions.empty()) {
        const bool shares = std::any_of(
            left->variables().begin(), left->variables().end(),
            [&](Variable one) { return column_of(independent->variables(), one).has_value(); });
        if (!shares) {
            const PlanPtr one = std::make_shared<SlicePlan>(independent, 0, 1);
            return std::make_shared<HashJoinPlan>(kind, left, one, JoinConditions{},
                                                  estimate_for(one->estimate().cost, 0));
        }
    }

    double best = alone.first_cost * (1 - wanted_share) + alone.cost + alone.rows * 30 +
                  left_rows * 20 * wanted_share;
    if (keys.empty()) best += left_rows * alone.rows;
    enum class Way { hash, merge, bind, keyed } way = Way::hash;
    if (forced == ForcedJoin::hash) best = 0;

    // One triple pattern: look up, or merge with a scan in the left side's order.
    std::optional<TripleAccess> access;
    std::vector<ExpressionPtr> access_conditions = conditions;
    {
        const Filter* filter = right->as<Filter>();
        const AlgebraPtr& inner = filter != nullptr ? filter->input : right;
        const BasicPattern* basic = inner->as<BasicPattern>();
        bool simple = basic != nullptr && basic->triples.size() == 1;
        if (simple && filter != nullptr)
            for (const ExpressionPtr& one : conjuncts(filter->conditions)) {
                simple = simple && !contains_exists(*one);
                // On the join's candidates the condition would see left columns, too.
                for_each_variable(*one, [&](Variable variable) {
                    simple = simple && certain.contains(variable);
                });
                access_conditions.push_back(one);
            }
        if (simple) {
            std::vector<TripleAccess> accesses;
            add_accesses(basic->triples.front(), scope, accesses);
            if (accesses.size() == 1 && !accesses.front().impossible) {
                access = std::move(accesses.front());
                for (Slot& slot : access->slots) {
                    if (slot.kind != Slot::Kind::variable || !enabled("prune_columns")) continue;
                    const bool twice =
                        std::count_if(access->slots.begin(), access->slots.end(),
                                      [&](const Slot& other) {
                                          return other.kind == Slot::Kind::variable &&
                                                 other.variable == slot.variable;
                                      }) > 1;
                    const bool used = twice || scope.needed.contains(slot.variable) ||
                                      column_of(left->variables(), slot.variable) ||
                                      any_mentions(access_conditions, slot.variable);
                    if (!used) slot = Slot{};
                }
            }
        }
    }
    std::optional<Variable> bind_key, merge_key;
    if (access) {
        const double rows = rows_of(*access);
        for (const Variable key : keys) {
            if (!access_path_by(*access, key, *snapshot_)) continue;
            const bool sorted = !left->order().empty() && left->order().front() == key;
            const double matches = left_rows * rows / distinct_of(*access, key, rows);
            const double cost =
                (left_rows * (sorted ? 0.8 : 1.4) * lookup + matches * 8) * wanted_share;
            if (cost < best || forced == ForcedJoin::bind) {
                best = forced == ForcedJoin::bind ? 0 : cost;
                way = Way::bind;
                bind_key = key;
            }
            if (sorted && enabled("merge_joins")) {
                const double merged = (rows * 8 + left_rows * 8) * wanted_share;
                if (merged < best || forced == ForcedJoin::merge) {
                    best = forced == ForcedJoin::merge ? 0 : merged;
                    way = Way::merge;
                    merge_key = key;
                }
            }
        }
    } else if (!keys.empty() && !left->order().empty() && !independent->order().empty() &&
               left->order().front() == independent->order().front() &&
               column_of(keys, left->order().front()) && enabled("merge_joins")) {
        const double merged = (alone.cost + alone.rows * 8 + left_rows * 8) * wanted_share;
        if (merged < best || forced == ForcedJoin::merge) {
            best = forced == ForcedJoin::merge ? 0 : merged;
            way = Way::merge;
        }
    }
    std::optional<SubPlan> keyed;
    if (!keys.empty() && !access && enabled("batched_subplans") &&
        (left_rows * 1000 < best || wanted_share < 0.5 || forced == ForcedJoin::bind)) {
        keyed = make_keyed_sub_plan(*left, right, keys, scope);
        if (keyed) {
            const double batches = std::max(1.0, left_rows / batch_rows);
            const double cost =
                (keyed->variants.front()->estimate().cost + keyed_start) * batches * wanted_share;
            if (cost < best || forced == ForcedJoin::bind) {
                best = cost;
                way = Way::keyed;
            }
        }
    }

    switch (way) {
        case Way::bind: {
            BindJoinPlan::Lookup found{*access, *bind_key,
                                       access_path_by(*access, *bind_key, *snapshot_)};
            return std::make_shared<BindJoinPlan>(kind, left, std::move(found),
                                                  join_conditions(access_conditions),
                                                  estimate_for(best, 0));
        }
        case Way::merge: {
            PlanPtr sorted = independent;
            std::vector<ExpressionPtr> list = conditions;
            if (merge_key) {
                const AccessPath path = *access_path_by(*access, *merge_key, *snapshot_);
                const double rows = rows_of(*access);
                sorted = std::make_shared<IndexScanPlan>(*access, path, std::vector<IdRange>{},
                                                         Estimate{rows, rows * 4, 0});
                list = access_conditions;
            }
            std::vector<Variable> merged;
            for (std::size_t i = 0; i < std::min(left->order().size(), sorted->order().size());
                 ++i) {
                const Variable one = left->order()[i];
                if (one != sorted->order()[i] || !column_of(keys, one)) break;
                merged.push_back(one);
            }
            const auto bound_right = [&](Variable one) {
                return !sorted->may_be_unbound(*column_of(sorted->variables(), one));
            };
            if (!merged.empty() && std::all_of(merged.begin(), merged.end(), bound_right))
                return std::make_shared<MergeJoinPlan>(kind, left, sorted, std::move(merged),
                                                       join_conditions(list),
                                                       estimate_for(best, 0));
            break;
        }
        case Way::keyed:
            return std::make_shared<ApplyPlan>(kind, left, *std::move(keyed),
                                               join_conditions(conditions), estimate_for(best, 0));
        case Way::hash:
            break;
    }
    return std::make_shared<HashJoinPlan>(kind, left, independent, join_conditions(conditions),
                                          estimate_for(best, alone.cost + alone.rows * 30));
}

PlanPtr Planner::plan_exists(PlanPtr left, const ExpressionPtr& exists, const PlanScope& scope) {
    const JoinKind kind =
        exists->op == ExpressionOperator::exists ? JoinKind::semi : JoinKind::anti;
    const AlgebraPtr& pattern = exists->pattern;
    // Conditions at the top of the pattern may read outer variables that the pattern does not bind:
    // on the candidates of a join they find them.
    const Filter* filter = pattern->as<Filter>();
    std::vector<ExpressionPtr> outside, inside;
    AlgebraPtr rest = pattern;
    if (filter != nullptr) {
        const VariableSet bound = certain_variables(*filter->input);
        for (const ExpressionPtr& condition : conjuncts(filter->conditions)) {
            bool reads_outside = false;
            for_each_variable(*condition, [&](Variable variable) {
                reads_outside = reads_outside || (!bound.contains(variable) &&
                                                  column_of(left->variables(), variable));
            });
            (reads_outside ? outside : inside).push_back(condition);
        }
        rest = inside.empty() ? filter->input : make_algebra(Filter{inside, filter->input});
    }
    bool joins = enabled("decorrelate_exists") && scope.graph.kind != Slot::Kind::variable &&
                 !has_minus(*pattern);
    for (const Variable variable : left->variables())
        if (mentions(*rest, variable)) joins = joins && joins_like_substitution(*rest, variable);
    for (const ExpressionPtr& condition : outside)
        joins = joins && !contains_exists(*condition) && is_deterministic(*condition);
    PlanScope inner = scope;
    inner.shown_only = false;
    inner.wanted = no_limit;
    inner.needed = VariableSet();
    for (const Variable variable : left->variables()) inner.needed.insert(variable);
    if (joins) return join_pattern(kind, std::move(left), rest, outside, scope, inner);

    SubPlan sub = make_row_sub_plan(*left, pattern, inner);
    Estimate estimate = left->estimate();
    estimate.cost += estimate.rows * (row_start + sub.variants.front()->estimate().first_cost +
                                      sub.variants.front()->estimate().cost * 0.5);
    estimate.rows *= 0.5;
    return std::make_shared<ApplyPlan>(kind, std::move(left), std::move(sub), JoinConditions{},
                                       estimate);
}

namespace {

void collect_exists(const ExpressionPtr& expression, std::vector<const Expression*>& out) {
    if (expression->is_exists()) out.push_back(expression.get());
    for (const ExpressionPtr& argument : expression->arguments) collect_exists(argument, out);
}

}  // namespace

ExistsFactory Planner::exists_factory(const std::vector<ExpressionPtr>& expressions,
                                      const PlanNode& input, const PlanScope& scope) {
    std::vector<const Expression*> found;
    for (const ExpressionPtr& expression : expressions) collect_exists(expression, found);
    if (found.empty()) return {};
    PlanScope inner = scope;
    inner.shown_only = false;
    inner.wanted = 1;
    inner.needed = VariableSet();
    auto plans = std::make_shared<std::map<const Expression*, SubPlan>>();
    for (const Expression* exists : found)
        plans->emplace(exists, make_row_sub_plan(input, exists->pattern, inner));
    // The expressions are kept, because their addresses are the keys.
    return
        [plans, kept = expressions](const Expression& exists, const std::vector<Variable>& columns,
                                    ExecutionContext& context) {
            return make_exists_test(plans->at(&exists), columns, context);
        };
}

}  // namespace dossier::engine
