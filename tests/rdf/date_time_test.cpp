#include <catch2/catch.hpp>

#include <random>

#include "rdf/date_time.h"

using namespace dossier;

namespace {

DateTime of(const std::string& text, Datatype datatype = Datatype::date_time) {
    CAPTURE(text);
    auto value = DateTime::parse(text, datatype);
    REQUIRE(value);
    return *value;
}

Duration span(const char* text) {
    return *Duration::parse(text, Datatype::duration);
}

std::partial_ordering order(const char* a, const char* b, Datatype datatype = Datatype::date_time) {
    return compare(of(a, datatype), of(b, datatype));
}

struct Case {
    Datatype datatype;
    const char* text;
    const char* canonical;
};

}  // namespace

TEST_CASE("dates and times are read and written in canonical form", "[date_time]") {
    const Case cases[] = {
        {Datatype::date_time, "2004-04-12T13:20:00", "2004-04-12T13:20:00"},
        {Datatype::date_time, "2004-04-12T13:20:15.50", "2004-04-12T13:20:15.5"},
        {Datatype::date_time, "2004-04-12T13:20:00-05:00", "2004-04-12T13:20:00-05:00"},
        {Datatype::date_time, "2004-04-12T13:20:00+00:00", "2004-04-12T13:20:00Z"},
        {Datatype::date_time, "2004-04-12T13:20:00-00:00", "2004-04-12T13:20:00Z"},
        {Datatype::date_time, "1999-12-31T24:00:00", "2000-01-01T00:00:00"},
        {Datatype::date_time, "2000-02-28T24:00:00.000Z", "2000-02-29T00:00:00Z"},
        {Datatype::date_time, "-0001-12-31T24:00:00", "0000-01-01T00:00:00"},
        {Datatype::date_time, "0000-02-29T00:00:00", "0000-02-29T00:00:00"},
        {Datatype::date_time, "-99999999-01-01T00:00:00", "-99999999-01-01T00:00:00"},
        {Datatype::date_time, "99999999999-12-31T23:59:59.999999999999999999+14:00",
         "99999999999-12-31T23:59:59.999999999999999999+14:00"},
        {Datatype::date_time, "2000-01-01T00:00:00.1234567890123456789",
         "2000-01-01T00:00:00.123456789012345678"},
        {Datatype::date_time_stamp, "2004-04-12T13:20:00Z", "2004-04-12T13:20:00Z"},
        {Datatype::date, "2004-02-29", "2004-02-29"},
        {Datatype::date, "2004-04-12+14:00", "2004-04-12+14:00"},
        {Datatype::time, "13:20:30.5555", "13:20:30.5555"},
        {Datatype::time, "24:00:00", "00:00:00"},
        {Datatype::time, "13:20:00-05:00", "13:20:00-05:00"},
        {Datatype::g_year, "2004", "2004"},
        {Datatype::g_year, "-0045", "-0045"},
        {Datatype::g_year, "12004Z", "12004Z"},
        {Datatype::g_year_month, "2004-04-05:00", "2004-04-05:00"},
        {Datatype::g_month, "--04", "--04"},
        {Datatype::g_month, "--11Z", "--11Z"},
        {Datatype::g_month_day, "--02-29", "--02-29"},
        {Datatype::g_day, "---31+01:00", "---31+01:00"}};
    for (const Case& c : cases) {
        CAPTURE(c.text);
        CHECK(of(c.text, c.datatype).to_string() == c.canonical);
        CHECK(of(c.canonical, c.datatype) == of(c.text, c.datatype));
    }
}

TEST_CASE("text that is no date or time is refused", "[date_time]") {
    const std::pair<Datatype, const char*> cases[] = {
        {Datatype::date_time, ""},
        {Datatype::date_time, "2004-04-12"},
        {Datatype::date_time, "2004-04-12 13:20:00"},
        {Datatype::date_time, "2004-04-12T13:00"},
        {Datatype::date_time, "99-04-12T13:00:00"},
        {Datatype::date_time, "02004-04-12T13:00:00"},
        {Datatype::date_time, "+2004-04-12T13:00:00"},
        {Datatype::date_time, "2004-04-12T13:20:60"},   // leap seconds are not in XSD
        {Datatype::date_time, "2016-12-31T23:59:60Z"},  //
        {Datatype::date_time, "2004-04-12T24:00:01"},
        {Datatype::date_time, "2004-04-12T24:01:00"},
        {Datatype::date_time, "2004-04-12T24:00:00.1"},
        {Datatype::date_time, "2004-04-12T25:00:00"},
        {Datatype::date_time, "2004-04-12T13:20:00."},
        {Datatype::date_time, "2004-04-12T13:20:00+14:01"},
        {Datatype::date_time, "2004-04-12T13:20:00+15:00"},
        {Datatype::date_time, "2004-04-12T13:20:00+5:00"},
        {Datatype::date_time, "2004-04-12T13:20:00z"},
        {Datatype::date_time, "2004-04-12T13:20:00Z "},
        {Datatype::date_time, "2004-13-01T00:00:00"},
        {Datatype::date_time, "2004-00-01T00:00:00"},
        {Datatype::date_time, "2003-02-29T00:00:00"},
        {Datatype::date_time_stamp, "2004-04-12T13:20:00"},
        {Datatype::date, "2004-04-31"},
        {Datatype::date, "1900-02-29"},
        {Datatype::date, "-0001-02-29"},
        {Datatype::date, "2004-4-1"},
        {Datatype::date, "100000000000001900-02-29"},
        {Datatype::time, "1:20:00"},
        {Datatype::time, "13:20"},
        {Datatype::g_year, "04"},
        {Datatype::g_year, "2004-"},
        {Datatype::g_year_month, "2004-13"},
        {Datatype::g_month, "--4"},
        {Datatype::g_month, "--04--"},
        {Datatype::g_month_day, "--02-30"},
        {Datatype::g_month_day, "--04-31"},
        {Datatype::g_day, "---32"},
        {Datatype::g_day, "---00"},
        {Datatype::duration, "2004"}};
    for (const auto& [datatype, text] : cases) {
        CAPTURE(text);
        CHECK_FALSE(DateTime::parse(text, datatype));
        CHECK_FALSE(DateTime::is_lexical(text, datatype));
    }
}

TEST_CASE("a year beyond the range is well formed and has no value", "[date_time]") {
    for (const char* text : {"100000000000", "-100000000000", "99999999999999999999999999"}) {
        CHECK(DateTime::is_lexical(text, Datatype::g_year));
        CHECK_FALSE(DateTime::parse(text, Datatype::g_year));
    }
    CHECK(DateTime::is_lexical("100000000000002000-02-29", Datatype::date));
    CHECK_FALSE(DateTime::parse("99999999999-12-31T24:00:00", Datatype::date_time));
    CHECK(DateTime::is_lexical(std::string(1'000'000, '9'), Datatype::g_year));
    CHECK_FALSE(add(of("99999999999-12-31T00:00:00"), span("P1D")));
    CHECK_FALSE(add(of("2000-01-01T00:00:00"), Duration::of_months(INT64_MAX)));
    CHECK_FALSE(add(of("2000-01-01T00:00:00"), Duration::of_seconds(INT64_MAX)));
    CHECK_FALSE(subtract(of("2000-01-01T00:00:00"), Duration::of_seconds(INT64_MAX)));
}

TEST_CASE("dates are ordered on the time line, zones apart only beyond 14 hours", "[date_time]") {
    const auto less = std::partial_ordering::less;
    const auto greater = std::partial_ordering::greater;
    const auto equivalent = std::partial_ordering::equivalent;
    const auto unordered = std::partial_ordering::unordered;
    CHECK((order("2000-01-15T00:00:00", "2000-02-15T00:00:00") == less));
    CHECK((order("2000-01-15T12:00:00", "2000-01-16T12:00:00Z") == less));
    // XSD 1.1 section 3.3.7.3's examples of what cannot be told.
    CHECK((order("2000-01-01T12:00:00", "1999-12-31T23:00:00Z") == unordered));
    CHECK((order("2000-01-16T12:00:00", "2000-01-16T12:00:00Z") == unordered));
    CHECK((order("2000-01-16T00:00:00", "2000-01-16T12:00:00Z") == unordered));
    CHECK((order("2000-01-01T14:00:00", "2000-01-01T00:00:00Z") == unordered));
    CHECK((order("2000-01-01T14:00:01", "2000-01-01T00:00:00Z") == greater));
    CHECK((order("2000-01-01T00:00:00Z", "2000-01-01T14:00:00") == unordered));
    CHECK((order("2000-01-01T00:00:00Z", "2000-01-01T14:00:00.1") == less));
    CHECK((order("2002-04-02T12:00:00-01:00", "2002-04-02T17:00:00+04:00") == equivalent));
    CHECK((order("2004-12-31T19:00:00-05:00", "2005-01-01T00:00:00Z") == equivalent));
    CHECK((order("-0002-01-01T00:00:00", "-0001-01-01T00:00:00") == less));
    CHECK((order("2000-01-01T00:00:00.000000000000000001", "2000-01-01T00:00:00") == greater));
    CHECK((order("2004-12-25Z", "2004-12-25+07:00", Datatype::date) == greater));
    CHECK((order("2004-12-25-12:00", "2004-12-26+12:00", Datatype::date) == equivalent));
    CHECK((order("2006-08-23Z", "2006-08-22", Datatype::date) == greater));
    CHECK((order("2006-08-23Z", "2006-08-23", Datatype::date) == unordered));
    CHECK((order("08:00:00+09:00", "17:00:00-06:00", Datatype::time) == less));
    CHECK((order("21:30:00+10:30", "06:00:00-05:00", Datatype::time) == equivalent));
    CHECK((order("24:00:00", "00:00:00", Datatype::time) == equivalent));
    CHECK((order("--12-25-14:00", "--12-26+10:00", Datatype::g_month_day) == equivalent));
    CHECK((order("--02-29", "--03-01", Datatype::g_month_day) == less));
    CHECK((order("1976-05:00", "1976-04:00", Datatype::g_year) == greater));
    CHECK((compare(of("2000", Datatype::g_year), of("2000-01-01", Datatype::date)) == unordered));
}

TEST_CASE("the total order of dates agrees with the partial one", "[date_time]") {
    std::vector<DateTime> zoo;
    for (const char* text : {"1999-12-31T10:00:00", "2000-01-01T00:00:00", "2000-01-01T14:00:00",
                             "2000-01-01T14:00:00.5", "2000-01-02T00:00:00"}) {
        for (const char* zone : {"", "Z", "+14:00", "-14:00", "+01:30"}) {
            zoo.push_back(of(std::string(text) + zone));
        }
    }
    zoo.push_back(of("2000", Datatype::g_year));
    zoo.push_back(of("2000-01-01Z", Datatype::date));
    for (const DateTime& a : zoo) {
        for (const DateTime& b : zoo) {
            const auto partial = compare(a, b);
            const auto total = compare_totally(a, b);
            if (partial != std::partial_ordering::unordered) CHECK((partial == total));
            CHECK((total < 0) == (compare_totally(b, a) > 0));
            for (const DateTime& c : zoo) {
                if (total < 0 && compare_totally(b, c) <= 0) CHECK((compare_totally(a, c) < 0));
                if (total == 0 && compare_totally(b, c) == 0) CHECK((compare_totally(a, c) == 0));
            }
        }
    }
}

TEST_CASE("a duration is added months first, the day pinned to the month's last", "[date_time]") {
    struct Sum {
        Datatype datatype;
        const char *date, *duration, *sum;
    };
    const Sum sums[] = {
        {Datatype::date_time, "2000-01-12T12:13:14Z", "P1Y3M5DT7H10M3.3S",
         "2001-04-17T19:23:17.3Z"},
        {Datatype::date_time, "2000-01-31T00:00:00", "P1M", "2000-02-29T00:00:00"},
        {Datatype::date_time, "2001-01-31T00:00:00", "P1M", "2001-02-28T00:00:00"},
        {Datatype::date_time, "2000-03-31T00:00:00", "-P1M", "2000-02-29T00:00:00"},
        {Datatype::date_time, "2000-02-29T00:00:00", "P1Y", "2001-02-28T00:00:00"},
        {Datatype::date_time, "2000-01-01T00:00:00", "-PT0.000000000000000001S",
         "1999-12-31T23:59:59.999999999999999999"},
        {Datatype::date_time, "0000-01-01T00:00:00", "-PT1S", "-0001-12-31T23:59:59"},
        {Datatype::date_time, "0001-01-01T00:00:00", "-P1Y", "0000-01-01T00:00:00"},
        {Datatype::date, "2000-03-30", "P1D", "2000-03-31"},
        {Datatype::date, "2000-01-01Z", "-PT1H", "1999-12-31Z"},
        {Datatype::date, "2004-10-30Z", "P2DT2H30M0S", "2004-11-01Z"},
        {Datatype::time, "11:12:00", "P3DT1H15M", "12:27:00"},
        {Datatype::time, "23:12:00+03:00", "P1DT3H15M", "02:27:00+03:00"},
        {Datatype::time, "00:00:00", "-PT1S", "23:59:59"}};
    for (const Sum& s : sums) {
        CAPTURE(s.date, s.duration);
        const auto sum = add(of(s.date, s.datatype), span(s.duration));
        REQUIRE(sum);
        CHECK(sum->to_string() == s.sum);
    }
    CHECK(subtract(of("2000-10-30T11:12:00"), span("P1Y2M"))->to_string() == "1999-08-30T11:12:00");
    CHECK(subtract(of("2000-10-30T11:12:00"), span("P3DT1H15M"))->to_string() ==
          "2000-10-27T09:57:00");
    CHECK_FALSE(add(of("11:12:00", Datatype::time), span("P1M")));
    CHECK_FALSE(add(of("2000", Datatype::g_year), span("P1Y")));
}

TEST_CASE("the difference of two dates is a dayTimeDuration", "[date_time]") {
    const auto difference = [](const char* a, const char* b, Datatype datatype) {
        const auto result = subtract(of(a, datatype), of(b, datatype));
        return result ? result->to_string(Datatype::day_time_duration) : "(none)";
    };
    CHECK(difference("2000-10-30T06:12:00-05:00", "1999-11-28T09:00:00Z", Datatype::date_time) ==
          "P337DT2H12M");
    CHECK(difference("2000-10-30", "1999-11-28", Datatype::date) == "P337D");
    CHECK(difference("2000-10-15-05:00", "2000-10-10+02:00", Datatype::date) == "P5DT7H");
    CHECK(difference("11:00:00-05:00", "21:30:00+05:30", Datatype::time) == "PT0S");
    CHECK(difference("08:00:00+09:00", "17:00:00-06:00", Datatype::time) == "-P1D");
    CHECK(difference("2000-01-01T00:00:00", "2000-01-01T00:00:00.25", Datatype::date_time) ==
          "-PT0.25S");
    CHECK(difference("99999999999-12-31T00:00:00", "-99999999999-01-01T00:00:00",
                     Datatype::date_time) != "(none)");
    CHECK(difference("2000-01-01T00:00:00", "2000-01-01T00:00:00Z", Datatype::date_time) ==
          "(none)");
    CHECK(difference("2000", "1999", Datatype::g_year) == "(none)");
}

TEST_CASE("accessors give what SPARQL's functions give", "[date_time]") {
    const DateTime value = of("2011-01-10T14:45:13.815-05:00");
    CHECK(value.year() == 2011);
    CHECK(value.month() == 1);
    CHECK(value.day() == 10);
    CHECK(value.hours() == 14);
    CHECK(value.minutes() == 45);
    CHECK(value.seconds().to_string() == "13.815");
    CHECK(value.timezone()->to_string(Datatype::day_time_duration) == "-PT5H");
    CHECK(value.tz() == "-05:00");
    CHECK(of("2011-01-10T14:45:13.815Z").tz() == "Z");
    CHECK(of("2011-01-10T14:45:13.815Z").timezone()->to_string(Datatype::day_time_duration) ==
          "PT0S");
    CHECK(of("2011-01-10T14:45:13.815").tz().empty());
    CHECK_FALSE(of("2011-01-10T14:45:13.815").timezone());
}

TEST_CASE("the bounds of a date cover its interval", "[date_time]") {
    struct Bounds {
        Datatype datatype;
        const char *text, *start, *end;
    };
    const Bounds cases[] = {
        {Datatype::g_year, "2023", "2023-01-01T00:00:00", "2023-12-31T23:59:59"},
        {Datatype::g_year, "-0044Z", "-0044-01-01T00:00:00Z", "-0044-12-31T23:59:59Z"},
        {Datatype::g_year_month, "2024-02", "2024-02-01T00:00:00", "2024-02-29T23:59:59"},
        {Datatype::g_year_month, "2023-04+01:00", "2023-04-01T00:00:00+01:00",
         "2023-04-30T23:59:59+01:00"},
        {Datatype::date, "2023-07-14", "2023-07-14T00:00:00", "2023-07-14T23:59:59"},
        {Datatype::date_time, "2023-07-14T12:00:00.5Z", "2023-07-14T12:00:00.5Z",
         "2023-07-14T12:00:00.5Z"}};
    for (const Bounds& b : cases) {
        CAPTURE(b.text);
        const DateTime value = of(b.text, b.datatype);
        CHECK(interval_start(value)->to_string() == b.start);
        CHECK(interval_end(value)->to_string() == b.end);
    }
    CHECK_FALSE(interval_start(of("--02-29", Datatype::g_month_day)));
    CHECK_FALSE(interval_end(of("12:00:00", Datatype::time)));
}

TEST_CASE("instants and zones convert both ways", "[date_time]") {
    CHECK(DateTime::at({0, 0}, 0)->to_string() == "1970-01-01T00:00:00Z");
    CHECK(DateTime::at({-1, 999'999'999'999'999'999}, DateTime::no_zone)->to_string() ==
          "1969-12-31T23:59:59.999999999999999999");
    CHECK(DateTime::at({951'782'400, 0}, 60)->to_string() == "2000-02-29T01:00:00+01:00");
    CHECK_FALSE(DateTime::at({INT64_MAX, 0}, 840));
    CHECK_FALSE(DateTime::at({INT64_MIN, 0}, DateTime::no_zone));
    std::mt19937_64 random(23);
    for (int i = 0; i < 20'000; ++i) {
        const Instant instant{static_cast<std::int64_t>(random()) >> (2 + random() % 40),
                              static_cast<std::int64_t>(random() % 1'000'000'000'000'000'000)};
        const auto zone = static_cast<std::int16_t>(static_cast<int>(random() % 1681) - 840);
        const auto value = DateTime::at(instant, zone);
        if (!value) continue;
        CHECK((value->instant() == instant));
        CHECK(of(value->to_string()) == *value);
        const auto elsewhere = adjust_to_zone(*value, 0);
        if (elsewhere) CHECK((compare(*elsewhere, *value) == std::partial_ordering::equivalent));
    }
    CHECK(adjust_to_zone(of("2002-03-07T10:00:00-07:00"), 600)->to_string() ==
          "2002-03-08T03:00:00+10:00");
    CHECK(adjust_to_zone(of("2002-03-07T10:00:00-07:00"), DateTime::no_zone)->to_string() ==
          "2002-03-07T10:00:00");
    CHECK(adjust_to_zone(of("2002-03-07-07:00", Datatype::date), -600)->to_string() ==
          "2002-03-06-10:00");
    CHECK(adjust_to_zone(of("10:00:00-07:00", Datatype::time), 1 * 60)->to_string() ==
          "18:00:00+01:00");
}

TEST_CASE("values are made of parts within their ranges only", "[date_time]") {
    DateTime::Parts parts;
    parts.year = 2023;
    parts.month = 2;
    parts.day = 29;
    CHECK_FALSE(DateTime::of(Datatype::date, parts));
    CHECK(DateTime::of(Datatype::g_year, parts)->to_string() == "2023");
    CHECK(DateTime::of(Datatype::g_month_day, parts)->to_string() == "--02-29");
    CHECK_FALSE(DateTime::of(Datatype::date_time_stamp, parts));
    CHECK_FALSE(DateTime::of(Datatype::integer, parts));
    parts.day = 28;
    parts.zone = 841;
    CHECK_FALSE(DateTime::of(Datatype::date, parts));
    parts.zone = DateTime::no_zone;
    parts.hour = 24;
    CHECK_FALSE(DateTime::of(Datatype::date_time, parts));
    CHECK(DateTime::of(Datatype::date, parts));
}
