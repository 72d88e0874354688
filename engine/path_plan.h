#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/algebra.h"
#include "engine/plan.h"
#include "engine/triple_access.h"

namespace dossier::engine {

// A property path with predicates as ids.
struct PropertyPathIds {
    PropertyPath::Kind kind = PropertyPath::Kind::link;
    TermId predicate;  // unbound: the store does not know it, so that nothing matches
    std::vector<PropertyPathIds> parts;
    std::vector<TermId> forward, backward;  // ascending
    bool has_forward = false, has_backward = false;
};

// A path pattern ready to run.
struct PathSpec {
    Slot subject, object;  // constants may be unknown to the store: then `..._term`
    std::optional<Term> subject_term, object_term;
    PropertyPathIds path;
    storage::GraphSelection graphs;
    Slot graph;          // fixed: the one graph
    bool empty = false;  // no such graph
    // Where both ends, or neither, are known: which one the search starts from.
    bool from_object = false;
    PathPattern pattern;  // as written, for EXPLAIN
    // Relations of triple terms, for ends written <<( ... )>>: joined by the planner.
    std::vector<TripleAccess> accesses;
};

// Joins each left row with the pairs that a closure connects (SPARQL 1.1 section 18.4, ALP): sets
// of nodes, found breadth first, from whichever ends the left row or a constant fixes. A left input
// of one row without columns evaluates the path alone. Rows keep the left order.
PlanPtr make_path_plan(PathSpec spec, PlanPtr left, Estimate estimate);

}  // namespace dossier::engine
