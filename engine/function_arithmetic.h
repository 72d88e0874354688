#pragma once

#include "engine/function_cell.h"
#include "engine/function_scope.h"

// The arithmetic of SPARQL 1.1 section 17.3 after XPath's promotion rules, with dates and durations
// as in XPath F&O 3.1 sections 8 and 9. An error where operands have the wrong type, where an exact
// result has too many digits, and for an exact division by zero.

namespace dossier::engine {

Cell add(FunctionScope& scope, const Cell& a, const Cell& b);
Cell subtract(FunctionScope& scope, const Cell& a, const Cell& b);
Cell multiply(FunctionScope& scope, const Cell& a, const Cell& b);
// Of two integers a decimal.
Cell divide(FunctionScope& scope, const Cell& a, const Cell& b);
Cell negate(FunctionScope& scope, const Cell& a);
// Unary plus: the number itself, or an error.
Cell affirm(FunctionScope& scope, const Cell& a);

// ABS, CEIL, FLOOR, ROUND: keep the type, integer subtypes become xsd:integer.
Cell absolute(FunctionScope& scope, const Cell& a);
Cell ceiling(FunctionScope& scope, const Cell& a);
Cell floor(FunctionScope& scope, const Cell& a);
Cell round(FunctionScope& scope, const Cell& a);

// Whether the value is a number (an ill-typed one is not).
bool is_number(FunctionScope& scope, const Cell& cell);

}  // namespace dossier::engine
