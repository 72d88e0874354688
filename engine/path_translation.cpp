#include "engine/path_translation.h"

#include <memory>
#include <utility>
#include <vector>

namespace dossier::engine {

namespace {

using SyntaxPath = sparql::PropertyPath;
using Op = sparql::PathOperator;

PropertyPathPtr make_path(PropertyPath::Kind kind, std::vector<PropertyPathPtr> parts) {
    auto path = std::make_shared<PropertyPath>();
    path->kind = kind;
    path->parts = std::move(parts);
    return path;
}

// A path inside a closure, where only its set of pairs matters.
PropertyPathPtr convert(const sparql::Symbols& symbols, const SyntaxPath& path) {
    const auto convert_parts = [&] {
        std::vector<PropertyPathPtr> parts;
        for (const SyntaxPath& part : path.parts) parts.push_back(convert(symbols, part));
        return parts;
    };
    switch (path.op) {
        case Op::predicate: {
            auto link = std::make_shared<PropertyPath>();
            link->predicate = symbols.term(path.predicate);
            return link;
        }
        case Op::inverse:
            return make_path(PropertyPath::Kind::inverse, convert_parts());
        case Op::sequence:
            return make_path(PropertyPath::Kind::sequence, convert_parts());
        case Op::alternative:
            return make_path(PropertyPath::Kind::alternative, convert_parts());
        case Op::zero_or_more:
            return make_path(PropertyPath::Kind::zero_or_more, convert_parts());
        case Op::one_or_more:
            return make_path(PropertyPath::Kind::one_or_more, convert_parts());
        case Op::zero_or_one:
            return make_path(PropertyPath::Kind::zero_or_one, convert_parts());
        case Op::repeat: {
            const PropertyPathPtr part = convert(symbols, path.parts.front());
            std::vector<PropertyPathPtr> steps(path.least, part);
            if (!path.most) {
                steps.push_back(make_path(PropertyPath::Kind::zero_or_more, {part}));
            } else {
                const PropertyPathPtr maybe = make_path(PropertyPath::Kind::zero_or_one, {part});
                for (std::uint32_t i = path.least; i < *path.most; ++i) steps.push_back(maybe);
            }
            return make_path(PropertyPath::Kind::sequence, std::move(steps));
        }
        case Op::negated: {
            auto negated = std::make_shared<PropertyPath>();
            negated->kind = PropertyPath::Kind::negated;
            // !() excludes nothing, forwards.
            negated->has_forward = path.parts.empty();
            for (const SyntaxPath& part : path.parts) {
                const bool inverse = part.op == Op::inverse;
                const SyntaxPath& link = inverse ? part.parts.front() : part;
                (inverse ? negated->has_backward : negated->has_forward) = true;
                (inverse ? negated->backward : negated->forward)
                    .push_back(symbols.term(link.predicate));
            }
            return negated;
        }
    }
    return nullptr;
}

class PathTranslation {
  public:
    PathTranslation(const sparql::Symbols& symbols, Variables& variables)
        : symbols_(symbols), variables_(variables) {}

    AlgebraPtr translate(const PatternTerm& subject, const SyntaxPath& path,
                         const PatternTerm& object) {
        switch (path.op) {
            case Op::predicate:
                return make_algebra(
                    BasicPattern{{{subject, {symbols_.term(path.predicate)}, object}}});
            case Op::inverse:
                return translate(object, path.parts.front(), subject);
            case Op::sequence: {
                std::vector<const SyntaxPath*> steps;
                for (const SyntaxPath& part : path.parts) steps.push_back(&part);
                return sequence(subject, steps, object, nullptr);
            }
            case Op::alternative: {
                Union alternatives;
                for (const SyntaxPath& part : path.parts)
                    alternatives.parts.push_back(translate(subject, part, object));
                return make_algebra(std::move(alternatives));
            }
            case Op::zero_or_more:
            case Op::one_or_more:
            case Op::zero_or_one:
                return make_algebra(PathPattern{subject, convert(symbols_, path), object});
            case Op::repeat:
                return repeat(subject, path, object);
            case Op::negated:
                return negated(subject, path, object);
        }
        return nullptr;
    }

  private:
    // Joins the steps over fresh variables; `tail`, where given, is one more step.
    AlgebraPtr sequence(const PatternTerm& subject, const std::vector<const SyntaxPath*>& steps,
                        const PatternTerm& object, const PropertyPathPtr& tail) {
        Join join;
        PatternTerm from = subject;
        const std::size_t count = steps.size() + (tail ? 1 : 0);
        for (std::size_t i = 0; i < count; ++i) {
            const PatternTerm to = i + 1 == count ? object : PatternTerm{variables_.fresh()};
            join.parts.push_back(i < steps.size() ? translate(from, *steps[i], to)
                                                  : make_algebra(PathPattern{from, tail, to}));
            from = to;
        }
        return join.parts.size() == 1 ? join.parts.front() : make_algebra(std::move(join));
    }

    AlgebraPtr repeat(const PatternTerm& subject, const SyntaxPath& path,
                      const PatternTerm& object) {
        const SyntaxPath& step = path.parts.front();
        const std::vector<const SyntaxPath*> steps(path.least, &step);
        PropertyPathPtr tail;
        if (!path.most) {
            tail = make_path(PropertyPath::Kind::zero_or_more, {convert(symbols_, step)});
        } else if (*path.most > path.least || path.least == 0) {
            const PropertyPathPtr maybe =
                make_path(PropertyPath::Kind::zero_or_one, {convert(symbols_, step)});
            tail = make_path(PropertyPath::Kind::sequence,
                             std::vector<PropertyPathPtr>(*path.most - path.least, maybe));
        }
        return sequence(subject, steps, object, tail);
    }

    // One solution for each triple whose predicate is none of the listed ones.
    AlgebraPtr negated(const PatternTerm& subject, const SyntaxPath& path,
                       const PatternTerm& object) {
        const PropertyPathPtr set = convert(symbols_, path);
        Union directions;
        const auto add = [&](const PatternTerm& from, const std::vector<Term>& excluded,
                             const PatternTerm& to) {
            const Variable predicate = variables_.fresh();
            const AlgebraPtr pattern = make_algebra(BasicPattern{{{from, {predicate}, to}}});
            std::vector<ExpressionPtr> conditions;
            for (const Term& term : excluded) {
                const ExpressionPtr same = make_operation(
                    ExpressionOperator::same_term, {make_variable(predicate), make_constant(term)});
                conditions.push_back(make_operation(ExpressionOperator::logical_not, {same}));
            }
            directions.parts.push_back(conditions.empty()
                                           ? pattern
                                           : make_algebra(Filter{std::move(conditions), pattern}));
        };
        if (set->has_forward) add(subject, set->forward, object);
        if (set->has_backward) add(object, set->backward, subject);
        return directions.parts.size() == 1 ? directions.parts.front()
                                            : make_algebra(std::move(directions));
    }

    const sparql::Symbols& symbols_;
    Variables& variables_;
};

}  // namespace

AlgebraPtr translate_path(const sparql::Symbols& symbols, const PatternTerm& subject,
                          const sparql::PropertyPath& path, const PatternTerm& object,
                          Variables& variables) {
    return PathTranslation(symbols, variables).translate(subject, path, object);
}

}  // namespace dossier::engine
