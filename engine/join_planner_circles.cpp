#include <algorithm>
#include <map>
#include <set>

#include "engine/algebra_walk.h"
#include "engine/join_costs.h"
#include "engine/join_planner.h"
#include "engine/leapfrog_join.h"
#include "engine/simple_plans.h"

namespace dossier::engine {

using namespace costs;

namespace {

// A row that is read into memory, and a row of the largest pattern that is intersected.
constexpr double trie_row = 25, intersected_row = 60;
// Joined two by two, patterns in a circle grow beyond what averages say: values that are frequent
// in one are frequent in the next.
constexpr double growth = 2;

// The two variables of a pattern between them; nothing where it is of another shape.
std::optional<std::pair<Variable, Variable>> edge_of(const TripleAccess& access) {
    if (access.triple_terms || access.impossible || access.slots[3].kind == Slot::Kind::variable)
        return std::nullopt;
    const std::vector<Variable> variables = access.variables();
    if (variables.size() != 2) return std::nullopt;
    return std::pair(variables[0], variables[1]);
}

}  // namespace

// Replaces the patterns that form a circle, with those on one of its variables, by one relation.
void JoinPlanner::join_circles() {
    const bool forced = planner_.options_.forced_join == ForcedJoin::leapfrog;
    if (!circles_ || !planner_.enabled("cyclic_joins")) return;
    if (!forced && (planner_.options_.forced_join != ForcedJoin::none ||
                    scope_.wanted != std::numeric_limits<double>::infinity()))
        return;
    std::map<Variable, std::set<Variable>> neighbours;
    for (const Relation& relation : relations_) {
        const auto edge = relation.access ? edge_of(*relation.access) : std::nullopt;
        if (!edge) continue;
        neighbours[edge->first].insert(edge->second);
        neighbours[edge->second].insert(edge->first);
    }
    // What hangs on a single neighbour is in no circle.
    for (bool again = true; again;) {
        again = false;
        for (auto at = neighbours.begin(); at != neighbours.end();) {
            if (at->second.size() > 1) {
                ++at;
                continue;
            }
            for (const Variable other : at->second) neighbours[other].erase(at->first);
            at = neighbours.erase(at);
            again = true;
        }
    }
    if (neighbours.empty()) return;
    // One connected part.
    std::set<Variable> core{neighbours.begin()->first};
    for (std::vector<Variable> waiting(core.begin(), core.end()); !waiting.empty();) {
        const Variable variable = waiting.back();
        waiting.pop_back();
        for (const Variable other : neighbours[variable])
            if (core.insert(other).second) waiting.push_back(other);
    }
    for (const ExpressionPtr& filter : filters_) {
        std::set<Variable> mentioned;
        for_each_variable(*filter, [&](Variable variable) {
            if (core.contains(variable)) mentioned.insert(variable);
        });
        // It may leave few of the values, to start from.
        if (mentioned.size() == 1 && !forced) return;
    }
    const auto belongs = [&](const Relation& relation) {
        if (!relation.access || relation.access->triple_terms) return false;
        const std::vector<Variable> variables = relation.access->variables();
        return !variables.empty() && std::all_of(variables.begin(), variables.end(),
                                                 [&](Variable one) { return core.contains(one); });
    };
    JoinPlanner inner(planner_, scope_);
    inner.circles_ = false;
    std::vector<TripleAccess> accesses;
    for (const Relation& relation : relations_) {
        if (!belongs(relation)) continue;
        accesses.push_back(*relation.access);
        inner.relations_.emplace_back().access = *relation.access;
    }
    const PlanPtr otherwise = inner.plan();
    if (dynamic_cast<const EmptyPlan*>(&*otherwise) != nullptr) return;

    // From the variable with the fewest values on, to what is connected with it.
    std::map<Variable, double> values;
    double rows = 0, most_rows = 0;
    for (const Relation& relation : inner.relations_) {
        rows += relation.full_rows;
        most_rows = std::max(most_rows, relation.full_rows);
        for (std::size_t i = 0; i < inner.locals_.size(); ++i) {
            if (relation.distinct[i] <= 0) continue;
            const auto [known, added] = values.emplace(inner.locals_[i], relation.distinct[i]);
            known->second = std::min(known->second, relation.distinct[i]);
        }
    }
    const double cost = scan_start + rows * trie_row + most_rows * intersected_row +
                        otherwise->estimate().rows * output_row;
    if (!forced && otherwise->estimate().cost * growth < cost) return;
    std::vector<Variable> order;
    while (order.size() < core.size()) {
        std::optional<Variable> best;
        std::pair<std::size_t, double> best_score;
        for (const Variable variable : core) {
            if (std::find(order.begin(), order.end(), variable) != order.end()) continue;
            const auto& around = neighbours[variable];
            const auto connections = static_cast<std::size_t>(
                std::count_if(order.begin(), order.end(),
                              [&](Variable before) { return around.contains(before); }));
            const std::pair<std::size_t, double> score(connections, -values[variable]);
            if (!best || score > best_score) {
                best = variable;
                best_score = score;
            }
        }
        order.push_back(*best);
    }
    auto parts = leapfrog_parts(accesses, order, *planner_.snapshot_);
    if (!parts) return;
    const Estimate estimate{otherwise->estimate().rows, cost, rows * trie_row};
    std::erase_if(relations_, belongs);
    add_plan(std::make_shared<LeapfrogJoinPlan>(order, std::move(*parts), otherwise, estimate));
}

}  // namespace dossier::engine
