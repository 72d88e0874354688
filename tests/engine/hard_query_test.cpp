#include <dossier/dossier.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/result_writer.h"

// Small relatives of bench/hard_queries.txt: with next to no memory an answer is the same, or an
// error names the limit; a cancelled query ends.

using namespace dossier;

namespace {

constexpr std::size_t little = std::size_t{1} << 20;
// Enough for the texts of one batch, not for those of all rows.
constexpr std::size_t for_a_batch = std::size_t{8} << 20;

// 4,000 things with nine statements each: values that repeat and values that do not, links that
// form a cycle and links to a few hubs.
const Store& store() {
    static const Store store = [] {
        std::ostringstream text;
        constexpr int things = 4000;
        for (int i = 0; i < things; ++i) {
            const auto thing = [](int number) {
                return "<urn:thing:" + std::to_string(number % things) + ">";
            };
            text << thing(i) << " <urn:next> " << thing(i + 1) << " ; <urn:hub> " << thing(i % 7)
                 << " ; <urn:name> \"the name of thing number " << (i * 7919) % things
                 << "\" ; <urn:size> " << (i * 31) % 97 << " , " << (i * 31) % 97 + 0.5
                 << " ; <urn:label> \"label " << i % 50 << "\"@en , \"" << i % 11
                 << "\" ; <urn:knows> " << thing(i * 3) << " , " << thing(i * i % 1009) << " .\n";
        }
        Store made = Store::in_memory();
        made.load_text(text.str(), DataFormat::turtle);
        return made;
    }();
    return store;
}

std::string answer(const std::string& text, const QueryOptions& options) {
    std::ostringstream out;
    const Query query = store().prepare(text, options);
    if (query.form() == QueryForm::construct || query.form() == QueryForm::describe)
        query.write(DataFormat::ntriples, out);
    else
        query.write(ResultFormat::tsv, out);
    return out.str();
}

std::string sorted_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
}

// The message of the LimitError a query ends with; nothing when it ends well.
std::optional<std::string> limit_met(const std::string& text, const QueryOptions& options) {
    try {
        answer(text, options);
        return std::nullopt;
    } catch (const LimitError& error) {
        return error.what();
    }
}

bool names_memory(const std::optional<std::string>& message) {
    return message && message->find("memory limit") != std::string::npos;
}

// Whether a query that is asked to stop does so, within seconds.
bool stops(const std::string& text) {
    std::stop_source stop;
    const std::jthread canceller([&stop] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        stop.request_stop();
    });
    const auto begin = std::chrono::steady_clock::now();
    try {
        answer(text, {.stop = stop.get_token()});
        return false;
    } catch (const Interrupted&) {
        return std::chrono::steady_clock::now() - begin < std::chrono::seconds(20);
    }
}

std::string copies(int count, const std::string& text) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
}

}  // namespace

TEST_CASE("sorting, grouping, DISTINCT and joins answer the same in little memory", "[hard]") {
    const std::string queries[] = {
        "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?o ?s ?p",
        "SELECT ?s ?o { ?s ?p ?o } ORDER BY DESC(?o) ?s ?p",
        "SELECT ?a ?n { ?a <urn:knows> ?b . ?c <urn:hub> ?b . ?c <urn:name> ?n } ORDER BY ?n ?a",
        "SELECT ?s ?o { ?s ?p ?o } ORDER BY STR(?o) ?s LIMIT 9000",
        "SELECT ?o (COUNT(*) AS ?n) (MIN(?s) AS ?least) { ?s ?p ?o } GROUP BY ?o",
        "SELECT ?s ?p (SUM(STRLEN(STR(?o))) AS ?n) (AVG(STRLEN(STR(?o)) / 7.0) AS ?m)"
        " { ?s ?p ?o } GROUP BY ?s ?p",
        "SELECT ?a ?b (COUNT(DISTINCT ?c) AS ?n) { ?a <urn:hub> ?h . ?b <urn:next> ?c"
        " FILTER(?a != ?b && STRLEN(STR(?b)) < 12) } GROUP BY ?a ?b HAVING(COUNT(DISTINCT ?c) > 0)",
        "SELECT DISTINCT ?s ?o { ?s ?p ?o }",
        "SELECT ?x (COUNT(*) AS ?n) { SELECT DISTINCT ?x ?o { ?x ?p ?o . ?y ?q ?o } } GROUP BY ?x",
        "SELECT ?s ?t { ?s <urn:size> ?o . ?t <urn:size> ?o FILTER(?s < ?t) }",
        "SELECT ?s ?v { ?s <urn:name> ?n OPTIONAL { ?t <urn:knows> ?s . ?t <urn:size> ?v } }",
        "SELECT ?s { ?s ?p ?o MINUS { ?t <urn:knows> ?s . ?t <urn:hub> <urn:thing:3> } }",
        "SELECT ?s { ?s ?p ?o FILTER EXISTS { ?s <urn:knows> ?x . ?x <urn:size> 5 } }",
    };
    for (const std::string& query : queries) {
        INFO(query);
        for (const char* without : {"", "merge_joins", "decorrelate_exists"}) {
            QueryOptions options;
            if (*without != '\0') options.disabled_passes = {without};
            const std::string expected = answer(query, options);
            options.memory = query.find("STR") == std::string::npos ? little : for_a_batch;
            const std::string got = answer(query, options);
            // Ties are broken in the queries that say an order.
            if (query.find("ORDER BY") != std::string::npos &&
                query.find("LIMIT") == std::string::npos)
                CHECK(got == expected);
            else if (query.find("LIMIT") == std::string::npos)
                CHECK(sorted_lines(got) == sorted_lines(expected));
            else
                CHECK(std::count(got.begin(), got.end(), '\n') ==
                      std::count(expected.begin(), expected.end(), '\n'));
        }
    }
}

TEST_CASE("terms computed for the answers are not kept", "[hard]") {
    const std::string queries[] = {
        "SELECT (CONCAT(STR(?s), \" \", STR(?o)) AS ?text) { ?s ?p ?o }",
        "SELECT ?text (UCASE(?text) AS ?upper) (STRLEN(?upper) AS ?n)"
        " { ?s ?p ?o BIND(CONCAT(STR(?s), STR(?o)) AS ?text) FILTER(STRLEN(?text) > 20) }",
        "SELECT (LCASE(STR(?p)) AS ?t) (CONCAT(\"a text too long for an id \", ?t) AS ?u)"
        " { ?s ?p ?o }",
        "SELECT ?s (GROUP_CONCAT(STR(?o)) AS ?all) (CONCAT(?all, \"!\") AS ?more)"
        " { ?s ?p ?o } GROUP BY ?s OFFSET 100",
        "SELECT ?o (AVG(STRLEN(STR(?s)) / 7.0) AS ?m) { ?s ?p ?o } GROUP BY ?o",
        "SELECT ?s (IF(?o = ?t, \"the same text\", ?t) AS ?u)"
        " { ?s ?p ?o BIND(CONCAT(STR(?o), \"\") AS ?t) }",
    };
    for (const std::string& query : queries) {
        INFO(query);
        CHECK(sorted_lines(answer(query, {.memory = for_a_batch})) ==
              sorted_lines(answer(query, {})));
    }
}

TEST_CASE("blank nodes that a query makes cost no memory", "[hard]") {
    const std::string nodes = "SELECT (COUNT(*) AS ?n) { SELECT ?s (BNODE() AS ?b) { ?s ?p ?o } }";
    CHECK(answer(nodes, {.memory = little}) == answer(nodes, {}));
    // A blank node stays itself on its way through a triple term and back.
    CHECK(answer("SELECT (COUNT(*) AS ?n) { ?s <urn:next> ?o BIND(BNODE() AS ?b)"
                 " BIND(TRIPLE(?b, <urn:p>, ?o) AS ?t) FILTER(SUBJECT(?t) = ?b && isBlank(?b)) }",
                 {}) == "?n\n4000\n");
    CHECK(answer("SELECT (COUNT(DISTINCT ?b) AS ?n) { ?s <urn:next> ?o BIND(BNODE() AS ?b) }",
                 {}) == "?n\n4000\n");
}

TEST_CASE("a template of many triples makes them a few at a time", "[hard]") {
    std::string triples;
    for (int i = 0; i < 5000; ++i) triples += "?s <urn:p" + std::to_string(i) + "> ?o . ";
    const std::string query =
        "CONSTRUCT { " + triples + "} { ?s <urn:hub> ?o FILTER(?s = <urn:thing:4>) }";
    const std::string made = answer(query, {.memory = std::size_t{4} << 20});
    CHECK(std::count(made.begin(), made.end(), '\n') == 5000);
    const std::string wide = "CONSTRUCT { " + triples + "} { ?s <urn:name> ?o }";
    const auto limit = limit_met(wide, {.timeout = std::chrono::milliseconds(300)});
    REQUIRE(limit);
    CHECK(limit->find("time limit") != std::string::npos);
}

TEST_CASE("a text that needs more than the memory limit is refused by name", "[hard]") {
    std::string values = "SELECT (COUNT(*) AS ?n) { VALUES ?v { ";
    for (int i = 0; i < 60000; ++i) values += std::to_string(i) + " ";
    values += "} ?s <urn:size> ?v }";
    CHECK(names_memory(limit_met(values, {.memory = little})));
    CHECK(answer(values, {.memory = 64 * little}) == "?n\n4000\n");
}

TEST_CASE("texts that grow without end meet the memory limit", "[hard]") {
    const std::string doubled = "SELECT (STRLEN(" + copies(40, "REPLACE(") + "\"x\"" +
                                copies(40, ", \".\", \"$0$0\")") + ") AS ?n) {}";
    CHECK(names_memory(limit_met(doubled, {.memory = 8 * little})));
    std::string chain = "SELECT (STRLEN(?t40) AS ?n) { BIND(\"abcdefgh\" AS ?t0) ";
    for (int i = 0; i < 40; ++i) {
        const std::string before = "?t" + std::to_string(i);
        chain += "BIND(CONCAT(" + before + ", " + before + ") AS ?t" + std::to_string(i + 1) + ") ";
    }
    CHECK(names_memory(limit_met(chain + "}", {.memory = 8 * little})));
    CHECK(names_memory(limit_met("SELECT (GROUP_CONCAT(CONCAT(STR(?s), STR(?o), \"" +
                                     copies(200, "and so on ") + "\")) AS ?t) { ?s ?p ?o }",
                                 {.memory = 4 * little})));
    // A constant too large to be folded ahead is computed when it is its turn.
    const std::string large = "SELECT (STRLEN(" + copies(19, "REPLACE(") + "\"xxxxxxxx\"" +
                              copies(19, ", \"(.+)\", \"$1$1\")") + ") AS ?n) {}";
    CHECK(answer(large, {}) == "?n\n" + std::to_string(8 << 19) + "\n");
}

TEST_CASE("searches with back-references meet the limit of steps", "[hard]") {
    const auto limit = limit_met(
        "SELECT (REGEX(\"" + copies(40, "a") + "!\", \"^(a+)+(b?)\\\\2$\") AS ?r) {}", {});
    REQUIRE(limit);
    CHECK(limit->find("steps of a search") != std::string::npos);
    CHECK(answer("SELECT (REGEX(\"abab\", \"^(ab)\\\\1$\") AS ?r) {}", {}) == "?r\ntrue\n");
}

TEST_CASE("a regular expression's steps over a large text are bounded", "[hard]") {
    const std::string query = "SELECT (REGEX(?t, \"((x?[a-y]){30}){30}$\") AS ?r) { BIND(" +
                              copies(17, "REPLACE(") + "\"abcdefgh\"" +
                              copies(17, ", \"(.+)\", \"$1$1\")") + " AS ?t) }";
    const auto limit = limit_met(query, {});
    REQUIRE(limit);
    CHECK(limit->find("steps of a regular expression") != std::string::npos);
    // A small one goes through large texts.
    CHECK(answer("SELECT (REGEX(?t, \"gha.cd\") AS ?r) { BIND(" + copies(20, "REPLACE(") +
                     "\"abcdefgh\"" + copies(20, ", \"(.+)\", \"$1$1\")") + " AS ?t) }",
                 {}) == "?r\ntrue\n");
}

TEST_CASE("paths answer the same or name the limit in little memory", "[hard]") {
    const std::string queries[] = {
        "SELECT (COUNT(*) AS ?n) { <urn:thing:5> <urn:next>* ?b }",
        "SELECT (COUNT(*) AS ?n) { ?a (<urn:hub>|^<urn:hub>)+ ?b . FILTER(?a = <urn:thing:9>) }",
        "SELECT (COUNT(*) AS ?n) { <urn:thing:1> (!<urn:next>|!^<urn:hub>)* ?b }",
        "SELECT (COUNT(*) AS ?n) { ?a <urn:hub>+ ?b }",
    };
    for (const std::string& query : queries) {
        INFO(query);
        const std::string expected = answer(query, {});
        try {
            const std::string got = answer(query, {.memory = little / 4});
            CHECK(got == expected);
        } catch (const LimitError& error) {
            CHECK(std::string(error.what()).find("memory limit") != std::string::npos);
        }
    }
}

TEST_CASE("a query that is asked to stop ends, whatever it is at", "[hard]") {
    const std::string long_text =
        "REPLACE(REPLACE(REPLACE(REPLACE(STR(?b), \".\", \"$0$0$0$0$0\"), "
        "\".\", \"$0$0$0$0$0\"), \".\", \"$0$0$0$0$0\"), \".\", "
        "\"$0$0$0$0$0\")";
    const std::string all = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i";
    const std::string queries[] = {
        "SELECT * { " + all + " }",
        "SELECT * { " + all + " } ORDER BY ?i ?c",
        "SELECT DISTINCT ?a ?d ?g { " + all + " }",
        "SELECT ?a ?d ?i (COUNT(DISTINCT ?f) AS ?n) { " + all + " } GROUP BY ?a ?d ?i",
        "SELECT (COUNT(*) AS ?n) { " + all + " FILTER(?a != ?f && ?d != ?i) }",
        "SELECT (GROUP_CONCAT(?b) AS ?t) { " + all + " }",
        "SELECT (COUNT(*) AS ?n) { ?a (<urn:knows>|^<urn:next>)* ?b . ?c <urn:knows>* ?d }",
        "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>/!<urn:y>)+ ?b . ?c (!<urn:x>/!<urn:y>)+ ?d }",
        "SELECT (COUNT(*) AS ?n) { " + all +
            " FILTER NOT EXISTS { ?x ?y ?z"
            " FILTER(?x != ?a && ?z != ?f && STRLEN(STR(?z)) > 1000) } }",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f MINUS { ?x ?y ?c FILTER(STR(?x) < ?y) } }",
        "SELECT (MAX(SHA512(" + long_text + ")) AS ?m) { " + all + " }",
        "SELECT (MAX(STRLEN(REPLACE(" + long_text + ", \"([a-z])[^x]*y?\", \"$1-\"))) AS ?m) { " +
            all + " }",
        "SELECT (COUNT(*) AS ?n) { " + all + " FILTER(!REGEX(" + long_text +
            ", \"(([a-z]+)+:?)+[0-9]$\")) }",
        "SELECT (COUNT(*) AS ?n) { " + all +
            " FILTER(!REGEX(STR(?c), \"(t.*)(.*)\\\\1\\\\2x$\")) }",
        "CONSTRUCT { ?a ?b ?i . [] ?e ?c } { " + all + " }",
        "SELECT (UUID() AS ?u) (CONCAT(STR(?a), STR(?c)) AS ?t) { " + all + " }",
        "DESCRIBE ?a ?x { " + all + " . ?x <urn:next> ?a }",
        "ASK { " + all + " FILTER(STRLEN(CONCAT(STR(?a), STR(?i))) > 1000) }",
    };
    for (const std::string& query : queries) {
        INFO(query);
        CHECK(stops(query));
    }
}

TEST_CASE("long texts are written piece by piece as they are written whole", "[hard]") {
    // Characters of one to four bytes and such as are escaped, at every place of a piece.
    std::string text;
    while (text.size() < 400'000) text += "a\u00E4\"\u20AC<\U0001F600\\\n&,\uFFFE\t";
    const TermView plain = TermView::literal(text);
    const TermView tagged = TermView::language_literal(text, "en", Direction::left_to_right);
    const TermView iri = TermView::iri(text);
    for (const ResultFormat format :
         {ResultFormat::json, ResultFormat::xml, ResultFormat::csv, ResultFormat::tsv}) {
        for (const TermView& term : {plain, tagged, iri}) {
            std::ostringstream whole, shorts;
            const auto writer = engine::ResultWriter::make(format, whole, {"t"});
            const std::vector<const TermView*> row{&term};
            writer->row(row);
            writer->finish();
            // What stands before and behind the text is what stands about a short one.
            const std::string one = "a\u00E4\"\u20AC<\U0001F600\\\n&,\uFFFE\t";
            const TermView like = term.is_iri() ? TermView::iri(one)
                                  : term.language().empty()
                                      ? TermView::literal(one)
                                      : TermView::language_literal(one, "en", term.direction());
            const auto small = engine::ResultWriter::make(format, shorts, {"t"});
            const std::vector<const TermView*> short_row{&like};
            small->row(short_row);
            small->finish();
            const std::string expected = shorts.str();
            const std::size_t times = text.size() / one.size();
            REQUIRE(text.size() == times * one.size());
            // The escaped form of the short text is found once and repeated.
            const std::string got = whole.str();
            const std::size_t first =
                std::mismatch(got.begin(), got.end(), expected.begin(), expected.end()).first -
                got.begin();
            const std::size_t escaped = (got.size() - expected.size()) / (times - 1);
            REQUIRE(first >= escaped);
            std::string repeated = expected.substr(0, first - escaped);
            for (std::size_t i = 0; i < times; ++i)
                repeated += expected.substr(first - escaped, escaped);
            repeated += expected.substr(first);
            CHECK((got == repeated));
        }
    }
}
