#include <dossier/dossier.h>
#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

// Conditions that compare a variable with a date or a time read only the ids in its range; without
// that pass every value is compared. Both must find the same.

using namespace dossier;

namespace {

std::vector<std::string> times() {
    std::vector<std::string> out;
    const auto add = [&](const std::string& text, const char* type) {
        out.push_back("\"" + text + "\"^^xsd:" + type);
    };
    for (const char* zone : {"", "Z", "+00:00", "+14:00", "-14:00", "+05:30", "-00:30"}) {
        for (const char* day :
             {"2020-02-29", "2020-03-01", "1969-12-31", "1970-01-01", "-0044-03-15", "0000-01-01",
              "9999-12-31", "123456-07-08", "1234567-07-08"}) {
            add(std::string(day) + zone, "date");
            for (const char* clock : {"T00:00:00", "T23:59:59", "T12:00:00.5", "T12:00:00.123",
                                      "T12:00:00.123456", "T12:00:00.1234567", "T24:00:00"})
                add(std::string(day) + clock + zone, "dateTime");
        }
        for (const char* clock : {"00:00:00", "23:59:59", "12:00:00.25", "24:00:00"})
            add(std::string(clock) + zone, "time");
        for (const char* year : {"2020", "1969", "-0044", "0000", "12345678901"})
            add(std::string(year) + zone, "gYear");
        for (const char* month : {"2020-02", "1969-12", "-0044-03"})
            add(std::string(month) + zone, "gYearMonth");
        add("--02-29" + std::string(zone), "gMonthDay");
    }
    add("2020-02-29T12:00:00Z", "dateTimeStamp");
    add("2020-02-30", "date");
    add("now", "dateTime");
    add("P1Y", "duration");
    add("2020", "integer");
    out.push_back("\"2020-02-29\"");
    out.push_back("<urn:iri>");
    return out;
}

std::multiset<std::string> found(const Store& store, const std::string& condition, bool plain) {
    QueryOptions options;
    options.well_known_prefixes = true;
    if (plain) options.disabled_passes = {"filter_ranges"};
    std::multiset<std::string> out;
    Query query =
        store.prepare("SELECT ?t { ?s <urn:when> ?t FILTER(" + condition + ") }", options);
    for (const Row& row : query.rows()) out.insert(Term(row[0]).to_string());
    return out;
}

}  // namespace

TEST_CASE("ranges of dates and times find what comparing each value finds", "[filter_ranges]") {
    Store store = Store::in_memory();
    const std::vector<std::string> values = times();
    std::string text = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n";
    for (std::size_t i = 0; i < values.size(); ++i)
        text += "<urn:s" + std::to_string(i) + "> <urn:when> " + values[i] + " .\n";
    LoadOptions lenient;
    store.load_text(text, DataFormat::turtle, lenient);
    std::size_t answers = 0;
    for (std::size_t i = 0; i < values.size(); i += 5) {
        for (const char* op : {"<", "<=", ">", ">=", "="}) {
            const std::string condition = std::string("?t ") + op + " " + values[i];
            INFO(condition);
            const auto wanted = found(store, condition, true);
            answers += wanted.size();
            CHECK(found(store, condition, false) == wanted);
            const std::string mirrored = values[i] + " " + op + " ?t";
            INFO(mirrored);
            CHECK(found(store, mirrored, false) == found(store, mirrored, true));
        }
    }
    CHECK(answers > 10'000);
    const std::string between = "?t >= \"2020-02-29\"^^xsd:date && ?t < \"2020-03-01\"^^xsd:date";
    CHECK(found(store, between, false) == found(store, between, true));
    CHECK(!found(store, between, false).empty());
    const std::string listed = "?t IN (\"2020-02-29Z\"^^xsd:date, \"1970-01-01\"^^xsd:date)";
    CHECK(found(store, listed, false) == found(store, listed, true));
}

TEST_CASE("a condition on a date becomes a range of the index", "[filter_ranges]") {
    Store store = Store::in_memory();
    std::string text = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n";
    for (int day = 10; day < 29; ++day)
        for (int month = 10; month < 13; ++month)
            for (int year = 1900; year < 2000; ++year)
                text += "<urn:s> <urn:when> \"" + std::to_string(year) + "-" +
                        std::to_string(month) + "-" + std::to_string(day) + "\"^^xsd:date .\n";
    store.load_text(text, DataFormat::turtle);
    QueryOptions options;
    options.well_known_prefixes = true;
    const std::string plan =
        store
            .prepare(
                "SELECT ?t { ?s <urn:when> ?t FILTER(?t >= \"1950-11-12\"^^xsd:date && ?t < "
                "\"1950-11-20\"^^xsd:date) }",
                options)
            .explain();
    INFO(plan);
    CHECK(plan.find("POS") != std::string::npos);
    CHECK(plan.find("range") != std::string::npos);
}

TEST_CASE("thousands of alternatives for a value find what comparing each finds",
          "[filter_ranges]") {
    Store store = Store::in_memory();
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "<urn:s" + std::to_string(i) + "> <urn:when> " + std::to_string(i) + " .\n";
    store.load_text(text, DataFormat::turtle);
    // Far apart, next to each other, and the same again.
    for (const int distance : {7, 1, 0}) {
        std::string alternatives = "?t = -1";
        std::string list = "-1";
        for (int i = 0; i < 4000; ++i) {
            alternatives += " || ?t = " + std::to_string(i * distance);
            list += ", " + std::to_string(i * distance);
        }
        const auto wanted = found(store, alternatives, true);
        CHECK(wanted.size() == (distance == 0 ? 1u : 3000u / distance + (distance == 7 ? 1 : 0)));
        CHECK(found(store, alternatives, false) == wanted);
        CHECK(found(store, "?t IN (" + list + ")", false) == wanted);
    }
}
