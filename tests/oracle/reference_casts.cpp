#include <cmath>
#include <cstdlib>
#include <string>

#include "rdf/vocabulary.h"
#include "tests/oracle/reference_dates.h"
#include "tests/oracle/reference_functions.h"
#include "tests/oracle/reference_numbers.h"
#include "tests/oracle/reference_values.h"

// Casts (SPARQL 1.2 section 17.5, XPath F&O 3.1 section 19.1) and the roundings of section 17.4.4
// (fn:round, fn:ceiling, fn:floor).
namespace dossier::oracle {

namespace {

using Type = Number::Type;

Whole floor_of(const Fraction& exact) {
    Whole out = numerator(exact) / denominator(exact);
    if (Fraction(out) > exact) --out;
    return out;
}

// Towards plus infinity from the middle.
double rounded(double real) {
    if (std::isnan(real) || std::isinf(real)) return real;
    const double below = std::floor(real);
    return std::copysign(real - below >= 0.5 ? below + 1 : below, real);
}

std::string trimmed(std::string text) {
    while (!text.empty() && text.back() == ' ') text.pop_back();
    while (!text.empty() && text.front() == ' ') text.erase(0, 1);
    return text;
}

std::optional<Term> exact_term(const Fraction& exact, Type type) {
    return term_of(Number{type, exact, 0});
}

// Section 19.1.2.2: between a millionth and a million as a decimal.
std::string text_of_real(const Number& number) {
    const double size = std::fabs(number.real);
    const std::string canonical(term_of(number).text());
    if (number.real == 0) return std::signbit(number.real) ? "-0" : "0";
    if (std::isnan(number.real) || std::isinf(number.real) || size < 0.000001 || size >= 1000000)
        return canonical;
    // The digits of the canonical form, its point moved.
    const std::size_t exponent_at = canonical.find('E');
    Whole digits = 0, scale = 1;
    bool after_point = false, minus = false;
    for (const char c : canonical.substr(0, exponent_at)) {
        if (c == '-') {
            minus = true;
        } else if (c == '.') {
            after_point = true;
        } else {
            digits = digits * 10 + (c - '0');
            if (after_point) scale *= 10;
        }
    }
    int exponent = std::stoi(canonical.substr(exponent_at + 1));
    for (; exponent > 0; --exponent) digits *= 10;
    for (; exponent < 0; ++exponent) scale *= 10;
    return decimal_text(Fraction(minus ? Whole(-digits) : digits, scale));
}

std::optional<Term> to_string(const Term& from) {
    if (from.is_iri()) return Term::literal(std::string(from.text()));
    if (!from.is_literal() || !from.language().empty()) return std::nullopt;
    if (is_plain_text(from)) return from;
    if (from.datatype() == xsd::boolean) {
        const auto truth = truth_of(from);
        if (!truth) return std::nullopt;
        return Term::literal(*truth ? "true" : "false");
    }
    if (const auto moment = moment_of(from))
        return Term::literal(std::string(term_of(*moment).text()));
    if (zone_minutes(from)) return Term::literal(std::string(from.text()));
    const auto number = number_of(from);
    if (number && number->type >= Type::single) return Term::literal(text_of_real(*number));
    if (number) return Term::literal(decimal_text(number->exact));
    // Neither the table of section 17.5 nor XPath has other types.
    if (!from.datatype().starts_with(xsd::prefix)) throw LeftOpen{};
    return std::nullopt;
}

std::optional<Term> to_boolean(const Term& from) {
    if (is_plain_text(from)) {
        const std::string text = trimmed(std::string(from.text()));
        if (text == "true" || text == "1") return Term::boolean(true);
        if (text == "false" || text == "0") return Term::boolean(false);
        return std::nullopt;
    }
    if (from.datatype() != xsd::boolean && !is_number(from)) return std::nullopt;
    const auto truth = truth_of(from);
    if (!truth) return std::nullopt;
    return Term::boolean(*truth);
}

std::optional<Term> to_number(Function name, const Term& from) {
    using F = Function;
    const std::string_view datatype = name == F::to_integer   ? xsd::integer
                                      : name == F::to_decimal ? xsd::decimal
                                      : name == F::to_float   ? xsd::float_
                                                              : xsd::double_;
    if (is_plain_text(from)) {
        const auto number =
            number_of(Term::literal(trimmed(std::string(from.text())), std::string(datatype)));
        if (!number) return std::nullopt;
        return term_of(*number);
    }
    auto number = number_of(from);
    if (from.datatype() == xsd::boolean) {
        const auto truth = truth_of(from);
        if (truth) number = Number{Type::integer, *truth ? 1 : 0, 0};
    }
    if (!number) return std::nullopt;
    const bool is_exact = number->type < Type::single;
    if (name == F::to_float || name == F::to_double) {
        const bool single = name == F::to_float;
        double real = number->real;
        // Exact numbers are read from their text.
        if (is_exact) {
            const std::string text = decimal_text(number->exact);
            real = single ? static_cast<double>(std::strtof(text.c_str(), nullptr))
                          : std::strtod(text.c_str(), nullptr);
        }
        return term_of(Number{single ? Type::single : Type::real, 0, real});
    }
    if (!is_exact && (std::isnan(number->real) || std::isinf(number->real))) return std::nullopt;
    const Fraction exact = is_exact ? number->exact : Fraction(number->real);
    if (name == F::to_integer)
        return exact_term(exact < 0 ? Fraction(-floor_of(-exact)) : Fraction(floor_of(exact)),
                          Type::integer);
    // How many digits a decimal has is open.
    if (!is_exact && decimal_text(exact).size() > 18) throw LeftOpen{};
    return exact_term(exact, Type::decimal);
}

}  // namespace

std::optional<Term> rounding(Function name, const Term& argument) {
    using F = Function;
    auto number = number_of(argument);
    if (!number) return std::nullopt;
    if (number->type >= Type::single) {
        number->real = name == F::round  ? rounded(number->real)
                       : name == F::ceil ? std::ceil(number->real)
                                         : std::floor(number->real);
        return term_of(*number);
    }
    const Fraction exact = number->exact;
    number->exact = name == F::round  ? Fraction(floor_of(exact + Fraction(1, 2)))
                    : name == F::ceil ? Fraction(-floor_of(-exact))
                                      : Fraction(floor_of(exact));
    return term_of(*number);
}

std::optional<Term> cast(Function name, const Term& argument) {
    using F = Function;
    if (name == F::to_string) return to_string(argument);
    if (!argument.is_literal() || !argument.language().empty()) return std::nullopt;
    if (name == F::to_boolean) return to_boolean(argument);
    if (name != F::to_date_time) return to_number(name, argument);
    if (is_plain_text(argument)) {
        const auto moment = moment_of(std::string(argument.text()), true);
        if (!moment) return std::nullopt;
        return term_of(*moment);
    }
    auto moment = moment_of(argument);
    if (!moment) return std::nullopt;
    moment->has_time = true;
    return term_of(*moment);
}

}  // namespace dossier::oracle
