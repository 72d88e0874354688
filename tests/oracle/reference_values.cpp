#include "tests/oracle/reference_values.h"

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "rdf/decimal.h"
#include "rdf/value.h"
#include "rdf/vocabulary.h"

namespace dossier::oracle {

namespace {

using Fraction = boost::multiprecision::cpp_rational;
using Whole = boost::multiprecision::cpp_int;

struct Number {
    enum class Type { integer, decimal, single, real } type = Type::integer;
    Fraction exact;   // integer and decimal
    double real = 0;  // single and real
};
using Type = Number::Type;

enum class Family { number, text, language_text, boolean, date, unknown };

bool has_datatype(const Term& term, std::string_view datatype) {
    return term.is_literal() && term.datatype() == datatype;
}

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

bool ends(Whole below) {
    while (below % 2 == 0) below /= 2;
    while (below % 5 == 0) below /= 5;
    return below == 1;
}

Family family_of(const Term& term) {
    if (!term.language().empty()) return Family::language_text;
    if (has_datatype(term, xsd::string)) return Family::text;
    if (has_datatype(term, xsd::boolean)) return truth_of(term) ? Family::boolean : Family::unknown;
    if (has_datatype(term, xsd::date)) return Family::date;  // only good ones occur
    return number_of(term) ? Family::number : Family::unknown;
}

template <typename T>
int three_way(const T& a, const T& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

// Exact, for ORDER BY: NaN first.
int order_numbers(const Number& a, const Number& b) {
    const auto rank = [](const Number& one) {
        if (one.type < Type::single) return 2;
        if (std::isnan(one.real)) return 0;
        if (std::isinf(one.real)) return one.real < 0 ? 1 : 3;
        return 2;
    };
    if (rank(a) != rank(b) || rank(a) != 2) return three_way(rank(a), rank(b));
    const auto exact = [](const Number& one) {
        return one.type < Type::single ? one.exact : Fraction(one.real);
    };
    return three_way(exact(a), exact(b));
}

int kind_rank(const Term& term) {
    switch (term.kind()) {
        case TermKind::blank_node:
            return 1;
        case TermKind::iri:
            return 2;
        case TermKind::literal:
            return 3;
        case TermKind::triple:
            break;
    }
    return 4;
}

}  // namespace

std::optional<bool> truth_of(const Term& term) {
    if (!term.is_literal()) return std::nullopt;
    if (term.datatype() == xsd::boolean) {
        if (term.text() == "true" || term.text() == "1") return true;
        if (term.text() == "false" || term.text() == "0") return false;
        return std::nullopt;
    }
    if (term.datatype() == xsd::string) return !term.text().empty();
    const auto number = number_of(term);
    if (!number) return std::nullopt;
    if (number->type < Type::single) return number->exact != 0;
    return !std::isnan(number->real) && number->real != 0;
}

bool has_blank_node(const Term& term) {
    if (term.is_triple()) return has_blank_node(term.subject()) || has_blank_node(term.object());
    return term.is_blank_node();
}

bool is_number(const Term& term) {
    return number_of(term).has_value();
}

namespace {

// -1, 0, 1; nothing where NaN takes part.
std::optional<int> compare_numbers(const Number& a, const Number& b) {
    const Type type = std::max(a.type, b.type);
    if (type < Type::single) return three_way(a.exact, b.exact);
    const double left = type == Type::real ? real_of(a) : static_cast<double>(single_of(a));
    const double right = type == Type::real ? real_of(b) : static_cast<double>(single_of(b));
    if (std::isnan(left) || std::isnan(right)) return std::nullopt;
    return three_way(left, right);
}

}  // namespace

std::optional<bool> equal(const Term& a, const Term& b) {
    if (a.is_triple() && b.is_triple()) {
        // A component that is unequal decides, also beside one that is an error.
        bool error = false;
        for (const auto& truth :
             {equal(a.subject(), b.subject()), equal(a.predicate(), b.predicate()),
              equal(a.object(), b.object())}) {
            if (truth && !*truth) return false;
            error = error || !truth;
        }
        if (error) return std::nullopt;
        return true;
    }
    if (!a.is_literal() || !b.is_literal()) return a == b;
    const Family left = family_of(a);
    const Family right = family_of(b);
    if (left == Family::number && right == Family::number)
        return compare_numbers(*number_of(a), *number_of(b)) == std::optional(0);
    if (left == Family::boolean && right == Family::boolean) return truth_of(a) == truth_of(b);
    if (left == Family::unknown || right == Family::unknown) {
        if (a == b) return true;
        if (left == Family::language_text || right == Family::language_text) return false;
        return std::nullopt;
    }
    return a == b;
}

std::optional<bool> less(const Term& a, const Term& b) {
    if (!a.is_literal() || !b.is_literal()) return std::nullopt;
    const Family family = family_of(a);
    if (family != family_of(b)) return std::nullopt;
    switch (family) {
        case Family::number:
            return compare_numbers(*number_of(a), *number_of(b)) == std::optional(-1);
        case Family::text:
        case Family::date:
            return a.text() < b.text();
        case Family::boolean:
            return !*truth_of(a) && *truth_of(b);
        default:
            return std::nullopt;
    }
}

int order(const Term& a, const Term& b) {
    if (kind_rank(a) != kind_rank(b)) return three_way(kind_rank(a), kind_rank(b));
    if (a.is_blank_node()) return 0;
    if (a.is_iri()) return three_way(a.text(), b.text());
    if (a.is_triple()) {
        if (const int by_subject = order(a.subject(), b.subject())) return by_subject;
        // Between blank nodes any order will do, and then it decides.
        if (a.subject() != b.subject() && has_blank_node(a.subject())) return 0;
        if (const int by_predicate = order(a.predicate(), b.predicate())) return by_predicate;
        return order(a.object(), b.object());
    }
    const auto rank = [](Family family) {
        switch (family) {
            case Family::boolean:
                return 0;
            case Family::number:
                return 1;
            case Family::text:
                return 2;
            case Family::language_text:
                return 3;
            case Family::date:
                return 4;
            case Family::unknown:
                break;
        }
        return 5;
    };
    const Family family = family_of(a);
    if (family != family_of(b)) {
        // Text by code point first, the language decides between equal texts.
        const auto text = [](Family one) {
            return one == Family::text || one == Family::language_text;
        };
        if (!text(family) || !text(family_of(b)))
            return three_way(rank(family), rank(family_of(b)));
        if (a.text() != b.text()) return three_way(a.text(), b.text());
        return three_way(rank(family), rank(family_of(b)));
    }
    switch (family) {
        case Family::boolean:
            return three_way(*truth_of(a), *truth_of(b));
        case Family::number:
            return order_numbers(*number_of(a), *number_of(b));
        case Family::unknown:
            if (a.datatype() != b.datatype()) return three_way(a.datatype(), b.datatype());
            return three_way(a.text(), b.text());
        case Family::language_text:
            if (a.text() != b.text()) return three_way(a.text(), b.text());
            return three_way(a.language(), b.language());
        default:
            return three_way(a.text(), b.text());
    }
}

std::optional<Term> arithmetic(char sign, const Term& first, const Term& second) {
    // Dates have differences and sums with durations: an extension that tests of its own cover.
    if (has_datatype(first, xsd::date) || has_datatype(second, xsd::date)) throw LeftOpen{};
    const auto a = number_of(first);
    const auto b = number_of(second);
    if (!a || !b) return std::nullopt;
    Number out;
    out.type = std::max(a->type, b->type);
    if (out.type >= Type::single) {
        const auto apply = [sign](auto x, auto y) -> double {
            switch (sign) {
                case '+':
                    return static_cast<double>(x + y);
                case '-':
                    return static_cast<double>(x - y);
                case '*':
                    return static_cast<double>(x * y);
                default:
                    return static_cast<double>(x / y);
            }
        };
        out.real = out.type == Type::real ? apply(real_of(*a), real_of(*b))
                                          : apply(single_of(*a), single_of(*b));
        return term_of(out);
    }
    switch (sign) {
        case '+':
            out.exact = a->exact + b->exact;
            break;
        case '-':
            out.exact = a->exact - b->exact;
            break;
        case '*':
            out.exact = a->exact * b->exact;
            break;
        default:
            if (b->exact == 0) return std::nullopt;
            out.type = Type::decimal;
            out.exact = a->exact / b->exact;
            // What has more digits than rdf/decimal.h keeps is rounded as it says.
            if (!ends(denominator(out.exact)) ||
                Decimal::parse(decimal_text(out.exact))->scale() >
                    std::max<std::int64_t>(Decimal::division_digits,
                                           Decimal::parse(decimal_text(a->exact))->scale())) {
                const auto rounded = divide(*Decimal::parse(decimal_text(a->exact)),
                                            *Decimal::parse(decimal_text(b->exact)));
                return Term::literal(rounded->to_string(), std::string(xsd::decimal));
            }
    }
    return term_of(out);
}

std::optional<Term> negated(const Term& a) {
    auto number = number_of(a);
    if (!number) return std::nullopt;
    number->exact = -number->exact;
    number->real = -number->real;
    return term_of(*number);
}

std::optional<Term> absolute(const Term& a) {
    auto number = number_of(a);
    if (!number) return std::nullopt;
    if (number->exact < 0) number->exact = -number->exact;
    number->real = std::fabs(number->real);
    return term_of(*number);
}

bool is_text(const Term& term) {
    return term.is_literal() && (!term.language().empty() || term.datatype() == xsd::string);
}

std::optional<Term> text_of(const Term& term) {
    if (!term.is_iri() && !term.is_literal()) return std::nullopt;
    return Term::literal(std::string(term.text()));
}

std::size_t length_of(const std::string& text) {
    std::size_t length = 0;
    for (const char byte : text) length += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    return length;
}

bool are_compatible(const Term& a, const Term& b) {
    if (!is_text(a) || !is_text(b)) return false;
    return b.language().empty() || (a.language() == b.language() && a.direction() == b.direction());
}

}  // namespace dossier::oracle
