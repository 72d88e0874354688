#include "storage/inline_term.h"

#include <cmath>
#include <limits>

#include <dossier/error.h>

#include "storage/inline_number.h"
#include "storage/inline_time.h"

namespace dossier::storage {

namespace {

constexpr int integer_types =
    static_cast<int>(Datatype::positive_integer) - static_cast<int>(Datatype::integer) + 1;
static_assert(integer_types ==
              static_cast<int>(Tag::last_integer) - static_cast<int>(Tag::integer) + 1);

constexpr Tag integer_tag(Datatype datatype) {
    return static_cast<Tag>(static_cast<int>(Tag::integer) + static_cast<int>(datatype) -
                            static_cast<int>(Datatype::integer));
}

std::optional<TermId> tagged(Tag tag, std::optional<std::uint64_t> payload) {
    if (!payload) return std::nullopt;
    return TermId::of(tag, *payload);
}

char* write(TermId id, char* out) {
    const Tag tag = id.tag();
    if (is_inline_integer(id)) return write_integer(id.payload(), out);
    switch (tag) {
        case Tag::boolean:
            return write_boolean(id.payload(), out);
        case Tag::decimal:
            return write_decimal(id.payload(), out);
        case Tag::double_scientific:
            return write_scientific(id.payload(), out);
        case Tag::double_plain:
            return write_plain(id.payload(), out);
        case Tag::float_number:
            return write_float(id.payload(), out);
        default:
            return write_time(id, out);
    }
}

[[noreturn]] void throw_damaged(TermId id) {
    throw StoreError("damaged store: the term id " + std::to_string(id.bits) +
                     " is not one of any literal");
}

}  // namespace

std::optional<TermId> encode_inline(std::string_view lexical, Datatype datatype) {
    if (is_integer(datatype)) {
        return tagged(integer_tag(datatype), integer_payload(lexical, datatype));
    }
    switch (datatype) {
        case Datatype::boolean:
            return tagged(Tag::boolean, boolean_payload(lexical));
        case Datatype::decimal:
            return tagged(Tag::decimal, decimal_payload(lexical));
        case Datatype::double_:
            if (lexical.find('E') != std::string_view::npos) {
                return tagged(Tag::double_scientific, scientific_payload(lexical));
            }
            return tagged(Tag::double_plain, plain_payload(lexical));
        case Datatype::float_:
            return tagged(Tag::float_number, float_payload(lexical));
        default:
            return encode_time(lexical, datatype);
    }
}

std::optional<TermId> encode_inline(const TermView& term) {
    if (!term.is_literal() || !term.language().empty()) return std::nullopt;
    const Datatype datatype = dossier::datatype_of(term.datatype());
    if (datatype < Datatype::boolean || datatype > Datatype::g_year_month) return std::nullopt;
    return encode_inline(term.text(), datatype);
}

Datatype inline_datatype(TermId id) {
    const Tag tag = id.tag();
    if (is_inline_integer(id)) {
        return static_cast<Datatype>(static_cast<int>(Datatype::integer) + static_cast<int>(tag) -
                                     static_cast<int>(Tag::integer));
    }
    switch (tag) {
        case Tag::boolean:
            return Datatype::boolean;
        case Tag::decimal:
            return Datatype::decimal;
        case Tag::double_scientific:
        case Tag::double_plain:
            return Datatype::double_;
        case Tag::float_number:
            return Datatype::float_;
        case Tag::date_time_zoned_seconds:
        case Tag::date_time_zoned_milliseconds:
        case Tag::date_time_utc_microseconds:
        case Tag::date_time_local:
            return Datatype::date_time;
        case Tag::date_local:
        case Tag::date_zoned:
            return Datatype::date;
        case Tag::time_local:
        case Tag::time_zoned:
            return Datatype::time;
        case Tag::g_year:
            return Datatype::g_year;
        case Tag::g_year_month:
            return Datatype::g_year_month;
        default:
            throw_damaged(id);
    }
}

std::string_view decode_lexical(TermId id, InlineText& text) {
    const char* const end = id.is_inline() ? write(id, text.data()) : nullptr;
    if (end == nullptr) throw_damaged(id);
    return {text.data(), static_cast<std::size_t>(end - text.data())};
}

TermView decode_inline(TermId id, InlineText& text) {
    const std::string_view lexical = decode_lexical(id, text);
    return TermView::literal(lexical, iri_of(inline_datatype(id)));
}

bool boolean_value(TermId id) {
    return id.payload() >= 2;
}

double double_value(TermId id) {
    return id.tag() == Tag::double_scientific ? scientific_value(id.payload())
                                              : plain_value(id.payload());
}

float float_value(TermId id) {
    return float_payload_value(id.payload());
}

DateTime date_time_value(TermId id) {
    const auto parts = time_parts(id);
    const auto value =
        parts ? DateTime::of(inline_datatype(id), *parts) : std::optional<DateTime>();
    if (!value) throw_damaged(id);
    return *value;
}

namespace {

float float_below(double value) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    if (std::isinf(value)) return value < 0 ? -infinity : infinity;
    if (value > std::numeric_limits<float>::max()) return std::numeric_limits<float>::max();
    if (value < std::numeric_limits<float>::lowest()) return -infinity;
    return std::nextafterf(static_cast<float>(value), -infinity);
}

float float_above(double value) {
    return -float_below(-value);
}

// A bound as an integer payload's or decimal payload's value; clamped to the payload.
std::int64_t clamp(long double value, std::int64_t limit) {
    if (value <= -static_cast<long double>(limit)) return -limit;
    if (value >= static_cast<long double>(limit - 1)) return limit - 1;
    return static_cast<std::int64_t>(value);
}

}  // namespace

std::vector<IdInterval> intervals_of(const NumericRange& range) {
    std::vector<IdInterval> intervals;
    if (!(range.low <= range.high)) return intervals;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    // A stored integer or decimal is rounded to double, or to float beside one, before it is
    // compared: what lies within one step of a bound may be equal to it.
    const double low = range.float_bound ? static_cast<double>(float_below(range.low))
                                         : std::nextafter(range.low, -infinity);
    const double high = range.float_bound ? static_cast<double>(float_above(range.high))
                                          : std::nextafter(range.high, infinity);
    intervals.push_back(all_of(Tag::dictionary_number));

    constexpr std::int64_t integer_limit = std::int64_t{1} << 57;
    const std::int64_t low_integer = clamp(std::ceil(static_cast<long double>(low)), integer_limit);
    const std::int64_t high_integer =
        clamp(std::floor(static_cast<long double>(high)), integer_limit);
    if (low_integer <= high_integer && low < static_cast<double>(integer_limit) &&
        high >= -static_cast<double>(integer_limit)) {
        for (int tag = static_cast<int>(Tag::integer); tag <= static_cast<int>(Tag::last_integer);
             ++tag) {
            intervals.push_back(
                {TermId::of(static_cast<Tag>(tag),
                            static_cast<std::uint64_t>(low_integer + integer_limit)),
                 TermId::of(static_cast<Tag>(tag),
                            static_cast<std::uint64_t>(high_integer + integer_limit))});
        }
    }

    constexpr std::int64_t decimal_limit = std::int64_t{1} << 54;
    const auto scaled = [](double value) {
        return static_cast<long double>(value) * static_cast<long double>(decimal_scale);
    };
    const std::int64_t low_decimal = clamp(std::floor(scaled(low)), decimal_limit);
    const std::int64_t high_decimal = clamp(std::ceil(scaled(high)), decimal_limit);
    if (scaled(low) < static_cast<long double>(decimal_limit) &&
        scaled(high) >= -static_cast<long double>(decimal_limit)) {
        intervals.push_back(
            {TermId::of(Tag::decimal, static_cast<std::uint64_t>(low_decimal + decimal_limit) << 3),
             TermId::of(Tag::decimal,
                        (static_cast<std::uint64_t>(high_decimal + decimal_limit) << 3) | 7)});
    }

    intervals.push_back({TermId::of(Tag::double_scientific, scientific_bound(low, false)),
                         TermId::of(Tag::double_scientific, scientific_bound(high, true))});
    intervals.push_back({TermId::of(Tag::double_plain, plain_bound(low, false)),
                         TermId::of(Tag::double_plain, plain_bound(high, true))});
    intervals.push_back(
        {TermId::of(Tag::float_number, float_bound(float_below(range.low), false)),
         TermId::of(Tag::float_number, float_bound(float_above(range.high), true))});
    return intervals;
}

std::vector<IdInterval> intervals_of(Datatype datatype, std::optional<Instant> low,
                                     std::optional<Instant> high) {
    std::vector<IdInterval> intervals{all_of(Tag::dictionary_time)};
    const auto add = [&](Tag tag) {
        const IdInterval all = all_of(tag);
        const IdInterval interval{low ? time_bound(tag, *low, false) : all.first,
                                  high ? time_bound(tag, *high, true) : all.last};
        if (interval.first <= interval.last) intervals.push_back(interval);
    };
    switch (datatype) {
        case Datatype::date_time:
        case Datatype::date_time_stamp:
            add(Tag::date_time_zoned_seconds);
            add(Tag::date_time_zoned_milliseconds);
            add(Tag::date_time_utc_microseconds);
            add(Tag::date_time_local);
            break;
        case Datatype::date:
            add(Tag::date_local);
            add(Tag::date_zoned);
            break;
        case Datatype::time:
            add(Tag::time_local);
            add(Tag::time_zoned);
            break;
        case Datatype::g_year:
            add(Tag::g_year);
            break;
        case Datatype::g_year_month:
            add(Tag::g_year_month);
            break;
        default:
            break;
    }
    return intervals;
}

}  // namespace dossier::storage
