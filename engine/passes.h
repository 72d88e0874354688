#pragma once

#include "engine/algebra.h"
#include "engine/query_executor.h"

namespace dossier::engine {

// The passes that rewrite the algebra, in their order: algebra in, algebra of the same meaning out.
// Each asks the question at every node, where there is one.

// Conditions move towards the patterns that bind their variables: into the branches of UNION, the
// left side of OPTIONAL and MINUS, below BIND, into sub-selects.
AlgebraPtr push_filters(const AlgebraPtr& algebra, StopQuestion* question);

// Expressions without variables become their values; what fails stays as it is.
AlgebraPtr fold_constants(const AlgebraPtr& algebra, const std::string& base,
                          StopQuestion* question);

// A join with a union whose branches bind different ones of the shared variables becomes a union of
// joins, each of which has a key.
AlgebraPtr distribute_unions(const AlgebraPtr& algebra, StopQuestion* question);

}  // namespace dossier::engine
