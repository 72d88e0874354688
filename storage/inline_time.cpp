#include "storage/inline_time.h"

#include <charconv>

#include "storage/civil_day.h"

namespace dossier::storage {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Zones stand in the low 11 bits, below the instant: 0 for Z, else minutes + 841.
constexpr int zone_bits = 11;
constexpr std::uint64_t zone_of_z = 0;
constexpr int zone_bias = 841;
constexpr std::uint64_t greatest_zone = zone_bias + 840;
// Payloads are biased, so that negative values sort first.
constexpr std::int64_t bias_58 = std::int64_t{1} << 57;
constexpr std::int64_t bias_55 = std::int64_t{1} << 54;  // above 3 bits
constexpr std::int64_t bias_47 = std::int64_t{1} << 46;  // above a zone
constexpr std::int64_t bias_44 = std::int64_t{1} << 43;  // above a zone and 3 bits

constexpr std::int64_t day_seconds = 86'400;
constexpr std::int64_t day_microseconds = day_seconds * 1'000'000;
// Years written with at most this many digits.
constexpr std::size_t date_year_digits = 6;
constexpr std::size_t g_year_digits = 9;

constexpr TermId end_of(Tag tag, bool upper) {
    return TermId::of(tag, upper ? TermId::payload_mask : 0);
}

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

struct Reader {
    const char* at;
    const char* end;

    bool done() const { return at == end; }
    bool take(char c) {
        if (at == end || *at != c) return false;
        ++at;
        return true;
    }
    // Exactly two digits; -1 when there are none.
    int two_digits() {
        if (end - at < 2 || !is_digit(at[0]) || !is_digit(at[1])) return -1;
        const int value = (at[0] - '0') * 10 + (at[1] - '0');
        at += 2;
        return value;
    }
    // At least four digits, more only without a leading zero; no negative zero.
    std::optional<std::int64_t> year(std::size_t most_digits) {
        const bool negative = take('-');
        const char* const first = at;
        std::int64_t value = 0;
        while (at != end && is_digit(*at)) {
            if (static_cast<std::size_t>(at - first) == most_digits) return std::nullopt;
            value = value * 10 + (*at++ - '0');
        }
        const auto digits = at - first;
        if (digits < 4 || (digits > 4 && *first == '0') || (negative && value == 0)) {
            return std::nullopt;
        }
        return negative ? -value : value;
    }
    std::optional<std::int64_t> date() {
        const auto y = year(date_year_digits);
        if (!y || !take('-')) return std::nullopt;
        const int month = two_digits();
        if (month < 1 || month > 12 || !take('-')) return std::nullopt;
        const int day = two_digits();
        if (day < 1 || day > static_cast<int>(days_in_month(*y, static_cast<unsigned>(month)))) {
            return std::nullopt;
        }
        return day_number({*y, static_cast<unsigned>(month), static_cast<unsigned>(day)});
    }
    // Seconds of the day; 24:00:00 has no inline form.
    std::optional<std::int64_t> clock() {
        const int hour = two_digits();
        if (hour < 0 || hour > 23 || !take(':')) return std::nullopt;
        const int minute = two_digits();
        if (minute < 0 || minute > 59 || !take(':')) return std::nullopt;
        const int second = two_digits();
        if (second < 0 || second > 59) return std::nullopt;
        return (hour * 60 + minute) * 60 + second;
    }
    // The fraction in microseconds and how many digits were written: 0 without a point, at most 6.
    bool fraction(std::int64_t& microseconds, unsigned& digits) {
        microseconds = 0;
        digits = 0;
        if (!take('.')) return true;
        while (at != end && is_digit(*at)) {
            if (digits == 6) return false;
            microseconds = microseconds * 10 + (*at++ - '0');
            ++digits;
        }
        if (digits == 0) return false;
        for (unsigned i = digits; i < 6; ++i) microseconds *= 10;
        return true;
    }
    // What is left must be a zone.
    bool zone(std::uint64_t& code, std::int64_t& minutes) {
        minutes = 0;
        code = zone_of_z;
        if (take('Z')) return done();
        const bool negative = !done() && *at == '-';
        if (!take('-') && !take('+')) return false;
        const int hour = two_digits();
        if (hour < 0 || hour > 14 || !take(':')) return false;
        const int minute = two_digits();
        if (minute < 0 || minute > (hour == 14 ? 0 : 59) || !done()) return false;
        minutes = hour * 60 + minute;
        if (negative && minutes == 0) return false;
        if (negative) minutes = -minutes;
        code = static_cast<std::uint64_t>(minutes + zone_bias);
        return true;
    }
};

// `value` + bias must fit below 2 x bias.
std::optional<std::uint64_t> biased(std::int64_t value, std::int64_t bias) {
    if (value < -bias || value >= bias) return std::nullopt;
    return static_cast<std::uint64_t>(value + bias);
}

std::optional<TermId> encode_date_time(Reader in) {
    const auto day = in.date();
    if (!day || !in.take('T')) return std::nullopt;
    const auto clock = in.clock();
    std::int64_t microseconds = 0;
    unsigned digits = 0;
    if (!clock || !in.fraction(microseconds, digits)) return std::nullopt;
    const std::int64_t seconds = *day * day_seconds + *clock;
    // Years have at most six digits: seconds stay below 2^45, microseconds within 64 bits.
    if (in.done()) {
        const auto value = biased(seconds * 1'000'000 + microseconds, bias_55);
        if (!value) return std::nullopt;
        return TermId::of(Tag::date_time_local, (*value << 3) | digits);
    }
    std::uint64_t zone = 0;
    std::int64_t minutes = 0;
    if (!in.zone(zone, minutes)) return std::nullopt;
    const std::int64_t utc = seconds - minutes * 60;
    if (digits == 0) {
        const auto value = biased(utc, bias_47);
        if (!value) return std::nullopt;
        return TermId::of(Tag::date_time_zoned_seconds, (*value << zone_bits) | zone);
    }
    if (digits == 3) {
        const auto value = biased(utc * 1'000 + microseconds / 1'000, bias_47);
        if (!value) return std::nullopt;
        return TermId::of(Tag::date_time_zoned_milliseconds, (*value << zone_bits) | zone);
    }
    if (digits == 6 && zone == zone_of_z) {
        const auto value = biased(utc * 1'000'000 + microseconds, bias_58);
        if (!value) return std::nullopt;
        return TermId::of(Tag::date_time_utc_microseconds, *value);
    }
    return std::nullopt;
}

std::optional<TermId> encode_date(Reader in) {
    const auto day = in.date();
    if (!day) return std::nullopt;
    if (in.done()) {
        return TermId::of(Tag::date_local, static_cast<std::uint64_t>(*day + bias_58));
    }
    std::uint64_t zone = 0;
    std::int64_t minutes = 0;
    if (!in.zone(zone, minutes)) return std::nullopt;
    const auto start = static_cast<std::uint64_t>(*day * 1'440 - minutes + bias_47);
    return TermId::of(Tag::date_zoned, (start << zone_bits) | zone);
}

std::optional<TermId> encode_clock(Reader in) {
    const auto clock = in.clock();
    std::int64_t microseconds = 0;
    unsigned digits = 0;
    if (!clock || !in.fraction(microseconds, digits)) return std::nullopt;
    microseconds += *clock * 1'000'000;
    if (in.done()) {
        return TermId::of(Tag::time_local,
                          (static_cast<std::uint64_t>(microseconds) << 3) | digits);
    }
    std::uint64_t zone = 0;
    std::int64_t minutes = 0;
    if (!in.zone(zone, minutes)) return std::nullopt;
    const auto utc = static_cast<std::uint64_t>(microseconds - minutes * 60'000'000 + bias_44);
    return TermId::of(Tag::time_zoned, (((utc << 3) | digits) << zone_bits) | zone);
}

std::optional<TermId> encode_g_year(Reader in) {
    const auto year = in.year(g_year_digits);
    if (!year || !in.done()) return std::nullopt;
    return TermId::of(Tag::g_year, static_cast<std::uint64_t>(*year + bias_58));
}

std::optional<TermId> encode_g_year_month(Reader in) {
    const auto year = in.year(g_year_digits);
    if (!year || !in.take('-')) return std::nullopt;
    const int month = in.two_digits();
    if (month < 1 || month > 12 || !in.done()) return std::nullopt;
    return TermId::of(Tag::g_year_month,
                      static_cast<std::uint64_t>(*year * 12 + month - 1 + bias_58));
}

// A payload taken apart again.
struct Decoded {
    DateTime::Parts parts;
    unsigned digits = 0;  // of the fraction
    bool zone_is_z = false;
};

bool set_zone(std::uint64_t code, Decoded& out) {
    if (code > greatest_zone) return false;
    out.zone_is_z = code == zone_of_z;
    out.parts.zone =
        static_cast<std::int16_t>(out.zone_is_z ? 0 : static_cast<int>(code) - zone_bias);
    return true;
}

void set_day(std::int64_t number, Decoded& out) {
    const CivilDay day = civil_day(number);
    out.parts.year = day.year;
    out.parts.month = static_cast<std::uint8_t>(day.month);
    out.parts.day = static_cast<std::uint8_t>(day.day);
}

void set_clock(std::int64_t microseconds, Decoded& out) {
    const std::int64_t seconds = microseconds / 1'000'000;
    out.parts.hour = static_cast<std::uint8_t>(seconds / 3'600);
    out.parts.minute = static_cast<std::uint8_t>(seconds / 60 % 60);
    out.parts.second = static_cast<std::uint8_t>(seconds % 60);
    out.parts.attosecond = microseconds % 1'000'000 * 1'000'000'000'000;
}

// Local seconds since 1970 and microseconds within.
void set_date_time(std::int64_t seconds, std::int64_t microseconds, Decoded& out) {
    const std::int64_t day = floor_divide(seconds, day_seconds);
    set_day(day, out);
    set_clock((seconds - day * day_seconds) * 1'000'000 + microseconds, out);
}

std::optional<Decoded> decode(TermId id) {
    const std::uint64_t payload = id.payload();
    const std::uint64_t zone = payload & ((std::uint64_t{1} << zone_bits) - 1);
    const auto above_zone = static_cast<std::int64_t>(payload >> zone_bits);
    Decoded out;
    switch (id.tag()) {
        case Tag::date_time_zoned_seconds:
            if (!set_zone(zone, out)) return std::nullopt;
            set_date_time(above_zone - bias_47 + out.parts.zone * 60, 0, out);
            return out;
        case Tag::date_time_zoned_milliseconds: {
            if (!set_zone(zone, out)) return std::nullopt;
            const std::int64_t value = above_zone - bias_47;
            const std::int64_t seconds = floor_divide(value, 1'000);
            set_date_time(seconds + out.parts.zone * 60, (value - seconds * 1'000) * 1'000, out);
            out.digits = 3;
            return out;
        }
        case Tag::date_time_utc_microseconds: {
            const std::int64_t value = static_cast<std::int64_t>(payload) - bias_58;
            const std::int64_t seconds = floor_divide(value, 1'000'000);
            set_zone(zone_of_z, out);
            set_date_time(seconds, value - seconds * 1'000'000, out);
            out.digits = 6;
            return out;
        }
        case Tag::date_time_local: {
            const std::int64_t value = static_cast<std::int64_t>(payload >> 3) - bias_55;
            const std::int64_t seconds = floor_divide(value, 1'000'000);
            out.digits = static_cast<unsigned>(payload & 7);
            set_date_time(seconds, value - seconds * 1'000'000, out);
            return out.digits <= 6 ? std::optional(out) : std::nullopt;
        }
        case Tag::date_local:
            // Years of more than six digits are damage: no encoder makes them.
            if (const std::int64_t day = static_cast<std::int64_t>(payload) - bias_58;
                day > -400'000'000 && day < 400'000'000) {
                set_day(day, out);
                return out;
            }
            return std::nullopt;
        case Tag::date_zoned: {
            if (!set_zone(zone, out)) return std::nullopt;
            const std::int64_t start = above_zone - bias_47 + out.parts.zone;
            if (floor_divide(start, 1'440) * 1'440 != start || start < -600'000'000'000 ||
                start > 600'000'000'000) {
                return std::nullopt;
            }
            set_day(start / 1'440, out);
            return out;
        }
        case Tag::time_local: {
            const auto value = static_cast<std::int64_t>(payload >> 3);
            out.digits = static_cast<unsigned>(payload & 7);
            if (value >= day_microseconds || out.digits > 6) return std::nullopt;
            set_clock(value, out);
            return out;
        }
        case Tag::time_zoned: {
            if (!set_zone(zone, out)) return std::nullopt;
            const std::int64_t value =
                (above_zone >> 3) - bias_44 + std::int64_t{out.parts.zone} * 60'000'000;
            out.digits = static_cast<unsigned>(above_zone & 7);
            if (value < 0 || value >= day_microseconds || out.digits > 6) return std::nullopt;
            set_clock(value, out);
            return out;
        }
        case Tag::g_year:
            out.parts.year = static_cast<std::int64_t>(payload) - bias_58;
            return out;
        case Tag::g_year_month: {
            const std::int64_t months = static_cast<std::int64_t>(payload) - bias_58;
            out.parts.year = floor_divide(months, 12);
            out.parts.month = static_cast<std::uint8_t>(months - out.parts.year * 12 + 1);
            return out;
        }
        default:
            return std::nullopt;
    }
}

char* write_two(unsigned value, char* out) {
    out[0] = static_cast<char>('0' + value / 10);
    out[1] = static_cast<char>('0' + value % 10);
    return out + 2;
}

char* write_year(std::int64_t year, char* out) {
    if (year < 0) {
        *out++ = '-';
        year = -year;
    }
    for (std::int64_t limit = 1'000; limit > 1 && year < limit; limit /= 10) *out++ = '0';
    return std::to_chars(out, out + 20, year).ptr;
}

char* write_date(const DateTime::Parts& parts, char* out) {
    out = write_year(parts.year, out);
    *out++ = '-';
    out = write_two(parts.month, out);
    *out++ = '-';
    return write_two(parts.day, out);
}

char* write_clock(const Decoded& decoded, char* out) {
    out = write_two(decoded.parts.hour, out);
    *out++ = ':';
    out = write_two(decoded.parts.minute, out);
    *out++ = ':';
    out = write_two(decoded.parts.second, out);
    if (decoded.digits > 0) {
        *out++ = '.';
        auto microseconds =
            static_cast<std::uint64_t>(decoded.parts.attosecond / 1'000'000'000'000);
        for (int i = 5; i >= 0; --i) {
            out[i] = static_cast<char>('0' + microseconds % 10);
            microseconds /= 10;
        }
        out += decoded.digits;
    }
    return out;
}

char* write_zone(const Decoded& decoded, char* out) {
    if (decoded.parts.zone == DateTime::no_zone) return out;
    if (decoded.zone_is_z) {
        *out++ = 'Z';
        return out;
    }
    const int minutes = decoded.parts.zone;
    const auto absolute = static_cast<unsigned>(minutes < 0 ? -minutes : minutes);
    *out++ = minutes < 0 ? '-' : '+';
    out = write_two(absolute / 60, out);
    *out++ = ':';
    return write_two(absolute % 60, out);
}

}  // namespace

std::optional<TermId> encode_time(std::string_view lexical, Datatype datatype) {
    const Reader reader{lexical.data(), lexical.data() + lexical.size()};
    switch (datatype) {
        case Datatype::date_time:
            return encode_date_time(reader);
        case Datatype::date:
            return encode_date(reader);
        case Datatype::time:
            return encode_clock(reader);
        case Datatype::g_year:
            return encode_g_year(reader);
        case Datatype::g_year_month:
            return encode_g_year_month(reader);
        default:
            return std::nullopt;
    }
}

char* write_time(TermId id, char* out) {
    const auto decoded = decode(id);
    if (!decoded) return nullptr;
    const DateTime::Parts& parts = decoded->parts;
    switch (id.tag()) {
        case Tag::date_local:
        case Tag::date_zoned:
            return write_zone(*decoded, write_date(parts, out));
        case Tag::time_local:
        case Tag::time_zoned:
            return write_zone(*decoded, write_clock(*decoded, out));
        case Tag::g_year:
            return write_year(parts.year, out);
        case Tag::g_year_month:
            out = write_year(parts.year, out);
            *out++ = '-';
            return write_two(parts.month, out);
        default:
            out = write_date(parts, out);
            *out++ = 'T';
            return write_zone(*decoded, write_clock(*decoded, out));
    }
}

std::optional<DateTime::Parts> time_parts(TermId id) {
    const auto decoded = decode(id);
    if (!decoded) return std::nullopt;
    return decoded->parts;
}

TermId time_bound(Tag tag, Instant instant, bool upper) {
    constexpr std::int64_t time_line_start = day_number({1972, 1, 1}) * day_seconds;
    // Seconds that no payload reaches stand for no bound; so nothing below overflows.
    constexpr std::int64_t far = std::int64_t{1} << 56;
    if (instant.seconds >= far) return end_of(tag, true);
    if (instant.seconds <= -far) return end_of(tag, false);
    const std::int64_t fraction = instant.attoseconds / 1'000'000'000'000;  // microseconds, down
    const bool exact = instant.attoseconds % 1'000'000'000'000 == 0;
    // For an upper bound a cut fraction may stay cut: no payload lies between.
    const auto microseconds = [&](std::int64_t seconds) -> std::optional<std::int64_t> {
        constexpr std::int64_t most = (std::int64_t{1} << 62) / 1'000'000;
        if (seconds > most || seconds < -most) return std::nullopt;
        return seconds * 1'000'000 + fraction + (!upper && !exact ? 1 : 0);
    };
    const auto make = [&](std::optional<std::int64_t> value, std::int64_t bias, int low_bits) {
        const bool above = value ? *value >= bias : instant.seconds > 0;
        const bool below = value ? *value < -bias : instant.seconds < 0;
        if (above) return end_of(tag, true);
        if (below) return end_of(tag, false);
        const std::uint64_t low = upper ? (std::uint64_t{1} << low_bits) - 1 : 0;
        return TermId::of(tag, (static_cast<std::uint64_t>(*value + bias) << low_bits) | low);
    };
    const bool whole_second = instant.attoseconds == 0;
    const CivilDay day = civil_day(floor_divide(instant.seconds, day_seconds));
    switch (tag) {
        case Tag::date_time_zoned_seconds:
            return make(instant.seconds + (!upper && !whole_second ? 1 : 0), bias_47, zone_bits);
        case Tag::date_time_zoned_milliseconds: {
            std::optional<std::int64_t> value;
            if (instant.seconds < far / 1'000 && instant.seconds > -far / 1'000) {
                value = instant.seconds * 1'000 + fraction / 1'000 +
                        (!upper && (!exact || fraction % 1'000 != 0) ? 1 : 0);
            }
            return make(value, bias_47, zone_bits);
        }
        case Tag::date_time_utc_microseconds:
            return make(microseconds(instant.seconds), bias_58, 0);
        case Tag::date_time_local:
            return make(microseconds(instant.seconds), bias_55, 3);
        // One unit of room at both ends is cheaper than thinking about their borders.
        case Tag::date_local:
            return make(floor_divide(instant.seconds, day_seconds), bias_58, 0);
        case Tag::date_zoned:
            return make(floor_divide(instant.seconds, 60), bias_47, zone_bits);
        case Tag::time_local: {
            const auto value = microseconds(instant.seconds - time_line_start);
            if (value && *value < 0) return end_of(tag, false);
            if (!value || *value >= day_microseconds) return end_of(tag, instant.seconds > 0);
            return TermId::of(tag, (static_cast<std::uint64_t>(*value) << 3) | (upper ? 7u : 0u));
        }
        case Tag::time_zoned:
            return make(microseconds(instant.seconds - time_line_start), bias_44, 3 + zone_bits);
        case Tag::g_year:
            return make(day.year, bias_58, 0);
        case Tag::g_year_month:
            return make(day.year * 12 + static_cast<std::int64_t>(day.month) - 1, bias_58, 0);
        default:
            return end_of(tag, upper);
    }
}

}  // namespace dossier::storage
