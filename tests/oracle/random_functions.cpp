#include <array>

#include "rdf/vocabulary.h"
#include "tests/oracle/random_queries.h"
#include "tests/oracle/reference_dates.h"
#include "tests/oracle/reference_values.h"

// Random calls of the functions of SPARQL 1.2 sections 17.4.2 to 17.5.
namespace dossier::oracle {

namespace {

Expression text_constant(std::string text) {
    return constant_expression(Term::literal(std::move(text)));
}

}  // namespace

Expression RandomQueries::text_call(Expression text) {
    using F = Function;
    const auto one_of = [&](std::initializer_list<const char*> list) {
        return std::string(*(list.begin() + chance_.below(list.size())));
    };
    const auto integer = [&](int least, std::size_t count) {
        return constant_expression(
            Term::integer(least + static_cast<std::int64_t>(chance_.below(count))));
    };
    switch (chance_.below(8)) {
        case 0: {
            Expression out = function(F::substr, {std::move(text), integer(-1, 5)});
            if (chance_.of(0.6)) out.arguments.push_back(integer(-1, 5));
            return out;
        }
        case 1:
        case 2: {
            static constexpr std::array names = {F::str_before, F::str_after, F::str_ends,
                                                 F::contains, F::str_starts};
            Expression part = text_constant(one_of({"a", "b", "", "/", "n", "0", ".", "A"}));
            if (chance_.of(0.25))
                part.term = chance_.of(0.7)
                                ? Term::language_literal(std::string(part.term.text()),
                                                         one_of({"en", "en", "de", "de-at"}))
                                : Term::language_literal(std::string(part.term.text()), "en",
                                                         Direction::left_to_right);
            return function(names[chance_.below(names.size())], {std::move(text), std::move(part)});
        }
        case 3: {
            static constexpr std::array names = {F::lcase, F::ucase, F::encode_for_uri};
            return function(names[chance_.below(names.size())], {std::move(text)});
        }
        case 4: {
            Expression out = function(
                F::regex, {std::move(text),
                           text_constant(one_of({"a", "^a", "b$", "[a-c]+", "a|b", "n/[0-9]", "^.b",
                                                 "A", "1.", "a*b", "[^a]", "\\d\\d", "^$", "."}))});
            if (chance_.of(0.4))
                out.arguments.push_back(text_constant(one_of({"i", "s", "q", "x", "", "iq", "z"})));
            return out;
        }
        case 5: {
            Expression out = function(
                F::replace, {std::move(text),
                             text_constant(one_of({"a", "^a", "[a-c]", "(a)(b)?", "/([0-9])", ".",
                                                   "b$", "a*", "1.", "(.)(.)"})),
                             text_constant(one_of(
                                 {"", "-", "[$1]", "$2$1", "\\$", "$0$0", "x", "$x", "\\\\"}))});
            if (chance_.of(0.3))
                out.arguments.push_back(text_constant(one_of({"i", "q", "s", "iq"})));
            return out;
        }
        case 6: {
            Expression plain = function(F::str, {std::move(text)});
            const std::string tag = one_of({"en", "de", "de-at"});
            switch (chance_.below(3)) {
                case 0:
                    return function(F::str_lang, {std::move(plain), text_constant(tag)});
                case 1:
                    return function(F::str_lang_dir, {std::move(plain), text_constant(tag),
                                                      text_constant(one_of({"ltr", "rtl", "up"}))});
                default: {
                    static constexpr std::array types = {xsd::integer, xsd::decimal,   xsd::double_,
                                                         xsd::boolean, xsd::date_time, xsd::string};
                    return function(F::str_dt,
                                    {std::move(plain), constant_expression(Term::iri(std::string(
                                                           types[chance_.below(types.size())])))});
                }
            }
        }
        default:
            break;
    }
    static constexpr std::array names = {F::lang_dir, F::has_lang, F::has_lang_dir};
    if (chance_.of(0.6)) return function(names[chance_.below(names.size())], {std::move(text)});
    return function(F::lang_matches, {function(F::lang, {std::move(text)}),
                                      text_constant(one_of({"*", "en", "EN", "de", "de-at"}))});
}

// Of something that a visible variable's value suits, as far as that is known.
Expression RandomQueries::call(const Variables& visible, Expression otherwise) {
    using F = Function;
    static constexpr std::array roundings = {F::round, F::ceil, F::floor};
    static constexpr std::array casts = {F::to_string, F::to_boolean, F::to_integer,  F::to_decimal,
                                         F::to_float,  F::to_double,  F::to_date_time};
    static constexpr std::array parts = {F::year,    F::month,   F::day,      F::hours,
                                         F::minutes, F::seconds, F::timezone, F::tz};
    Expression argument = std::move(otherwise);
    if (chance_.of(0.12)) {
        // Moments are few in the data, and nearly equal ones fewer.
        const Expression moment = constant_expression(random_moment(chance_));
        Expression some_moment =
            function(F::coalesce, {function(F::to_date_time, {std::move(argument)}), moment});
        if (chance_.of(0.6))
            return function(parts[chance_.below(parts.size())], {std::move(some_moment)});
        static constexpr std::array signs = {F::equal, F::less, F::less_equal, F::greater,
                                             F::not_equal};
        return function(signs[chance_.below(signs.size())],
                        {std::move(some_moment), constant_expression(random_moment(chance_))});
    }
    Term term;
    if (argument.function == F::constant) term = argument.term;
    if (chance_.of(0.7)) {
        argument = variable_expression(some(visible));
        const auto known = witness_.find(argument.variable);
        if (known != witness_.end()) term = known->second;
    }
    if (!term.is_literal() && chance_.of(0.4)) {
        term = random_constant(chance_);
        argument = constant_expression(term);
    }
    if (chance_.of(0.25)) return function(casts[chance_.below(casts.size())], {argument});
    if (moment_of(term)) return function(parts[chance_.below(parts.size())], {argument});
    if (is_number(term) && chance_.of(0.8))
        return function(roundings[chance_.below(roundings.size())], {argument});
    if (!is_text(term) && chance_.of(0.6)) argument = function(F::str, {argument});
    if (chance_.of(0.05)) return function(parts[chance_.below(parts.size())], {argument});
    return text_call(std::move(argument));
}

}  // namespace dossier::oracle
