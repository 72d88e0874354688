#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/algebra.h"
#include "engine/expression_evaluator.h"
#include "engine/plan.h"

// Plan nodes of grouping, sorting and duplicate removal; their operators spill under the byte
// budget. Inputs come resolved: equal ids = equal terms.

namespace dossier::engine {

// SPARQL 1.1 section 18.5.1. Groups by term identity. Uses the input's order() where it begins with
// the keys. Columns: keys, then the aggregates' targets.
PlanPtr make_group(PlanPtr input, std::vector<Variable> keys, std::vector<Aggregate> aggregates,
                   ExistsFactory exists);

// SPARQL 1.1 section 15.1: by value, stable beyond it. With `limit` only the first so many rows are
// wanted (a heap, not a sort). Columns: the input's.
PlanPtr make_order(PlanPtr input, std::vector<OrderCondition> conditions,
                   std::optional<std::uint64_t> limit, ExistsFactory exists);

// Rows that differ in some column, by term identity, the first of each kept in its place: the
// input's order() is kept. Compares neighbours where the order covers all columns. REDUCED compares
// neighbours only.
PlanPtr make_distinct(PlanPtr input, bool reduced);

}  // namespace dossier::engine
