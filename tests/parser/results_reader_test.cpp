#include "parser/results_reader.h"

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace dossier::sparql {

namespace {

using Catch::Contains;

// Writes down what it is told: "?a ?b", then rows of terms with "-" for unbound.
struct Recorder final : ResultsSink {
    std::vector<std::string> lines;

    void variables(const std::vector<std::string>& names) override {
        std::string line;
        for (const std::string& name : names) line += (line.empty() ? "?" : " ?") + name;
        lines.push_back(line);
    }
    void row(const std::vector<std::optional<Term>>& cells) override {
        std::string line;
        for (const auto& cell : cells) {
            line += (line.empty() ? "" : " ") + (cell ? cell->to_string() : "-");
        }
        lines.push_back(line);
    }
    void boolean(bool value) override { lines.push_back(value ? "true" : "false"); }
};

// Bytes that come one at a time: tokens lie across every border.
std::vector<std::string> read(std::string_view text, ResultsFormat format,
                              const ResultsOptions& options = {}) {
    std::istringstream stream{std::string(text)};
    const auto source = open_stream(stream, "results");
    Recorder recorder;
    read_results(*source, format, options, recorder);
    return recorder.lines;
}

std::string refusal(std::string_view text, ResultsFormat format) {
    try {
        read(text, format);
    } catch (const SyntaxError& error) {
        return error.details().message;
    } catch (const LimitError& error) {
        return error.what();
    }
    return "accepted";
}

std::string repeated(std::string_view part, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += part;
    return text;
}

using Lines = std::vector<std::string>;

constexpr const char* integer = "http://www.w3.org/2001/XMLSchema#integer";

std::string json_rows(const std::string& rows) {
    return R"({"head":{"vars":["a"]},"results":{"bindings":[)" + rows + "]}}";
}
std::string json_cell(const std::string& cell) {
    return json_rows(R"({"a":)" + cell + "}");
}
std::string xml_cell(const std::string& cell) {
    return "<sparql xmlns='http://www.w3.org/2005/sparql-results#' "
           "xmlns:its='http://www.w3.org/2005/11/its'><head><variable name='a'/></head><results>"
           "<result><binding name='a'>" +
           cell + "</binding></result></results></sparql>";
}

}  // namespace

TEST_CASE("JSON results: every kind of term", "[results]") {
    CHECK(read(R"({ "link": ["x", {"y": [1]}], "head": { "link": [], "vars": ["a", "b", "c"] },
                   "results": { "ordered": true, "bindings": [
        { "a": {"type":"uri","value":"http://e/\u00e9"}, "b": {"value":"x","type":"bnode"} },
        { "c": {"type":"literal","value":"t","xml:lang":"en","its:dir":"rtl"},
          "b": {"type":"literal","value":"1","datatype":"http://www.w3.org/2001/XMLSchema#integer"},
          "a": {"type":"triple","value":{"object":{"type":"literal","value":"o"},
                "subject":{"type":"bnode","value":"s"},"predicate":{"type":"uri","value":"p:p"}}} },
        { } ] } })",
               ResultsFormat::json) ==
          Lines{"?a ?b ?c", "<http://e/\xC3\xA9> _:x -",
                std::string("<<( _:s <p:p> \"o\" )>> \"1\"^^<") + integer + "> \"t\"@en--rtl",
                "- - -"});
    CHECK(read(R"({"head":{},"boolean":false})", ResultsFormat::json) == Lines{"false"});
    CHECK(read(json_cell(R"({"type":"literal","value":"\uD83D\uDE00\n\/"})"),
               ResultsFormat::json) == Lines{"?a", "\"\xF0\x9F\x98\x80\\n/\""});
    CHECK(read(json_cell(R"({"type":"literal","value":"x","__proto__":{"a":[1e9,-0,null]}})"),
               ResultsFormat::json) == Lines{"?a", "\"x\""});
}

TEST_CASE("JSON results may have their rows before their head", "[results]") {
    const std::string rows =
        R"({"results":{"bindings":[{"b":{"type":"uri","value":"a:b"}},{},)"
        R"({"b":{"type":"bnode","value":"x"},"a":{"type":"literal","value":"y"}}]},)"
        R"("head":{"vars":["a","b"]}})";
    CHECK(read(rows, ResultsFormat::json) == Lines{"?a ?b", "- <a:b>", "- -", "\"y\" _:x"});
    ResultsOptions small;
    small.max_held_bytes = 300;
    CHECK_THROWS_WITH(read(rows, ResultsFormat::json, small), Contains("max_held_bytes"));
}

TEST_CASE("JSON that is no result is refused", "[results]") {
    const auto cell = [](const std::string& text) {
        return refusal(json_cell(text), ResultsFormat::json);
    };
    const auto text = [](const std::string& json) { return refusal(json, ResultsFormat::json); };
    CHECK_THAT(cell(R"({"type":"uri","type":"uri","value":"a:b"})"), Contains("stands twice"));
    CHECK_THAT(cell(R"({"type":"uri","value":"a:b","value":"a:b"})"), Contains("stands twice"));
    CHECK_THAT(cell(R"({"type":"literal","value":"\uD800"})"), Contains("no partner"));
    CHECK_THAT(cell(R"({"type":"literal","value":"\uDC00\uD800"})"), Contains("no partner"));
    CHECK_THAT(cell("{\"type\":\"literal\",\"value\":\"\xC0\x80\"}"), Contains("UTF-8"));
    CHECK_THAT(cell("{\"type\":\"literal\",\"value\":\"\n\"}"), Contains("control character"));
    CHECK_THAT(cell(R"({"type":"uri","value":"relative"})"), Contains("not a valid IRI"));
    CHECK_THAT(cell(R"({"type":"uri","value":"a:b","xml:lang":"en"})"), Contains("only a literal"));
    CHECK_THAT(cell(R"({"type":"literal","value":"a","its:dir":"ltr"})"), Contains("direction"));
    CHECK_THAT(cell(R"({"type":"literal","value":"a","xml:lang":"en","its:dir":"up"})"),
               Contains("ltr or rtl"));
    CHECK_THAT(cell(R"({"type":"literal","value":"a","xml:lang":"e n"})"),
               Contains("language tag"));
    CHECK_THAT(cell(R"({"type":"what","value":"a"})"), Contains("\"type\" is"));
    CHECK_THAT(cell(R"({"type":"uri"})"), Contains("\"type\" and \"value\""));
    CHECK_THAT(cell(R"({"type":"triple","value":"x"})"), Contains("do not fit"));
    CHECK_THAT(cell(R"({"type":"triple","value":{"subject":{"type":"uri","value":"a:b"}}})"),
               Contains("a subject, a predicate and an object"));
    CHECK_THAT(text(json_rows(R"({"b":{"type":"uri","value":"a:b"}})")), Contains("head does not"));
    CHECK_THAT(
        text(json_rows(R"({"a":{"type":"uri","value":"a:b"},"a":{"type":"uri","value":"a:b"}})")),
        Contains("twice"));
    CHECK_THAT(text(json_rows("{},")), Contains("expected a JSON value"));
    CHECK_THAT(text(json_rows("") + "x"), Contains("expected the end"));
    CHECK_THAT(text(R"({"head":{"vars":["a","a"]}})"), Contains("listed twice"));
    CHECK_THAT(text(R"({"results":{"bindings":[]}})"), Contains("expected \"head\""));
    CHECK_THAT(text(R"({"results":{"bindings":[{"a":{"type":"uri","value":"a:b"}}]},"head":{}})"),
               Contains("head does not"));
    CHECK_THAT(text(R"({"results":{"bindings":[]},"boolean":true,"head":{}})"),
               Contains("boolean or has rows"));
    CHECK_THAT(text(R"({"head":{}})"), Contains("expected \"results\""));
    CHECK_THAT(text(R"({"head":{},"boolean":1})"), Contains("true or false"));
    CHECK_THAT(text(""), Contains("ends too early"));
    CHECK_THAT(text("[]"), Contains("expected an object"));
    CHECK_THAT(text(R"({"head":{"x":01},"boolean":true})"), Contains("expected"));
    CHECK_THAT(text(R"({"head":{"x":+1},"boolean":true})"), Contains("expected a JSON value"));
}

TEST_CASE("JSON that is out to exhaust is stopped", "[results]") {
    constexpr std::size_t many = 1'000'000;
    CHECK_THAT(refusal(repeated("[", many), ResultsFormat::json), Contains("expected an object"));
    CHECK_THAT(refusal("{\"x\":" + repeated("[", many), ResultsFormat::json),
               Contains("max_nesting"));
    CHECK_THAT(refusal("{\"x\":" + repeated("{\"x\":", many), ResultsFormat::json),
               Contains("max_nesting"));
    const std::string part = R"({"type":"triple","value":{"object":)";
    CHECK_THAT(refusal(json_cell(repeated(part, many / 10)), ResultsFormat::json),
               Contains("max_nesting"));
    const std::string number = repeated("9", many);
    CHECK(read("{\"x\":[1e999999,-0," + number + "],\"head\":{},\"boolean\":true}",
               ResultsFormat::json) == Lines{"true"});
    std::string head = R"({"head":{"vars":["v")";
    for (int i = 0; i < 10'000; ++i) head += ",\"v" + std::to_string(i) + "\"";
    CHECK_THAT(refusal(head + "]}}", ResultsFormat::json), Contains("max_variables"));
    ResultsOptions small;
    small.max_value_bytes = 10;
    CHECK_THROWS_AS(
        read(json_cell(R"({"type":"literal","value":"12345678901"})"), ResultsFormat::json, small),
        LimitError);
}

TEST_CASE("XML results: every kind of term", "[results]") {
    CHECK(
        read("<?xml version='1.0'?><sparql xmlns='http://www.w3.org/2005/sparql-results#' "
             "xmlns:its='http://www.w3.org/2005/11/its' its:version='2.0'>\n<head>"
             "<variable name='a'/> <variable name='b'/><link href='x'/></head><results>"
             "<result><binding name='b'><uri>http://e/x</uri></binding>\n"
             "<binding name='a'> <literal> a &lt;\r\n<![CDATA[]]>]]&gt;</literal> "
             "</binding></result>"
             "<result/>"
             "<result><binding name='a'><literal xml:lang='en' its:dir='ltr'>t</literal></binding>"
             "<binding name='b'><triple><predicate><uri>p:p</uri></predicate><subject><bnode>s"
             "</bnode></subject><object><triple><subject><uri>a:a</uri></subject><predicate>"
             "<uri>a:b</uri></predicate><object><literal "
             "datatype='http://www.w3.org/2001/XMLSchema#integer'>1</literal></object></triple>"
             "</object></triple></binding></result></results></sparql>",
             ResultsFormat::xml) ==
        Lines{"?a ?b", "\" a <\\n]]>\" <http://e/x>", "- -",
              std::string("\"t\"@en--ltr <<( _:s <p:p> <<( <a:a> <a:b> \"1\"^^<") + integer +
                  "> )>> )>>"});
    CHECK(read("<sparql xmlns='http://www.w3.org/2005/sparql-results#'><head/><boolean> true "
               "</boolean></sparql>",
               ResultsFormat::xml) == Lines{"true"});
    CHECK(read(xml_cell("<literal></literal>"), ResultsFormat::xml) == Lines{"?a", "\"\""});
}

TEST_CASE("XML that is no result is refused", "[results]") {
    const auto cell = [](const std::string& text) {
        return refusal(xml_cell(text), ResultsFormat::xml);
    };
    const auto text = [](const std::string& xml) { return refusal(xml, ResultsFormat::xml); };
    CHECK_THAT(text("<!DOCTYPE x SYSTEM 'file:///etc/passwd'>" + xml_cell("<uri>a:b</uri>")),
               Contains("document type"));
    CHECK_THAT(text("<!DOCTYPE x [<!ENTITY e 'eeee'>]>" + xml_cell("<uri>a:b</uri>")),
               Contains("document type"));
    CHECK_THAT(cell("<uri>a b</uri>"), Contains("not a valid IRI"));
    CHECK_THAT(cell(""), Contains("no value"));
    CHECK_THAT(cell("<uri>a:b</uri><uri>a:b</uri>"), Contains("more than one term"));
    CHECK_THAT(cell("<what/>"), Contains("no place"));
    CHECK_THAT(cell("<uri><uri/></uri>"), Contains("wrong place"));
    CHECK_THAT(cell("text"), Contains("wrong place"));
    CHECK_THAT(cell("<triple><subject><uri>a:b</uri></subject></triple>"),
               Contains("a subject, a predicate and an object"));
    CHECK_THAT(cell("<triple><subject><literal>a</literal></subject><predicate><uri>a:b</uri>"
                    "</predicate><object><uri>a:b</uri></object></triple>"),
               Contains("subject of a triple term"));
    CHECK_THAT(cell("<uri>a:b</uri>") == "accepted" ? text("<sparql/>") : "", Contains("no place"));
    CHECK_THAT(text("<sparql xmlns='http://www.w3.org/2005/sparql-results#'/>"),
               Contains("expected <results>"));
    CHECK_THAT(text(""), Contains("not well-formed"));
    CHECK_THAT(text("<sparql xmlns='http://www.w3.org/2005/sparql-results#'><head>"),
               Contains("not well-formed"));
    CHECK_THAT(cell(repeated("<triple><object>", 100'000)), Contains("max_nesting"));
    ResultsOptions small;
    small.max_value_bytes = 100'000;
    CHECK_THROWS_AS(read(xml_cell("<literal x='" + repeated("x", 1'000'000) + "'/>"),
                         ResultsFormat::xml, small),
                    LimitError);
    CHECK_THROWS_AS(read(xml_cell("<literal>" + repeated("x", 200'000) + "</literal>"),
                         ResultsFormat::xml, small),
                    LimitError);
}

TEST_CASE("TSV results hold terms in Turtle syntax", "[results]") {
    CHECK(read("?a\t?b\n<http://e/x>\t\"a\\tb\"@en--ltr\n\t_:b\r\n4\t<<( _:s <p:p> 'o' )>>",
               ResultsFormat::tsv) ==
          Lines{"?a ?b", "<http://e/x> \"a\\tb\"@en--ltr", "- _:b",
                std::string("\"4\"^^<") + integer + "> <<( _:s <p:p> \"o\" )>>"});
    CHECK(read("?a\n", ResultsFormat::tsv) == Lines{"?a"});
    CHECK(read("?a\n\n1\n", ResultsFormat::tsv).size() == 3);
    CHECK(read("\n\n\n", ResultsFormat::tsv) == Lines{"", "", ""});
    CHECK(read("", ResultsFormat::tsv) == Lines{""});
    CHECK_THAT(refusal("a\n", ResultsFormat::tsv), Contains("begins with '?'"));
    CHECK_THAT(refusal("?a\t?a\n", ResultsFormat::tsv), Contains("listed twice"));
    CHECK_THAT(refusal("?a\n1\t2\n", ResultsFormat::tsv), Contains("2 cells for 1 variables"));
    CHECK_THAT(refusal("?a\t?b\n1\n", ResultsFormat::tsv), Contains("1 cells for 2 variables"));
    CHECK_THAT(refusal("?a\n<x>\n", ResultsFormat::tsv), Contains("relative"));
    CHECK_THAT(refusal("?a\n?x\n", ResultsFormat::tsv), Contains("expected a term"));
    CHECK_THAT(refusal("?a\n" + repeated("<<( ", 1000) + "\n", ResultsFormat::tsv),
               Contains("max_nesting"));
}

TEST_CASE("an error in TSV is told with its place in the file", "[results]") {
    std::istringstream stream{"?a\t?b\n1\t<http://e/a b>\n"};
    const auto source = open_stream(stream, "results.tsv");
    Recorder recorder;
    try {
        read_results(*source, ResultsFormat::tsv, {}, recorder);
        FAIL("accepted");
    } catch (const SyntaxError& error) {
        CHECK(error.details().source == "results.tsv");
        CHECK(error.position().line == 2);
        CHECK(error.position().column == 14);
        CHECK(error.position().offset == 19);
    }
}

TEST_CASE("CSV results are text", "[results]") {
    CHECK(read("a,b\r\n\"x,\"\"y\"\"\n\",_:b\r\n,=cmd\r\n", ResultsFormat::csv) ==
          Lines{"?a ?b", "\"x,\\\"y\\\"\\n\" _:b", "- \"=cmd\""});
    CHECK_THAT(refusal("a\n\"x", ResultsFormat::csv), Contains("not closed"));
    CHECK_THAT(refusal("a\n\"x\"y\n", ResultsFormat::csv), Contains("after the quoted value"));
    CHECK_THAT(refusal("a\n1,2\n", ResultsFormat::csv), Contains("2 cells"));
}

TEST_CASE("formats of results go by name, extension and media type", "[results]") {
    CHECK(results_format_of_name("srj") == ResultsFormat::json);
    CHECK(results_format_of_name("application/sparql-results+xml") == ResultsFormat::xml);
    CHECK(results_format_of_name("tsv") == ResultsFormat::tsv);
    CHECK_FALSE(results_format_of_name("ttl"));
}

TEST_CASE("reading results can be cancelled", "[results]") {
    ResultsOptions options;
    int rows = 0;
    options.cancelled = [&rows] { return ++rows == 3; };
    CHECK_THROWS_AS(read("?a\n1\n2\n3\n4\n", ResultsFormat::tsv, options), Interrupted);
}

TEST_CASE("long results are read across the borders of the buffer", "[results]") {
    std::string text = "?a\t?b\n";
    for (int i = 0; i < 20'000; ++i) text += "<http://e/" + std::to_string(i) + ">\t\"\xC3\xA9\"\n";
    const auto lines = read(text, ResultsFormat::tsv);
    REQUIRE(lines.size() == 20'001);
    CHECK(lines.back() == "<http://e/19999> \"\xC3\xA9\"");
}

}  // namespace dossier::sparql
