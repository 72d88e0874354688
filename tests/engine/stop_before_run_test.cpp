#include <dossier/dossier.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <ctime>
#include <functional>
#include <stop_token>
#include <string>

// What comes before a query's first row, and an update's changes, obey stop, timeout and memory.

using namespace dossier;

namespace {

std::string many(int count, const std::function<std::string(int)>& part) {
    std::string out;
    for (int i = 0; i < count; ++i) out += part(i);
    return out;
}

// Texts of several thousand terms; each is seen at the latest in the part it is named for.
struct Named {
    const char* name;
    std::string text;
};

std::vector<Named> large_queries() {
    const auto number = [](int i) { return std::to_string(i); };
    return {
        {"a long table",
         "SELECT * { VALUES ?v { " + many(20'000, [&](int i) { return number(i) + " "; }) + "} }"},
        {"many alternatives", "SELECT * { ?s <urn:p> ?v FILTER(?v = 0" +
                                  many(20'000, [&](int i) { return " || ?v = " + number(i); }) +
                                  ") }"},
        {"many columns",
         "SELECT * { ?s <urn:p> ?o " +
             many(20'000, [&](int i) { return "BIND(?s AS ?v" + number(i) + ") "; }) + "}"},
        {"many patterns",
         "SELECT * { " +
             many(3'000,
                  [&](int i) { return "?s" + number(i) + " <urn:p> ?s" + number(i + 1) + " . "; }) +
             "}"},
        {"a wide template",
         "CONSTRUCT { " + many(3'000, [&](int i) { return "?s <urn:p" + number(i) + "> ?o . "; }) +
             "} { ?s <urn:p> ?o }"},
    };
}

Store chain() {
    Store store = Store::in_memory();
    store.load_text(many(5'000,
                         [](int i) {
                             return "<urn:n" + std::to_string(i) + "> <urn:p> <urn:n" +
                                    std::to_string(i + 1) + "> .\n";
                         }),
                    DataFormat::ntriples);
    return store;
}

std::string count_of(const Store& store) {
    std::string out;
    for (const Row& row : store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) out = row[0].text();
    return out;
}

}  // namespace

TEST_CASE("preparing a text of many terms stops when asked to", "[stop]") {
    const Store store = chain();
    std::stop_source stop;
    stop.request_stop();
    for (const Named& query : large_queries()) {
        INFO(query.name);
        CHECK_THROWS_AS(store.prepare(query.text, {.stop = stop.get_token()}), Interrupted);
        CHECK_THROWS_WITH(store.prepare(query.text, {.timeout = std::chrono::nanoseconds(0)}),
                          Catch::Contains("time limit"));
    }
}

TEST_CASE("planning stops when asked to, before anything is read", "[stop]") {
    const Store store = chain();
    for (const Named& query : large_queries()) {
        INFO(query.name);
        const Query prepared = store.prepare(query.text);
        std::stop_source stop;
        stop.request_stop();
        const Query stopped = prepared.with({.stop = stop.get_token()});
        const Query late = prepared.with({.timeout = std::chrono::nanoseconds(0)});
        if (prepared.form() == QueryForm::construct) {
            CHECK_THROWS_AS(stopped.graph(), Interrupted);
            CHECK_THROWS_WITH(late.graph(), Catch::Contains("time limit"));
        } else {
            CHECK_THROWS_AS(stopped.rows(), Interrupted);
            CHECK_THROWS_WITH(late.rows(), Catch::Contains("time limit"));
        }
    }
}

TEST_CASE("a join of more patterns than the memory has room to order is refused", "[stop]") {
    const Store store = chain();
    const std::string text = large_queries()[3].text;
    CHECK_THROWS_WITH(store.query(text, {.memory = std::size_t{16} << 20}),
                      Catch::Contains("planning a join of 3000 patterns"));
}

TEST_CASE("alternatives and assignments by the thousand are planned in no time", "[stop]") {
    const Store store = chain();
    const auto number = [](int i) { return std::to_string(i); };
    const std::clock_t begin = std::clock();  // of the processor: the machine may be busy
    std::uint64_t rows = 0;
    for (const Row& row :
         store.query("SELECT ?v { <urn:n6> <urn:p> ?v FILTER(?v = <urn:n7>" +
                     many(100'000, [&](int i) { return " || ?v = " + number(i); }) + ") }")) {
        CHECK(row[0].text() == "urn:n7");
        ++rows;
    }
    CHECK(rows == 1);
    rows = 0;
    for (const Row& row : store.query(
             "SELECT * { BIND(1 AS ?v) " +
             many(20'000, [&](int i) { return "BIND(?v AS ?v" + number(i) + ") "; }) + "}")) {
        CHECK(row["v19999"].text() == "1");
        ++rows;
    }
    CHECK(rows == 1);
    // Quadratic, each took seconds on a fast machine.
    CHECK(std::clock() - begin < 20 * CLOCKS_PER_SEC);
}

TEST_CASE("a BIND sees those before it, across filters and patterns between them", "[stop]") {
    const Store store = chain();
    std::string got;
    for (const Row& row :
         store.query("SELECT * { BIND(2 AS ?a) FILTER(?d = 5) BIND(?a + 1 AS ?b) { BIND(4 AS ?c) }"
                     " BIND(?b + 1 AS ?c2) BIND(?c2 + 1 AS ?d) }"))
        got += std::string(row["a"].text()) + std::string(row["b"].text()) +
               std::string(row["c"].text()) + std::string(row["d"].text());
    CHECK(got == "2345");
}

TEST_CASE("an update's changes count as its memory; the store is left as it was", "[stop]") {
    Store store = Store::in_memory();
    store.load_text(many(60'000,
                         [](int i) {
                             return "<urn:n" + std::to_string(i) + "> <urn:p> " +
                                    std::to_string(i) + " .\n";
                         }),
                    DataFormat::turtle);
    const std::string updates[] = {
        "DELETE WHERE { ?s ?p ?o }",
        "INSERT { ?s <urn:q> ?o } WHERE { ?s ?p ?o }",
        "INSERT { GRAPH <urn:g> { ?s ?p ?o } } WHERE { ?s ?p ?o }",
        "INSERT { ?s <urn:q> ?t } WHERE { ?s ?p ?o BIND(IRI(CONCAT(\"urn:new:\", STR(?o))) AS ?t) "
        "}",
        "CLEAR ALL",
        "COPY DEFAULT TO <urn:copy>",
    };
    for (const std::string& update : updates) {
        INFO(update);
        CHECK_THROWS_WITH(store.update(update, {.memory = std::size_t{1} << 20}),
                          Catch::Contains("memory limit of 1048576 bytes"));
        CHECK(count_of(store) == "60000");
    }
    // The changes of the operations before count, too.
    CHECK_THROWS_WITH(
        store.update("INSERT { ?s <urn:q> ?o } WHERE { ?s ?p ?o FILTER(?o < 20000) } ;"
                     "INSERT { ?s <urn:r> ?o } WHERE { ?s <urn:p> ?o FILTER(?o < 20000) } ;"
                     "INSERT { ?s <urn:t> ?o } WHERE { ?s <urn:p> ?o FILTER(?o < 20000) }",
                     {.memory = std::size_t{3} << 20}),
        Catch::Contains("collecting the changes of an update"));
    CHECK(count_of(store) == "60000");
    const UpdateReport report =
        store.update("DELETE WHERE { ?s ?p ?o }", {.memory = std::size_t{32} << 20});
    CHECK(report.removed == 60'000);
    CHECK(count_of(store) == "0");
}

TEST_CASE("an update's text and all of its operations share one timeout", "[stop]") {
    Store store = chain();
    std::stop_source stop;
    stop.request_stop();
    const std::string insert =
        "INSERT DATA { " +
        many(5'000, [](int i) { return "<urn:m" + std::to_string(i) + "> <urn:p> 1 . "; }) + "}";
    CHECK_THROWS_AS(store.update(insert, {.stop = stop.get_token()}), Interrupted);
    CHECK_THROWS_WITH(store.update(insert, {.timeout = std::chrono::nanoseconds(0)}),
                      Catch::Contains("time limit"));
    CHECK(count_of(store) == "5000");
}

TEST_CASE("functions on texts of many pieces give what they give on short ones", "[stop]") {
    const Store store = chain();
    // 1.5 MB, so that it is read in pieces of half a megabyte; the parts looked for lie across
    // their ends, and so does a sigma that is final, or not.
    const auto ask = [&](const std::string& expression) {
        std::string out;
        const std::string grown = "BIND(\"0123456789abcde \" AS ?t0) " + many(16, [](int i) {
                                      return "BIND(CONCAT(?t" + std::to_string(i) + ", ?t" +
                                             std::to_string(i) + ") AS ?t" + std::to_string(i + 1) +
                                             ") ";
                                  });
        for (const Row& row : store.query("SELECT (" + expression + " AS ?x) { " + grown + "}"))
            if (row.bound(0)) out = row[0].text();
        return out;
    };
    CHECK(ask("STRLEN(?t16)") == "1048576");
    // Sixteen characters, and half a megabyte of them.
    CHECK(ask("STRLEN(STRBEFORE(CONCAT(?t16, \"#end\"), \"#end\"))") == "1048576");
    CHECK(ask("STRLEN(STRAFTER(CONCAT(SUBSTR(?t15, 3), \"#\", ?t15), \"#\"))") == "524288");
    CHECK(ask("CONTAINS(CONCAT(SUBSTR(?t15, 3), \"needle\", ?t15), \"needle\")") == "true");
    CHECK(ask("CONTAINS(CONCAT(?t16, \"x\"), CONCAT(?t15, \"x\"))") == "true");
    CHECK(ask("CONTAINS(?t16, CONCAT(?t15, \"x\"))") == "false");
    CHECK(ask("STRLEN(STRBEFORE(?t16, \"\"))") == "0");
    // Where the parts are put together is not seen.
    CHECK(ask("UCASE(?t16) = REPLACE(?t16, \"abcde\", \"ABCDE\")") == "true");
    CHECK(ask("LCASE(UCASE(?t16)) = ?t16") == "true");
    CHECK(ask("STRLEN(ENCODE_FOR_URI(?t16))") == "1179648");
    CHECK(ask("LCASE(CONCAT(SUBSTR(?t15, 3), \"\u039F\u03A3x\", ?t15)) = "
              "CONCAT(SUBSTR(?t15, 3), \"\u03BF\u03C3x\", ?t15)") == "true");
    CHECK(ask("LCASE(CONCAT(SUBSTR(?t15, 3), \"\u039F\u03A3 \", ?t15)) = "
              "CONCAT(SUBSTR(?t15, 3), \"\u03BF\u03C2 \", ?t15)") == "true");
    // sha1sum of the same text.
    CHECK(ask("SHA1(?t16)") == "94be72cc718f6e6fba342238f876249aac067dc1");
    CHECK(ask("MD5(\"\")") == "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_CASE("a part that almost matches everywhere is looked for in linear time", "[stop]") {
    const Store store = chain();
    // Half a megabyte of a letter in a megabyte of it: each place fails at the last one.
    std::string grown = "BIND(\"aaaaaaaaaaaaaaaa\" AS ?t0) " + many(16, [](int i) {
                            return "BIND(CONCAT(?t" + std::to_string(i) + ", ?t" +
                                   std::to_string(i) + ") AS ?t" + std::to_string(i + 1) + ") ";
                        });
    const std::clock_t begin = std::clock();  // of the processor: the machine may be busy
    std::string found;
    for (const Row& row : store.query("SELECT (STRLEN(STRAFTER(?t16, CONCAT(?t15, \"b\"))) AS ?n) "
                                      "(STRLEN(STRBEFORE(?t16, CONCAT(\"b\", ?t15))) AS ?m) { " +
                                      grown + "}"))
        found = std::string(row[0].text()) + " " + std::string(row[1].text());
    CHECK(found == "0 0");
    CHECK(std::clock() - begin < 20 * CLOCKS_PER_SEC);
}
