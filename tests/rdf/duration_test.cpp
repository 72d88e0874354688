#include <catch2/catch.hpp>

#include <limits>
#include <random>

#include "rdf/duration.h"

using namespace dossier;

namespace {

constexpr Datatype any = Datatype::duration;

Duration of(const char* text, Datatype datatype = any) {
    CAPTURE(text);
    auto value = Duration::parse(text, datatype);
    REQUIRE(value);
    return *value;
}

}  // namespace

TEST_CASE("durations are read and written in canonical form", "[duration]") {
    const std::pair<const char*, const char*> cases[] = {
        {"P1Y2M3DT4H5M6.7S", "P1Y2M3DT4H5M6.7S"},
        {"P14M", "P1Y2M"},
        {"PT36H", "P1DT12H"},
        {"PT3600S", "PT1H"},
        {"-PT90S", "-PT1M30S"},
        {"P0Y", "PT0S"},
        {"-P0D", "PT0S"},
        {"PT0.500S", "PT0.5S"},
        {"PT0.000000000000000001S", "PT0.000000000000000001S"},
        {"PT0.0000000000000000019S", "PT0.000000000000000001S"},
        {"P1Y1D", "P1Y1D"},
        {"P1M", "P1M"},
        {"PT1M", "PT1M"},
        {"P00001D", "P1D"},
        {"P106751991167300D", "P106751991167300D"}};
    for (const auto& [text, canonical] : cases) {
        CAPTURE(text);
        CHECK(of(text).to_string(any) == canonical);
        CHECK(of(canonical) == of(text));
    }
    CHECK(of("P0M", Datatype::year_month_duration).to_string(Datatype::year_month_duration) ==
          "P0M");
}

TEST_CASE("text that is no duration is refused", "[duration]") {
    for (const char* text :
         {"",      "P",      "-P",        "PT",   "P1",   "1Y",    "P1S",   "PT1Y",  "P1M1Y",
          "P1D1M", "PT1S1M", "P1YT",      "P-1Y", "+P1Y", "P1.5Y", "PT1.S", "PT.5S", "PT1.5M",
          "P1Y ",  "PT1H1H", "P1YT1HT1M", "p1y",  "P1W",  "--P1Y", "P1Y-1M"}) {
        CAPTURE(text);
        CHECK_FALSE(Duration::parse(text, any));
        CHECK_FALSE(Duration::is_lexical(text, any));
    }
    CHECK_FALSE(Duration::is_lexical("P1D", Datatype::year_month_duration));
    CHECK_FALSE(Duration::is_lexical("PT0S", Datatype::year_month_duration));
    CHECK_FALSE(Duration::is_lexical("P1M", Datatype::day_time_duration));
    CHECK(Duration::is_lexical("P1DT1S", Datatype::day_time_duration));
}

TEST_CASE("a duration beyond 64 bits is well formed and has no value", "[duration]") {
    for (const char* text : {"P9223372036854775807Y", "P99999999999999999999999D",
                             "PT9223372036854775807M", "P106751991167301D"}) {
        CAPTURE(text);
        CHECK(Duration::is_lexical(text, any));
        CHECK_FALSE(Duration::parse(text, any));
    }
    const std::string long_text = "P" + std::string(1'000'000, '9') + "Y";
    CHECK(Duration::is_lexical(long_text, any));
    CHECK_FALSE(Duration::parse(long_text, any));
    CHECK_FALSE(add(Duration::of_months(INT64_MAX), Duration::of_months(1)));
    CHECK_FALSE(Duration::of(INT64_MIN, 0, 0));
}

TEST_CASE("durations are ordered partially, as XSD's four dates decide", "[duration]") {
    const auto less = std::partial_ordering::less;
    const auto unordered = std::partial_ordering::unordered;
    CHECK((compare(of("P1M"), of("P27D")) == std::partial_ordering::greater));
    CHECK((compare(of("P1M"), of("P28D")) == unordered));
    CHECK((compare(of("P1M"), of("P31D")) == unordered));
    CHECK((compare(of("P1M"), of("P32D")) == less));
    CHECK((compare(of("P1Y"), of("P364D")) == std::partial_ordering::greater));
    CHECK((compare(of("P1Y"), of("P365D")) == unordered));
    CHECK((compare(of("P1Y"), of("P367D")) == less));
    CHECK((compare(of("P5M"), of("P149D")) == std::partial_ordering::greater));
    CHECK((compare(of("P5M"), of("P150D")) == unordered));
    CHECK((compare(of("P5M"), of("P154D")) == less));
    CHECK((compare(of("P1Y"), of("P12M")) == std::partial_ordering::equivalent));
    CHECK((compare(of("P1D"), of("PT24H")) == std::partial_ordering::equivalent));
    CHECK((compare(of("-P1Y"), of("P1Y")) == less));
    CHECK((compare(of("PT1S"), of("PT1.000000000000000001S")) == less));
    CHECK((compare(of("-PT1.5S"), of("-PT1.4S")) == less));
    CHECK((compare(Duration::of_months(INT64_MAX), of("P1D")) == std::partial_ordering::greater));
}

TEST_CASE("the total order of durations agrees with the partial one", "[duration]") {
    std::mt19937_64 random(2);
    std::vector<Duration> zoo;
    for (int i = 0; i < 60; ++i) {
        const auto months = static_cast<std::int64_t>(random() % 30);
        const auto days = static_cast<std::int64_t>(random() % 100);
        const std::int64_t sign = random() % 2 == 0 ? 1 : -1;
        zoo.push_back(*Duration::of(sign * months, sign * days * 86'400,
                                    sign * static_cast<std::int64_t>(random() % 3)));
    }
    zoo.push_back(Duration());
    zoo.push_back(*Duration::of(-INT64_MAX, -INT64_MAX, -999));
    zoo.push_back(*Duration::of(INT64_MAX, INT64_MAX, 999));
    for (const Duration& a : zoo) {
        for (const Duration& b : zoo) {
            const auto partial = compare(a, b);
            const auto total = compare_totally(a, b);
            if (partial != std::partial_ordering::unordered) CHECK((partial == total));
            CHECK((total == 0) == (a == b));
            for (const Duration& c : zoo) {
                if (total < 0 && compare_totally(b, c) < 0) CHECK((compare_totally(a, c) < 0));
            }
        }
        CHECK(of(a.to_string(any).c_str()) == a);
    }
}

TEST_CASE("duration arithmetic follows XPath", "[duration]") {
    CHECK(add(of("P2Y11M"), of("P3Y3M"))->to_string(any) == "P6Y2M");
    CHECK(subtract(of("P2Y11M"), of("P3Y3M"))->to_string(any) == "-P4M");
    CHECK(multiply(of("P2Y11M"), *Decimal::parse("2.3"))->to_string(any) == "P6Y9M");
    CHECK(divide(of("P2Y11M"), *Decimal::parse("1.5"))->to_string(any) == "P1Y11M");
    CHECK(add(of("P2DT12H5M"), of("P5DT12H"))->to_string(any) == "P8DT5M");
    CHECK(subtract(of("P2DT12H"), of("P1DT10H30M"))->to_string(any) == "P1DT1H30M");
    CHECK(multiply(of("PT2H10M"), *Decimal::parse("2.1"))->to_string(any) == "PT4H33M");
    CHECK(divide(of("P4D"), of("PT1H")) == Decimal(96));
    CHECK(divide(of("P3Y4M"), of("-P1Y4M"))->to_string() == "-2.5");
    CHECK(divide(of("P2DT53M11S"), of("P1DT10H"))->to_string() == "1.437834967320261438");
    CHECK_FALSE(divide(of("P1D"), of("P1M")));
    CHECK_FALSE(divide(of("P1D"), of("PT0S")));
    CHECK_FALSE(divide(of("P1D"), Decimal(0)));
    CHECK_FALSE(add(of("P1M"), of("-PT1S")));
    CHECK_FALSE(multiply(Duration::of_months(INT64_MAX), Decimal(2)));
    CHECK(subtract(of("PT1S"), of("PT0.25S"))->to_string(any) == "PT0.75S");
    CHECK(of("-PT1.5S").total_seconds().to_string() == "-1.5");
    CHECK(negate(of("P1M"))->months() == -1);
}

TEST_CASE("the smallest durations have no negative", "[duration]") {
    constexpr auto smallest = std::numeric_limits<std::int64_t>::min();
    if (const auto months = Duration::of(smallest, 0, 0)) CHECK_FALSE(negate(*months));
    if (const auto seconds = Duration::of(0, smallest, 0)) CHECK_FALSE(negate(*seconds));
    const auto nearly = Duration::of(-std::numeric_limits<std::int64_t>::max(), 0, 0);
    REQUIRE(nearly);
    CHECK(negate(*nearly)->months() == std::numeric_limits<std::int64_t>::max());
}
