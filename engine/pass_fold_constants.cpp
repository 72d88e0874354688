#include "engine/algebra_walk.h"
#include "engine/expression_evaluator.h"
#include "engine/passes.h"

namespace dossier::engine {

namespace {

bool foldable(const Expression& expression) {
    if (expression.kind == Expression::Kind::variable || expression.pattern) return false;
    if (expression.kind == Expression::Kind::operation) {
        switch (expression.op) {
            case ExpressionOperator::now:
            case ExpressionOperator::bound:
            case ExpressionOperator::rand:
            case ExpressionOperator::uuid:
            case ExpressionOperator::struuid:
            case ExpressionOperator::bnode:
            case ExpressionOperator::call:
                return false;
            default:
                break;
        }
    }
    for (const ExpressionPtr& argument : expression.arguments)
        if (!foldable(*argument)) return false;
    return true;
}

ExpressionPtr fold(const ExpressionPtr& expression, const std::string& base,
                   StopQuestion* question) {
    if (question != nullptr) question->step();
    if (expression->kind != Expression::Kind::operation) return expression;
    if (foldable(*expression)) {
        if (auto value = evaluate_constant(*expression, base, question))
            return make_constant(*std::move(value));
        return expression;
    }
    ExpressionPtr out = map_arguments(
        expression, [&](const ExpressionPtr& argument) { return fold(argument, base, question); });
    if (out->pattern) {
        auto copy = std::make_shared<Expression>(*out);
        copy->pattern = fold_constants(out->pattern, base, question);
        out = std::move(copy);
    }
    return out;
}

}  // namespace

AlgebraPtr fold_constants(const AlgebraPtr& algebra, const std::string& base,
                          StopQuestion* question) {
    if (question != nullptr) question->step();
    const AlgebraPtr folded = map_expressions(
        algebra, [&](const ExpressionPtr& expression) { return fold(expression, base, question); });
    return map_children(
        folded, [&](const AlgebraPtr& input) { return fold_constants(input, base, question); });
}

}  // namespace dossier::engine
