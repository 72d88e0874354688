#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/oracle/engine_store.h"
#include "tests/oracle/query_tree.h"
#include "tests/oracle/reference_evaluator.h"

// Statements that templates make of solutions (SPARQL 1.2 section 16.2), and how lists of them are
// compared where some of their blank nodes are new.

namespace dossier::oracle {

// What stands in the place; nothing: no statement is made. A template's blank node is one of its
// own for each `solution`.
std::optional<Term> instance(const Place& place, const ReferenceEvaluator::Solution& row,
                             const Dataset& data, std::size_t solution);
// Nothing where that would be no statement.
std::optional<Quad> instance(const Triple& triple, const ReferenceEvaluator::Solution& row,
                             const Dataset& data, std::size_t solution);

// Labels of the blank nodes that terms of the data have: "_:..." as they are written.
std::set<std::string> blank_nodes_of(const std::vector<Quad>& quads);
std::set<std::string> blank_nodes_of(const Dataset& data);

// The rows sorted, with names for the blank nodes that are not among the known ones
// such that two lists are equal exactly where they differ in these nodes' names only. Throws
// LeftOpen where more than five new nodes hang together.
std::vector<TextRow> with_new_nodes_named(const std::vector<TextRow>& rows,
                                          const std::set<std::string>& known);

}  // namespace dossier::oracle
