#include "storage/inline_term.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <dossier/error.h>

#include "rdf/value.h"
#include "rdf/value_order.h"

using namespace dossier;
using namespace dossier::storage;

namespace {

std::string written(TermId id) {
    InlineText text;
    return std::string(decode_lexical(id, text));
}

struct Zoo {
    Datatype datatype;
    std::vector<const char*> fits;
    std::vector<const char*> does_not;
};

const std::vector<Zoo>& zoo() {
    static const std::vector<Zoo> literals{
        {Datatype::boolean, {"true", "false", "1", "0"}, {"TRUE", "", "2", " true", "10"}},
        {Datatype::integer,
         {"0", "1", "-1", "42", "144115188075855871", "-144115188075855872", "1000000"},
         {"+1", "01", "-0", "00", "", "-", "144115188075855872", "-144115188075855873", "1.0", " 1",
          "1 ", "99999999999999999999999999", "12a"}},
        {Datatype::byte, {"127", "-128", "0"}, {"128", "-129", "+1"}},
        {Datatype::unsigned_byte, {"255", "0"}, {"256", "-1", "007"}},
        {Datatype::positive_integer, {"1", "9"}, {"0", "-1"}},
        {Datatype::negative_integer, {"-1"}, {"0", "1"}},
        {Datatype::non_positive_integer, {"0", "-1"}, {"1"}},
        {Datatype::int_, {"2147483647", "-2147483648"}, {"2147483648"}},
        {Datatype::unsigned_int, {"4294967295"}, {"4294967296"}},
        {Datatype::decimal,
         {"0", "0.0", "1", "1.0", "1.50", "-1.5", "3.1415926", "0.0000001", "-0.0000001",
          "1801439850.9481983", "-1801439850.9481983", "100", "5.00", "5.0000000"},
         {"-0", "-0.0", "+1.5", ".5", "1.", "01.5", "3.14159265", "1801439850.9481984", "", "-",
          ".", "1e5", "1.5 ", "1..5", "18014398509", "1.-5"}},
        {Datatype::double_,
         {"4.88E1",
          "1.0E0",
          "0.0E0",
          "-1.0E0",
          "-4.88E-1",
          "1.2345678901234E300",
          "9.9E-300",
          "1.0E100",
          "48.8",
          "48",
          "0",
          "0.0",
          "0.00",
          "-48.80",
          "0.000001",
          "12.50",
          "100.0",
          "123456789.01234",
          "1000000000000000000000.0",
          "-0.5",
          "0.12345678901234",
          "2000000000000000000000000000000"},
         {"-0",
          "-0.0",
          "-0.0E0",
          "NaN",
          "INF",
          "-INF",
          "+INF",
          "+1.0",
          "1.",
          ".5",
          "1.0e0",
          "1E0",
          "1.00E0",
          "01.0E0",
          "1.0E+0",
          "1.0E-0",
          "1.0E00",
          "10.0E0",
          "0.1E1",
          "0.0E1",
          "1.0E301",
          "1.0E-301",
          "1.23456789012345E0",
          "48.856614000000013",
          "",
          "-",
          "E",
          "1.0E",
          "0.1234567890123450",
          "048.8",
          "1,5",
          "0x10"}},
        {Datatype::float_,
         {"1.0E0", "4.88E1", "1.5", "-1.5", "0", "0.0", "0.0E0", "3.4028235E38", "1.0E-45",
          "16777216", "0.1", "12.50", "-2.5E-3", "100"},
         {"-0", "-0.0E0", "NaN", "INF", "-INF", "+1", "1e0", "0.10000000149", "1.", ".5", "1.0E39",
          "16777217", "1.17549435E-38", "", "01.5", "inf", "nan", "1.50E0"}},
        {Datatype::date_time,
         {"2024-02-29T12:30:45Z", "2024-02-29T12:30:45+00:00", "2024-02-29T12:30:45-05:30",
          "2024-02-29T12:30:45+14:00", "0001-01-01T00:00:00Z", "-0044-03-15T12:00:00Z",
          "0000-01-01T00:00:00Z", "12024-01-01T00:00:00Z", "-999999-12-31T23:59:59-14:00",
          "2024-02-29T12:30:45.123Z", "2024-02-29T12:30:45.000+01:00",
          "2024-02-29T12:30:45.123456Z", "1969-12-31T23:59:59.999Z", "2024-02-29T12:30:45",
          "2024-02-29T12:30:45.1", "2024-02-29T12:30:45.120000", "1969-12-31T23:59:59.5",
          "1400-01-01T00:00:00"},
         {"2024-02-30T12:30:45Z",
          "2023-02-29T12:30:45Z",
          "2024-02-29T24:00:00Z",
          "2024-02-29T12:30:60Z",
          "2024-02-29T12:60:45Z",
          "2024-02-29T12:30:45.12Z",
          "2024-02-29T12:30:45.123456+01:00",
          "2024-02-29T12:30:45.1234567",
          "2024-02-29T12:30:45.",
          "2024-02-29T12:30:45-00:00",
          "2024-02-29T12:30:45+14:01",
          "2024-02-29T12:30:45+15:00",
          "2024-02-29",
          "",
          "-0000-01-01T00:00:00Z",
          "02024-01-01T00:00:00Z",
          "24-01-01T00:00:00Z",
          "2024-02-29T12:30:45z",
          "2024-02-29 12:30:45Z",
          "0100-01-01T00:00:00",
          "1234567-01-01T00:00:00Z",
          "9000-01-01T00:00:00.000Z",
          "2024-00-10T00:00:00Z",
          "2024-13-10T00:00:00Z",
          "2024-01-00T00:00:00Z",
          "2024-02-29T12:30:45ZZ"}},
        {Datatype::date,
         {"2024-02-29", "1970-01-01", "-0001-12-31", "2024-02-29Z", "2024-02-29+01:00",
          "2024-02-29-14:00", "999999-12-31", "-999999-01-01+14:00"},
         {"2024-02-30", "2024-2-29", "1000000-01-01", "2024-02-29-00:00", "2024-02-29T", ""}},
        {Datatype::time,
         {"00:00:00", "23:59:59", "12:30:45.5", "12:30:45.500000", "12:30:45Z", "00:00:00+14:00",
          "23:59:59.999999-14:00", "12:30:45.50+01:00"},
         {"24:00:00", "12:30", "12:30:45.1234567", "12:30:45-00:00", "1:30:45", ""}},
        {Datatype::g_year,
         {"2024", "0000", "-0044", "12024", "999999999"},
         {"24", "02024", "-0000", "2024Z", "1000000000", "", "-"}},
        {Datatype::g_year_month,
         {"2024-02", "-0044-03", "0000-01", "12024-12"},
         {"2024-13", "2024-00", "2024-2", "2024-02Z", "2024", ""}},
        {Datatype::string, {}, {"", "1", "true"}},
        {Datatype::duration, {}, {"P1D"}},
        {Datatype::g_day, {}, {"---01"}},
        {Datatype::date_time_stamp, {}, {"2024-02-29T12:30:45Z"}},
    };
    return literals;
}

}  // namespace

TEST_CASE("literals that fit come back from their ids as they were written", "[inline_term]") {
    for (const Zoo& kind : zoo()) {
        for (const char* lexical : kind.fits) {
            INFO(iri_of(kind.datatype) << " " << lexical);
            const TermView term = TermView::literal(lexical, iri_of(kind.datatype));
            const auto id = encode_inline(term);
            REQUIRE(id);
            CHECK(id->is_inline());
            InlineText text;
            CHECK(decode_inline(*id, text) == term);
            CHECK(inline_datatype(*id) == kind.datatype);
        }
    }
}

TEST_CASE("literals whose form or value does not fit have no inline id", "[inline_term]") {
    for (const Zoo& kind : zoo()) {
        for (const char* lexical : kind.does_not) {
            INFO(iri_of(kind.datatype) << " " << lexical);
            CHECK_FALSE(encode_inline(TermView::literal(lexical, iri_of(kind.datatype))));
        }
    }
    CHECK_FALSE(encode_inline(TermView::iri("1")));
    CHECK_FALSE(encode_inline(TermView::language_literal("1", "en")));
}

TEST_CASE("values read from inline ids are the values of their literals", "[inline_term]") {
    for (const Zoo& kind : zoo()) {
        for (const char* lexical : kind.fits) {
            INFO(iri_of(kind.datatype) << " " << lexical);
            const TermId id = *encode_inline(lexical, kind.datatype);
            const Value value = parse_value(lexical, kind.datatype);
            REQUIRE(value.has_value());
            switch (value.kind()) {
                case ValueKind::boolean:
                    CHECK(boolean_value(id) == value.as_boolean());
                    break;
                case ValueKind::integer:
                    CHECK(integer_value(id) == value.as_integer().int64());
                    break;
                case ValueKind::decimal:
                    CHECK(Decimal::of(Integer(decimal_value(id)), 7) == value.as_decimal());
                    break;
                case ValueKind::double_:
                    CHECK(double_value(id) == value.as_double());
                    break;
                case ValueKind::float_:
                    CHECK(float_value(id) == value.as_float());
                    break;
                case ValueKind::date_time:
                    CHECK(date_time_value(id) == value.as_date_time());
                    break;
                default:
                    FAIL("no such inline value");
            }
        }
    }
}

TEST_CASE("ids of one tag are ordered as their values", "[inline_term]") {
    std::mt19937_64 random(7);
    const auto number = [&](int digits) {
        std::string text = random() % 2 != 0 ? "-" : "";
        const auto whole = 1 + random() % static_cast<unsigned>(digits);
        for (std::uint64_t i = 0; i < whole; ++i) {
            text +=
                static_cast<char>('0' + (i == 0 && whole > 1 ? 1 + random() % 9 : random() % 10));
        }
        return text;
    };
    const auto two = [&](unsigned low, unsigned high) {
        const auto value = low + random() % (high - low + 1);
        return std::string(value < 10 ? "0" : "") + std::to_string(value);
    };
    const auto clock = [&] {
        std::string text = two(0, 23) + ":" + two(0, 59) + ":" + two(0, 59);
        const auto form = random() % 3;
        if (form == 1) text += "." + std::to_string(100 + random() % 900);
        if (form == 2) text += "." + std::to_string(100000 + random() % 900000);
        return text;
    };
    const auto zone = [&]() -> std::string {
        switch (random() % 4) {
            case 0:
                return "";
            case 1:
                return "Z";
            default:
                return (random() % 2 != 0 ? "+" : "-") + two(0, 13) + ":" + two(0, 59);
        }
    };
    std::vector<TermId> ids;
    std::size_t missed = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::pair<std::string, Datatype> literal;
        switch (i % 8) {
            case 0:
                literal = {number(17), Datatype::integer};
                break;
            case 1:
                literal = {number(9) + "." + std::to_string(random() % 10000000),
                           Datatype::decimal};
                break;
            case 2:
                literal = {number(8) + "." + std::to_string(random() % 1000000), Datatype::double_};
                break;
            case 3:
                literal = {number(1) + "." + std::to_string(1 + random() % 9) + "E" +
                               std::to_string(static_cast<int>(random() % 600) - 300),
                           Datatype::double_};
                break;
            case 4:
                literal = {number(4) + "." + std::to_string(random() % 100), Datatype::float_};
                break;
            case 5:
                literal = {std::to_string(1500 + random() % 1000) + "-" + two(1, 12) + "-" +
                               two(1, 28) + "T" + clock() + zone(),
                           Datatype::date_time};
                break;
            case 6:
                literal = {clock() + zone(), Datatype::time};
                break;
            default:
                literal = {std::to_string(1000 + random() % 9000) + "-" + two(1, 12) + "-" +
                               two(1, 28) + zone(),
                           Datatype::date};
        }
        const auto id = encode_inline(literal.first, literal.second);
        if (!id) {
            ++missed;
            continue;
        }
        REQUIRE(written(*id) == literal.first);
        ids.push_back(*id);
    }
    CHECK(missed < 8'000);
    std::sort(ids.begin(), ids.end());
    for (std::size_t i = 1; i < ids.size(); ++i) {
        const TermId a = ids[i - 1], b = ids[i];
        if (a.tag() != b.tag()) continue;
        INFO(written(a) << " before " << written(b));
        const Value x = parse_value(written(a), inline_datatype(a));
        const Value y = parse_value(written(b), inline_datatype(b));
        switch (x.kind()) {
            case ValueKind::integer:
                CHECK(x.as_integer() <= y.as_integer());
                break;
            case ValueKind::decimal:
                CHECK(x.as_decimal() <= y.as_decimal());
                break;
            case ValueKind::double_:
                CHECK(x.as_double() <= y.as_double());
                break;
            case ValueKind::float_:
                CHECK(x.as_float() <= y.as_float());
                break;
            default:
                CHECK(x.as_date_time().instant() <= y.as_date_time().instant());
        }
    }
}

TEST_CASE("intervals of a numeric range hold every number in it", "[inline_term]") {
    std::vector<std::pair<TermId, double>> numbers;
    std::vector<double> bounds{-std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::infinity(),
                               0.0,
                               1e300,
                               -1e-300,
                               5.0,
                               0.1,
                               1e17,
                               -1e18,
                               16777216.0};
    for (const Zoo& kind : zoo()) {
        if (!dossier::is_numeric(kind.datatype)) continue;
        for (const char* lexical : kind.fits) {
            const TermId id = *encode_inline(lexical, kind.datatype);
            const double value = parse_value(lexical, kind.datatype).to_double();
            numbers.emplace_back(id, value);
            bounds.push_back(value);
        }
    }
    for (bool float_bound : {false, true}) {
        for (double low : bounds) {
            for (double high : bounds) {
                const auto intervals = intervals_of(NumericRange{low, high, float_bound});
                for (std::size_t i = 1; i < intervals.size(); ++i) {
                    REQUIRE(intervals[i - 1].last < intervals[i].first);
                }
                for (const auto& [id, value] : numbers) {
                    bool covered = false;
                    for (const auto& [first, last] : intervals) {
                        REQUIRE(first <= last);
                        covered = covered || (first <= id && id <= last);
                    }
                    INFO(written(id) << " in " << low << " to " << high);
                    if (low <= value && value <= high) CHECK(covered);
                    if (float_bound || id.tag() == Tag::float_number) {
                        if (std::fabs(low) > 1e38 || std::fabs(high) > 1e38) continue;
                    }
                    if (value < low - 1 - std::fabs(low) * 1e-6 ||
                        value > high + 1 + std::fabs(high) * 1e-6) {
                        CHECK_FALSE(covered);
                    }
                }
            }
        }
    }
    CHECK(intervals_of(NumericRange{2, 1}).empty());
    CHECK(intervals_of(NumericRange{std::nan(""), 1}).empty());
}

TEST_CASE("one number's intervals hold its equals of every numeric type", "[inline_term]") {
    const auto intervals = intervals_of(NumericRange{5, 5});
    for (const auto& [lexical, datatype] :
         std::vector<std::pair<const char*, Datatype>>{{"5", Datatype::integer},
                                                       {"5", Datatype::byte},
                                                       {"5.0", Datatype::decimal},
                                                       {"5.00", Datatype::decimal},
                                                       {"5.0E0", Datatype::double_},
                                                       {"5.0", Datatype::double_},
                                                       {"5", Datatype::float_}}) {
        const TermId id = *encode_inline(lexical, datatype);
        CHECK(std::any_of(intervals.begin(), intervals.end(), [&](const IdInterval& interval) {
            return interval.first <= id && id <= interval.last;
        }));
    }
    const TermId six = *encode_inline("6", Datatype::integer);
    CHECK(std::none_of(intervals.begin(), intervals.end(), [&](const IdInterval& interval) {
        return interval.first <= six && six <= interval.last;
    }));
}

TEST_CASE("intervals of a time range hold every value in it", "[inline_term]") {
    for (const Zoo& kind : zoo()) {
        if (!is_date_time(kind.datatype) || kind.fits.empty()) continue;
        std::vector<std::pair<TermId, Instant>> values;
        for (const char* lexical : kind.fits) {
            values.emplace_back(*encode_inline(lexical, kind.datatype),
                                DateTime::parse(lexical, kind.datatype)->instant());
        }
        std::vector<std::optional<Instant>> bounds{std::nullopt};
        for (const auto& value : values) {
            Instant instant = value.second;
            bounds.push_back(instant);
            ++instant.seconds;
            bounds.push_back(instant);
        }
        for (const auto& low : bounds) {
            for (const auto& high : bounds) {
                const auto intervals = intervals_of(kind.datatype, low, high);
                for (const auto& [id, instant] : values) {
                    bool covered = false;
                    for (const auto& [first, last] : intervals) {
                        covered = covered || (first <= id && id <= last);
                    }
                    INFO(written(id));
                    if ((!low || *low <= instant) && (!high || instant <= *high)) CHECK(covered);
                }
            }
        }
    }
}

TEST_CASE("damaged inline ids are refused or give some text, and never more than fits",
          "[inline_term]") {
    std::mt19937_64 random(11);
    for (int i = 0; i < 200'000; ++i) {
        const auto tag = static_cast<Tag>(11 + random() % 32);
        const TermId id = TermId::of(tag, i % 2 != 0 ? random() : random() >> (random() % 58));
        if (!id.is_inline()) continue;
        InlineText text;
        std::size_t size = 0;
        try {
            size = decode_lexical(id, text).size();
        } catch (const StoreError&) {
        }
        REQUIRE(size <= text.size());
    }
}
