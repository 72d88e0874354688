#pragma once

#include <random>
#include <string>
#include <vector>

#include "engine/query_executor.h"
#include "fake_snapshot.h"

// Small random data and random queries over it, as algebra.

namespace dossier::testing {

using namespace dossier::engine;

class RandomQueries {
  public:
    explicit RandomQueries(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
    }
    bool chance(double share) { return std::uniform_real_distribution<>(0, 1)(random_) < share; }

    static Term node(std::size_t number) { return Term::iri("http://n/" + std::to_string(number)); }
    static Term predicate(std::size_t number) {
        return Term::iri("http://p/" + std::to_string(number));
    }
    static Term graph(std::size_t number) {
        return Term::iri("http://g/" + std::to_string(number));
    }

    Term object() {
        if (chance(0.3)) return Term::integer(static_cast<std::int64_t>(below(4)));
        if (chance(0.1)) return Term::literal("text");
        if (triple_terms && chance(0.2)) return triple_term();
        return node(below(6));
    }
    Term triple_term() {
        return Term::triple(node(below(4)), predicate(below(3)),
                            chance(0.2) ? Term::integer(1) : node(below(4)));
    }

    void fill(FakeSnapshot& data, std::size_t statements) {
        for (std::size_t i = 0; i < statements; ++i)
            data.add(node(below(6)), predicate(below(3)), object(),
                     chance(0.6) ? Term() : graph(below(3)));
    }

    // A query whose columns are all it binds.
    TranslatedPattern query(std::size_t depth) {
        TranslatedPattern out;
        variables_ = Variables();
        for (std::size_t i = 0; i < variable_count; ++i)
            variables_.add(std::string(1, static_cast<char>('a' + i)));
        AlgebraPtr body = pattern(depth);
        out.variables = variables_;
        const VariableSet visible = visible_variables(*body);
        out.columns = visible.list();
        out.algebra = make_algebra(Project{body, out.columns});
        for (Variable variable = 0; variable < variable_count; ++variable)
            out.visible.push_back(variable);
        return out;
    }

    AlgebraPtr pattern(std::size_t depth) {
        if (depth == 0 || chance(0.25)) return leaf();
        switch (below(12)) {
            case 0:
            case 1: {
                Join join;
                const std::size_t parts = 2 + below(2);
                for (std::size_t i = 0; i < parts; ++i) join.parts.push_back(pattern(depth - 1));
                return make_algebra(std::move(join));
            }
            case 2:
            case 3: {
                LeftJoin join{pattern(depth - 1), pattern(depth - 1), {}};
                if (chance(0.4)) join.conditions.push_back(condition(depth - 1));
                return make_algebra(std::move(join));
            }
            case 4: {
                Union parts;
                parts.parts = {pattern(depth - 1), pattern(depth - 1)};
                return make_algebra(std::move(parts));
            }
            case 5:
                return make_algebra(Minus{pattern(depth - 1), pattern(depth - 1)});
            case 6:
            case 7: {
                Filter filter{{condition(depth - 1)}, pattern(depth - 1)};
                if (chance(0.3)) filter.conditions.push_back(condition(depth - 1));
                return make_algebra(std::move(filter));
            }
            case 8: {
                if (chance(0.4)) return make_algebra(Graph{graph(below(4)), pattern(depth - 1)});
                const AlgebraPtr inside = graph_free_pattern(depth - 1);
                return graph_pattern(variable(), inside, variables_);
            }
            case 9:
                return make_algebra(Lateral{pattern(depth - 1), pattern(depth - 1)});
            case 10: {
                AlgebraPtr input = pattern(depth - 1);
                const VariableSet visible = visible_variables(*input);
                const Variable target = variable();
                // BIND needs a variable that is not in scope; an expression that may fail.
                if (visible.contains(target)) return input;
                return make_algebra(Extend{
                    input,
                    {{target, chance(0.5) ? make_variable(variable()) : make_constant(object())}}});
            }
            default: {
                AlgebraPtr input = pattern(depth - 1);
                std::vector<Variable> kept;
                for (const Variable variable : visible_variables(*input).list())
                    if (chance(0.7)) kept.push_back(variable);
                return make_algebra(Distinct{make_algebra(Project{input, kept}), false});
            }
        }
    }

    bool triple_terms = true;
    bool paths = true;
    std::size_t variable_count = 5;

  private:
    AlgebraPtr graph_free_pattern(std::size_t depth) {
        if (chance(0.3)) return leaf();
        if (chance(0.3)) {
            Join join;
            join.parts = {leaf(), leaf()};
            return make_algebra(std::move(join));
        }
        return pattern(depth);
    }
    Variable variable() { return static_cast<Variable>(below(variable_count)); }
    PatternTerm place(double constant, const Term& term) {
        if (chance(constant)) return {term};
        return {variable()};
    }
    PatternTerm object_place() {
        if (triple_terms && chance(0.15))
            return {std::make_shared<const TriplePattern>(
                TriplePattern{place(0.2, node(below(4))), place(0.5, predicate(below(3))),
                              place(0.2, node(below(4)))})};
        return place(0.3, object());
    }
    AlgebraPtr leaf() {
        if (chance(0.07)) {
            Values values;
            values.variables = {variable()};
            if (chance(0.5)) {
                const Variable second = variable();
                if (second != values.variables[0]) values.variables.push_back(second);
            }
            values.row_count = 1 + below(3);
            for (std::size_t i = 0; i < values.row_count * values.variables.size(); ++i) {
                if (chance(0.2))
                    values.cells.emplace_back();
                else
                    values.cells.emplace_back(chance(0.1) ? Term::literal("unheard of") : object());
            }
            return make_algebra(std::move(values));
        }
        if (paths && chance(0.12))
            return make_algebra(
                PathPattern{place(0.3, node(below(7))), path(2), place(0.3, node(below(7)))});
        BasicPattern basic;
        const std::size_t count = 1 + below(3);
        for (std::size_t i = 0; i < count; ++i)
            basic.triples.push_back(
                {place(0.2, node(below(6))), place(0.8, predicate(below(3))), object_place()});
        return make_algebra(std::move(basic));
    }
    PropertyPathPtr path(std::size_t depth) {
        auto out = std::make_shared<PropertyPath>();
        using Kind = PropertyPath::Kind;
        if (depth == 0 || chance(0.3)) {
            if (chance(0.2)) {
                out->kind = Kind::negated;
                out->has_forward = chance(0.7);
                out->has_backward = !out->has_forward || chance(0.3);
                if (out->has_forward) out->forward = {predicate(below(3))};
                if (out->has_backward) out->backward = {predicate(below(3))};
            } else {
                out->predicate = predicate(below(4));
            }
            return out;
        }
        static constexpr std::array kinds = {
            Kind::inverse,     Kind::sequence,    Kind::alternative,  Kind::zero_or_more,
            Kind::one_or_more, Kind::zero_or_one, Kind::zero_or_more, Kind::one_or_more};
        out->kind = kinds[below(kinds.size())];
        out->parts.push_back(path(depth - 1));
        if (out->kind == Kind::sequence || out->kind == Kind::alternative)
            out->parts.push_back(path(depth - 1));
        return out;
    }

  public:
    ExpressionPtr condition(std::size_t depth) {
        using Op = ExpressionOperator;
        switch (below(depth > 0 ? 8 : 5)) {
            case 0:
                return make_operation(Op::bound, {make_variable(variable())});
            case 1:
                return make_operation(Op::same_term,
                                      {make_variable(variable()), make_constant(object())});
            case 2:
                return make_operation(Op::same_term,
                                      {make_variable(variable()), make_variable(variable())});
            case 3:
                return make_operation(Op::less,
                                      {make_variable(variable()), make_constant(Term::integer(2))});
            case 4:
                return make_operation(Op::logical_not,
                                      {make_operation(Op::same_term, {make_variable(variable()),
                                                                      make_constant(object())})});
            case 5:
                return make_operation(chance(0.5) ? Op::logical_and : Op::logical_or,
                                      {condition(depth - 1), condition(depth - 1)});
            default: {
                auto exists = std::make_shared<Expression>();
                exists->kind = Expression::Kind::operation;
                exists->op = chance(0.5) ? Op::exists : Op::not_exists;
                exists->pattern = pattern(depth - 1);
                return exists;
            }
        }
    }

  private:
    std::mt19937_64 random_;
    Variables variables_;
};

}  // namespace dossier::testing
