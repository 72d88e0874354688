#include "engine/algebra_walk.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace dossier::engine {

namespace {

template <typename Node>
concept HasInput = requires(const Node& node) {
    node.input;
};
template <typename Node>
concept HasParts = std::is_same_v<Node, Join> || std::is_same_v<Node, Union>;
template <typename Node>
concept HasSides = requires(const Node& node) {
    node.left;
    node.right;
};

// Calls `visit` with each direct input of a node, constant or not.
template <typename Node, typename Visit>
void visit_inputs(Node& node, const Visit& visit) {
    using Plain = std::remove_const_t<Node>;
    if constexpr (HasInput<Plain>) visit(node.input);
    if constexpr (HasParts<Plain>)
        for (auto& part : node.parts) visit(part);
    if constexpr (HasSides<Plain>) {
        visit(node.left);
        visit(node.right);
    }
}

template <typename Node, typename Visit>
void visit_expressions(Node& node, const Visit& visit) {
    using Plain = std::remove_const_t<Node>;
    if constexpr (std::is_same_v<Plain, LeftJoin> || std::is_same_v<Plain, Filter>)
        for (auto& condition : node.conditions) visit(condition);
    if constexpr (std::is_same_v<Plain, Extend>)
        for (auto& [variable, expression] : node.assignments) visit(expression);
    if constexpr (std::is_same_v<Plain, Group>)
        for (auto& aggregate : node.aggregates)
            if (aggregate.argument) visit(aggregate.argument);
    if constexpr (std::is_same_v<Plain, OrderBy>)
        for (auto& condition : node.conditions) visit(condition.expression);
}

void mention(const TriplePattern& pattern, const std::function<void(Variable)>& visit);

void mention(const PatternTerm& term, const std::function<void(Variable)>& visit) {
    if (const Variable* variable = term.variable()) visit(*variable);
    if (const TriplePattern* triple = term.triple()) mention(*triple, visit);
}

void mention(const TriplePattern& pattern, const std::function<void(Variable)>& visit) {
    mention(pattern.subject, visit);
    mention(pattern.predicate, visit);
    mention(pattern.object, visit);
}

template <typename Node>
void mention_own(const Node& node, const std::function<void(Variable)>& visit) {
    if constexpr (std::is_same_v<Node, BasicPattern>)
        for (const TriplePattern& triple : node.triples) mention(triple, visit);
    if constexpr (std::is_same_v<Node, PathPattern>) {
        mention(node.subject, visit);
        mention(node.object, visit);
    }
    if constexpr (std::is_same_v<Node, Extend>)
        for (const auto& [variable, expression] : node.assignments) visit(variable);
    if constexpr (std::is_same_v<Node, Values> || std::is_same_v<Node, Project>)
        for (const Variable variable : node.variables) visit(variable);
    if constexpr (std::is_same_v<Node, Graph>)
        if (const Variable* variable = std::get_if<Variable>(&node.name)) visit(*variable);
    if constexpr (std::is_same_v<Node, Service>) {
        mention(node.endpoint, visit);
        for (const Variable variable : node.variables) visit(variable);
    }
    if constexpr (std::is_same_v<Node, Group>) {
        for (const Variable key : node.keys) visit(key);
        for (const Aggregate& aggregate : node.aggregates) visit(aggregate.target);
    }
}

}  // namespace

std::vector<AlgebraPtr> children(const Algebra& algebra) {
    std::vector<AlgebraPtr> out;
    std::visit(
        [&](const auto& node) {
            visit_inputs(node, [&](const AlgebraPtr& input) { out.push_back(input); });
        },
        algebra.node);
    return out;
}

std::vector<ExpressionPtr> expressions(const Algebra& algebra) {
    std::vector<ExpressionPtr> out;
    std::visit(
        [&](const auto& node) {
            visit_expressions(node, [&](const ExpressionPtr& one) { out.push_back(one); });
        },
        algebra.node);
    return out;
}

AlgebraPtr map_children(const AlgebraPtr& algebra, const AlgebraRewrite& rewrite) {
    std::vector<AlgebraPtr> inputs = children(*algebra);
    bool changed = false;
    for (AlgebraPtr& input : inputs) {
        AlgebraPtr rewritten = rewrite(input);
        changed = changed || rewritten != input;
        input = std::move(rewritten);
    }
    if (!changed) return algebra;
    auto copy = std::make_shared<Algebra>(*algebra);
    std::size_t next = 0;
    std::visit(
        [&](auto& node) {
            visit_inputs(node, [&](AlgebraPtr& input) { input = std::move(inputs[next++]); });
        },
        copy->node);
    return copy;
}

AlgebraPtr map_expressions(const AlgebraPtr& algebra, const ExpressionRewrite& rewrite) {
    std::vector<ExpressionPtr> own = expressions(*algebra);
    bool changed = false;
    for (ExpressionPtr& expression : own) {
        ExpressionPtr rewritten = rewrite(expression);
        changed = changed || rewritten != expression;
        expression = std::move(rewritten);
    }
    if (!changed) return algebra;
    auto copy = std::make_shared<Algebra>(*algebra);
    std::size_t next = 0;
    std::visit(
        [&](auto& node) {
            visit_expressions(node, [&](ExpressionPtr& one) { one = std::move(own[next++]); });
        },
        copy->node);
    return copy;
}

ExpressionPtr map_arguments(const ExpressionPtr& expression, const ExpressionRewrite& rewrite) {
    std::vector<ExpressionPtr> arguments = expression->arguments;
    bool changed = false;
    for (ExpressionPtr& argument : arguments) {
        ExpressionPtr rewritten = rewrite(argument);
        changed = changed || rewritten != argument;
        argument = std::move(rewritten);
    }
    if (!changed) return expression;
    auto copy = std::make_shared<Expression>(*expression);
    copy->arguments = std::move(arguments);
    return copy;
}

void for_each_mentioned_variable(const Algebra& algebra,
                                 const std::function<void(Variable)>& visit) {
    std::visit([&](const auto& node) { mention_own(node, visit); }, algebra.node);
    for (const ExpressionPtr& expression : expressions(algebra))
        for_each_variable(*expression, visit);
    for (const AlgebraPtr& input : children(algebra)) for_each_mentioned_variable(*input, visit);
}

bool is_deterministic(const Algebra& algebra) {
    for (const ExpressionPtr& expression : expressions(algebra))
        if (!is_deterministic(*expression)) return false;
    for (const AlgebraPtr& input : children(algebra))
        if (!is_deterministic(*input)) return false;
    return true;
}

}  // namespace dossier::engine
