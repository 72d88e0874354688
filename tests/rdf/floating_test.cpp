#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "rdf/floating.h"

using namespace dossier;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string canonical(double value) {
    std::string out;
    append_double(out, value);
    return out;
}

std::string as_string(double value) {
    std::string out;
    append_double_as_string(out, value);
    return out;
}

}  // namespace

TEST_CASE("doubles are read by XSD's lexical space", "[floating]") {
    CHECK(parse_double("1") == 1.0);
    CHECK(parse_double("+1.5e3") == 1500.0);
    CHECK(parse_double("-.5E-1") == -0.05);
    CHECK(parse_double("5.") == 5.0);
    CHECK(parse_double("INF") == infinity);
    CHECK(parse_double("+INF") == infinity);
    CHECK(parse_double("-INF") == -infinity);
    CHECK(std::isnan(*parse_double("NaN")));
    CHECK(std::signbit(*parse_double("-0")));
    CHECK(parse_double("1e999999") == infinity);
    CHECK(parse_double("-1e999999") == -infinity);
    CHECK(parse_double("1e-999999") == 0.0);
    CHECK(parse_double("0e999999999999999999999999") == 0.0);
    CHECK(parse_double("1e99999999999999999999999999") == infinity);
    CHECK(parse_double("1e-99999999999999999999999999") == 0.0);
    CHECK(parse_double("0." + std::string(400, '0') + "1e401") == 1.0);
    CHECK(parse_double(std::string(1'000'000, '9')) == infinity);
    CHECK(parse_double("0." + std::string(1'000'000, '0') + "1") == 0.0);
    CHECK(parse_float("3.4028236e38") == std::numeric_limits<float>::infinity());
    CHECK(parse_float("16777217") == 16777216.0F);
    for (const char* text : {"", "+", ".", "e5", "1e", "1e+", "inf", "Infinity", "+NaN", "-NaN",
                             "nan", "0x1p3", " 1", "1 ", "1d", "1_000", "--1", "+-1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_double(text));
        CHECK_FALSE(parse_float(text));
    }
}

TEST_CASE("doubles are written in XSD's canonical form with the fewest digits", "[floating]") {
    CHECK(canonical(1) == "1.0E0");
    CHECK(canonical(-0.0) == "-0.0E0");
    CHECK(canonical(0.1) == "1.0E-1");
    CHECK(canonical(48.8) == "4.88E1");
    CHECK(canonical(1e100) == "1.0E100");
    CHECK(canonical(1.7976931348623157e308) == "1.7976931348623157E308");
    CHECK(canonical(5e-324) == "5.0E-324");
    CHECK(canonical(infinity) == "INF");
    CHECK(canonical(-infinity) == "-INF");
    CHECK(canonical(std::nan("")) == "NaN");
    std::string single;
    append_float(single, 0.1F);
    CHECK(single == "1.0E-1");
}

TEST_CASE("numbers cast to strings follow XPath", "[floating]") {
    CHECK(as_string(1) == "1");
    CHECK(as_string(0.5) == "0.5");
    CHECK(as_string(-0.0) == "-0");
    CHECK(as_string(0) == "0");
    CHECK(as_string(999999.5) == "999999.5");
    CHECK(as_string(1e6) == "1.0E6");
    CHECK(as_string(0.000001) == "0.000001");
    CHECK(as_string(0.0000009) == "9.0E-7");
    CHECK(as_string(infinity) == "INF");
}

TEST_CASE("every double reads back from what is written", "[floating]") {
    std::mt19937_64 random(17);
    for (int i = 0; i < 20'000; ++i) {
        const double value = std::bit_cast<double>(random());
        if (std::isnan(value)) continue;
        CHECK(parse_double(canonical(value)) == value);
        CHECK(parse_double(as_string(value)) == value);
        const float single = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (std::isnan(single)) continue;
        std::string text;
        append_float(text, single);
        CHECK(parse_float(text) == single);
    }
}
