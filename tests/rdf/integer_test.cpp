#include <catch2/catch.hpp>

#include <boost/multiprecision/cpp_int.hpp>
#include <limits>
#include <random>

#include "rdf/big_integer.h"
#include "rdf/integer.h"

using namespace dossier;
using boost::multiprecision::cpp_int;

namespace {

Integer of(const std::string& text) {
    auto value = Integer::parse(text);
    REQUIRE(value);
    return *value;
}

// Numbers around every border: zero, 32, 53, 63, 64 and 128 bits, and large ones.
std::vector<Integer> zoo() {
    std::vector<Integer> numbers;
    for (const unsigned bits : {0U, 1U, 31U, 32U, 53U, 62U, 63U, 64U, 65U, 127U, 128U, 300U}) {
        for (const int by : {-1, 0, 1}) {
            cpp_int value = (cpp_int(1) << bits) + by;
            numbers.push_back(*Integer::of(BigInteger{value}));
            numbers.push_back(*Integer::of(BigInteger{cpp_int(-value)}));
        }
    }
    return numbers;
}

}  // namespace

TEST_CASE("integers are read and written in canonical form", "[integer]") {
    CHECK(of("0").to_string() == "0");
    CHECK(of("-0").to_string() == "0");
    CHECK(of("+007").to_string() == "7");
    CHECK(of("-9223372036854775808").to_string() == "-9223372036854775808");
    CHECK(of("-9223372036854775808").fits_int64());
    CHECK(of("9223372036854775808").to_string() == "9223372036854775808");
    CHECK_FALSE(of("9223372036854775808").fits_int64());
    CHECK(of("-000000000000000000000000000000000000000001").to_string() == "-1");
    CHECK(of("340282366920938463463374607431768211456").to_string() ==
          "340282366920938463463374607431768211456");
}

TEST_CASE("text that is no integer is refused", "[integer]") {
    for (const char* text :
         {"", "+", "-", "1.0", " 1", "1 ", "0x10", "1e3", "--1", "+-1", "\u0661"}) {
        CAPTURE(text);
        CHECK_FALSE(Integer::parse(text));
        CHECK_FALSE(is_integer_lexical(text));
    }
}

TEST_CASE("an integer of a million digits is refused quickly, leading zeros are not counted",
          "[integer]") {
    CHECK_FALSE(Integer::parse(std::string(1'000'000, '7')));
    CHECK(is_integer_lexical(std::string(1'000'000, '7')));
    CHECK(Integer::parse(std::string(1'000'000, '0') + "12") == Integer(12));
    const std::string longest(Integer::max_digits, '9');
    CHECK(of(longest).to_string() == longest);
    CHECK(of("-" + longest).to_string() == "-" + longest);
}

TEST_CASE("repeated squaring ends at the limit instead of exhausting memory", "[integer]") {
    std::optional<Integer> value = Integer(10);
    int steps = 0;
    while (value && steps < 100) {
        value = multiply(*value, *value);
        ++steps;
    }
    CHECK(steps < 20);
}

TEST_CASE("integer arithmetic agrees with big integers at every border", "[integer]") {
    for (const Integer& a : zoo()) {
        for (const Integer& b : zoo()) {
            const cpp_int x = to_big(a);
            const cpp_int y = to_big(b);
            CHECK(to_big(*add(a, b)) == x + y);
            CHECK(to_big(*subtract(a, b)) == x - y);
            CHECK(to_big(*multiply(a, b)) == x * y);
            CHECK((a < b) == (x < y));
            CHECK((a == b) == (x == y));
            if (y != 0) {
                CHECK(to_big(*quotient(a, b)) == x / y);
                CHECK(to_big(*remainder(a, b)) == x % y);
                // What fits 64 bits is held in them, whichever way it came about.
                CHECK(quotient(*multiply(a, b), b)->fits_int64() == a.fits_int64());
            }
        }
        CHECK(of(a.to_string()) == a);
        CHECK(to_big(*absolute(a)) == boost::multiprecision::abs(to_big(a)));
    }
}

TEST_CASE("division by zero has no value, and the absolute value of the least int64 has",
          "[integer]") {
    CHECK_FALSE(quotient(Integer(1), Integer(0)));
    CHECK_FALSE(remainder(Integer(1), Integer(0)));
    const Integer least(std::numeric_limits<std::int64_t>::min());
    CHECK(absolute(least)->to_string() == "9223372036854775808");
    CHECK(quotient(least, Integer(-1))->to_string() == "9223372036854775808");
    CHECK(remainder(least, Integer(-1)) == Integer(0));
}

TEST_CASE("integers become the nearest double, ties to even", "[integer]") {
    CHECK(of("9007199254740993").to_double() == 9007199254740992.0);
    CHECK(of("9007199254740995").to_double() == 9007199254740996.0);
    CHECK(of("18446744073709551615").to_double() == 0x1p64);
    CHECK(of("18446744073709550591").to_double() == 18446744073709549568.0);
    CHECK(of("18446744073709550592").to_double() == 0x1p64);  // a tie: to even
    CHECK(of("36893488147419101184").to_double() == 0x1p65);  // the same, one bit up
    CHECK(of("36893488147419101183").to_double() == 36893488147419099136.0);
    CHECK(of("-36893488147419101183").to_double() == -36893488147419099136.0);
    CHECK(of("1" + std::string(400, '0')).to_double() == std::numeric_limits<double>::infinity());
    CHECK(of("16777217").to_float() == 16777216.0F);
    CHECK(of("16777219").to_float() == 16777220.0F);
    CHECK(of("1" + std::string(50, '0')).to_float() == std::numeric_limits<float>::infinity());
}

TEST_CASE("rounding of large integers agrees with reading their digits", "[integer]") {
    std::mt19937_64 random(7);
    for (int i = 0; i < 2'000; ++i) {
        cpp_int value = random();
        const unsigned shift = static_cast<unsigned>(random() % 200);
        value <<= shift;
        value += (random() % 3) - 1;
        const auto integer = Integer::of(BigInteger{value});
        CHECK(integer->to_double() == std::stod(integer->to_string()));
    }
}

TEST_CASE("doubles are truncated to integers exactly", "[integer]") {
    CHECK(Integer::truncate(-2.9) == Integer(-2));
    CHECK(Integer::truncate(0x1p63)->to_string() == "9223372036854775808");
    CHECK(Integer::truncate(-0x1p63)->to_string() == "-9223372036854775808");
    CHECK(Integer::truncate(1e22)->to_string() == "10000000000000000000000");
    CHECK_FALSE(Integer::truncate(std::numeric_limits<double>::infinity()));
    CHECK_FALSE(Integer::truncate(std::numeric_limits<double>::quiet_NaN()));
}
