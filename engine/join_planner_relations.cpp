#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <dossier/error.h>

#include "engine/algebra_walk.h"
#include "engine/join_costs.h"
#include "engine/join_planner.h"
#include "engine/simple_plans.h"

namespace dossier::engine {

using namespace costs;

namespace {

constexpr std::size_t most_ranges = 64;  // a cursor each
constexpr double default_selectivity = 0.3;
constexpr double equality_selectivity = 0.05;

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

// Every relation, and every step of the order found, keeps a number for each variable.
void JoinPlanner::expect_memory() const {
    constexpr std::size_t each = 2 * (sizeof(double) + 1);
    const std::size_t limit = planner_.options_.memory_bytes;
    if (relations_.size() * locals_.size() > limit / each)
        throw LimitError(fmt::format(
            "the query's memory limit of {} bytes was reached while planning a join of {} patterns "
            "with {} variables",
            limit, relations_.size(), locals_.size()));
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
    expect_memory();
    for (const ExpressionPtr& expression : filters_) {
        planner_.step();
        Condition condition;
        condition.expression = expression;
        condition.selectivity = selectivity_of(*expression);
        condition.movable = is_deterministic(*expression) && planner_.enabled("push_filters");
        for_each_variable(*expression, [&](Variable variable) {
            if (const auto known = find_local(variable)) condition.variables.push_back(*known);
        });
        if (condition.movable && planner_.enabled("filter_ranges"))
            condition.ranges = ranges_of(*expression, *planner_.snapshot_, planner_.question_);
        conditions_.push_back(std::move(condition));
    }
    for (Relation& relation : relations_) {
        planner_.ask();
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
            prepare_path(relation);
        }
    }
}

void JoinPlanner::prepare_path(Relation& relation) {
    const PathSpec& spec = *relation.path;
    const PathEstimate& path = relation.path_estimate = planner_.path_estimate(spec);
    const bool free_subject = spec.subject.kind == Slot::Kind::variable;
    const bool free_object = spec.object.kind == Slot::Kind::variable;
    double rows = path.pairs;
    if (!free_subject) rows = path.fan_out();
    if (!free_object) rows = free_subject ? path.fan_in() : rows / std::max(1.0, path.objects);
    relation.rows = relation.full_rows = std::max(1.0, rows);
    const auto note = [&](const Slot& end, double distinct) {
        if (end.kind != Slot::Kind::variable) return;
        const std::size_t variable = local(end.variable);
        relation.distinct[variable] = std::clamp(distinct, 1.0, relation.rows);
        relation.certain[variable] = true;
    };
    note(spec.subject, path.subjects);
    note(spec.object, path.objects);
}

// Which end to start from when both are as well known, given the rows before.
bool JoinPlanner::path_from_object(const Relation& relation, const Partial* parent) const {
    const PathSpec& spec = *relation.path;
    const PathEstimate& path = relation.path_estimate;
    const auto starts = [&](const Slot& end) {
        if (end.kind != Slot::Kind::variable) return 1.0;
        return parent == nullptr ? 1.0 : std::max(1.0, parent->distinct[*find_local(end.variable)]);
    };
    return starts(spec.object) * (1 + path.fan_in()) < starts(spec.subject) * (1 + path.fan_out());
}

double JoinPlanner::path_cost(const Relation& relation, const Partial* parent) const {
    const PathSpec& spec = *relation.path;
    const PathEstimate& path = relation.path_estimate;
    // 0: free, 1: bound by the rows before, 2: constant.
    const auto known = [&](const Slot& end) {
        if (end.kind != Slot::Kind::variable) return 2;
        return parent != nullptr && parent->certain[*find_local(end.variable)] ? 1 : 0;
    };
    const int subject = known(spec.subject), object = known(spec.object);
    const double whole = path.edges * path_edge;
    if (subject == 0 && object == 0) return scan_start + whole + path.pairs * path_follow;
    const bool backward = subject != object ? object > subject : path_from_object(relation, parent);
    const Slot& near = backward ? spec.object : spec.subject;
    const double fan = backward ? path.fan_in() : path.fan_out();
    double starts = 1;
    if ((backward ? object : subject) == 1)
        starts = std::min(parent->rows, parent->distinct[*find_local(near.variable)]);
    return scan_start + starts * path_start + starts * fan * path_follow +
           std::min(starts * (1 + fan) * path_lookup, whole);
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
        planner_.step();
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

}  // namespace dossier::engine
