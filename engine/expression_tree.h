#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <dossier/term.h>

#include "engine/variables.h"
#include "parser/sparql_syntax.h"

// Expressions with variables resolved to their scope. Immutable and shared.

namespace dossier::engine {

struct Algebra;
using AlgebraPtr = std::shared_ptr<const Algebra>;

// The operators and functions are those of the syntax tree; aggregates never occur here: the
// translation has put a variable of the Group node in their place.
using ExpressionOperator = sparql::Operator;

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct Expression {
    enum class Kind : std::uint8_t {
        constant,   // `term`
        variable,   // `variable`
        operation,  // `op` over `arguments`; for call `term` is the function's IRI; for exists
                    // and not_exists `pattern`
    };
    Kind kind = Kind::constant;
    ExpressionOperator op = ExpressionOperator::node;
    Variable variable = 0;
    Term term;
    std::vector<ExpressionPtr> arguments;
    // For sum and product, one a argument: subtracted, or divided by.
    std::vector<bool> inverted;
    AlgebraPtr pattern;

    bool is_exists() const {
        return kind == Kind::operation &&
               (op == ExpressionOperator::exists || op == ExpressionOperator::not_exists);
    }
};

ExpressionPtr make_constant(Term term);
ExpressionPtr make_variable(Variable variable);
ExpressionPtr make_operation(ExpressionOperator op, std::vector<ExpressionPtr> arguments);

// Calls `visit` for every variable that the expression's value may depend on, repeatedly for those
// that occur repeatedly. Of an EXISTS pattern: all its visible variables, and all in its
// expressions.
void for_each_variable(const Expression& expression, const std::function<void(Variable)>& visit);
bool contains_exists(const Expression& expression);
// Whether they are built alike. Expressions with EXISTS are not compared: false.
bool is_same(const Expression& a, const Expression& b);
// Whether two evaluations on one row give the same term: false for RAND, UUID, STRUUID, BNODE and
// calls of functions the host registered.
bool is_deterministic(const Expression& expression);

}  // namespace dossier::engine
