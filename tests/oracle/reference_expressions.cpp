#include "tests/oracle/reference_evaluator.h"

#include <string>
#include <vector>

#include "tests/oracle/reference_functions.h"
#include "tests/oracle/reference_values.h"

// Expressions of the reference evaluator: an error is nothing.
namespace dossier::oracle {

using Id = ReferenceEvaluator::Id;
using Solution = ReferenceEvaluator::Solution;

std::optional<Id> ReferenceEvaluator::intern(const std::optional<Term>& term) {
    if (!term) return std::nullopt;
    return data_.terms.intern(*term);
}

bool ReferenceEvaluator::all_true(const std::vector<Expression>& conditions,
                                  const Solution& solution, const Scope& scope) {
    for (const Expression& condition : conditions)
        if (!truth(condition, solution, scope).value_or(false)) return false;
    return true;
}

std::optional<bool> ReferenceEvaluator::truth(const Expression& one, const Solution& solution,
                                              const Scope& scope) {
    const auto id = value(one, solution, scope);
    if (!id) return std::nullopt;
    return truth_of(data_.terms.term(*id));
}

std::optional<Id> ReferenceEvaluator::value(const Expression& one, const Solution& solution,
                                            const Scope& scope) {
    using F = Function;
    const auto boolean = [&](std::optional<bool> value) -> std::optional<Id> {
        if (!value) return std::nullopt;
        return data_.terms.intern(Term::boolean(*value));
    };
    const auto text = [&](std::string value) {
        return data_.terms.intern(Term::literal(std::move(value)));
    };
    const auto argument = [&](std::size_t i) { return value(one.arguments[i], solution, scope); };
    spend(1);
    switch (one.function) {
        case F::variable: {
            Id id = solution[one.variable];
            if (id == 0) id = scope.outer[one.variable];
            return id == 0 ? std::nullopt : std::optional(id);
        }
        case F::constant:
            return data_.terms.intern(one.term);
        case F::bound: {
            const Variable variable = one.arguments[0].variable;
            return boolean(solution[variable] != 0 || scope.outer[variable] != 0);
        }
        case F::exists:
        case F::not_exists: {
            const bool any =
                !of(one.pattern[0], {scope.graph, merged(solution, scope.outer)}).empty();
            return boolean(any == (one.function == F::exists));
        }
        case F::logical_and:
        case F::logical_or: {
            const bool decisive = one.function == F::logical_or;
            bool error = false;
            for (const Expression& part : one.arguments) {
                const auto known = truth(part, solution, scope);
                if (known && *known == decisive) return boolean(decisive);
                error = error || !known;
            }
            if (error) return std::nullopt;
            return boolean(!decisive);
        }
        case F::logical_not: {
            const auto known = truth(one.arguments[0], solution, scope);
            return known ? boolean(!*known) : std::nullopt;
        }
        case F::if_: {
            const auto known = truth(one.arguments[0], solution, scope);
            return known ? argument(*known ? 1 : 2) : std::nullopt;
        }
        case F::coalesce:
            for (std::size_t i = 0; i < one.arguments.size(); ++i)
                if (const auto id = argument(i)) return id;
            return std::nullopt;
        case F::in:
        case F::not_in: {
            const auto first = argument(0);
            if (!first) return std::nullopt;
            bool error = false;
            for (std::size_t i = 1; i < one.arguments.size(); ++i) {
                const auto other = argument(i);
                const auto same = other ? equal(data_.terms.term(*first), data_.terms.term(*other))
                                        : std::nullopt;
                if (same && *same) return boolean(one.function == F::in);
                error = error || !same;
            }
            if (error) return std::nullopt;
            return boolean(one.function == F::not_in);
        }
        case F::concat: {
            std::string out;
            bool same = true;
            std::vector<Term> parts;
            for (std::size_t i = 0; i < one.arguments.size(); ++i) {
                const auto id = argument(i);
                if (!id) return std::nullopt;
                parts.push_back(data_.terms.term(*id));
                if (!is_text(parts.back())) return std::nullopt;
                out += parts.back().text();
                same = same && parts.back().language() == parts.front().language() &&
                       parts.back().direction() == parts.front().direction();
            }
            if (!same || parts.empty()) return text(out);
            return data_.terms.intern(text_like(out, parts.front()));
        }
        default:
            break;
    }
    // The rest are functions of values: any error is theirs.
    std::vector<Term> terms;
    for (std::size_t i = 0; i < one.arguments.size(); ++i) {
        const auto id = argument(i);
        if (!id) return std::nullopt;
        terms.push_back(data_.terms.term(*id));
    }
    const Term& a = terms[0];
    const Term& b = terms.size() > 1 ? terms[1] : terms[0];
    const auto inverted = [](std::optional<bool> value) {
        return value ? std::optional(!*value) : value;
    };
    // a <= b is "a < b or a = b", an error where both are.
    const auto at_most = [](const Term& x, const Term& y) -> std::optional<bool> {
        const auto below = less(x, y);
        if (!below) return std::nullopt;
        if (*below) return true;
        return equal(x, y);
    };
    switch (one.function) {
        case F::equal:
            return boolean(equal(a, b));
        case F::not_equal:
            return boolean(inverted(equal(a, b)));
        case F::less:
            return boolean(less(a, b));
        case F::greater:
            return boolean(less(b, a));
        case F::less_equal:
            return boolean(at_most(a, b));
        case F::greater_equal:
            return boolean(at_most(b, a));
        case F::add:
            return intern(arithmetic('+', a, b));
        case F::subtract:
            return intern(arithmetic('-', a, b));
        case F::multiply:
            return intern(arithmetic('*', a, b));
        case F::divide:
            return intern(arithmetic('/', a, b));
        case F::negate:
            return intern(negated(a));
        case F::abs:
            return intern(absolute(a));
        case F::same_term:
            return boolean(a == b);
        case F::str:
            return intern(text_of(a));
        case F::lang:
            if (!a.is_literal()) return std::nullopt;
            return text(std::string(a.language()));
        case F::datatype:
            if (!a.is_literal()) return std::nullopt;
            return data_.terms.intern(Term::iri(std::string(a.datatype())));
        case F::is_iri:
            return boolean(a.is_iri());
        case F::is_blank:
            return boolean(a.is_blank_node());
        case F::is_literal:
            return boolean(a.is_literal());
        case F::is_numeric:
            return boolean(is_number(a));
        case F::is_triple:
            return boolean(a.is_triple());
        case F::strlen:
            if (!is_text(a)) return std::nullopt;
            return data_.terms.intern(
                Term::integer(static_cast<std::int64_t>(length_of(std::string(a.text())))));
        case F::ucase:
            if (!is_text(a)) return std::nullopt;
            return data_.terms.intern(text_like(upper(a), a));
        case F::contains:
            if (!are_compatible(a, b)) return std::nullopt;
            return boolean(a.text().find(b.text()) != std::string_view::npos);
        case F::str_starts:
            if (!are_compatible(a, b)) return std::nullopt;
            return boolean(a.text().starts_with(b.text()));
        case F::subject:
            if (!a.is_triple()) return std::nullopt;
            return data_.terms.intern(a.subject());
        case F::predicate:
            if (!a.is_triple()) return std::nullopt;
            return data_.terms.intern(a.predicate());
        case F::object:
            if (!a.is_triple()) return std::nullopt;
            return data_.terms.intern(a.object());
        case F::triple:
            if (!(a.is_iri() || a.is_blank_node()) || !b.is_iri()) return std::nullopt;
            return data_.terms.intern(Term::triple(a, b, terms[2]));
        default:
            return intern(function_value(one.function, terms));
    }
}

}  // namespace dossier::oracle
