#include <catch2/catch.hpp>

#include <cmath>

#include "rdf/value.h"
#include "rdf/vocabulary.h"

using namespace dossier;

namespace {

Value of(std::string_view lexical, Datatype datatype) {
    return parse_value(lexical, datatype);
}

std::string canonical(std::string_view lexical, Datatype datatype) {
    std::string out;
    append_lexical(out, of(lexical, datatype));
    return out;
}

ValueKind kind(std::string_view lexical, Datatype datatype) {
    return of(lexical, datatype).kind();
}

}  // namespace

TEST_CASE("datatypes are found by their IRI and back", "[datatype]") {
    int known = 0;
    for (int i = 1; i <= static_cast<int>(Datatype::day_time_duration); ++i) {
        const auto datatype = static_cast<Datatype>(i);
        CAPTURE(iri_of(datatype));
        CHECK_FALSE(iri_of(datatype).empty());
        CHECK(datatype_of(iri_of(datatype)) == datatype);
        // Neither a longer nor a shorter IRI, nor one of another case.
        CHECK(datatype_of(std::string(iri_of(datatype)) + "x") == Datatype::unknown);
        CHECK(datatype_of(iri_of(datatype).substr(0, iri_of(datatype).size() - 1)) ==
              Datatype::unknown);
        ++known;
    }
    CHECK(known == 32);
    CHECK(datatype_of("") == Datatype::unknown);
    CHECK(datatype_of(xsd::any_uri) == Datatype::unknown);
    CHECK(datatype_of(std::string(1'000'000, 'x')) == Datatype::unknown);
    CHECK(is_integer(Datatype::positive_integer));
    CHECK_FALSE(is_integer(Datatype::decimal));
}

TEST_CASE("integer subtypes have their ranges", "[value]") {
    struct Range {
        Datatype datatype;
        const char *below, *lowest, *highest, *above;  // null: no bound
    };
    const Range ranges[] = {
        {Datatype::non_positive_integer, nullptr, nullptr, "0", "1"},
        {Datatype::negative_integer, nullptr, nullptr, "-1", "0"},
        {Datatype::non_negative_integer, "-1", "0", nullptr, nullptr},
        {Datatype::positive_integer, "0", "1", nullptr, nullptr},
        {Datatype::long_, "-9223372036854775809", "-9223372036854775808", "9223372036854775807",
         "9223372036854775808"},
        {Datatype::int_, "-2147483649", "-2147483648", "2147483647", "2147483648"},
        {Datatype::short_, "-32769", "-32768", "32767", "32768"},
        {Datatype::byte, "-129", "-128", "127", "128"},
        {Datatype::unsigned_long, "-1", "0", "18446744073709551615", "18446744073709551616"},
        {Datatype::unsigned_int, "-1", "-0", "4294967295", "4294967296"},
        {Datatype::unsigned_short, "-1", "0", "65535", "65536"},
        {Datatype::unsigned_byte, "-1", "0", "255", "256"}};
    const std::string huge(100'000, '9');
    for (const Range& range : ranges) {
        CAPTURE(iri_of(range.datatype));
        for (const char* inside : {range.lowest, range.highest}) {
            if (inside == nullptr) continue;
            CHECK(kind(inside, range.datatype) == ValueKind::integer);
            CHECK(of(inside, range.datatype).datatype() == range.datatype);
        }
        for (const char* outside : {range.below, range.above}) {
            if (outside != nullptr) CHECK(kind(outside, range.datatype) == ValueKind::ill_typed);
        }
        CHECK(kind(huge, range.datatype) ==
              (range.above == nullptr ? ValueKind::beyond_limits : ValueKind::ill_typed));
        CHECK(kind("-" + huge, range.datatype) ==
              (range.below == nullptr ? ValueKind::beyond_limits : ValueKind::ill_typed));
        CHECK(kind("1.0", range.datatype) == ValueKind::ill_typed);
    }
    CHECK(kind(huge, Datatype::integer) == ValueKind::beyond_limits);
    CHECK(kind("0." + huge, Datatype::decimal) == ValueKind::beyond_limits);
}

TEST_CASE("lexical forms become canonical", "[value]") {
    CHECK(canonical("+007", Datatype::integer) == "7");
    CHECK(canonical(collapse_white_space(" \t\n7\r "), Datatype::integer) == "7");
    CHECK(canonical("1", Datatype::boolean) == "true");
    CHECK(canonical("false", Datatype::boolean) == "false");
    CHECK(canonical("01.10", Datatype::decimal) == "1.1");
    CHECK(canonical("100", Datatype::double_) == "1.0E2");
    CHECK(canonical("+INF", Datatype::float_) == "INF");
    CHECK(canonical("0.1", Datatype::float_) == "1.0E-1");
    CHECK(canonical(" a ", Datatype::string) == " a ");
    CHECK(canonical("2000-01-01T24:00:00+00:00", Datatype::date_time) == "2000-01-02T00:00:00Z");
    CHECK(canonical("P12M", Datatype::year_month_duration) == "P1Y");
}

TEST_CASE("what is not of its datatype has no value, and never throws", "[value]") {
    CHECK(kind("TRUE", Datatype::boolean) == ValueKind::ill_typed);
    CHECK(kind("", Datatype::boolean) == ValueKind::ill_typed);
    CHECK(kind("", Datatype::integer) == ValueKind::ill_typed);
    // The W3C's whitespace-facet tests of RDF Semantics.
    CHECK(kind(" 3 ", Datatype::int_) == ValueKind::ill_typed);
    CHECK(kind("\n3", Datatype::integer) == ValueKind::ill_typed);
    CHECK(kind(" true", Datatype::boolean) == ValueKind::ill_typed);
    CHECK(kind("2024-01-01 ", Datatype::date) == ValueKind::ill_typed);
    CHECK(kind(" ", Datatype::decimal) == ValueKind::ill_typed);
    CHECK(kind("1 2", Datatype::integer) == ValueKind::ill_typed);
    CHECK(kind("1e1", Datatype::decimal) == ValueKind::ill_typed);
    CHECK(kind("inf", Datatype::double_) == ValueKind::ill_typed);
    CHECK(kind("2003-02-29", Datatype::date) == ValueKind::ill_typed);
    CHECK(kind("P", Datatype::duration) == ValueKind::ill_typed);
    CHECK(kind("x", Datatype::lang_string) == ValueKind::ill_typed);
    CHECK(kind("x", Datatype::unknown) == ValueKind::unknown_datatype);
    CHECK(kind("999999999999999", Datatype::g_year) == ValueKind::beyond_limits);
    CHECK(kind("P99999999999999999999Y", Datatype::duration) == ValueKind::beyond_limits);
    for (int i = 0; i <= static_cast<int>(Datatype::day_time_duration); ++i) {
        for (const char* text : {"", "-", "+", ".", ":", "T", "P", "Z", "-P", "--", "---", "\xFF",
                                 "24:00:00", "-0001", "0000-00-00T00:00:00"}) {
            const Value value = of(text, static_cast<Datatype>(i));
            CHECK((value.has_value() || value.kind() != ValueKind::none));
        }
    }
}

TEST_CASE("terms have values, and values become terms", "[value]") {
    CHECK(parse_value(TermView::iri("a")).kind() == ValueKind::none);
    CHECK(parse_value(TermView::blank_node("a")).kind() == ValueKind::none);
    const Value text = parse_value(TermView::literal("abc"));
    CHECK(text.kind() == ValueKind::string);
    CHECK(text.text() == "abc");
    const Value tagged =
        parse_value(TermView::language_literal("abc", "ar", Direction::right_to_left));
    CHECK(tagged.kind() == ValueKind::language_string);
    CHECK(tagged.datatype() == Datatype::dir_lang_string);
    CHECK(to_term(tagged).to_string() == "\"abc\"@ar--rtl");
    const Value byte = parse_value(TermView::literal("+5", xsd::byte));
    CHECK(to_term(byte) == Term::literal("5", std::string(xsd::byte)));
    CHECK(to_term(Value::string("owned")) == Term::literal("owned"));
    Value copy;
    {
        const Value made = Value::string(std::string(100, 'x'));
        copy = made;
    }
    CHECK(copy.text() == std::string(100, 'x'));
    CHECK(to_term(Value::boolean(true)) == Term::boolean(true));
    CHECK(to_term(Value::integer(5)) == Term::integer(5));
    CHECK(to_term(Value::real(0.5)) == Term::real(0.5));
    CHECK(to_term(parse_value("2000-01-01T00:00:00Z", Datatype::date_time_stamp)).datatype() ==
          xsd::date_time);
}

TEST_CASE("numbers are promoted", "[value]") {
    CHECK(Value::integer(3).to_double() == 3.0);
    CHECK(Value::decimal(*Decimal::parse("0.1")).to_float() == 0.1F);
    CHECK(Value::real_float(0.1F).to_double() == static_cast<double>(0.1F));
    CHECK(Value::real(0.1).to_float() == 0.1F);
    CHECK(Value::integer(3).to_decimal() == Decimal(3));
    CHECK(std::isnan(Value::boolean(true).to_double()));
}

TEST_CASE("the effective boolean value follows SPARQL 1.2 section 17.2.2", "[value]") {
    const auto ebv = [](std::string_view lexical, std::string_view datatype) {
        return effective_boolean_value(TermView::literal(lexical, datatype));
    };
    CHECK(ebv("true", xsd::boolean) == true);
    CHECK(ebv("0", xsd::boolean) == false);
    CHECK_FALSE(ebv("maybe", xsd::boolean));
    CHECK(ebv("", xsd::string) == false);
    CHECK(ebv("false", xsd::string) == true);
    CHECK(ebv("0", xsd::integer) == false);
    CHECK_FALSE(ebv("x", xsd::integer));
    CHECK(ebv("7", xsd::byte) == true);
    CHECK_FALSE(ebv("300", xsd::byte));
    CHECK(ebv("0.00", xsd::decimal) == false);
    CHECK(ebv("NaN", xsd::double_) == false);
    CHECK(ebv("-0", xsd::float_) == false);
    CHECK(ebv("INF", xsd::double_) == true);
    CHECK(ebv(std::string(100'000, '9'), xsd::integer) == true);
    CHECK_FALSE(effective_boolean_value(TermView::language_literal("", "en")));
    CHECK_FALSE(effective_boolean_value(TermView::language_literal("a", "en")));
    CHECK_FALSE(ebv("2000-01-01", xsd::date));
    CHECK_FALSE(ebv("x", xsd::date));
    CHECK_FALSE(ebv("x", "http://unknown"));
    CHECK_FALSE(effective_boolean_value(TermView::iri("a")));
}
