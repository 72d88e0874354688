#include <catch2/catch.hpp>

#include <chrono>

#include <dossier/text_width.h>

#include "rdf/source_text.h"

using namespace dossier;

TEST_CASE("an error is shown as documented, with the related place and the hint", "[source_text]") {
    const std::string_view query =
        "SELECT * {\n"
        "  ?s ?p ?o .\n"
        "\n"
        "  BIND (?o AS ?s)\n"
        "}\n";
    const std::size_t second = query.rfind("?s");
    TextOrigin origin;
    origin.source = "query.rq";
    auto details = describe_error(query, second, 2, "?s is already bound here", origin,
                                  "choose another variable, for example ?s2");
    describe_related(details, query, query.find("?s"), 2, "first bound here", origin);
    const SyntaxError error(details);
    CHECK(error.pretty() ==
          "query.rq:4:15: error: ?s is already bound here\n"
          "  4 |   BIND (?o AS ?s)\n"
          "    |               ^^\n"
          "  2 |   ?s ?p ?o .\n"
          "    |   -- first bound here\n"
          "hint: choose another variable, for example ?s2");
    CHECK(std::string(error.what()) == "?s is already bound here");
    CHECK(error.kind() == ErrorKind::syntax);
    CHECK(error.code() == -1);
    CHECK(error.position().offset == second);
}

TEST_CASE("lines end at LF, CR LF and CR, columns count code points", "[source_text]") {
    const std::string_view text = "a\r\nb\rc\n\u00E9\u65E5x";
    CHECK(position_at(text, 0).line == 1);
    CHECK(position_at(text, 3).line == 2);
    CHECK(position_at(text, 3).column == 1);
    CHECK(position_at(text, 5).line == 3);
    CHECK(position_at(text, 7).line == 4);
    CHECK(position_at(text, text.size() - 1).column == 3);
    CHECK(position_at(text, 1'000).offset == text.size());
    TextOrigin origin;
    origin.line = 10;
    origin.column = 5;
    origin.offset = 100;
    CHECK(position_at("ab\ncd", 1, origin).column == 6);
    CHECK(position_at("ab\ncd", 1, origin).line == 10);
    CHECK(position_at("ab\ncd", 4, origin).column == 2);
    CHECK(position_at("ab\ncd", 4, origin).line == 11);
    CHECK(position_at("ab\ncd", 4, origin).offset == 104);
}

TEST_CASE("the caret stands under wide characters, tabs and escapes", "[source_text]") {
    const auto caret = [](std::string_view text, std::size_t offset, std::size_t length) {
        const SyntaxError error(describe_error(text, offset, length, "m"));
        return error.pretty();
    };
    CHECK(caret("\u65E5\u672C x", 7, 1) ==
          "query:1:4: error: m\n  1 | \u65E5\u672C x\n    |      ^");
    CHECK(caret("\tx", 1, 1) == "query:1:2: error: m\n  1 |     x\n    |     ^");
    CHECK(caret("\x1Bx", 1, 1) == "query:1:2: error: m\n  1 | \\u001Bx\n    |       ^");
    CHECK(caret("a\xFF", 1, 1) == "query:1:2: error: m\n  1 | a\\xFF\n    |  ^^^^");
    CHECK(caret("ab", 2, 0) == "query:1:3: error: m\n  1 | ab\n    |   ^");
    CHECK(caret("", 0, 0) == "query:1:1: error: m\n  1 | \n    | ^");
    CHECK(caret("ab\ncd", 1, 100) == "query:1:2: error: m\n  1 | ab\n    |  ^");
}

TEST_CASE("a long line is shown in a window around the position", "[source_text]") {
    std::string line(1'000, 'a');
    line[500] = 'X';
    const auto details = describe_error(line, 500, 1, "m");
    CHECK(display_width(details.line_text) <= 122);
    CHECK(details.line_text.starts_with("\u2026a"));
    CHECK(details.line_text.ends_with("a\u2026"));
    CHECK(details.line_text.substr(details.line_text.find('X'), 1) == "X");
    CHECK(details.caret_column ==
          display_width(details.line_text.substr(0, details.line_text.find('X'))) + 1);
    CHECK(details.position.column == 501);
    // Every character twice as wide, and positions within a sequence, stay within the window.
    std::string wide;
    for (int i = 0; i < 500; ++i) wide += "\u65E5";
    for (const std::size_t offset : {0U, 1U, 2U, 700U, 701U, 702U, 1'499U, 1'500U}) {
        const auto shown = describe_error(wide, offset, 400, "m");
        CHECK(display_width(shown.line_text) <= 130);
        CHECK(shown.caret_column <= 130);
        CHECK(shown.caret_length <= 130);
    }
}

TEST_CASE("a line of many megabytes costs no more than finding its position", "[source_text]") {
    const std::string line(30'000'000, '\xBF');
    const auto start = std::chrono::steady_clock::now();
    const auto details = describe_error(line, line.size() / 2, line.size(), "m");
    CHECK(details.line_text.size() < 2'000);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("a message cannot carry terminal escapes out of the text", "[source_text]") {
    SyntaxError::Details details;
    details.source = "a\x1B[31m.ttl";
    details.message = "unexpected \x1B[2J";
    details.line_text = "x\x1By";
    details.caret_column = UINT64_MAX;
    details.caret_length = UINT64_MAX;
    details.hint = "\u202E";
    const std::string text = SyntaxError(details).pretty();
    CHECK(text.find('\x1B') == std::string::npos);
    CHECK(text.find("\u202E") == std::string::npos);
    CHECK(text.size() < 5'000);
}
