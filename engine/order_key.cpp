#include "engine/order_key.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "rdf/language_tag.h"
#include "rdf/vocabulary.h"

namespace dossier::engine {

namespace {

using Kind = Cell::Kind;
__extension__ using Wide = __int128;

// The first byte of a key.
enum class Rank : char {
    unbound = 1,
    blank_node,
    iri,
    boolean,
    number,
    text,
    date_time,
    duration,
    rest,
    triple
};

void append_byte(std::string& out, int byte) {
    out += static_cast<char>(byte);
}
void append_rank(std::string& out, Rank rank) {
    out += static_cast<char>(rank);
}

void append_unsigned(std::string& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8)
        append_byte(out, static_cast<int>((number >> shift) & 0xFF));
}
void append_signed(std::string& out, std::int64_t number) {
    append_unsigned(out, static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63));
}

// Without NaN; the zeros are one.
void append_double(std::string& out, double number) {
    const auto bits = std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number);
    append_unsigned(out, (bits >> 63) != 0 ? ~bits : bits | (std::uint64_t{1} << 63));
}

// A number as the nearest double and, twice, what is left as the nearest double: the middle byte
// says how the number lies to the first.
constexpr int rounds = 2;
void append_lies(std::string& out, double left) {
    append_byte(out, left < 0 ? 1 : left > 0 ? 3 : 2);
}

void append_real(std::string& out, double number) {
    append_rank(out, Rank::number);
    if (std::isnan(number)) {
        append_unsigned(out, 0);
        return;
    }
    append_double(out, number);
    append_lies(out, 0);
}

void append_integer(std::string& out, std::int64_t number) {
    const auto nearest = static_cast<double>(number);
    // Beyond 2^53 what is left is an integer again, and a small one.
    const auto left = static_cast<double>(static_cast<Wide>(number) - static_cast<Wide>(nearest));
    append_rank(out, Rank::number);
    append_double(out, nearest);
    append_lies(out, left);
    if (left == 0) return;
    append_double(out, left);
    append_double(out, 0);
}

// Below 2^53 the steps are exact: each remainder of a division is a double.
void append_small_decimal(std::string& out, double coefficient, double divisor) {
    double left = coefficient;
    double quotient = left / divisor;
    append_rank(out, Rank::number);
    append_double(out, quotient);
    left = std::fma(-quotient, divisor, left);
    append_lies(out, left);
    if (left == 0) return;
    for (int round = 0; round < rounds; ++round) {
        quotient = left / divisor;
        append_double(out, quotient);
        left = std::fma(-quotient, divisor, left);
    }
}

void append_decimal(std::string& out, const Decimal& number) {
    double nearest = number.to_double();
    if (std::isinf(nearest)) {
        // Beyond the doubles, but before infinity: by the number of digits, then as they come.
        nearest = std::copysign(std::numeric_limits<double>::max(), nearest);
    }
    append_rank(out, Rank::number);
    append_double(out, nearest);
    std::optional<Decimal> left = subtract(number, *Decimal::exactly(nearest));
    append_lies(out, left ? static_cast<double>(left->sign()) : 0);
    if (!left || left->sign() == 0) return;
    for (int round = 0; round < rounds; ++round) {
        const double part = left ? left->to_double() : 0;
        append_double(out, part);
        if (left && std::isfinite(part)) left = subtract(*left, *Decimal::exactly(part));
    }
}

void append_decimal(std::string& out, std::int64_t coefficient, std::uint8_t scale) {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    if (coefficient > -exact && coefficient < exact && scale <= 15) {
        double divisor = 1;
        for (int i = 0; i < scale; ++i) divisor *= 10;
        append_small_decimal(out, static_cast<double>(coefficient), divisor);
        return;
    }
    append_decimal(out, *Decimal::of(Integer(coefficient), scale));
}

// Bytes, and an end that sorts before all of them.
void append_text(std::string& out, std::string_view text) {
    for (std::size_t zero = text.find('\0'); zero != std::string_view::npos;
         zero = text.find('\0')) {
        out += text.substr(0, zero);
        append_byte(out, 0);
        append_byte(out, 0xFF);
        text.remove_prefix(zero + 1);
    }
    out += text;
    append_byte(out, 0);
    append_byte(out, 0);
}

void append_date_time(std::string& out, const DateTime& time) {
    append_rank(out, Rank::date_time);
    append_byte(out, static_cast<int>(time.datatype()));
    const Instant instant = time.instant();
    append_signed(out, instant.seconds);
    append_signed(out, instant.attoseconds);
    append_byte(out, time.has_zone() ? 1 : 0);
}

// By where it leads from the first of XSD's four reference moments, as compare_totally() does.
void append_duration(std::string& out, const Duration& duration) {
    static const DateTime reference = *DateTime::parse("1696-09-01T00:00:00Z", Datatype::date_time);
    append_rank(out, Rank::duration);
    const auto place = add(reference, duration);
    Instant instant;
    if (place) {
        instant = place->instant();
    } else {
        constexpr std::int64_t seconds_per_month = 2'629'746;
        std::int64_t months = 0;
        if (__builtin_mul_overflow(duration.months(), seconds_per_month, &months) ||
            __builtin_add_overflow(months, duration.seconds(), &instant.seconds))
            instant.seconds = duration.sign() < 0 ? INT64_MIN : INT64_MAX;
    }
    append_signed(out, instant.seconds);
    append_signed(out, instant.attoseconds);
    append_signed(out, duration.months());
}

void append_term(std::string& out, const TermView& term, const Value& value);

void append_literal(std::string& out, const TermView& term, const Value& value) {
    switch (value.kind()) {
        case ValueKind::boolean:
            append_rank(out, Rank::boolean);
            append_byte(out, value.as_boolean() ? 1 : 0);
            return;
        case ValueKind::integer:
            if (value.as_integer().fits_int64())
                append_integer(out, value.as_integer().int64());
            else
                append_decimal(out, value.to_decimal());
            return;
        case ValueKind::decimal: {
            const Decimal& decimal = value.as_decimal();
            if (decimal.coefficient().fits_int64() && decimal.scale() <= Cell::max_scale)
                append_decimal(out, decimal.coefficient().int64(),
                               static_cast<std::uint8_t>(decimal.scale()));
            else
                append_decimal(out, decimal);
            return;
        }
        case ValueKind::float_:
        case ValueKind::double_:
            append_real(out, value.to_double());
            return;
        case ValueKind::string:
        case ValueKind::language_string:
            append_rank(out, Rank::text);
            append_text(out, value.text());
            append_text(out, normalised_language(value.language()));
            append_byte(out, static_cast<int>(value.direction()));
            return;
        case ValueKind::date_time:
            append_date_time(out, value.as_date_time());
            return;
        case ValueKind::duration:
            append_duration(out, value.as_duration());
            return;
        default:
            append_rank(out, Rank::rest);
            append_text(out, term.datatype());
            append_text(out, term.text());
            return;
    }
}

void append_term(std::string& out, const TermView& term, const Value& value) {
    switch (term.kind()) {
        case TermKind::blank_node:
            append_rank(out, Rank::blank_node);
            append_text(out, term.text());
            return;
        case TermKind::iri:
            append_rank(out, Rank::iri);
            append_text(out, term.text());
            return;
        case TermKind::literal:
            append_literal(out, term, value);
            return;
        case TermKind::triple: {
            append_rank(out, Rank::triple);
            const TripleView& triple = term.triple();
            for (const TermView* part : {&triple.subject, &triple.predicate, &triple.object})
                append_term(out, *part, parse_value(*part));
            return;
        }
    }
}

}  // namespace

void append_order_key(std::string& out, FunctionScope& scope, const Cell& cell) {
    const Cell plain = unpack(cell);
    switch (plain.kind) {
        case Kind::error:
            append_rank(out, Rank::unbound);
            return;
        case Kind::boolean:
            append_rank(out, Rank::boolean);
            append_byte(out, plain.flag ? 1 : 0);
            return;
        case Kind::integer:
            append_integer(out, plain.number);
            return;
        case Kind::decimal:
            append_decimal(out, plain.number, plain.scale);
            return;
        case Kind::float_:
            append_real(out, static_cast<double>(plain.real_float));
            return;
        case Kind::double_:
            append_real(out, plain.real);
            return;
        default:
            append_term(out, *scope.term(plain), scope.value(plain));
            return;
    }
}

void invert_order_key(std::string& key, std::size_t begin) {
    for (std::size_t i = begin; i < key.size(); ++i) key[i] = static_cast<char>(~key[i]);
}

}  // namespace dossier::engine
