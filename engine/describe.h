#pragma once

#include <vector>

#include "engine/plan.h"
#include "storage/scan.h"

namespace dossier::engine {

// A plan whose rows (three columns) are the statements that DESCRIBE gives for the distinct values
// of `columns` in the rows of `input` and for `resources`: the concise bounded description of each
// (its statements, those of the blank nodes they lead to) and of every claim on it, that is of
// every reifier of a triple term in which it is subject or object. Reads the graphs of `graphs`.
PlanPtr make_describe(PlanPtr input, std::vector<Variable> columns, std::vector<Term> resources,
                      storage::GraphSelection graphs, Variable subject, Variable predicate,
                      Variable object);

}  // namespace dossier::engine
