#pragma once

#include <functional>
#include <vector>

#include "engine/algebra.h"

// Generic walks over algebra trees, for the passes and the planner.

namespace dossier::engine {

// The node's direct inputs.
std::vector<AlgebraPtr> children(const Algebra& algebra);
// The expressions that stand in the node itself.
std::vector<ExpressionPtr> expressions(const Algebra& algebra);

// Rebuilds a node with each direct input replaced; gives back the very node where nothing changed.
using AlgebraRewrite = std::function<AlgebraPtr(const AlgebraPtr&)>;
AlgebraPtr map_children(const AlgebraPtr& algebra, const AlgebraRewrite& rewrite);
// The same for the expressions of the node itself.
using ExpressionRewrite = std::function<ExpressionPtr(const ExpressionPtr&)>;
AlgebraPtr map_expressions(const AlgebraPtr& algebra, const ExpressionRewrite& rewrite);
// Rebuilds an expression with each argument replaced.
ExpressionPtr map_arguments(const ExpressionPtr& expression, const ExpressionRewrite& rewrite);

// Every variable written anywhere in the tree, hidden ones and those in expressions included,
// repeatedly.
void for_each_mentioned_variable(const Algebra& algebra,
                                 const std::function<void(Variable)>& visit);

// Whether all expressions in the tree are.
bool is_deterministic(const Algebra& algebra);

// Puts terms in the place of variables wherever they are visible: in patterns, expressions and, as
// a value, in projections.
using Substitution = std::vector<std::pair<Variable, Term>>;
AlgebraPtr substitute(const AlgebraPtr& algebra, const Substitution& values);
ExpressionPtr substitute(const ExpressionPtr& expression, const Substitution& values);

}  // namespace dossier::engine
