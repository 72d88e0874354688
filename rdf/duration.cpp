#include "rdf/duration.h"

#include <charconv>
#include <limits>
#include <utility>

#include "rdf/big_integer.h"
#include "rdf/calendar.h"

namespace dossier {

namespace {

constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// What a lexical form says. `in_range` is false when a part does not fit 64 bits.
struct Scan {
    bool in_range = true;
    std::int64_t months = 0;
    std::int64_t seconds = 0;
    std::int64_t attoseconds = 0;
};

// sum += number x unit, for a number of any length.
void add_part(std::int64_t& sum, std::string_view digits, std::int64_t unit, bool& in_range) {
    std::int64_t number = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (end.ec != std::errc{} || __builtin_mul_overflow(number, unit, &number) ||
        __builtin_add_overflow(sum, number, &sum)) {
        in_range = false;
    }
}

std::int64_t attoseconds_of(std::string_view digits) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < 18; ++i) {
        value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    }
    return value;
}

// -?P nY nM nD T nH nM nS, each part optional but one, T only before a part (XSD 1.1 section
// 3.3.6.2). Nothing when the text is something else.
std::optional<Scan> scan(std::string_view text, Datatype datatype) {
    struct Part {
        char letter;
        bool after_t;
        std::int64_t unit;  // in months or seconds
    };
    constexpr Part parts[] = {{'Y', false, 12},   {'M', false, 1}, {'D', false, seconds_per_day},
                              {'H', true, 3'600}, {'M', true, 60}, {'S', true, 1}};
    constexpr std::size_t month_parts = 2;
    Scan result;
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (!text.starts_with('P')) return std::nullopt;
    text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    bool time = false;
    std::size_t next = 0;
    while (!text.empty()) {
        if (text[0] == 'T') {
            if (time) return std::nullopt;
            time = true;
            text.remove_prefix(1);
            if (text.empty()) return std::nullopt;
        }
        std::size_t i = 0;
        while (i < text.size() && is_digit(text[i])) ++i;
        const std::string_view digits = text.substr(0, i);
        std::string_view fraction;
        bool point = false;
        if (i < text.size() && text[i] == '.') {
            point = true;
            const std::size_t start = ++i;
            while (i < text.size() && is_digit(text[i])) ++i;
            fraction = text.substr(start, i - start);
        }
        if (digits.empty() || i == text.size()) return std::nullopt;
        while (next < std::size(parts) &&
               (parts[next].letter != text[i] || parts[next].after_t != time)) {
            ++next;
        }
        if (next == std::size(parts)) return std::nullopt;
        if (point && (parts[next].letter != 'S' || fraction.empty())) return std::nullopt;
        const bool is_months = next < month_parts;
        if (is_months ? datatype == Datatype::day_time_duration
                      : datatype == Datatype::year_month_duration) {
            return std::nullopt;
        }
        add_part(is_months ? result.months : result.seconds, digits, parts[next].unit,
                 result.in_range);
        if (point) result.attoseconds = attoseconds_of(fraction);
        ++next;
        text.remove_prefix(i + 1);
    }
    if (negative) {
        result.months = -result.months;
        result.seconds = -result.seconds;
        result.attoseconds = -result.attoseconds;
    }
    return result;
}

// Seconds (of 1970) and the fraction where a reference date plus the duration lies.
struct Place {
    Int128 seconds;
    std::int64_t attoseconds;
    friend auto operator<=>(const Place&, const Place&) = default;
};

struct ReferenceMonth {
    int year;
    int month;
};
// XSD 1.1 section 3.3.6.1.
constexpr ReferenceMonth reference_months[] = {{1696, 9}, {1697, 2}, {1903, 3}, {1903, 7}};

Place place_after(const ReferenceMonth& reference, const Duration& duration) {
    const Int128 months = Int128{reference.year} * 12 + (reference.month - 1) + duration.months();
    const Int128 year = floor_divide<Int128>(months, 12);
    const int month = static_cast<int>(months - year * 12) + 1;
    Place place{days_before<Int128>(year, month, 1) * seconds_per_day + duration.seconds(),
                duration.attoseconds()};
    if (place.attoseconds < 0) {
        place.attoseconds += attoseconds_per_second;
        place.seconds -= 1;
    }
    return place;
}

// Seconds as a decimal cut to attoseconds; nothing beyond 64 bits.
std::optional<Duration> from_decimals(const Decimal& months, const Decimal& seconds) {
    const auto whole_months = round(months).coefficient().to_int64();
    const auto whole = seconds.truncate().to_int64();
    if (!whole_months || !whole) return std::nullopt;
    const auto fraction = subtract(seconds, Decimal(*whole));
    if (!fraction) return std::nullopt;
    const auto scaled = multiply(*fraction, Decimal(attoseconds_per_second));
    if (!scaled) return std::nullopt;
    return Duration::of(*whole_months, *whole, *scaled->truncate().to_int64());
}

void append_number(std::string& out, std::uint64_t value, char letter) {
    if (value == 0) return;
    out += std::to_string(value);
    out += letter;
}

}  // namespace

std::optional<Duration> Duration::of(std::int64_t months, std::int64_t seconds,
                                     std::int64_t attoseconds) {
    if (months < -highest || seconds < -highest) return std::nullopt;
    if (seconds > 0 && attoseconds < 0) {
        --seconds;
        attoseconds += attoseconds_per_second;
    } else if (seconds < 0 && attoseconds > 0) {
        ++seconds;
        attoseconds -= attoseconds_per_second;
    }
    const bool negative = seconds < 0 || attoseconds < 0;
    const bool positive = seconds > 0 || attoseconds > 0;
    if ((months > 0 && negative) || (months < 0 && positive)) return std::nullopt;
    return Duration{months, seconds, attoseconds};
}

bool Duration::is_lexical(std::string_view lexical, Datatype datatype) noexcept {
    return scan(lexical, datatype).has_value();
}

std::optional<Duration> Duration::parse(std::string_view lexical, Datatype datatype) {
    const auto result = scan(lexical, datatype);
    if (!result || !result->in_range) return std::nullopt;
    return Duration{result->months, result->seconds, result->attoseconds};
}

int Duration::sign() const {
    if (months_ < 0 || seconds_ < 0 || attoseconds_ < 0) return -1;
    return months_ > 0 || seconds_ > 0 || attoseconds_ > 0 ? 1 : 0;
}

Decimal Duration::total_seconds() const {
    return *add(Decimal(seconds_), *Decimal::of(Integer(attoseconds_), 18));
}

void Duration::append_to(std::string& out, Datatype datatype) const {
    if (sign() == 0) {
        out += datatype == Datatype::year_month_duration ? "P0M" : "PT0S";
        return;
    }
    const auto magnitude = [](std::int64_t value) {
        return value < 0 ? 0 - static_cast<std::uint64_t>(value)
                         : static_cast<std::uint64_t>(value);
    };
    const std::uint64_t months = magnitude(months_);
    const std::uint64_t seconds = magnitude(seconds_);
    const std::uint64_t fraction = magnitude(attoseconds_);
    if (sign() < 0) out += '-';
    out += 'P';
    append_number(out, months / 12, 'Y');
    append_number(out, months % 12, 'M');
    append_number(out, seconds / 86'400, 'D');
    if (seconds % 86'400 == 0 && fraction == 0) return;
    out += 'T';
    append_number(out, seconds / 3'600 % 24, 'H');
    append_number(out, seconds / 60 % 60, 'M');
    if (seconds % 60 == 0 && fraction == 0) return;
    out += std::to_string(seconds % 60);
    if (fraction != 0) {
        std::string digits = std::to_string(fraction);
        digits.insert(0, 18 - digits.size(), '0');
        digits.erase(digits.find_last_not_of('0') + 1);
        out += '.';
        out += digits;
    }
    out += 'S';
}

std::string Duration::to_string(Datatype datatype) const {
    std::string out;
    append_to(out, datatype);
    return out;
}

std::partial_ordering compare(const Duration& a, const Duration& b) {
    if (a == b) return std::partial_ordering::equivalent;
    bool less = true;
    bool greater = true;
    for (const ReferenceMonth& reference : reference_months) {
        const auto order = place_after(reference, a) <=> place_after(reference, b);
        less = less && order < 0;
        greater = greater && order > 0;
    }
    if (less) return std::partial_ordering::less;
    return greater ? std::partial_ordering::greater : std::partial_ordering::unordered;
}

std::strong_ordering compare_totally(const Duration& a, const Duration& b) {
    const auto order = place_after(reference_months[0], a) <=> place_after(reference_months[0], b);
    return order != 0 ? order : a.months() <=> b.months();
}

std::optional<Duration> add(const Duration& a, const Duration& b) {
    std::int64_t months = 0;
    std::int64_t seconds = 0;
    if (__builtin_add_overflow(a.months(), b.months(), &months) ||
        __builtin_add_overflow(a.seconds(), b.seconds(), &seconds)) {
        return std::nullopt;
    }
    // Both fractions are below one second.
    std::int64_t attoseconds = a.attoseconds() + b.attoseconds();
    const std::int64_t carry = attoseconds / attoseconds_per_second;
    attoseconds %= attoseconds_per_second;
    if (__builtin_add_overflow(seconds, carry, &seconds)) return std::nullopt;
    return Duration::of(months, seconds, attoseconds);
}

std::optional<Duration> negate(const Duration& a) {
    // The smallest number of 64 bits has no negative.
    constexpr auto smallest = std::numeric_limits<std::int64_t>::min();
    if (a.months() == smallest || a.seconds() == smallest) return std::nullopt;
    return Duration::of(-a.months(), -a.seconds(), -a.attoseconds());
}

std::optional<Duration> subtract(const Duration& a, const Duration& b) {
    const auto negative = negate(b);
    return negative ? add(a, *negative) : std::nullopt;
}

std::optional<Duration> multiply(const Duration& a, const Decimal& factor) {
    const auto months = multiply(Decimal(a.months()), factor);
    const auto seconds = multiply(a.total_seconds(), factor);
    if (!months || !seconds) return std::nullopt;
    return from_decimals(*months, *seconds);
}

std::optional<Duration> divide(const Duration& a, const Decimal& divisor) {
    const auto months = divide(Decimal(a.months()), divisor);
    const auto seconds = divide(a.total_seconds(), divisor);
    if (!months || !seconds) return std::nullopt;
    return from_decimals(*months, *seconds);
}

std::optional<Decimal> divide(const Duration& a, const Duration& b) {
    const auto has_seconds = [](const Duration& d) {
        return d.seconds() != 0 || d.attoseconds() != 0;
    };
    if (!has_seconds(a) && !has_seconds(b)) {
        return divide(Decimal(a.months()), Decimal(b.months()));
    }
    if (a.months() != 0 || b.months() != 0) return std::nullopt;
    return divide(a.total_seconds(), b.total_seconds());
}

}  // namespace dossier
