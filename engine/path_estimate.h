#pragma once

#include <functional>

#include "engine/path_plan.h"
#include "storage/snapshot.h"

namespace dossier::engine {

// What the planner expects of a path, from the statistics of its predicates.
struct PathEstimate {
    double edges = 0;     // statements that its steps may read
    double pairs = 0;     // of nodes it connects
    double subjects = 0;  // distinct nodes it starts from
    double objects = 0;   // distinct nodes it leads to

    // Nodes that a node leads to, forwards or backwards, where it leads anywhere.
    double fan_out() const { return subjects > 0 ? pairs / subjects : 0; }
    double fan_in() const { return objects > 0 ? pairs / objects : 0; }
};

using StatisticsOf = std::function<storage::PredicateStatistics(TermId predicate)>;

// `statements`: of the whole store, for predicates that are not named and nodes that are connected
// with themselves.
PathEstimate estimate_path(const PropertyPathIds& path, const StatisticsOf& statistics,
                           double statements);

}  // namespace dossier::engine
