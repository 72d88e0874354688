#include "tests/oracle/reference_values.h"

#include <cmath>

#include "rdf/decimal.h"
#include "rdf/vocabulary.h"
#include "tests/oracle/reference_dates.h"
#include "tests/oracle/reference_numbers.h"

namespace dossier::oracle {

namespace {

using Type = Number::Type;

enum class Family { number, text, language_text, boolean, date, duration, unknown };

bool has_datatype(const Term& term, std::string_view datatype) {
    return term.is_literal() && term.datatype() == datatype;
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
    if (moment_of(term)) return Family::date;
    if (has_datatype(term, xsd::day_time_duration)) return Family::duration;  // good ones only
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
    if (left == Family::date && right == Family::date) {
        if (a.datatype() != b.datatype()) return false;
        const auto sign = compare_moments(*moment_of(a), *moment_of(b));
        if (!sign && a != b) return std::nullopt;
        return sign == std::optional(0);
    }
    if (left == Family::duration && right == Family::duration)
        return zone_minutes(a) == zone_minutes(b);
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
            return a.text() < b.text();
        case Family::date: {
            if (a.datatype() != b.datatype()) return std::nullopt;
            const auto sign = compare_moments(*moment_of(a), *moment_of(b));
            if (!sign) return std::nullopt;
            return *sign < 0;
        }
        case Family::duration:
            return zone_minutes(a) < zone_minutes(b);
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
            case Family::duration:
                return 5;
            case Family::unknown:
                break;
        }
        return 6;
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
            if (a.language() != b.language()) return three_way(a.language(), b.language());
            return three_way(a.direction(), b.direction());
        case Family::date:
            // Ours: moments before days.
            if (a.datatype() != b.datatype()) return a.datatype() == xsd::date ? 1 : -1;
            if (const int by_time = three_way(moment_of(a)->instant(), moment_of(b)->instant()))
                return by_time;
            return three_way(moment_of(a)->zone.has_value(), moment_of(b)->zone.has_value());
        case Family::duration:
            return three_way(zone_minutes(a), zone_minutes(b));
        default:
            return three_way(a.text(), b.text());
    }
}

std::optional<Term> arithmetic(char sign, const Term& first, const Term& second) {
    // Dates have differences and sums with durations: an extension that tests of its own cover.
    const auto in_time = [](const Term& term) {
        return moment_of(term) || has_datatype(term, xsd::day_time_duration);
    };
    if (has_datatype(first, xsd::day_time_duration) ||
        has_datatype(second, xsd::day_time_duration) || (in_time(first) && in_time(second)))
        throw LeftOpen{};
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
    if (has_datatype(a, xsd::day_time_duration)) throw LeftOpen{};
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
