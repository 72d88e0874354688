#pragma once

#include "tests/conformance/graph.h"

namespace dossier::conformance {

// RDF 1.2 Concepts section 3.7: whether the two are the same set of statements under some
// one-to-one mapping of blank nodes, those within triple terms and graph names included.
bool is_isomorphic(const Graph& a, const Graph& b);

}  // namespace dossier::conformance
