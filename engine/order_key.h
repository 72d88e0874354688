#pragma once

#include <string>

#include "engine/function_cell.h"
#include "engine/function_scope.h"

namespace dossier::engine {

// Appends bytes that compare, bytewise, as rdf/value_order.h's order_by_compare() does, for an
// error or unbound cell too; no key is the beginning of another, so keys may stand one behind the
// other. Numbers that differ only beyond some 150 bits share a key.
void append_order_key(std::string& out, FunctionScope& scope, const Cell& cell);

// Turns the order of the key from `begin` on around.
void invert_order_key(std::string& key, std::size_t begin);

}  // namespace dossier::engine
