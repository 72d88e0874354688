#pragma once

#include <optional>
#include <vector>

#include "engine/expression_tree.h"
#include "rdf/stop_question.h"
#include "storage/inline_term.h"
#include "storage/snapshot.h"

namespace dossier::engine {

// The ids that a variable can have where a condition is true; a few ids too many, never too few.
struct VariableRanges {
    Variable variable = 0;
    std::vector<storage::IdInterval> intervals;  // ascending, disjoint; none: never true
};

// For conditions that compare one variable with a constant (a number, a date or time; strings and
// IRIs for equality): `?x < 5`, `?x = "a"`, sameTerm(?x, :a), `?x IN (...)`, conjunctions and
// disjunctions of these on one variable. `question`, where there is one, is asked at each of them.
std::optional<VariableRanges> ranges_of(const Expression& condition,
                                        const storage::Snapshot& snapshot, StopQuestion* question);

// Both at once.
std::vector<storage::IdInterval> intersect(const std::vector<storage::IdInterval>& a,
                                           const std::vector<storage::IdInterval>& b);

}  // namespace dossier::engine
