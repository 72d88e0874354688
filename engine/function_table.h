#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/expression_tree.h"
#include "engine/function_cell.h"
#include "engine/function_scope.h"

// The functions that need all their arguments, one row at a time. Arguments are never errors: with
// one of them the result is an error, and the function is not called.

namespace dossier::engine {

using ScalarFunction = Cell (*)(FunctionScope& scope, std::span<const Cell> arguments);

struct ScalarEntry {
    ScalarFunction function = nullptr;
    // Reads its arguments' text: they are decoded together before, and answers are remembered.
    bool reads_text = false;
};

// The function of an operator; without a function where it is none of these.
ScalarEntry scalar_function(ExpressionOperator op);
// A function or cast by its IRI, for so many arguments; without a function where there is none.
ScalarEntry scalar_function(std::string_view iri, std::size_t arguments);

// ---- By file, each taking the operators it knows --------------------------------------------

ScalarEntry term_function(ExpressionOperator op);    // function_terms.cpp
ScalarEntry string_function(ExpressionOperator op);  // function_strings.cpp
ScalarEntry number_function(ExpressionOperator op);  // function_numbers.cpp
ScalarEntry date_function(ExpressionOperator op);    // function_dates.cpp
ScalarEntry digest_function(ExpressionOperator op);  // function_digests.cpp
ScalarEntry cast_function(std::string_view iri);     // function_casts.cpp
ScalarEntry date_function(std::string_view iri);     // function_dates.cpp

}  // namespace dossier::engine
