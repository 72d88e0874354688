#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "engine/function_node.h"

namespace dossier::engine {

enum class Comparison : std::uint8_t { equal, not_equal, less, greater, less_equal, greater_equal };

// One of SPARQL's comparison operators (rdf/value_order.h); an error where an operand is one.
Truth compare_cells(FunctionScope& scope, Comparison comparison, const Cell& a, const Cell& b);

// Two small numbers (Cell::is_small_number()) after promotion.
std::partial_ordering compare_numbers(const Cell& a, const Cell& b);

FunctionNodePtr make_comparison(Comparison comparison, FunctionNodePtr left, FunctionNodePtr right);

// The first node against the others: IN, or with `negated` NOT IN (SPARQL 1.1 section 17.4.1.9).
FunctionNodePtr make_membership(FunctionScope& scope, FunctionNodePtr needle,
                                std::vector<FunctionNodePtr> members, bool negated);

}  // namespace dossier::engine
