#include <array>

#include "tests/oracle/random_queries.h"
#include "tests/oracle/reference_values.h"

// Random expressions over the variables of a pattern.
namespace dossier::oracle {

namespace {

// As in random_queries.cpp: ?v0 ... are bound by patterns.
constexpr std::size_t matched_variables = 8;

}  // namespace

Variable RandomQueries::some(const Variables& visible) {
    if (visible.empty() || chance_.of(0.03))
        return static_cast<Variable>(chance_.below(matched_variables));
    return chance_.one_of(visible);
}

// A constant that a visible variable may be compared with.
Expression RandomQueries::constant_near(const Variables& visible) {
    if (!visible.empty() && chance_.of(0.5)) {
        const auto known = witness_.find(some(visible));
        if (known != witness_.end() && !has_blank_node(known->second))
            return constant_expression(known->second);
    }
    return constant_expression(random_constant(chance_));
}

Expression RandomQueries::operand(std::size_t depth, const Variables& visible,
                                  const Standpoint& where) {
    using F = Function;
    if (depth == 0 || chance_.of(0.3))
        return chance_.of(0.8) ? variable_expression(some(visible)) : constant_near(visible);
    const auto part = [&] { return operand(depth - 1, visible, where); };
    switch (chance_.below(21)) {
        case 0:
            return function(F::str, {part()});
        case 1:
            return function(chance_.of(0.5) ? F::lang : F::datatype, {part()});
        case 2:
            return function(F::strlen, {function(F::str, {part()})});
        case 3:
            return function(F::ucase, {part()});
        case 4:
            return function(F::concat, {function(F::str, {part()}), part()});
        case 5: {
            static constexpr std::array signs = {F::add, F::subtract, F::multiply};
            return function(signs[chance_.below(signs.size())], {part(), part()});
        }
        case 6:
            return function(F::add, {part(), constant_expression(Term::integer(1))});
        case 7:
            return function(F::divide, {part(), constant_expression(Term::integer(
                                                    static_cast<std::int64_t>(chance_.below(5))))});
        case 8:
            return function(chance_.of(0.5) ? F::abs : F::negate, {part()});
        case 9:
            return function(F::if_, {condition(depth - 1, visible, where), part(), part()});
        case 10:
        case 11:
            return function(F::coalesce, {part(), part()});
        case 12: {
            static constexpr std::array names = {F::subject, F::predicate, F::object};
            return function(names[chance_.below(names.size())], {part()});
        }
        case 13:
            return function(F::triple, {variable_expression(some(visible)),
                                        constant_expression(Term::iri("http://p/0")), part()});
        case 14:
        case 15:
        case 16:
        case 17:
        case 18:
            return call(visible, part());
        case 19:
            return condition(depth - 1, visible, where);
        default:
            return variable_expression(some(visible));
    }
}

Expression RandomQueries::condition(std::size_t depth, const Variables& visible,
                                    const Standpoint& where) {
    using F = Function;
    const auto variable = [&] { return variable_expression(some(visible)); };
    const std::size_t limit = depth > 0 ? 18 : 11;
    switch (chance_.below(limit)) {
        case 0:
            return function(F::bound, {variable()});
        case 1:
            return function(F::same_term,
                            {variable(), chance_.of(0.5) ? variable() : constant_near(visible)});
        case 2:
        case 3: {
            static constexpr std::array signs = {F::equal, F::not_equal};
            return function(signs[chance_.below(signs.size())],
                            {operand(1, visible, where),
                             chance_.of(0.4) ? variable() : constant_near(visible)});
        }
        case 4:
        case 5: {
            static constexpr std::array signs = {F::less, F::greater, F::less_equal,
                                                 F::greater_equal};
            return function(signs[chance_.below(signs.size())],
                            {operand(1, visible, where),
                             chance_.of(0.3)   ? variable()
                             : chance_.of(0.5) ? constant_near(visible)
                                               : constant_expression(Term::integer(2))});
        }
        case 6: {
            static constexpr std::array names = {F::is_iri, F::is_blank, F::is_literal,
                                                 F::is_numeric, F::is_triple};
            return function(names[chance_.below(names.size())], {variable()});
        }
        case 7:
            return function(chance_.of(0.5) ? F::in : F::not_in,
                            {operand(1, visible, where), constant_near(visible), variable()});
        case 8:
            return function(chance_.of(0.5) ? F::contains : F::str_starts,
                            {function(F::str, {variable()}),
                             constant_expression(Term::literal(
                                 chance_.of(0.5) ? "http://n/" : (chance_.of(0.5) ? "a" : "1")))});
        case 9:
            return operand(1, visible, where);
        case 10:
            return function(F::logical_not,
                            {function(F::same_term, {variable(), constant_near(visible)})});
        case 11:
        case 12:
            return function(
                chance_.of(0.5) ? F::logical_and : F::logical_or,
                {condition(depth - 1, visible, where), condition(depth - 1, visible, where)});
        case 13:
            return function(F::logical_not, {condition(depth - 1, visible, where)});
        default:
            break;
    }
    Expression out;
    out.function = chance_.of(0.65) ? F::exists : F::not_exists;
    Standpoint inside = where;
    inside.outside.insert(visible.begin(), visible.end());
    const auto known = witness_;
    out.pattern.push_back(node(depth - 1, inside));
    witness_ = known;
    return out;
}

Expression RandomQueries::condition_for(const Node& pattern, std::size_t depth) {
    return condition(depth, visible_variables(pattern), {});
}

}  // namespace dossier::oracle
