#include "rdf/value_order.h"

#include <cmath>

#include "rdf/language_tag.h"

namespace dossier {

namespace {

// The families of comparable values, in the order of ORDER BY.
enum class Family : std::uint8_t { boolean, number, text, date_time, duration, rest };

Family family_of(const Value& value) {
    switch (value.kind()) {
        case ValueKind::boolean:
            return Family::boolean;
        case ValueKind::integer:
        case ValueKind::decimal:
        case ValueKind::float_:
        case ValueKind::double_:
            return Family::number;
        case ValueKind::string:
        case ValueKind::language_string:
            return Family::text;
        case ValueKind::date_time:
            return Family::date_time;
        case ValueKind::duration:
            return Family::duration;
        default:
            return Family::rest;
    }
}

bool is_exact(const Value& number) {
    return number.kind() == ValueKind::integer || number.kind() == ValueKind::decimal;
}

std::strong_ordering compare_exact_numbers(const Value& a, const Value& b) {
    if (a.kind() == ValueKind::integer && b.kind() == ValueKind::integer) {
        return a.as_integer() <=> b.as_integer();
    }
    return a.to_decimal() <=> b.to_decimal();
}

// XPath op:numeric-less-than and so on: both in the least type that promotion gives.
std::partial_ordering compare_promoted(const Value& a, const Value& b) {
    if (is_exact(a) && is_exact(b)) return compare_exact_numbers(a, b);
    if (a.kind() == ValueKind::double_ || b.kind() == ValueKind::double_) {
        return a.to_double() <=> b.to_double();
    }
    return a.to_float() <=> b.to_float();
}

// By exact value across types, NaN first.
std::weak_ordering order_numbers(const Value& a, const Value& b) {
    const bool exact_a = is_exact(a);
    const bool exact_b = is_exact(b);
    if (exact_a && exact_b) return compare_exact_numbers(a, b);
    const double x = exact_a ? 0 : a.to_double();  // a float is a double without loss
    const double y = exact_b ? 0 : b.to_double();
    if (std::isnan(x) || std::isnan(y)) return std::isnan(y) <=> std::isnan(x);
    const std::partial_ordering order = exact_a   ? compare_exactly(a.to_decimal(), y)
                                        : exact_b ? 0 <=> compare_exactly(b.to_decimal(), x)
                                                  : x <=> y;
    if (order < 0) return std::weak_ordering::less;
    return order > 0 ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

std::weak_ordering order_texts(const Value& a, const Value& b) {
    if (const auto order = a.text() <=> b.text(); order != 0) return order;
    // "without language first" is the empty tag's place.
    if (const auto order = compare_languages(a.language(), b.language()); order != 0) return order;
    return a.direction() <=> b.direction();
}

// An order as the answers of `<` and `<=`; without one there is none.
Truth less_by(std::partial_ordering order) {
    return order == std::partial_ordering::unordered ? Truth::error : to_truth(order < 0);
}
Truth less_or_equal_by(std::partial_ordering order) {
    return order == std::partial_ordering::unordered ? Truth::error : to_truth(order <= 0);
}

// The order of two values that are no numbers, for operators; nothing when they have none.
std::optional<std::partial_ordering> compare_values(const Value& a, const Value& b) {
    if (a.kind() != b.kind()) return std::nullopt;
    switch (a.kind()) {
        case ValueKind::string:
            return a.text() <=> b.text();
        case ValueKind::boolean:
            return a.as_boolean() <=> b.as_boolean();
        case ValueKind::date_time:
            if (a.datatype() != b.datatype()) return std::nullopt;
            return compare(a.as_date_time(), b.as_date_time());
        case ValueKind::duration:
            return compare(a.as_duration(), b.as_duration());
        default:
            return std::nullopt;
    }
}

Truth equal_triples(const TripleView& a, const TripleView& b) {
    bool error = false;
    const TermView* const pairs[][2] = {
        {&a.subject, &b.subject}, {&a.predicate, &b.predicate}, {&a.object, &b.object}};
    for (const auto& [x, y] : pairs) {
        const Truth part = equal(*x, *y);
        if (part == Truth::no) return Truth::no;
        error = error || part == Truth::error;
    }
    return error ? Truth::error : Truth::yes;
}

// Unbound is not here: blank nodes < IRIs < literals < triple terms.
int rank(TermKind kind) {
    switch (kind) {
        case TermKind::blank_node:
            return 0;
        case TermKind::iri:
            return 1;
        case TermKind::literal:
            return 2;
        case TermKind::triple:
            break;
    }
    return 3;
}

}  // namespace

Truth equal(const Value& a, const Value& b) {
    const Family family = family_of(a);
    if (family == Family::rest || family_of(b) == Family::rest) return Truth::error;
    if (family != family_of(b)) return Truth::no;
    switch (family) {
        case Family::boolean:
            return to_truth(a.as_boolean() == b.as_boolean());
        case Family::number:
            return to_truth(compare_promoted(a, b) == 0);
        case Family::text:
            return to_truth(a.kind() == b.kind() && a.text() == b.text() &&
                            a.direction() == b.direction() &&
                            same_language(a.language(), b.language()));
        case Family::date_time: {
            if (a.datatype() != b.datatype()) return Truth::no;
            const auto order = compare(a.as_date_time(), b.as_date_time());
            return order == std::partial_ordering::unordered ? Truth::error : to_truth(order == 0);
        }
        case Family::duration:
            return to_truth(a.as_duration() == b.as_duration());
        case Family::rest:
            break;
    }
    return Truth::error;
}

Truth equal(const TermView& a, const Value& va, const TermView& b, const Value& vb) {
    if (a.kind() != b.kind()) return Truth::no;
    if (a.is_triple()) return equal_triples(a.triple(), b.triple());
    if (!a.is_literal()) return to_truth(a.text() == b.text());
    if (va.has_value() && vb.has_value()) return equal(va, vb);
    if (a == b) return Truth::yes;
    const bool tagged =
        va.kind() == ValueKind::language_string || vb.kind() == ValueKind::language_string;
    return tagged ? Truth::no : Truth::error;
}

Truth equal(const TermView& a, const TermView& b) {
    return equal(a, parse_value(a), b, parse_value(b));
}

Truth less(const Value& a, const Value& b) {
    if (a.is_numeric() && b.is_numeric()) return to_truth(compare_promoted(a, b) < 0);
    const auto order = compare_values(a, b);
    return order ? less_by(*order) : Truth::error;
}

Truth less(const TermView& a, const TermView& b) {
    return less(parse_value(a), parse_value(b));
}

Truth less_or_equal(const Value& a, const Value& b) {
    // NaN is a number that is in no order: the answer is no, not an error.
    if (a.is_numeric() && b.is_numeric()) return to_truth(compare_promoted(a, b) <= 0);
    const auto order = compare_values(a, b);
    return order ? less_or_equal_by(*order) : Truth::error;
}

Truth less_or_equal(const TermView& a, const TermView& b) {
    return less_or_equal(parse_value(a), parse_value(b));
}

std::weak_ordering order_by_compare(const TermView& a, const Value& va, const TermView& b,
                                    const Value& vb) {
    if (a.kind() != b.kind()) return rank(a.kind()) <=> rank(b.kind());
    if (a.is_triple()) {
        const TripleView& x = a.triple();
        const TripleView& y = b.triple();
        if (const auto order = order_by_compare(&x.subject, &y.subject); order != 0) return order;
        if (const auto order = order_by_compare(&x.predicate, &y.predicate); order != 0) {
            return order;
        }
        return order_by_compare(&x.object, &y.object);
    }
    if (!a.is_literal()) return a.text() <=> b.text();
    const Family family = family_of(va);
    if (family != family_of(vb)) return family <=> family_of(vb);
    switch (family) {
        case Family::boolean:
            return va.as_boolean() <=> vb.as_boolean();
        case Family::number:
            return order_numbers(va, vb);
        case Family::text:
            return order_texts(va, vb);
        case Family::date_time:
            return compare_totally(va.as_date_time(), vb.as_date_time());
        case Family::duration:
            return compare_totally(va.as_duration(), vb.as_duration());
        case Family::rest:
            break;
    }
    if (const auto order = a.datatype() <=> b.datatype(); order != 0) return order;
    return a.text() <=> b.text();
}

std::weak_ordering order_by_compare(const TermView* a, const TermView* b) {
    if (a == nullptr || b == nullptr) return (a != nullptr) <=> (b != nullptr);
    return order_by_compare(*a, parse_value(*a), *b, parse_value(*b));
}

}  // namespace dossier
