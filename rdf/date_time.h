#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rdf/datatype.h"
#include "rdf/decimal.h"
#include "rdf/duration.h"

namespace dossier {

// A point on the UTC time line of the proleptic Gregorian calendar: seconds since
// 1970-01-01T00:00:00Z and a fraction in attoseconds, 0 <= attoseconds < 10^18.
struct Instant {
    std::int64_t seconds = 0;
    std::int64_t attoseconds = 0;
    friend auto operator<=>(const Instant&, const Instant&) = default;
};

// A value of the seven-property model of XSD 1.1 (section D.2.1): xsd:dateTime, date, time, gYear,
// gYearMonth, gMonth, gMonthDay, gDay. Properties the datatype lacks have the values below, so that
// the time line is defined for each. Year 0 is 1 BCE, as XSD 1.1 has it. Fractions of a second keep
// 18 digits, more are cut off. 24:00:00 is the next day's 00:00:00 (for xsd:time: 00:00:00).
class DateTime {
  public:
    static constexpr std::int64_t max_year = 99'999'999'999;  // and -max_year; 64-bit seconds
    static constexpr std::int16_t no_zone = INT16_MIN;

    // What a value is made of; out-of-range parts make of() return nothing.
    struct Parts {
        std::int64_t year = 1972;  // a leap year, XSD 1.1 E.3.5
        std::uint8_t month = 1;
        std::uint8_t day = 1;
        std::uint8_t hour = 0;
        std::uint8_t minute = 0;
        std::uint8_t second = 0;
        std::int64_t attosecond = 0;
        std::int16_t zone = no_zone;  // minutes east of UTC, -840..840
        friend bool operator==(const Parts&, const Parts&) = default;
    };

    constexpr DateTime() = default;
    // `datatype` is one of is_date_time(); Datatype::date_time_stamp becomes date_time, and needs a
    // zone. Parts the datatype lacks are ignored.
    static std::optional<DateTime> of(Datatype datatype, Parts parts);
    // Nothing when the text is not of the lexical space or its year is beyond max_year;
    // is_lexical() tells which.
    static std::optional<DateTime> parse(std::string_view lexical, Datatype datatype);
    static bool is_lexical(std::string_view lexical, Datatype datatype) noexcept;
    // A dateTime at an instant, in a zone (minutes) or, with no_zone, without one. Nothing when the
    // year is beyond max_year.
    static std::optional<DateTime> at(Instant instant, std::int16_t zone);

    Datatype datatype() const { return datatype_; }
    const Parts& parts() const { return parts_; }
    std::int64_t year() const { return parts_.year; }
    int month() const { return parts_.month; }
    int day() const { return parts_.day; }
    int hours() const { return parts_.hour; }
    int minutes() const { return parts_.minute; }
    Decimal seconds() const;  // with the fraction
    bool has_zone() const { return parts_.zone != no_zone; }
    int zone_minutes() const { return parts_.zone; }  // only when has_zone()
    // SPARQL's TIMEZONE (a dayTimeDuration) and TZ ("Z", "-05:00" or "").
    std::optional<Duration> timezone() const;
    std::string tz() const;

    // On the time line; without a zone as if in UTC.
    Instant instant() const;

    // Canonical form: no trailing zeros in the fraction, Z for +00:00; the zone stays (a change
    // against XSD 1.0, see XSD 1.1 section 3.3.7.2).
    void append_to(std::string& out) const;
    std::string to_string() const;

    // Property-wise identity: same moment in another zone is another value here; use compare().
    friend bool operator==(const DateTime&, const DateTime&) = default;

  private:
    DateTime(Datatype datatype, Parts parts) : datatype_(datatype), parts_(parts) {}

    Datatype datatype_ = Datatype::date_time;
    Parts parts_;
};

// The order of XSD 1.1 (section D.2.2): unordered when the datatypes differ, or when exactly one
// has a zone and the two are within 14 hours. There is no implicit time zone: SPARQL leaves it to
// the implementation, and the W3C tests (open-world, date-1 to date-3) expect this.
std::partial_ordering compare(const DateTime& a, const DateTime& b);
// A total order that agrees with compare() for one datatype: by instant (without a zone as in
// UTC), then without zone first. Datatypes are ordered as in their enumeration.
std::weak_ordering compare_totally(const DateTime& a, const DateTime& b);

// dateTime, date and time plus or minus a duration (XSD 1.1 appendix E.3.3: months first, the day
// pinned to the month's last, then seconds). For xsd:time months are an error, and it wraps around
// midnight; other datatypes, and years beyond max_year, return nothing.
std::optional<DateTime> add(const DateTime& a, const Duration& b);
std::optional<DateTime> subtract(const DateTime& a, const Duration& b);
// A dayTimeDuration; nothing for different datatypes or when only one has a zone.
std::optional<Duration> subtract(const DateTime& a, const DateTime& b);
// The same moment in another zone, or without one (fn:adjust-dateTime-to-timezone).
std::optional<DateTime> adjust_to_zone(const DateTime& a, std::int16_t zone);

// dos:start and dos:end: the first instant and the last whole second of the interval that a
// dateTime, date, gYear or gYearMonth covers, as dateTimes in its zone. A dateTime is both.
// Nothing for the recurring datatypes.
std::optional<DateTime> interval_start(const DateTime& a);
std::optional<DateTime> interval_end(const DateTime& a);

}  // namespace dossier
