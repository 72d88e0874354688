#include "engine/expression_tree.h"

#include <algorithm>
#include <utility>

#include "engine/algebra_walk.h"

namespace dossier::engine {

ExpressionPtr make_constant(Term term) {
    auto expression = std::make_shared<Expression>();
    expression->term = std::move(term);
    return expression;
}

ExpressionPtr make_variable(Variable variable) {
    auto expression = std::make_shared<Expression>();
    expression->kind = Expression::Kind::variable;
    expression->variable = variable;
    return expression;
}

ExpressionPtr make_operation(ExpressionOperator op, std::vector<ExpressionPtr> arguments) {
    auto expression = std::make_shared<Expression>();
    expression->kind = Expression::Kind::operation;
    expression->op = op;
    expression->arguments = std::move(arguments);
    return expression;
}

void for_each_variable(const Expression& expression, const std::function<void(Variable)>& visit) {
    if (expression.kind == Expression::Kind::variable) visit(expression.variable);
    for (const ExpressionPtr& argument : expression.arguments) for_each_variable(*argument, visit);
    if (expression.pattern) for_each_mentioned_variable(*expression.pattern, visit);
}

bool contains_exists(const Expression& expression) {
    if (expression.is_exists()) return true;
    for (const ExpressionPtr& argument : expression.arguments)
        if (contains_exists(*argument)) return true;
    return false;
}

bool is_same(const Expression& a, const Expression& b) {
    if (a.kind != b.kind || a.op != b.op || a.variable != b.variable || a.term != b.term ||
        a.inverted != b.inverted || a.pattern || b.pattern)
        return false;
    return std::equal(
        a.arguments.begin(), a.arguments.end(), b.arguments.begin(), b.arguments.end(),
        [](const ExpressionPtr& one, const ExpressionPtr& other) { return is_same(*one, *other); });
}

bool is_deterministic(const Expression& expression) {
    if (expression.kind == Expression::Kind::operation) {
        switch (expression.op) {
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
        if (!is_deterministic(*argument)) return false;
    return !expression.pattern || is_deterministic(*expression.pattern);
}

}  // namespace dossier::engine
