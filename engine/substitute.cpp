#include <algorithm>
#include <utility>

#include "engine/algebra_walk.h"

namespace dossier::engine {

namespace {

const Term* value_for(const Substitution& values, Variable variable) {
    for (const auto& [name, term] : values)
        if (name == variable) return &term;
    return nullptr;
}

PatternTerm replaced(const PatternTerm& term, const Substitution& values);

TriplePattern replaced(const TriplePattern& pattern, const Substitution& values) {
    return {replaced(pattern.subject, values), replaced(pattern.predicate, values),
            replaced(pattern.object, values)};
}

// A triple-term pattern whose places are all terms is a term.
std::optional<Term> as_term(const TriplePattern& pattern) {
    if (pattern.subject.term() == nullptr || pattern.predicate.term() == nullptr ||
        pattern.object.term() == nullptr)
        return std::nullopt;
    return Term::triple(*pattern.subject.term(), *pattern.predicate.term(), *pattern.object.term());
}

PatternTerm replaced(const PatternTerm& term, const Substitution& values) {
    if (const Variable* variable = term.variable()) {
        const Term* value = value_for(values, *variable);
        return value != nullptr ? PatternTerm{*value} : term;
    }
    if (const TriplePattern* triple = term.triple()) {
        TriplePattern inner = replaced(*triple, values);
        if (auto whole = as_term(inner)) return {*std::move(whole)};
        return {std::make_shared<const TriplePattern>(std::move(inner))};
    }
    return term;
}

// The values a projection shows or a group is keyed by are put below it.
AlgebraPtr with_values(AlgebraPtr input, const std::vector<Variable>& variables,
                       const Substitution& values) {
    Extend extend{std::move(input), {}};
    for (const Variable variable : variables)
        if (const Term* value = value_for(values, variable))
            extend.assignments.emplace_back(variable, make_constant(*value));
    if (extend.assignments.empty()) return extend.input;
    return make_algebra(std::move(extend));
}

AlgebraPtr replaced_values(const Values& node, const Substitution& values) {
    Values out;
    std::vector<std::size_t> kept;
    for (std::size_t column = 0; column < node.variables.size(); ++column) {
        if (value_for(values, node.variables[column]) != nullptr) continue;
        kept.push_back(column);
        out.variables.push_back(node.variables[column]);
    }
    for (std::size_t row = 0; row < node.row_count; ++row) {
        const auto cell = [&](std::size_t column) {
            return node.cells[row * node.variables.size() + column];
        };
        bool compatible = true;
        for (std::size_t column = 0; column < node.variables.size(); ++column) {
            const Term* value = value_for(values, node.variables[column]);
            compatible =
                compatible && (value == nullptr || !cell(column) || *cell(column) == *value);
        }
        if (!compatible) continue;
        for (const std::size_t column : kept) out.cells.push_back(cell(column));
        ++out.row_count;
    }
    return make_algebra(std::move(out));
}

}  // namespace

ExpressionPtr substitute(const ExpressionPtr& expression, const Substitution& values) {
    if (expression->kind == Expression::Kind::variable) {
        const Term* value = value_for(values, expression->variable);
        return value != nullptr ? make_constant(*value) : expression;
    }
    // BOUND of a replaced variable is true.
    if (expression->kind == Expression::Kind::operation &&
        expression->op == ExpressionOperator::bound) {
        const Expression& argument = *expression->arguments.front();
        if (argument.kind == Expression::Kind::variable &&
            value_for(values, argument.variable) != nullptr)
            return make_constant(Term::boolean(true));
        return expression;
    }
    ExpressionPtr out = map_arguments(
        expression, [&](const ExpressionPtr& argument) { return substitute(argument, values); });
    if (out->pattern) {
        auto copy = std::make_shared<Expression>(*out);
        copy->pattern = substitute(out->pattern, values);
        out = std::move(copy);
    }
    return out;
}

AlgebraPtr substitute(const AlgebraPtr& algebra, const Substitution& values) {
    if (values.empty()) return algebra;
    if (const auto* node = algebra->as<BasicPattern>()) {
        BasicPattern out;
        for (const TriplePattern& triple : node->triples)
            out.triples.push_back(replaced(triple, values));
        return make_algebra(std::move(out));
    }
    if (const auto* node = algebra->as<PathPattern>())
        return make_algebra(PathPattern{replaced(node->subject, values), node->path,
                                        replaced(node->object, values)});
    if (const auto* node = algebra->as<Values>()) return replaced_values(*node, values);
    const AlgebraPtr below = map_expressions(
        map_children(algebra, [&](const AlgebraPtr& input) { return substitute(input, values); }),
        [&](const ExpressionPtr& expression) { return substitute(expression, values); });
    if (const auto* node = below->as<Graph>()) {
        const Variable* name = std::get_if<Variable>(&node->name);
        const Term* value = name != nullptr ? value_for(values, *name) : nullptr;
        return value != nullptr ? make_algebra(Graph{*value, node->input}) : below;
    }
    if (const auto* node = below->as<Service>()) {
        Service out = *node;
        out.endpoint = replaced(node->endpoint, values);
        out.variables.clear();
        out.names.clear();
        for (std::size_t i = 0; i < node->variables.size(); ++i) {
            const Term* value = value_for(values, node->variables[i]);
            if (value != nullptr)
                out.fixed.emplace_back(node->names[i], *value);
            else
                out.variables.push_back(node->variables[i]), out.names.push_back(node->names[i]);
        }
        return make_algebra(std::move(out));
    }
    if (const auto* node = below->as<Extend>()) {
        // BIND to a replaced variable keeps the solutions in which it has that very value.
        AlgebraPtr out = node->input;
        for (const auto& [variable, value] : node->assignments) {
            const Term* fixed = value_for(values, variable);
            if (fixed != nullptr)
                out = make_algebra(Filter{
                    {make_operation(ExpressionOperator::same_term, {value, make_constant(*fixed)})},
                    out});
            else
                out = make_algebra(Extend{out, {{variable, value}}});
        }
        return out;
    }
    if (const auto* node = below->as<Project>())
        return make_algebra(
            Project{with_values(node->input, node->variables, values), node->variables});
    if (const auto* node = below->as<Group>()) {
        Group out = *node;
        out.input = with_values(node->input, node->keys, values);
        return make_algebra(std::move(out));
    }
    return below;
}

}  // namespace dossier::engine
