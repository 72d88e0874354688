#include "engine/join_planner.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "engine/algebra_walk.h"
#include "engine/bind_join.h"
#include "engine/hash_join.h"
#include "engine/index_scan.h"
#include "engine/join_costs.h"
#include "engine/merge_join.h"
#include "engine/path_plan.h"
#include "engine/simple_plans.h"

namespace dossier::engine {

using namespace costs;

namespace {

// Steps of the exhaustive search, some 300 ns each.
constexpr std::size_t exhaustive_steps = 2000;
constexpr std::size_t exhaustive_relations = 12;

}  // namespace

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
        start.cost = path_cost(relation, nullptr) + start.rows * output_row;
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
    ForcedJoin forced = planner_.options_.forced_join;
    if (forced == ForcedJoin::leapfrog) forced = ForcedJoin::none;
    const auto add = [&](Partial&& one) {
        apply_conditions(one);
        out.push_back(std::move(one));
    };
    const std::size_t before = out.size();

    if (relation.path) {
        Partial one = next;
        one.method = Method::path;
        one.startup = parent.startup;
        one.cost = parent.cost + path_cost(relation, &parent) + joined_rows * output_row;
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
    // Of many relations only the best way so far is kept: each is as long as there are variables.
    std::optional<Partial> best;
    double least = 0;
    std::vector<Partial> options;
    const auto choose = [&] {
        planner_.ask();
        for (Partial& one : options) {
            const double value = one.rows * 100 + weight(one, fraction);
            if (best && !(value < least)) continue;
            best = std::move(one);
            least = value;
        }
        options.clear();
    };
    const auto take = [&] {
        partials_.push_back(*std::exchange(best, std::nullopt));
        return static_cast<std::int32_t>(partials_.size() - 1);
    };
    for (std::size_t i = 0; i < relations_.size(); ++i) {
        add_starts(i, options);
        choose();
    }
    std::int32_t current = take();
    while (partials_[static_cast<std::size_t>(current)].count < relations_.size()) {
        for (const bool need_connection : {true, false}) {
            const Partial& now = partials_[static_cast<std::size_t>(current)];
            for (std::size_t i = 0; i < relations_.size(); ++i)
                if (!now.used[i] && (!need_connection || connected(now, i))) {
                    extend(current, i, options);
                    choose();
                }
            if (best) break;
        }
        current = take();
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
                    planner_.ask();
                    options.clear();
                    extend(way, i, options);
                    for (Partial& one : options) keep(set | std::size_t{1} << i, std::move(one));
                }
            }
            if (any) break;
        }
    }
    std::int32_t winner = -1;
    double least = 0;
    for (const std::int32_t way : best.back()) {
        const Partial& partial = partials_[static_cast<std::size_t>(way)];
        const double whole = weight(partial, fraction) + grouping_weight(partial);
        if (winner >= 0 && whole >= least) continue;
        winner = way;
        least = whole;
    }
    return winner;
}

// What a GROUP BY above costs more where the rows do not come in the order of its keys.
double JoinPlanner::grouping_weight(const Partial& partial) const {
    const std::size_t keys = scope_.grouped.size();
    if (keys == 0) return 0;
    bool sorted = partial.order.size() >= keys;
    for (const Variable key : scope_.grouped) {
        const auto number = find_local(key);
        const auto end = partial.order.begin() +
                         static_cast<std::ptrdiff_t>(std::min(keys, partial.order.size()));
        sorted = sorted && number && std::find(partial.order.begin(), end, *number) != end;
    }
    return sorted ? 0 : partial.rows * hashed_group_row;
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
    const auto path_plan = [&](const Partial* before, PlanPtr input) {
        PathSpec spec = *relation.path;
        spec.from_object = path_from_object(relation, before);
        return make_path_plan(std::move(spec), std::move(input), estimate);
    };
    if (partial.parent < 0) {
        PlanPtr plan;
        if (relation.access)
            plan = scan_plan(relation, *partial.access_path,
                             {relation.rows, scan_start + relation.rows * scan_row, 0});
        else if (relation.plan)
            plan = relation.plan;
        else
            plan = path_plan(nullptr, ValuesPlan::single_row());
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
            joined = path_plan(&parent, left);
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
    join_circles();
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
