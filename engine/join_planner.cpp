#include "engine/join_planner.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/algebra_walk.h"
#include "engine/bind_join.h"
#include "engine/hash_join.h"
#include "engine/index_scan.h"
#include "engine/merge_join.h"
#include "engine/path_plan.h"
#include "engine/simple_plans.h"

namespace dossier::engine {

namespace {

constexpr std::size_t most_ranges = 64;  // a cursor each
// Steps of the exhaustive search, some 300 ns each.
constexpr std::size_t exhaustive_steps = 2000;
constexpr std::size_t exhaustive_relations = 12;
constexpr double default_selectivity = 0.3;
constexpr double equality_selectivity = 0.05;
constexpr double path_fanout = 8;

// Costs, about a nanosecond each.
constexpr double scan_start = 2000, scan_row = 4, merge_row = 4, output_row = 5;
constexpr double lookup_sorted = 400, lookup_random = 700;
constexpr double build_row = 30, probe_row = 20;
constexpr double path_step = 500;

bool only_reads(const Algebra& algebra, const ExpressionPtr& condition) {
    const VariableSet visible = visible_variables(algebra);
    const VariableSet certain = certain_variables(algebra);
    bool sure = true;
    for_each_variable(*condition, [&](Variable variable) {
        sure = sure && visible.contains(variable) && certain.contains(variable);
    });
    return sure;
}

double selectivity_of(const Expression& condition) {
    if (condition.kind != Expression::Kind::operation) return default_selectivity;
    switch (condition.op) {
        case ExpressionOperator::equal:
        case ExpressionOperator::same_term:
            return equality_selectivity;
        case ExpressionOperator::not_equal:
        case ExpressionOperator::logical_not:
        case ExpressionOperator::bound:
        case ExpressionOperator::is_iri:
        case ExpressionOperator::is_literal:
            return 0.9;
        default:
            return default_selectivity;
    }
}

}  // namespace

void JoinPlanner::collect(const AlgebraPtr& algebra, const PlanScope& scope) {
    if (const BasicPattern* pattern = algebra->as<BasicPattern>()) {
        for (const TriplePattern& triple : pattern->triples) {
            std::vector<TripleAccess> accesses;
            planner_.add_accesses(triple, scope, accesses);
            for (TripleAccess& access : accesses) {
                Relation relation;
                relation.access = std::move(access);
                relations_.push_back(std::move(relation));
            }
        }
        return;
    }
    if (const Join* join = algebra->as<Join>()) {
        for (const AlgebraPtr& part : join->parts) collect(part, scope);
        return;
    }
    if (const PathPattern* path = algebra->as<PathPattern>()) {
        Relation relation;
        relation.path = planner_.path_spec(*path, scope);
        for (TripleAccess& access : relation.path->accesses) {
            Relation triple_terms;
            triple_terms.access = std::move(access);
            relations_.push_back(std::move(triple_terms));
        }
        relation.path->accesses.clear();
        relations_.push_back(std::move(relation));
        return;
    }
    if (const Graph* graph = algebra->as<Graph>()) {
        const PlanScope inner = planner_.graph_scope(*graph, scope);
        const bool joinable = graph->input->as<BasicPattern>() || graph->input->as<Join>() ||
                              graph->input->as<PathPattern>();
        if (joinable && !inner.graph_unknown &&
            (inner.graph.kind != Slot::Kind::variable || graph_as_column(*graph->input)) &&
            !(graph->input->as<BasicPattern>() &&
              graph->input->as<BasicPattern>()->triples.empty())) {
            collect(graph->input, inner);
            return;
        }
    }
    if (const Filter* filter = algebra->as<Filter>()) {
        const bool here = std::all_of(filter->conditions.begin(), filter->conditions.end(),
                                      [&](const ExpressionPtr& one) {
                                          // In another active graph an EXISTS would mean something
                                          // else.
                                          return !contains_exists(*one) && is_deterministic(*one) &&
                                                 only_reads(*filter->input, one);
                                      });
        if (here) {
            collect(filter->input, scope);
            add_conditions(conjuncts(filter->conditions));
            return;
        }
    }
    PlanScope inner = scope;
    // A sub-plan's rows are joined with others: how many are wanted is not known.
    inner.wanted = std::numeric_limits<double>::infinity();
    // Joins and conditions here look at its variables.
    inner.needed.insert(visible_variables(*algebra));
    Relation relation;
    const bool join_like = algebra->as<Filter>() != nullptr;
    relation.plan =
        join_like ? planner_.plan_join_group(algebra, inner) : planner_.plan(algebra, inner);
    relations_.push_back(std::move(relation));
}

void JoinPlanner::add_conditions(const std::vector<ExpressionPtr>& conditions) {
    for (const ExpressionPtr& condition : conditions)
        (condition->is_exists() ? exists_ : filters_).push_back(condition);
}

void JoinPlanner::add_plan(PlanPtr plan) {
    Relation relation;
    relation.plan = std::move(plan);
    relations_.push_back(std::move(relation));
}

std::size_t JoinPlanner::local(Variable variable) {
    if (const auto known = find_local(variable)) return *known;
    locals_.push_back(variable);
    return locals_.size() - 1;
}

std::optional<std::size_t> JoinPlanner::find_local(Variable variable) const {
    return column_of(locals_, variable);
}

// Places whose values nobody looks at are not read.
void JoinPlanner::prune_slots() {
    if (!planner_.enabled("prune_columns")) return;
    std::vector<std::size_t> mentions(planner_.variables_.size(), 0);
    const auto mention = [&](Variable variable) {
        if (variable >= mentions.size()) mentions.resize(variable + 1, 0);
        ++mentions[variable];
    };
    for (const Relation& relation : relations_) {
        if (relation.access)
            for (const Slot& slot : relation.access->slots)
                if (slot.kind == Slot::Kind::variable) mention(slot.variable);
        if (relation.plan)
            for (const Variable variable : relation.plan->variables()) mention(variable);
        if (relation.path)
            for (const Slot* end : {&relation.path->subject, &relation.path->object})
                if (end->kind == Slot::Kind::variable) mention(end->variable);
    }
    for (const auto* list : {&filters_, &exists_})
        for (const ExpressionPtr& one : *list) for_each_variable(*one, mention);
    for (Relation& relation : relations_) {
        if (!relation.access) continue;
        for (Slot& slot : relation.access->slots)
            if (slot.kind == Slot::Kind::variable && mentions[slot.variable] == 1 &&
                !scope_.needed.contains(slot.variable))
                slot = Slot{};
    }
}

void JoinPlanner::prepare() {
    prune_slots();
    for (const Relation& relation : relations_) {
        if (relation.access)
            for (const Variable variable : relation.access->variables()) local(variable);
        if (relation.plan)
            for (const Variable variable : relation.plan->variables()) local(variable);
        if (relation.path)
            for (const Slot* end : {&relation.path->subject, &relation.path->object})
                if (end->kind == Slot::Kind::variable) local(end->variable);
    }
    for (const ExpressionPtr& expression : filters_) {
        Condition condition;
        condition.expression = expression;
        condition.selectivity = selectivity_of(*expression);
        condition.movable = is_deterministic(*expression) && planner_.enabled("push_filters");
        for_each_variable(*expression, [&](Variable variable) {
            if (const auto known = find_local(variable)) condition.variables.push_back(*known);
        });
        if (condition.movable && planner_.enabled("filter_ranges"))
            condition.ranges = ranges_of(*expression, *planner_.snapshot_);
        conditions_.push_back(std::move(condition));
    }
    for (Relation& relation : relations_) {
        relation.distinct.assign(locals_.size(), 0);
        relation.certain.assign(locals_.size(), false);
        if (relation.access) {
            prepare_access(relation);
        } else if (relation.plan) {
            relation.rows = relation.full_rows = relation.plan->estimate().rows;
            for (std::size_t i = 0; i < relation.plan->variables().size(); ++i) {
                const std::size_t variable = local(relation.plan->variables()[i]);
                relation.distinct[variable] = std::max(1.0, relation.rows);
                relation.certain[variable] = !relation.plan->may_be_unbound(i);
            }
        } else {
            relation.rows = 1000;
            for (const Slot* end : {&relation.path->subject, &relation.path->object}) {
                if (end->kind != Slot::Kind::variable) continue;
                const std::size_t variable = local(end->variable);
                relation.distinct[variable] = 100;
                relation.certain[variable] = true;
                relation.rows *= 10;
            }
            relation.full_rows = relation.rows;
        }
    }
}

void JoinPlanner::prepare_access(Relation& relation) {
    TripleAccess& access = *relation.access;
    relation.full_rows = relation.rows = planner_.rows_of(access);
    if (access.impossible) return;
    for (const Variable variable : access.variables()) {
        const std::size_t number = local(variable);
        relation.certain[number] = true;
        relation.distinct[number] = planner_.distinct_of(access, variable, relation.full_rows);
    }
    relation.paths = access_paths(access, *planner_.snapshot_);
    for (Condition& condition : conditions_) {
        if (!condition.ranges || !access.mentions(condition.ranges->variable)) continue;
        if (condition.ranges->intervals.size() > most_ranges) continue;
        // Where an index has the variable next, the rows in the ranges are known.
        const auto path = access_path_by(access, condition.ranges->variable, *planner_.snapshot_);
        if (!path) continue;
        auto request = scan_request(access, *path, nullptr);
        if (!request) continue;
        double rows = 0;
        for (const storage::IdInterval& one : condition.ranges->intervals) {
            request->range = {one.first, one.last};
            rows += static_cast<double>(planner_.snapshot_->estimate(*request));
        }
        relation.rows = std::min(relation.rows, rows);
        condition.in_ranges = true;
        if (std::none_of(
                relation.paths.begin(), relation.paths.end(),
                [&](const AccessPath& known) { return known.permutation == path->permutation; }))
            relation.paths.push_back(*path);
    }
    for (double& distinct : relation.distinct)
        if (distinct > 0) distinct = std::clamp(distinct, 1.0, std::max(1.0, relation.rows));
}

std::vector<IdRange> JoinPlanner::ranges_for(const Relation& relation,
                                             const AccessPath& path) const {
    if (path.prefix_length >= 4) return {};
    const Slot& slot = relation.access->slots[path.roles[path.prefix_length]];
    if (slot.kind != Slot::Kind::variable) return {};
    std::optional<std::vector<storage::IdInterval>> intervals;
    for (const Condition& condition : conditions_) {
        if (!condition.ranges || condition.ranges->variable != slot.variable) continue;
        if (condition.ranges->intervals.size() > most_ranges) continue;
        intervals = intervals ? intersect(*intervals, condition.ranges->intervals)
                              : condition.ranges->intervals;
    }
    std::vector<IdRange> out;
    if (!intervals) return out;
    for (const storage::IdInterval& one : *intervals)
        out.push_back({slot.variable, one.first, one.last});
    // No interval at all: nothing can be true, which an empty range says.
    if (out.empty()) out.push_back({slot.variable, TermId{1}, TermId{1}});
    return out;
}

double JoinPlanner::scan_rows(const Relation& relation, const AccessPath& path) const {
    if (path.prefix_length >= 4) return relation.full_rows;
    const Slot& slot = relation.access->slots[path.roles[path.prefix_length]];
    if (slot.kind != Slot::Kind::variable) return relation.full_rows;
    for (const Condition& condition : conditions_)
        if (condition.ranges && condition.ranges->variable == slot.variable &&
            condition.ranges->intervals.size() <= most_ranges)
            return relation.rows;
    return relation.full_rows;
}

// ---- Searching ----------------------------------------------------------------------------------

double JoinPlanner::weight(const Partial& partial, double fraction) {
    return partial.startup + (partial.cost - partial.startup) * fraction;
}

bool JoinPlanner::connected(const Partial& partial, std::size_t relation) const {
    const Relation& next = relations_[relation];
    for (std::size_t i = 0; i < locals_.size(); ++i)
        if (next.distinct[i] > 0 && partial.distinct[i] > 0) return true;
    return false;
}

void JoinPlanner::apply_conditions(Partial& partial) const {
    const bool complete = partial.count == relations_.size();
    for (std::size_t i = 0; i < conditions_.size(); ++i) {
        const Condition& condition = conditions_[i];
        if (partial.filtered[i]) continue;
        const bool ready =
            condition.movable &&
            std::all_of(condition.variables.begin(), condition.variables.end(),
                        [&](std::size_t variable) { return partial.certain[variable]; });
        if (!complete && !ready) continue;
        partial.filtered[i] = true;
        partial.cost += partial.rows * 20;
        if (!condition.in_ranges) partial.rows *= condition.selectivity;
    }
    for (double& distinct : partial.distinct)
        if (distinct > partial.rows) distinct = std::max(1.0, partial.rows);
}

void JoinPlanner::add_starts(std::size_t number, std::vector<Partial>& out) const {
    const Relation& relation = relations_[number];
    Partial start;
    start.used.assign(relations_.size(), false);
    start.used[number] = true;
    start.count = 1;
    start.filtered.assign(conditions_.size(), false);
    start.distinct = relation.distinct;
    start.certain = relation.certain;
    start.relation = number;
    start.rows = relation.rows;
    if (relation.access) {
        for (const AccessPath& path : relation.paths) {
            Partial one = start;
            one.access_path = path;
            one.cost = scan_start + scan_rows(relation, path) * scan_row;
            for (const Variable variable : IndexScanPlan::order_of(*relation.access, path))
                one.order.push_back(*find_local(variable));
            apply_conditions(one);
            out.push_back(std::move(one));
        }
        return;
    }
    if (relation.plan) {
        start.cost = relation.plan->estimate().cost;
        start.startup = relation.plan->estimate().first_cost;
        for (const Variable variable : relation.plan->order())
            start.order.push_back(*find_local(variable));
    } else {
        start.method = Method::path;
        start.cost = relation.rows * path_step;
    }
    apply_conditions(start);
    out.push_back(std::move(start));
}

void JoinPlanner::extend(std::int32_t parent_index, std::size_t number,
                         std::vector<Partial>& out) const {
    const Partial& parent = partials_[static_cast<std::size_t>(parent_index)];
    const Relation& relation = relations_[number];
    Partial next;
    next.used = parent.used;
    next.used[number] = true;
    next.count = parent.count + 1;
    next.filtered = parent.filtered;
    next.parent = parent_index;
    next.relation = number;
    next.distinct = parent.distinct;
    next.certain = parent.certain;

    std::vector<std::size_t> shared;
    std::vector<double> factors;
    bool all_certain = true;
    for (std::size_t i = 0; i < locals_.size(); ++i) {
        if (relation.distinct[i] <= 0) continue;
        if (parent.distinct[i] <= 0) {
            next.distinct[i] = relation.distinct[i];
            next.certain[i] = relation.certain[i];
            continue;
        }
        next.distinct[i] = std::min(parent.distinct[i], relation.distinct[i]);
        next.certain[i] = parent.certain[i] || relation.certain[i];
        if (parent.certain[i] && relation.certain[i])
            shared.push_back(i);
        else
            all_certain = false;
        factors.push_back(std::max(parent.distinct[i], relation.distinct[i]));
    }
    // Several shared variables are seldom independent: the most selective counts in full, each
    // further one by a smaller power.
    std::sort(factors.begin(), factors.end(), std::greater<>());
    double divisor = 1;
    double power = 1;
    for (const double factor : factors) {
        divisor *= std::pow(factor, power);
        power /= 2;
    }
    next.rows = parent.rows * relation.rows / divisor;
    const double joined_rows = next.rows;
    const ForcedJoin forced = planner_.options_.forced_join;
    const auto add = [&](Partial&& one) {
        apply_conditions(one);
        out.push_back(std::move(one));
    };
    const std::size_t before = out.size();

    if (relation.path) {
        Partial one = next;
        one.method = Method::path;
        one.rows = shared.empty()       ? parent.rows * relation.rows
                   : shared.size() == 1 ? parent.rows * path_fanout
                                        : parent.rows * 0.5;
        one.startup = parent.startup;
        one.cost = parent.cost + (shared.empty() ? relation.rows * path_step + one.rows * output_row
                                                 : parent.rows * path_step * path_fanout);
        add(std::move(one));
        return;
    }
    // Look-ups in an index.
    if (relation.access && (forced == ForcedJoin::none || forced == ForcedJoin::bind)) {
        for (const std::size_t key : shared) {
            const Variable variable = locals_[key];
            const auto path = access_path_by(*relation.access, variable, *planner_.snapshot_);
            const bool by_id = relation.access->triple_terms &&
                               relation.access->slots[3].kind == Slot::Kind::variable &&
                               relation.access->slots[3].variable == variable;
            if (!path && !by_id) continue;
            if (!by_id && relation.access->triple_terms &&
                path->prefix_length == 3)  // the id: by its parts
                continue;
            Partial one = next;
            one.method = Method::bind;
            one.key = key;
            one.access_path = by_id ? std::nullopt : path;
            const bool sorted = !parent.order.empty() && parent.order.front() == key;
            const double batches = 1 + parent.rows / 4096;
            const double lookups = std::min(parent.rows, parent.distinct[key] * batches);
            const double matches =
                parent.rows * relation.full_rows / std::max(1.0, relation.distinct[key]);
            one.startup = parent.startup;
            one.cost = parent.cost + scan_start * (sorted ? 1 : batches) +
                       lookups * (sorted ? lookup_sorted : lookup_random) + matches * 6 +
                       joined_rows * output_row;
            if (sorted) one.order = {key};
            add(std::move(one));
        }
    }
    // Merging two sorted inputs.
    if (!parent.order.empty() && (forced == ForcedJoin::none || forced == ForcedJoin::merge) &&
        planner_.enabled("merge_joins") &&
        std::find(shared.begin(), shared.end(), parent.order.front()) != shared.end()) {
        const std::size_t key = parent.order.front();
        std::optional<AccessPath> path;
        bool sorted = false;
        double right_cost = 0;
        double right_rows = relation.rows;
        double right_startup = 0;
        if (relation.access) {
            path = access_path_by(*relation.access, locals_[key], *planner_.snapshot_);
            sorted = path && path->roles[path->prefix_length] != 3;
            if (sorted) {
                right_rows = scan_rows(relation, *path);
                right_cost = scan_start + right_rows * scan_row;
            }
        } else {
            sorted =
                !relation.plan->order().empty() && relation.plan->order().front() == locals_[key];
            right_cost = relation.plan->estimate().cost;
            right_startup = relation.plan->estimate().first_cost;
        }
        if (sorted) {
            Partial one = next;
            one.method = Method::merge;
            one.key = key;
            one.access_path = path;
            one.order = parent.order;
            one.startup = parent.startup + right_startup;
            one.cost = parent.cost + right_cost + (parent.rows + right_rows) * merge_row +
                       joined_rows * output_row;
            add(std::move(one));
        }
    }
    // Hashing, with either side in the table. Also the only way for variables that may be unbound,
    // and the cartesian product.
    if (forced != ForcedJoin::none && forced != ForcedJoin::hash && out.size() > before) return;
    double right_cost = relation.plan ? relation.plan->estimate().cost : scan_start;
    std::optional<AccessPath> path;
    if (relation.access) {
        for (const AccessPath& candidate : relation.paths) {
            const double cost = scan_start + scan_rows(relation, candidate) * scan_row;
            if (!path || cost < right_cost) {
                path = candidate;
                right_cost = cost;
            }
        }
    }
    const double compared = all_certain && !shared.empty()
                                ? 0
                                : parent.rows * relation.rows * (shared.empty() ? 3 : 0.1);
    for (const bool swapped : {false, true}) {
        Partial one = next;
        one.method = swapped ? Method::hash_swapped : Method::hash;
        one.access_path = path;
        const double built = swapped ? parent.rows : relation.rows;
        const double probed = swapped ? relation.rows : parent.rows;
        one.startup = swapped ? parent.cost + built * build_row
                              : parent.startup + right_cost + built * build_row;
        one.cost = parent.cost + right_cost + built * build_row + probed * probe_row +
                   joined_rows * output_row + compared;
        add(std::move(one));
    }
}

std::int32_t JoinPlanner::search_greedily(double fraction) {
    std::vector<Partial> options;
    for (std::size_t i = 0; i < relations_.size(); ++i) add_starts(i, options);
    const auto best_of = [&](std::vector<Partial>& list, bool by_rows) {
        std::size_t best = 0;
        for (std::size_t i = 1; i < list.size(); ++i) {
            const double a = by_rows ? list[i].rows * 100 + weight(list[i], fraction)
                                     : weight(list[i], fraction);
            const double b = by_rows ? list[best].rows * 100 + weight(list[best], fraction)
                                     : weight(list[best], fraction);
            if (a < b) best = i;
        }
        return best;
    };
    partials_.push_back(std::move(options[best_of(options, true)]));
    auto current = static_cast<std::int32_t>(partials_.size() - 1);
    while (partials_[static_cast<std::size_t>(current)].count < relations_.size()) {
        options.clear();
        for (const bool need_connection : {true, false}) {
            const Partial& now = partials_[static_cast<std::size_t>(current)];
            for (std::size_t i = 0; i < relations_.size(); ++i)
                if (!now.used[i] && (!need_connection || connected(now, i)))
                    extend(current, i, options);
            if (!options.empty()) break;
        }
        partials_.push_back(std::move(options[best_of(options, true)]));
        current = static_cast<std::int32_t>(partials_.size() - 1);
    }
    return current;
}

// For every set of relations the cheapest ways, one for each order of the rows. -1 when the budget
// is spent.
std::int32_t JoinPlanner::search_exhaustively(double fraction) {
    const std::size_t count = relations_.size();
    std::vector<std::vector<std::int32_t>> best(std::size_t{1} << count);
    std::size_t steps = 0;
    std::vector<Partial> options;
    const auto keep = [&](std::size_t set, Partial&& one) {
        const std::size_t no_order = locals_.size();
        const std::size_t order = one.order.empty() ? no_order : one.order.front();
        for (std::int32_t& other : best[set]) {
            Partial& known = partials_[static_cast<std::size_t>(other)];
            const std::size_t known_order = known.order.empty() ? no_order : known.order.front();
            if (known_order == order) {
                if (weight(one, fraction) < weight(known, fraction)) {
                    partials_.push_back(std::move(one));
                    other = static_cast<std::int32_t>(partials_.size() - 1);
                }
                return;
            }
        }
        partials_.push_back(std::move(one));
        best[set].push_back(static_cast<std::int32_t>(partials_.size() - 1));
    };
    for (std::size_t i = 0; i < count; ++i) {
        options.clear();
        add_starts(i, options);
        for (Partial& one : options) keep(std::size_t{1} << i, std::move(one));
    }
    for (std::size_t set = 1; set + 1 < best.size(); ++set) {
        if (best[set].empty()) continue;
        // An order is worth keeping only where it is not much dearer than none.
        for (const bool need_connection : {true, false}) {
            bool any = false;
            const std::vector<std::int32_t> ways = best[set];
            for (std::size_t i = 0; i < count; ++i) {
                if ((set >> i & 1) != 0) continue;
                const bool joined = connected(partials_[static_cast<std::size_t>(ways.front())], i);
                if (need_connection && !joined) continue;
                any = true;
                for (const std::int32_t way : ways) {
                    if (++steps > exhaustive_steps) return -1;
                    options.clear();
                    extend(way, i, options);
                    for (Partial& one : options) keep(set | std::size_t{1} << i, std::move(one));
                }
            }
            if (any) break;
        }
    }
    std::int32_t winner = -1;
    for (const std::int32_t way : best.back())
        if (winner < 0 || weight(partials_[static_cast<std::size_t>(way)], fraction) <
                              weight(partials_[static_cast<std::size_t>(winner)], fraction))
            winner = way;
    return winner;
}

// ---- Building -----------------------------------------------------------------------------------

PlanPtr JoinPlanner::scan_plan(const Relation& relation, const AccessPath& path,
                               const Estimate& estimate) {
    return std::make_shared<IndexScanPlan>(*relation.access, path, ranges_for(relation, path),
                                           estimate);
}

PlanPtr JoinPlanner::filter_plan(PlanPtr input, const Partial& partial, const Partial* parent) {
    std::vector<ExpressionPtr> now;
    for (std::size_t i = 0; i < conditions_.size(); ++i)
        if (partial.filtered[i] && (parent == nullptr || !parent->filtered[i]))
            now.push_back(conditions_[i].expression);
    if (now.empty()) return input;
    const Estimate estimate{partial.rows, partial.cost, partial.startup};
    return std::make_shared<FilterPlan>(input, now, planner_.exists_factory(now, *input, scope_),
                                        estimate);
}

PlanPtr JoinPlanner::build(std::int32_t index) {
    const Partial& partial = partials_[static_cast<std::size_t>(index)];
    const Relation& relation = relations_[partial.relation];
    const Estimate estimate{partial.rows, partial.cost, partial.startup};
    if (partial.parent < 0) {
        PlanPtr plan;
        if (relation.access)
            plan = scan_plan(relation, *partial.access_path,
                             {relation.rows, scan_start + relation.rows * scan_row, 0});
        else if (relation.plan)
            plan = relation.plan;
        else
            plan = make_path_plan(*relation.path, ValuesPlan::single_row(), estimate);
        return filter_plan(plan, partial, nullptr);
    }
    const Partial& parent = partials_[static_cast<std::size_t>(partial.parent)];
    PlanPtr left = build(partial.parent);
    PlanPtr joined;
    const auto right_plan = [&](const std::optional<AccessPath>& path) -> PlanPtr {
        if (relation.plan) return relation.plan;
        const double rows = scan_rows(relation, *path);
        return scan_plan(relation, *path, {rows, scan_start + rows * scan_row, 0});
    };
    switch (partial.method) {
        case Method::scan:
            break;
        case Method::path:
            joined = make_path_plan(*relation.path, left, estimate);
            break;
        case Method::bind:
            joined = std::make_shared<BindJoinPlan>(
                JoinKind::inner, left,
                BindJoinPlan::Lookup{*relation.access, locals_[partial.key], partial.access_path},
                JoinConditions{}, estimate);
            break;
        case Method::merge: {
            const PlanPtr right = right_plan(partial.access_path);
            std::vector<Variable> keys;
            for (std::size_t i = 0; i < std::min(left->order().size(), right->order().size()) &&
                                    left->order()[i] == right->order()[i];
                 ++i) {
                const auto a = column_of(left->variables(), left->order()[i]);
                const auto b = column_of(right->variables(), right->order()[i]);
                if (left->may_be_unbound(*a) || right->may_be_unbound(*b)) break;
                keys.push_back(left->order()[i]);
            }
            joined = std::make_shared<MergeJoinPlan>(JoinKind::inner, left, right, std::move(keys),
                                                     JoinConditions{}, estimate);
            break;
        }
        case Method::hash:
            joined = std::make_shared<HashJoinPlan>(
                JoinKind::inner, left, right_plan(partial.access_path), JoinConditions{}, estimate);
            break;
        case Method::hash_swapped:
            joined = std::make_shared<HashJoinPlan>(
                JoinKind::inner, right_plan(partial.access_path), left, JoinConditions{}, estimate);
            break;
    }
    return filter_plan(joined, partial, &parent);
}

PlanPtr JoinPlanner::plan() {
    if (relations_.empty()) add_plan(ValuesPlan::single_row());
    prepare();
    // A pattern without a match leaves nothing to join.
    for (const Relation& relation : relations_) {
        const bool empty = (relation.access && relation.full_rows == 0) ||
                           (relation.plan && dynamic_cast<const EmptyPlan*>(&*relation.plan));
        if (!empty) continue;
        std::string why;
        if (relation.access) {
            const PlanNames names(planner_.variables_, planner_.options_.prefixes);
            why = "nothing matches " + describe_pattern(relation.access->pattern, names);
        }
        return std::make_shared<EmptyPlan>(locals_, why);
    }
    const auto search = [&](double fraction) {
        partials_.clear();
        std::int32_t found = -1;
        if (relations_.size() <= exhaustive_relations && planner_.enabled("join_order"))
            found = search_exhaustively(fraction);
        if (found < 0) {
            partials_.clear();
            found = search_greedily(fraction);
        }
        return found;
    };
    std::int32_t found = search(1);
    const double rows = partials_[static_cast<std::size_t>(found)].rows;
    if (scope_.wanted < rows && relations_.size() > 1 && planner_.enabled("first_rows"))
        found = search(std::max(1e-6, scope_.wanted / rows));
    PlanPtr plan = build(found);
    for (const ExpressionPtr& exists : exists_)
        plan = planner_.plan_exists(std::move(plan), exists, scope_);
    return plan;
}

}  // namespace dossier::engine
