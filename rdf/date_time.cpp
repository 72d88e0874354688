#include "rdf/date_time.h"

#include <charconv>

#include "rdf/calendar.h"

namespace dossier {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr std::int16_t widest_zone = 14 * 60;

bool has_year(Datatype t) {
    return t == Datatype::date_time || t == Datatype::date || t == Datatype::g_year ||
           t == Datatype::g_year_month;
}
bool has_month(Datatype t) {
    return t == Datatype::date_time || t == Datatype::date || t == Datatype::g_year_month ||
           t == Datatype::g_month || t == Datatype::g_month_day;
}
bool has_day(Datatype t) {
    return t == Datatype::date_time || t == Datatype::date || t == Datatype::g_month_day ||
           t == Datatype::g_day;
}
bool has_time(Datatype t) {
    return t == Datatype::date_time || t == Datatype::time;
}

// Reads a lexical form from the left; every function is false at the first text that does not fit.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    bool year_in_range() const { return year_in_range_; }

    bool character(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool two_digits(std::uint8_t& value, int lowest, int highest) {
        if (rest_.size() < 2 || !is_digit(rest_[0]) || !is_digit(rest_[1])) return false;
        const int number = (rest_[0] - '0') * 10 + (rest_[1] - '0');
        if (number < lowest || number > highest) return false;
        value = static_cast<std::uint8_t>(number);
        rest_.remove_prefix(2);
        return true;
    }

    // -?([1-9][0-9]{3,}|0[0-9]{3})
    bool year(std::int64_t& value) {
        const bool negative = character('-');
        std::size_t count = 0;
        while (count < rest_.size() && is_digit(rest_[count])) ++count;
        if (count < 4 || (count > 4 && rest_[0] == '0')) return false;
        const auto end = std::from_chars(rest_.data(), rest_.data() + count, value);
        year_in_range_ = end.ec == std::errc{} && value <= DateTime::max_year;
        if (!year_in_range_) value = 400 + last_digits(count) % 400;  // the same calendar
        if (negative) value = -value;
        rest_.remove_prefix(count);
        return true;
    }

    // hh:mm:ss(.s+)?, or 24:00:00(.0+)?, which sets `next_day` and the hour to 0.
    bool time(DateTime::Parts& parts, bool& next_day) {
        if (!two_digits(parts.hour, 0, 24) || !character(':') || !two_digits(parts.minute, 0, 59) ||
            !character(':') || !two_digits(parts.second, 0, 59)) {
            return false;
        }
        bool zero_fraction = true;
        if (character('.')) {
            std::size_t count = 0;
            for (; count < rest_.size() && is_digit(rest_[count]); ++count) {
                const int digit = rest_[count] - '0';
                zero_fraction = zero_fraction && digit == 0;
                if (count < 18) parts.attosecond = parts.attosecond * 10 + digit;
            }
            if (count == 0) return false;
            rest_.remove_prefix(count);
            for (; count < 18; ++count) parts.attosecond *= 10;
        }
        next_day = parts.hour == 24;
        if (!next_day) return true;
        if (parts.minute != 0 || parts.second != 0 || !zero_fraction) return false;
        parts.hour = 0;
        return true;
    }

    // Nothing, Z, or +hh:mm up to 14:00.
    bool zone(std::int16_t& value) {
        if (rest_.empty()) return true;
        if (character('Z')) {
            value = 0;
            return true;
        }
        const bool negative = rest_.starts_with('-');
        if (!negative && !rest_.starts_with('+')) return false;
        rest_.remove_prefix(1);
        std::uint8_t hours = 0;
        std::uint8_t minutes = 0;
        if (!two_digits(hours, 0, 14) || !character(':') || !two_digits(minutes, 0, 59)) {
            return false;
        }
        const int total = hours * 60 + minutes;
        if (total > widest_zone) return false;
        value = static_cast<std::int16_t>(negative ? -total : total);
        return true;
    }

  private:
    // The last four digits as a number: a year's place in the cycle of 400 years.
    std::int64_t last_digits(std::size_t count) const {
        std::int64_t value = 0;
        for (const char c : rest_.substr(count - 4, 4)) value = value * 10 + (c - '0');
        return value;
    }

    std::string_view rest_;
    bool year_in_range_ = true;
};

struct Scan {
    DateTime::Parts parts;
    bool next_day = false;
    bool in_range = true;
};

std::optional<Scan> scan(std::string_view text, Datatype datatype) {
    Scan result;
    DateTime::Parts& parts = result.parts;
    Reader reader(text);
    const bool zone_needed = datatype == Datatype::date_time_stamp;
    if (zone_needed) datatype = Datatype::date_time;
    bool fits = true;
    switch (datatype) {
        case Datatype::date_time:
            fits = reader.year(parts.year) && reader.character('-') &&
                   reader.two_digits(parts.month, 1, 12) && reader.character('-') &&
                   reader.two_digits(parts.day, 1, 31) && reader.character('T') &&
                   reader.time(parts, result.next_day);
            break;
        case Datatype::date:
            fits = reader.year(parts.year) && reader.character('-') &&
                   reader.two_digits(parts.month, 1, 12) && reader.character('-') &&
                   reader.two_digits(parts.day, 1, 31);
            break;
        case Datatype::time:
            fits = reader.time(parts, result.next_day);
            break;
        case Datatype::g_year:
            fits = reader.year(parts.year);
            break;
        case Datatype::g_year_month:
            fits = reader.year(parts.year) && reader.character('-') &&
                   reader.two_digits(parts.month, 1, 12);
            break;
        case Datatype::g_month:
            fits = reader.character('-') && reader.character('-') &&
                   reader.two_digits(parts.month, 1, 12);
            break;
        case Datatype::g_month_day:
            fits = reader.character('-') && reader.character('-') &&
                   reader.two_digits(parts.month, 1, 12) && reader.character('-') &&
                   reader.two_digits(parts.day, 1, 31);
            break;
        case Datatype::g_day:
            fits = reader.character('-') && reader.character('-') && reader.character('-') &&
                   reader.two_digits(parts.day, 1, 31);
            break;
        default:
            return std::nullopt;
    }
    if (!fits || !reader.zone(parts.zone) || !reader.at_end()) return std::nullopt;
    if (zone_needed && parts.zone == DateTime::no_zone) return std::nullopt;
    if (parts.day > days_in_month(parts.year, parts.month)) return std::nullopt;
    result.in_range = reader.year_in_range();
    return result;
}

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

void append_zone(std::string& out, std::int16_t zone) {
    if (zone == DateTime::no_zone) return;
    if (zone == 0) {
        out += 'Z';
        return;
    }
    const int minutes = zone < 0 ? -zone : zone;
    out += zone < 0 ? '-' : '+';
    append_padded(out, minutes / 60, 2);
    out += ':';
    append_padded(out, minutes % 60, 2);
}

// Seconds since 1970-01-01T00:00:00 of the same zone.
std::int64_t local_seconds(const DateTime::Parts& p) {
    return days_before<std::int64_t>(p.year, p.month, p.day) * seconds_per_day + p.hour * 3'600 +
           p.minute * 60 + p.second;
}

// Sets date and time of day; false when the year is out of range.
bool set_local_seconds(DateTime::Parts& p, std::int64_t seconds) {
    const std::int64_t days = floor_divide<std::int64_t>(seconds, seconds_per_day);
    const auto of_day = static_cast<int>(seconds - days * seconds_per_day);
    const CivilDate date = civil_date(days);
    if (date.year > DateTime::max_year || date.year < -DateTime::max_year) return false;
    p.year = date.year;
    p.month = static_cast<std::uint8_t>(date.month);
    p.day = static_cast<std::uint8_t>(date.day);
    p.hour = static_cast<std::uint8_t>(of_day / 3'600);
    p.minute = static_cast<std::uint8_t>(of_day / 60 % 60);
    p.second = static_cast<std::uint8_t>(of_day % 60);
    return true;
}

}  // namespace

std::optional<DateTime> DateTime::of(Datatype datatype, Parts parts) {
    if (!is_date_time(datatype)) return std::nullopt;
    if (datatype == Datatype::date_time_stamp) {
        if (parts.zone == no_zone) return std::nullopt;
        datatype = Datatype::date_time;
    }
    const Parts absent;
    if (!has_year(datatype)) parts.year = absent.year;
    if (!has_month(datatype)) parts.month = absent.month;
    if (!has_day(datatype)) parts.day = absent.day;
    if (!has_time(datatype)) {
        parts.hour = parts.minute = parts.second = 0;
        parts.attosecond = 0;
    }
    const bool zone_fits =
        parts.zone == no_zone || (parts.zone >= -widest_zone && parts.zone <= widest_zone);
    if (!zone_fits || parts.year > max_year || parts.year < -max_year || parts.month < 1 ||
        parts.month > 12 || parts.day < 1 || parts.day > days_in_month(parts.year, parts.month) ||
        parts.hour > 23 || parts.minute > 59 || parts.second > 59 || parts.attosecond < 0 ||
        parts.attosecond >= attoseconds_per_second) {
        return std::nullopt;
    }
    return DateTime(datatype, parts);
}

bool DateTime::is_lexical(std::string_view lexical, Datatype datatype) noexcept {
    return scan(lexical, datatype).has_value();
}

std::optional<DateTime> DateTime::parse(std::string_view lexical, Datatype datatype) {
    auto result = scan(lexical, datatype);
    if (!result || !result->in_range) return std::nullopt;
    if (datatype == Datatype::date_time_stamp) datatype = Datatype::date_time;
    if (result->next_day && datatype == Datatype::date_time &&
        !set_local_seconds(result->parts, local_seconds(result->parts) + seconds_per_day)) {
        return std::nullopt;
    }
    return DateTime(datatype, result->parts);
}

std::optional<DateTime> DateTime::at(Instant instant, std::int16_t zone) {
    Parts parts;
    std::int64_t seconds = instant.seconds;
    if (zone != no_zone && __builtin_add_overflow(seconds, std::int64_t{zone} * 60, &seconds)) {
        return std::nullopt;
    }
    if (!set_local_seconds(parts, seconds)) return std::nullopt;
    parts.attosecond = instant.attoseconds;
    parts.zone = zone;
    return of(Datatype::date_time, parts);
}

Decimal DateTime::seconds() const {
    return *dossier::add(Decimal(std::int64_t{parts_.second}),
                         *Decimal::of(Integer(parts_.attosecond), 18));
}

std::optional<Duration> DateTime::timezone() const {
    if (!has_zone()) return std::nullopt;
    return Duration::of_seconds(std::int64_t{parts_.zone} * 60);
}

std::string DateTime::tz() const {
    std::string out;
    append_zone(out, parts_.zone);
    return out;
}

Instant DateTime::instant() const {
    const std::int64_t offset = has_zone() ? std::int64_t{parts_.zone} * 60 : 0;
    return {local_seconds(parts_) - offset, parts_.attosecond};
}

void DateTime::append_to(std::string& out) const {
    if (has_year(datatype_)) {
        if (parts_.year < 0) out += '-';
        append_padded(out, parts_.year < 0 ? -parts_.year : parts_.year, 4);
    } else if (datatype_ != Datatype::time) {
        out += '-';
    }
    if (has_month(datatype_)) {
        out += '-';
        append_padded(out, parts_.month, 2);
    } else if (datatype_ == Datatype::g_day) {
        out += '-';
    }
    if (has_day(datatype_)) {
        out += '-';
        append_padded(out, parts_.day, 2);
    }
    if (datatype_ == Datatype::date_time) out += 'T';
    if (has_time(datatype_)) {
        append_padded(out, parts_.hour, 2);
        out += ':';
        append_padded(out, parts_.minute, 2);
        out += ':';
        append_padded(out, parts_.second, 2);
        if (parts_.attosecond != 0) {
            out += '.';
            append_padded(out, parts_.attosecond, 18);
            out.erase(out.find_last_not_of('0') + 1);
        }
    }
    append_zone(out, parts_.zone);
}

std::string DateTime::to_string() const {
    std::string out;
    append_to(out);
    return out;
}

std::partial_ordering compare(const DateTime& a, const DateTime& b) {
    if (a.datatype() != b.datatype()) return std::partial_ordering::unordered;
    const Instant x = a.instant();
    const Instant y = b.instant();
    if (a.has_zone() == b.has_zone()) return x <=> y;
    // The one without a zone may lie anywhere between +14:00 and -14:00.
    constexpr std::int64_t spread = std::int64_t{widest_zone} * 60;
    if (x < Instant{y.seconds - spread, y.attoseconds}) return std::partial_ordering::less;
    if (x > Instant{y.seconds + spread, y.attoseconds}) return std::partial_ordering::greater;
    return std::partial_ordering::unordered;
}

std::weak_ordering compare_totally(const DateTime& a, const DateTime& b) {
    if (a.datatype() != b.datatype()) return a.datatype() <=> b.datatype();
    if (const auto order = a.instant() <=> b.instant(); order != 0) return order;
    return a.has_zone() <=> b.has_zone();
}

std::optional<DateTime> add(const DateTime& a, const Duration& b) {
    const Datatype datatype = a.datatype();
    if (datatype != Datatype::date_time && datatype != Datatype::date &&
        datatype != Datatype::time) {
        return std::nullopt;
    }
    DateTime::Parts parts = a.parts();
    std::int64_t duration_seconds = b.seconds();
    if (datatype == Datatype::time) {
        if (b.months() != 0) return std::nullopt;
        duration_seconds %= seconds_per_day;
    } else {
        std::int64_t months = 0;
        if (__builtin_add_overflow(parts.year * 12 + parts.month - 1, b.months(), &months)) {
            return std::nullopt;
        }
        parts.year = floor_divide<std::int64_t>(months, 12);
        if (parts.year > DateTime::max_year || parts.year < -DateTime::max_year) {
            return std::nullopt;
        }
        parts.month = static_cast<std::uint8_t>(months - parts.year * 12 + 1);
        const int last = days_in_month(parts.year, parts.month);
        if (parts.day > last) parts.day = static_cast<std::uint8_t>(last);
    }
    parts.attosecond += b.attoseconds();
    std::int64_t seconds = local_seconds(parts);
    const std::int64_t carry = floor_divide(parts.attosecond, attoseconds_per_second);
    parts.attosecond -= carry * attoseconds_per_second;
    if (__builtin_add_overflow(seconds, duration_seconds, &seconds) ||
        __builtin_add_overflow(seconds, carry, &seconds) || !set_local_seconds(parts, seconds)) {
        return std::nullopt;
    }
    return DateTime::of(datatype, parts);
}

std::optional<DateTime> subtract(const DateTime& a, const Duration& b) {
    const auto negative = negate(b);
    return negative ? add(a, *negative) : std::nullopt;
}

std::optional<Duration> subtract(const DateTime& a, const DateTime& b) {
    const Datatype datatype = a.datatype();
    if (datatype != b.datatype() || a.has_zone() != b.has_zone() ||
        (datatype != Datatype::date_time && datatype != Datatype::date &&
         datatype != Datatype::time)) {
        return std::nullopt;
    }
    const Instant x = a.instant();
    const Instant y = b.instant();
    // Both within 64 bits by the limit on years, and so is their difference.
    return Duration::of(0, x.seconds - y.seconds, x.attoseconds - y.attoseconds);
}

std::optional<DateTime> adjust_to_zone(const DateTime& a, std::int16_t zone) {
    const Datatype datatype = a.datatype();
    if (datatype != Datatype::date_time && datatype != Datatype::date &&
        datatype != Datatype::time) {
        return std::nullopt;
    }
    DateTime::Parts parts = a.parts();
    if (a.has_zone() && zone != DateTime::no_zone) {
        const std::int64_t shift = (std::int64_t{zone} - a.zone_minutes()) * 60;
        if (!set_local_seconds(parts, local_seconds(parts) + shift)) return std::nullopt;
    }
    parts.zone = zone;
    return DateTime::of(datatype, parts);
}

namespace {

bool covers_interval(Datatype datatype) {
    return datatype == Datatype::date || datatype == Datatype::g_year ||
           datatype == Datatype::g_year_month;
}

}  // namespace

std::optional<DateTime> interval_start(const DateTime& a) {
    if (a.datatype() == Datatype::date_time) return a;
    if (!covers_interval(a.datatype())) return std::nullopt;
    // The parts a datatype lacks stand at the beginning: first of January, midnight.
    return DateTime::of(Datatype::date_time, a.parts());
}

std::optional<DateTime> interval_end(const DateTime& a) {
    if (a.datatype() == Datatype::date_time) return a;
    if (!covers_interval(a.datatype())) return std::nullopt;
    DateTime::Parts parts = a.parts();
    if (a.datatype() == Datatype::g_year) parts.month = 12;
    if (a.datatype() != Datatype::date) {
        parts.day = static_cast<std::uint8_t>(days_in_month(parts.year, parts.month));
    }
    parts.hour = 23;
    parts.minute = 59;
    parts.second = 59;
    return DateTime::of(Datatype::date_time, parts);
}

}  // namespace dossier
