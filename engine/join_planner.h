#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/filter_ranges.h"
#include "engine/path_estimate.h"
#include "engine/planner.h"

namespace dossier::engine {

// Plans what is joined and filtered together: triple patterns, paths, sub-plans and conditions.
// Left deep: dynamic programming over the sets of relations while a budget lasts, the cheapest next
// relation beyond it.
class JoinPlanner {
  public:
    JoinPlanner(Planner& planner, const PlanScope& scope) : planner_(planner), scope_(scope) {}

    // Takes an algebra tree apart into relations and conditions.
    void collect(const AlgebraPtr& algebra, const PlanScope& scope);
    // Conditions on the whole.
    void add_conditions(const std::vector<ExpressionPtr>& conditions);
    void add_plan(PlanPtr plan);
    PlanPtr plan();

  private:
    struct Relation {
        std::optional<TripleAccess> access;
        PlanPtr plan;  // a sub-plan
        std::optional<PathSpec> path;
        PathEstimate path_estimate;
        double rows = 0;  // after the conditions that ranges stand for
        double full_rows = 0;
        std::vector<double> distinct;  // by local variable; 0: not in the relation
        std::vector<bool> certain;     // by local variable
        std::vector<AccessPath> paths;
    };

    enum class Method : std::uint8_t { scan, bind, merge, hash, hash_swapped, path };

    struct Partial {
        std::vector<bool> used;  // relations
        std::size_t count = 0;
        double rows = 0, cost = 0, startup = 0;
        std::vector<double> distinct;
        std::vector<bool> certain;
        std::vector<bool> filtered;      // conditions that are applied
        std::vector<std::size_t> order;  // local variables
        // How it was made.
        std::int32_t parent = -1;
        std::size_t relation = 0;
        Method method = Method::scan;
        std::size_t key = 0;  // local variable, for bind and merge
        std::optional<AccessPath> access_path;
    };

    struct Condition {
        ExpressionPtr expression;
        std::vector<std::size_t> variables;  // local; of those the relations have
        double selectivity = 1;
        bool in_ranges = false;  // the relations' estimates know it already
        bool movable = true;     // may be applied before the last relation is joined
        std::optional<VariableRanges> ranges;
    };

    std::size_t local(Variable variable);
    std::optional<std::size_t> find_local(Variable variable) const;
    void prepare();
    void expect_memory() const;
    void prepare_access(Relation& relation);
    void prepare_path(Relation& relation);
    bool path_from_object(const Relation& relation, const Partial* parent) const;
    double path_cost(const Relation& relation, const Partial* parent) const;
    void prune_slots();
    void join_circles();

    std::vector<std::size_t> search();
    std::int32_t search_exhaustively(double fraction);
    std::int32_t search_greedily(double fraction);
    void add_starts(std::size_t relation, std::vector<Partial>& out) const;
    void extend(std::int32_t parent, std::size_t relation, std::vector<Partial>& out) const;
    void apply_conditions(Partial& partial) const;
    bool connected(const Partial& partial, std::size_t relation) const;
    static double weight(const Partial& partial, double fraction);
    double grouping_weight(const Partial& partial) const;

    PlanPtr build(std::int32_t index);
    PlanPtr scan_plan(const Relation& relation, const AccessPath& path, const Estimate& estimate);
    PlanPtr filter_plan(PlanPtr input, const Partial& partial, const Partial* parent);
    std::vector<IdRange> ranges_for(const Relation& relation, const AccessPath& path) const;
    double scan_rows(const Relation& relation, const AccessPath& path) const;

    Planner& planner_;
    const PlanScope& scope_;
    bool circles_ = true;  // patterns in a circle may be joined at once
    std::vector<Variable> locals_;
    std::vector<Relation> relations_;
    std::vector<ExpressionPtr> filters_;
    std::vector<ExpressionPtr> exists_;
    std::vector<Condition> conditions_;
    std::vector<Partial> partials_;
};

}  // namespace dossier::engine
