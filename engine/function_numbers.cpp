#include "engine/function_arithmetic.h"
#include "engine/function_table.h"

// Functions on numbers: SPARQL 1.1 section 17.4.4, and the signs.

namespace dossier::engine {

namespace {

template <Cell (*function)(FunctionScope&, const Cell&)>
Cell unary(FunctionScope& scope, std::span<const Cell> arguments) {
    return function(scope, arguments[0]);
}

}  // namespace

ScalarEntry number_function(ExpressionOperator op) {
    using Op = ExpressionOperator;
    switch (op) {
        case Op::plus:
            return {unary<affirm>, false};
        case Op::minus:
            return {unary<negate>, false};
        case Op::abs:
            return {unary<absolute>, false};
        case Op::ceil:
            return {unary<ceiling>, false};
        case Op::floor:
            return {unary<floor>, false};
        case Op::round:
            return {unary<round>, false};
        default:
            return {};
    }
}

}  // namespace dossier::engine
