#include <dossier/dossier.h>
#include <catch2/catch.hpp>

#include <array>
#include <functional>
#include <random>
#include <sstream>

#include "engine/result_writer.h"
#include "parser/byte_source.h"
#include "parser/results_reader.h"

// Results as we write them, read by our readers (inputs 81 to 92 of the list of malformed inputs:
// 81 to 84, 89 and 90 are tests of the readers).

using namespace dossier;
using sparql::ResultsFormat;

namespace {

using Cells = std::vector<std::optional<Term>>;

struct Table {
    std::vector<std::string> names;
    std::vector<Cells> rows;

    friend bool operator==(const Table&, const Table&) = default;
};

std::string written(const Table& table, ResultFormat format) {
    std::ostringstream out;
    const auto writer = engine::ResultWriter::make(format, out, table.names);
    for (const Cells& row : table.rows) {
        std::vector<TermView> views(row.size());
        std::vector<const TermView*> cells;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (row[i]) views[i] = row[i]->view();
            cells.push_back(row[i] ? &views[i] : nullptr);
        }
        writer->row(cells);
    }
    writer->finish();
    return out.str();
}

Table read(const std::string& text, ResultsFormat format) {
    struct Sink final : sparql::ResultsSink {
        Table table;
        void variables(const std::vector<std::string>& names) override { table.names = names; }
        void row(const Cells& cells) override { table.rows.push_back(cells); }
        void boolean(bool) override { FAIL("a boolean"); }
    } sink;
    const auto source = open_memory(text, "results");
    sparql::read_results(*source, format, {}, sink);
    return std::move(sink.table);
}

void check_round_trip(const Table& table, ResultFormat written_as, ResultsFormat read_as) {
    const std::string text = written(table, written_as);
    INFO(text);
    const Table again = read(text, read_as);
    CHECK(again.names == table.names);
    REQUIRE(again.rows.size() == table.rows.size());
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        for (std::size_t j = 0; j < table.names.size(); ++j) {
            REQUIRE(again.rows[i][j].has_value() == table.rows[i][j].has_value());
            if (table.rows[i][j])
                CHECK(again.rows[i][j]->to_string() == table.rows[i][j]->to_string());
        }
    }
}

// What a program may meet in a text; the first ones XML 1.0 has no way to write.
const std::array<std::string, 28> pieces{std::string(1, '\0'),
                                         "\x01",
                                         "\x0B",
                                         "\x1B[2J",
                                         "\uFFFE",
                                         "\uFFFF",
                                         "a",
                                         "\r",
                                         "\n",
                                         "\r\n",
                                         "\t",
                                         " ",
                                         "  ",
                                         "]]>",
                                         "<![CDATA[",
                                         "&amp;",
                                         "&",
                                         "<",
                                         ">",
                                         "\"",
                                         "'",
                                         ",",
                                         "\\",
                                         "\\n",
                                         "é",
                                         "\u2028",
                                         "𐀀",
                                         "\u007F"};
constexpr std::size_t outside_xml = 6;

class Terms {
  public:
    Terms(unsigned seed, bool for_xml) : random_(seed), first_(for_xml ? outside_xml : 0) {}

    std::size_t below(std::size_t count) { return random_() % count; }
    std::string text() {
        std::string result;
        for (std::size_t i = below(7); i > 0; --i)
            result += pieces[first_ + below(pieces.size() - first_)];
        return result;
    }
    Term iri() {
        static const std::array<const char*, 6> iris{"http://e/a",          "urn:x:é",
                                                     "http://e/?a=1&b='2'", "http://e/,%20",
                                                     "tag:a,2000:b;c",      "urn:x:%5D%3E"};
        return Term::iri(iris[below(iris.size())]);
    }
    Term term(int depth = 0) {
        static const std::array<const char*, 5> types{"integer", "decimal", "double", "boolean",
                                                      "byte"};
        static const std::array<const char*, 6> numbers{"1", "-01", "1.5", "1e0", "true", ".5"};
        switch (below(depth < 6 ? 9 : 8)) {
            case 0:
                return iri();
            case 1:
                return Term::blank_node("b" + std::to_string(below(3)));
            case 2:
                return Term::literal(text());
            case 3:
                return Term::language_literal(text(), below(2) == 0 ? "en" : "zh-Hant-TW");
            case 4:
                return Term::language_literal(text(), "ar", Direction::right_to_left);
            case 5:
                return Term::language_literal(text(), "en-GB", Direction::left_to_right);
            case 6:
                return Term::literal(text(), std::string(iri().text()));
            case 7:
                // Well-formed or not: the lexical form comes back.
                return Term::literal(
                    numbers[below(numbers.size())],
                    std::string("http://www.w3.org/2001/XMLSchema#") + types[below(types.size())]);
            default:
                return Term::triple(below(2) == 0 ? iri() : Term::blank_node("b1"), iri(),
                                    term(depth + 1));
        }
    }
    Table table() {
        Table table;
        for (std::size_t i = 1 + below(4); i > 0; --i)
            table.names.push_back("v" + std::to_string(i));
        for (std::size_t i = below(12); i > 0; --i) {
            Cells row;
            for (std::size_t j = 0; j < table.names.size(); ++j)
                row.push_back(below(4) == 0 ? std::nullopt : std::optional(term()));
            table.rows.push_back(std::move(row));
        }
        return table;
    }

  private:
    std::mt19937_64 random_;
    std::size_t first_;
};

}  // namespace

TEST_CASE("input 92: random results come back from JSON and TSV as they were", "[results]") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        const Table table = Terms(seed, false).table();
        check_round_trip(table, ResultFormat::json, ResultsFormat::json);
        check_round_trip(table, ResultFormat::tsv, ResultsFormat::tsv);
    }
}

TEST_CASE("input 92: random results that XML can hold come back from it as they were",
          "[results]") {
    for (unsigned seed = 0; seed < 300; ++seed)
        check_round_trip(Terms(seed, true).table(), ResultFormat::xml, ResultsFormat::xml);
}

TEST_CASE("input 92: what XML cannot hold becomes U+FFFD, and the document stays readable",
          "[results]") {
    const Table table{{"x"}, {{Term::literal(std::string("a\0b\x1B\uFFFE", 7) + "c")}}};
    const Table again = read(written(table, ResultFormat::xml), ResultsFormat::xml);
    REQUIRE(again.rows.size() == 1);
    CHECK(again.rows[0][0]->text() == "a\uFFFDb\uFFFD\uFFFDc");
}

TEST_CASE("input 92: texts come back from CSV, and nothing else is asked of it", "[results]") {
    std::size_t checked = 0;
    for (unsigned seed = 0; seed < 300; ++seed) {
        Terms terms(seed, false);
        Table table{{"x", "y"}, {}};
        for (std::size_t i = 0; i < 8; ++i) {
            Cells row;
            for (int j = 0; j < 2; ++j) {
                const std::string text = terms.text();
                // An empty cell is an unbound one, and one like a label is a blank node.
                row.push_back(text.empty() ? std::nullopt : std::optional(Term::literal(text)));
                ++checked;
            }
            table.rows.push_back(std::move(row));
        }
        check_round_trip(table, ResultFormat::csv, ResultsFormat::csv);
    }
    CHECK(checked == 4800);
}

TEST_CASE("input 91: a formula in a cell of CSV is kept as text", "[results]") {
    const Table table{{"x"}, {{Term::literal("=cmd|' /C calc'!A0")}, {Term::literal("@SUM(1,2)")}}};
    CHECK(written(table, ResultFormat::csv) == "x\r\n=cmd|' /C calc'!A0\r\n\"@SUM(1,2)\"\r\n");
    check_round_trip(table, ResultFormat::csv, ResultsFormat::csv);
}

TEST_CASE("triple terms nest in results as deep as they may be", "[results]") {
    Term term = Term::literal("x", "http://e/t");
    for (int i = 0; i < Term::max_triple_depth; ++i)
        term = Term::triple(Term::iri("urn:s"), Term::iri("urn:p"), term);
    const Table table{{"x"}, {{term}}};
    check_round_trip(table, ResultFormat::json, ResultsFormat::json);
    check_round_trip(table, ResultFormat::tsv, ResultsFormat::tsv);
    check_round_trip(table, ResultFormat::xml, ResultsFormat::xml);
}

TEST_CASE("results without rows or columns come back", "[results]") {
    for (const Table& table : {Table{{"x", "y"}, {}}, Table{{"x"}, {{std::nullopt}}}}) {
        check_round_trip(table, ResultFormat::json, ResultsFormat::json);
        check_round_trip(table, ResultFormat::xml, ResultsFormat::xml);
        check_round_trip(table, ResultFormat::tsv, ResultsFormat::tsv);
    }
}
