#include <catch2/catch.hpp>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "rdf/big_integer.h"
#include "rdf/decimal.h"

using namespace dossier;
using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

namespace {

Decimal of(const std::string& text) {
    CAPTURE(text);
    auto value = Decimal::parse(text);
    REQUIRE(value);
    return *value;
}

cpp_rational rational(const Decimal& value) {
    return {to_big(value.coefficient()), big_power_of_ten(value.scale())};
}

std::vector<Decimal> zoo() {
    std::vector<Decimal> numbers;
    std::mt19937_64 random(11);
    for (const char* text : {"0",
                             "1",
                             "-1",
                             "0.1",
                             "-0.1",
                             "0.5",
                             "1.5",
                             "-1.5",
                             "2.5",
                             "0.000000000000000001",
                             "9223372036854775807",
                             "-9223372036854775808",
                             "9.223372036854775807",
                             "0.9223372036854775807",
                             "-0.00000000000000000009223372036854775808",
                             "1e",
                             "123456789.987654321",
                             "100000000000000000000",
                             "0.00000000000000000000000000000000000001",
                             "99999999999999999999.99999999999999999999",
                             "-0.3333333333333333333333333333333333"}) {
        if (auto value = Decimal::parse(text)) numbers.push_back(*value);
    }
    for (int i = 0; i < 40; ++i) {
        const auto coefficient = static_cast<std::int64_t>(random()) >> (random() % 63);
        numbers.push_back(
            *Decimal::of(Integer(coefficient), static_cast<std::uint32_t>(random() % 30)));
    }
    return numbers;
}

}  // namespace

TEST_CASE("decimals are written in the canonical form of XSD 1.1", "[decimal]") {
    const std::pair<const char*, const char*> cases[] = {
        {"0", "0"},
        {"-0", "0"},
        {"0.0", "0"},
        {"1.0", "1"},
        {"+1.50", "1.5"},
        {"-.5", "-0.5"},
        {"5.", "5"},
        {"00100.00100", "100.001"},
        {"0.010", "0.01"},
        {"-12.340", "-12.34"},
        {"100", "100"},
        {"123456789012345678901234567890.5", "123456789012345678901234567890.5"},
        {"0.00000000000000000000000000000001", "0.00000000000000000000000000000001"}};
    for (const auto& [text, canonical] : cases) {
        CAPTURE(text);
        CHECK(of(text).to_string() == canonical);
        CHECK(of(canonical) == of(text));
    }
}

TEST_CASE("text that is no decimal is refused", "[decimal]") {
    for (const char* text :
         {"", ".", "+", "-.", "1.2.3", "1e5", "INF", "NaN", " 1", "1,5", "0x1"}) {
        CAPTURE(text);
        CHECK_FALSE(Decimal::parse(text));
        CHECK_FALSE(is_decimal_lexical(text));
    }
}

TEST_CASE("a decimal of a million digits is refused quickly, zeros that carry nothing are not",
          "[decimal]") {
    const std::string million(1'000'000, '7');
    CHECK_FALSE(Decimal::parse("0." + million));
    CHECK_FALSE(Decimal::parse(million + ".5"));
    CHECK(is_decimal_lexical("0." + million));
    CHECK(of("1." + std::string(1'000'000, '0')) == Decimal(1));
    CHECK(of(std::string(1'000'000, '0') + ".5") == of("0.5"));
    const std::string longest = "0." + std::string(Integer::max_digits, '3');
    CHECK(of(longest).to_string() == longest);
    CHECK(of("1" + std::string(15'000, '0') + ".0").to_string() == "1" + std::string(15'000, '0'));
}

TEST_CASE("decimal arithmetic is exact", "[decimal]") {
    CHECK(add(of("0.1"), of("0.2")) == of("0.3"));
    CHECK(multiply(of("1.10"), of("1.1"))->to_string() == "1.21");
    CHECK(subtract(of("1"), of("0.000000000000000000000000000001"))->to_string() ==
          "0.999999999999999999999999999999");
    for (const Decimal& a : zoo()) {
        for (const Decimal& b : zoo()) {
            CHECK(rational(*add(a, b)) == rational(a) + rational(b));
            CHECK(rational(*subtract(a, b)) == rational(a) - rational(b));
            CHECK(rational(*multiply(a, b)) == rational(a) * rational(b));
            CHECK((a < b) == (rational(a) < rational(b)));
            CHECK((a == b) == (rational(a) == rational(b)));
        }
        CHECK(of(a.to_string()) == a);
        CHECK(*negate(*negate(a)) == a);
    }
}

TEST_CASE("a quotient has 18 digits at least and is rounded half to even", "[decimal]") {
    CHECK(divide(of("1"), of("3"))->to_string() == "0.333333333333333333");
    CHECK(divide(of("2"), of("3"))->to_string() == "0.666666666666666667");
    CHECK(divide(of("-2"), of("3"))->to_string() == "-0.666666666666666667");
    CHECK(divide(of("1"), of("4"))->to_string() == "0.25");
    CHECK(divide(of("10"), of("4"))->to_string() == "2.5");
    CHECK(divide(of("6"), of("2"))->to_string() == "3");
    CHECK(divide(of("1"), of("700"))->to_string() == "0.00142857142857142857");
    CHECK(divide(of("1"), of("30000000000000000000000"))->to_string() ==
          "0.0000000000000000000000333333333333333333");
    CHECK(divide(of("1.000000000000000000000001"), of("1")) == of("1.000000000000000000000001"));
    CHECK_FALSE(divide(of("1"), of("0")));
    CHECK_FALSE(divide(of("1"), of("0.0")));
    CHECK(divide(of("0"), of("-7")) == Decimal(0));
    for (const Decimal& a : zoo()) {
        for (const Decimal& b : zoo()) {
            if (b.sign() == 0) continue;
            const auto q = divide(a, b);
            CAPTURE(a.to_string(), b.to_string());
            REQUIRE(q);
            const cpp_rational exact = rational(a) / rational(b);
            const cpp_rational error = abs(cpp_rational(rational(*q) - exact));
            CHECK(error * 2 <= cpp_rational(1, big_power_of_ten(Decimal::division_digits)));
            if (a.sign() != 0) {
                CHECK(error * 2 * big_power_of_ten(17) <= abs(exact));
            }
        }
    }
}

TEST_CASE("round, floor and ceiling follow XPath: halves go up", "[decimal]") {
    struct Case {
        const char *value, *round, *floor, *ceiling;
    };
    const Case cases[] = {{"2.5", "3", "2", "3"},
                          {"-2.5", "-2", "-3", "-2"},
                          {"-2.51", "-3", "-3", "-2"},
                          {"2.4999", "2", "2", "3"},
                          {"0.5", "1", "0", "1"},
                          {"-0.5", "0", "-1", "0"},
                          {"7", "7", "7", "7"},
                          {"-0.00000000000000000000000001", "0", "-1", "0"},
                          {"0.00000000000000000000000001", "0", "0", "1"},
                          {"9223372036854775807.5", "9223372036854775808", "9223372036854775807",
                           "9223372036854775808"},
                          {"-9223372036854775808.5", "-9223372036854775808", "-9223372036854775809",
                           "-9223372036854775808"}};
    for (const Case& c : cases) {
        CAPTURE(c.value);
        CHECK(round(of(c.value)).to_string() == c.round);
        CHECK(floor(of(c.value)).to_string() == c.floor);
        CHECK(ceiling(of(c.value)).to_string() == c.ceiling);
    }
    CHECK(of("-2.9").truncate() == Integer(-2));
}

TEST_CASE("decimals become the nearest double and float", "[decimal]") {
    CHECK(of("0.1").to_double() == 0.1);
    CHECK(of("0.1").to_float() == 0.1F);
    CHECK(of("123456789012345678.9").to_double() == 123456789012345678.9);
    // Just above the middle of two floats: going through double would round twice.
    CHECK(of("1.00000005960464477540").to_float() == std::nextafter(1.0F, 2.0F));
    CHECK(of("1.000000059604644775390625").to_float() == 1.0F);
    CHECK(of("0." + std::string(400, '0') + "1").to_double() == 0.0);
    CHECK(of("1" + std::string(400, '0') + ".5").to_double() ==
          std::numeric_limits<double>::infinity());
    std::mt19937_64 random(3);
    for (int i = 0; i < 5'000; ++i) {
        const auto value = *Decimal::of(Integer(static_cast<std::int64_t>(random())),
                                        static_cast<std::uint32_t>(random() % 40));
        CHECK(value.to_double() == std::stod(value.to_string()));
        CHECK(value.to_float() == std::stof(value.to_string()));
    }
}

TEST_CASE("a double is a decimal exactly, and the shortest decimal reads back", "[decimal]") {
    CHECK(Decimal::exactly(0.5)->to_string() == "0.5");
    CHECK(Decimal::exactly(0.1)->to_string() ==
          "0.1000000000000000055511151231257827021181583404541015625");
    CHECK(Decimal::exactly(-1e22)->to_string() == "-10000000000000000000000");
    CHECK(Decimal::shortest(0.1)->to_string() == "0.1");
    CHECK(Decimal::shortest(1.5e300)->to_string() == "15" + std::string(299, '0'));
    CHECK(Decimal::shortest(-2.5e-7)->to_string() == "-0.00000025");
    CHECK(Decimal::shortest(0.0) == Decimal(0));
    CHECK_FALSE(Decimal::exactly(std::numeric_limits<double>::quiet_NaN()));
    CHECK_FALSE(Decimal::shortest(std::numeric_limits<double>::infinity()));
    std::mt19937_64 random(5);
    for (int i = 0; i < 2'000; ++i) {
        const double value = std::bit_cast<double>(random());
        if (!std::isfinite(value)) continue;
        CHECK(Decimal::exactly(value)->to_double() == value);
        CHECK(Decimal::shortest(value)->to_double() == value);
        CHECK((compare_exactly(*Decimal::exactly(value), value) == 0));
    }
    CHECK(Decimal::exactly(std::numeric_limits<double>::denorm_min())->to_double() ==
          std::numeric_limits<double>::denorm_min());
}

TEST_CASE("comparing with a double is exact, without promotion's rounding", "[decimal]") {
    CHECK((compare_exactly(Integer(9007199254740993), 9007199254740992.0) > 0));
    CHECK((compare_exactly(of("0.1"), 0.1) < 0));
    CHECK((compare_exactly(of("0.5"), 0.5) == 0));
    CHECK((compare_exactly(Integer(1), std::numeric_limits<double>::infinity()) < 0));
    CHECK((compare_exactly(of("1" + std::string(400, '0')),
                           std::numeric_limits<double>::infinity()) < 0));
    CHECK((compare_exactly(of("1" + std::string(400, '0')),
                           -std::numeric_limits<double>::infinity()) > 0));
    CHECK((compare_exactly(Integer(0), std::numeric_limits<double>::quiet_NaN()) ==
           std::partial_ordering::unordered));
    CHECK((compare_exactly(Integer(0), -0.0) == 0));
}
