#include "tests/oracle/reference_numbers.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "rdf/value.h"
#include "rdf/vocabulary.h"

namespace dossier::oracle {

using Type = Number::Type;

namespace {

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Whole whole_of(std::string_view digits) {
    Whole out = 0;
    for (const char digit : digits) out = out * 10 + (digit - '0');
    return out;
}

std::optional<Fraction> exact_of(std::string_view text, bool with_point) {
    bool minus = false;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        minus = text[0] == '-';
        text.remove_prefix(1);
    }
    const std::size_t point = with_point ? text.find('.') : std::string_view::npos;
    const std::string_view before = text.substr(0, point);
    const std::string_view after =
        point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
    if ((!before.empty() && !is_digits(before)) || (!after.empty() && !is_digits(after)) ||
        (before.empty() && after.empty()))
        return std::nullopt;
    Whole scale = 1;
    for (std::size_t i = 0; i < after.size(); ++i) scale *= 10;
    Fraction out(whole_of(before) * scale + whole_of(after), scale);
    return minus ? -out : out;
}

}  // namespace

std::optional<Number> number_of(const Term& term) {
    if (!term.is_literal()) return std::nullopt;
    const std::string text(term.text());
    for (const auto datatype : {xsd::integer, xsd::int_, xsd::non_negative_integer}) {
        if (term.datatype() != datatype) continue;
        const auto exact = exact_of(text, false);
        if (!exact || (datatype == xsd::non_negative_integer && *exact < 0)) return std::nullopt;
        return Number{Type::integer, *exact, 0};
    }
    if (term.datatype() == xsd::decimal) {
        const auto exact = exact_of(text, true);
        if (!exact) return std::nullopt;
        return Number{Type::decimal, *exact, 0};
    }
    const bool single = term.datatype() == xsd::float_;
    if (!single && term.datatype() != xsd::double_) return std::nullopt;
    const Type type = single ? Type::single : Type::real;
    constexpr double infinite = std::numeric_limits<double>::infinity();
    if (text == "NaN") return Number{type, 0, std::nan("")};
    if (text == "INF" || text == "+INF") return Number{type, 0, infinite};
    if (text == "-INF") return Number{type, 0, -infinite};
    if (text.find_first_not_of("0123456789+-.eE") != std::string::npos || text.empty())
        return std::nullopt;
    char* end = nullptr;
    const double real = single ? static_cast<double>(std::strtof(text.c_str(), &end))
                               : std::strtod(text.c_str(), &end);
    if (end != text.c_str() + text.size()) return std::nullopt;
    return Number{type, 0, real};
}

double real_of(const Number& number) {
    return number.type >= Type::single ? number.real : number.exact.convert_to<double>();
}
float single_of(const Number& number) {
    return number.type >= Type::single ? static_cast<float>(number.real)
                                       : number.exact.convert_to<float>();
}

std::string decimal_text(const Fraction& exact) {
    Whole whole = numerator(exact);
    Whole below = denominator(exact);
    std::size_t digits = 0;
    while (below != 1) {
        whole *= 10;
        const Whole common = boost::multiprecision::gcd(whole, below);
        whole /= common;
        below /= common;
        ++digits;
    }
    const bool minus = whole < 0;
    std::string text = Whole(minus ? Whole(-whole) : whole).str();
    if (digits > 0) {
        if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
        text.insert(text.size() - digits, ".");
    }
    return (minus ? "-" : "") + text;
}

Term term_of(const Number& number) {
    switch (number.type) {
        case Type::integer:
            return Term::literal(decimal_text(number.exact), std::string(xsd::integer));
        case Type::decimal:
            return Term::literal(decimal_text(number.exact), std::string(xsd::decimal));
        case Type::single:
            return to_term(Value::real_float(static_cast<float>(number.real)));
        case Type::real:
            break;
    }
    return to_term(Value::real(number.real));
}

std::optional<int> compare_numbers(const Number& a, const Number& b) {
    const Type type = std::max(a.type, b.type);
    if (type < Type::single) return (a.exact < b.exact ? -1 : b.exact < a.exact ? 1 : 0);
    const double left = type == Type::real ? real_of(a) : static_cast<double>(single_of(a));
    const double right = type == Type::real ? real_of(b) : static_cast<double>(single_of(b));
    if (std::isnan(left) || std::isnan(right)) return std::nullopt;
    return (left < right ? -1 : right < left ? 1 : 0);
}

bool order_decides_sum(const std::vector<Term>& numbers) {
    bool any_single = false, any_real = false;
    Whole finest = 1;    // all are multiples of 1/finest
    Fraction total = 0;  // of their amounts
    bool rounded = false;
    for (const Term& term : numbers) {
        const auto number = number_of(term);
        if (!number) return false;  // an error in any order
        any_single = any_single || number->type == Type::single;
        any_real = any_real || number->type == Type::real;
        if (number->type >= Type::single && !std::isfinite(number->real)) return false;
        const Fraction exact =
            number->type >= Type::single ? Fraction(number->real) : number->exact;
        rounded = rounded || Fraction(real_of(*number)) != exact;
        finest = boost::multiprecision::lcm(finest, denominator(exact));
        total += exact < 0 ? Fraction(-exact) : exact;
    }
    if (!any_single && !any_real) return false;
    if (numbers.size() <= 2) return false;
    // No sum on the way needs more digits than there are.
    const Fraction most = total * finest;
    return rounded || most >= Fraction(Whole(1) << (any_single ? 24 : 53));
}

}  // namespace dossier::oracle
