#include <catch2/catch.hpp>

#include "tests/parser/parsed_text.h"

using namespace dossier;
using dossier::test::parse_error;
using dossier::test::parse_text;
using dossier::test::repeated;
using Lines = std::vector<std::string>;

namespace {

ParseOptions skipping() {
    ParseOptions options;
    options.on_error = OnError::skip;
    return options;
}

ParseOptions reading(std::size_t read_size) {
    ParseOptions options;
    options.read_size = read_size;
    return options;
}

constexpr std::string_view good_line = "<http://e/s> <http://e/p> <http://e/o> .";

}  // namespace

TEST_CASE("N-Triples with every kind of term come back as they were written", "[ntriples]") {
    const Lines lines{
        "<http://e/s> <http://e/p> <http://e/o> .",
        "_:a <http://e/p> _:b.c .",
        "<http://e/s> <http://e/p> \"text\" .",
        "<http://e/s> <http://e/p> \"text\"@en-GB .",
        "<http://e/s> <http://e/p> \"text\"@ar--rtl .",
        "<http://e/s> <http://e/p> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .",
        "<http://e/s> <http://e/p> <<( _:s <http://e/p> <<( <http://e/s> <http://e/p> \"x\"@en )>> "
        ")>> .",
    };
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    const auto parsed = parse_text(text, Format::ntriples);
    CHECK(parsed.lines == lines);
    CHECK(parsed.report.statements == lines.size());
    CHECK(parsed.report.bytes == text.size());
    CHECK(parsed.report.lines == lines.size());
}

TEST_CASE("white space within a line may be tabs, spaces or nothing at all", "[ntriples]") {
    const auto parsed = parse_text(
        "\t <http://e/s>\t<http://e/p>  <http://e/o>\t.  # comment\n"
        "<http://e/s><http://e/p><http://e/o>.#comment\n"
        "<http://e/s><http://e/p>\"x\"@en<http://e/g>.\n"
        "   \n\n# only a comment\n",
        Format::nquads);
    CHECK(parsed.lines == Lines{std::string(good_line), std::string(good_line),
                                "<http://e/s> <http://e/p> \"x\"@en <http://e/g> ."});
}

TEST_CASE("lines end at LF, CR LF or CR, and the last one with the file", "[ntriples]") {
    for (const char* end : {"\n", "\r\n", "\r"}) {
        const std::string text =
            std::string(good_line) + end + end + std::string(good_line) + end + "<http://e/s> x";
        for (const std::size_t read_size : {1, 7, 1000}) {
            const auto error = parse_error(text, Format::ntriples, reading(read_size));
            CHECK(error.position.line == 4);
            CHECK(error.position.column == 14);
            CHECK(error.line_text == "<http://e/s> x");
        }
        CHECK(parse_text(text.substr(0, text.size() - 14), Format::ntriples).lines.size() == 2);
    }
    // NEL and the line separator are no line ends but unexpected characters.
    CHECK_THROWS_AS(
        parse_text("<http://e/s> <http://e/p> <http://e/o> .\xc2\x85", Format::ntriples),
        SyntaxError);
    CHECK_THROWS_AS(
        parse_text("<http://e/s> <http://e/p> <http://e/o> .\xe2\x80\xa8", Format::ntriples),
        SyntaxError);
}

TEST_CASE("a file may be empty, blank, or a byte order mark", "[ntriples]") {
    for (const Format format : {Format::ntriples, Format::nquads, Format::turtle, Format::trig}) {
        CHECK(parse_text("", format).lines.empty());
        CHECK(parse_text("\xef\xbb\xbf", format).lines.empty());
        CHECK(parse_text(repeated(" ", 100000), format).lines.empty());
        CHECK(parse_text("#" + repeated("comment", 100000), format, reading(100)).lines.empty());
    }
    const std::string with_mark = "\xef\xbb\xbf" + std::string(good_line);
    CHECK(parse_text(with_mark, Format::ntriples, reading(1)).lines.size() == 1);
}

TEST_CASE("N-Triples name what was expected, where, and how to go on", "[ntriples]") {
    struct Case {
        const char* text;
        std::uint64_t column;
        const char* message;
        const char* hint;
    };
    const Case cases[] = {
        {"<http://e/s> <http://e/p> <http://e/o>", 39, "'.'", "'.' is missing"},
        {"<http://e/s> <http://e/p> <http://e/o> <http://e/g> .", 40, "'.'", "N-Quads"},
        {"<http://e/s> <http://e/p> <http://e/o> . <http://e/s> <http://e/p> <http://e/o> .", 42,
         "end of the line", ""},
        {"<http://e/s> <http://e/p> \"a \"quoted\" word\" .", 31, "'.'", "\\\""},
        {"<http://e/s> <http://e/p> <http://e/a b> .", 38, "space", "%20"},
        {"<http://e/s> <http://e/p> <http://e/a{b> .", 38, "'{'", "percent"},
        {"<http://e/s> <http://e/p> <http://e/a\x01> .", 38, "control", ""},
        {"<http://e/s> <http://e/p> <http://e/o .", 38, "space", ""},
        {"<http://e/s> <http://e/p> <http://e/o", 27, "closed", ""},
        {"<s> <http://e/p> <http://e/o> .", 1, "relative", ""},
        {"<http://e/s> _:p <http://e/o> .", 14, "predicate", ""},
        {"<http://e/s> <http://e/p> .", 27, "object", ""},
        {"\"s\" <http://e/p> <http://e/o> .", 1, "statement", ""},
        {"@prefix e: <http://e/> .", 1, "statement", "Turtle"},
        {"<http://e/s> <http://e/p> \"x\\q\" .", 29, "escape", ""},
        {"<http://e/s> <http://e/p> \"x\\u12\" .", 29, "four", ""},
        {"<http://e/s> <http://e/p> \"\\UFFFFFFFF\" .", 28, "no Unicode", ""},
        {"<http://e/s> <http://e/p> \"\\uD800\" .", 28, "no Unicode", ""},
        {"<http://e/s> <http://e/p> \"\\uD83D\\uDE00\" .", 28, "no Unicode", "\\U"},
        {"<http://e/s> <http://e/p> \"x .", 27, "closed", ""},
        {"<http://e/s> <http://e/p> \"x\"@en--LTR .", 35, "ltr or rtl", ""},
        {"<http://e/s> <http://e/p> \"x\"@en-- .", 33, "ltr or rtl", ""},
        {"<http://e/s> <http://e/p> \"x\"@-en .", 30, "letter", ""},
        {"<http://e/s> <http://e/p> \"x\"@en- .", 33, "'-'", ""},
        {"<http://e/s> <http://e/p> \"x\"@abcdefghi .", 30, "language tag", ""},
        {"<http://e/s> <http://e/p> \"x\"^^<> .", 32, "relative", ""},
        {"<http://e/s> <http://e/p> \"x\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> "
         ".",
         32, "language", "@en"},
        {"<http://e/s> <http://e/p> "
         "\"x\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#dirLangString>.",
         32, "language", "--ltr"},
        {"<http://e/s> <http://e/p> <<( <http://e/s> <http://e/p> <http://e/o> .", 70, "')>>'", ""},
        {"<<( <http://e/s> <http://e/p> <http://e/o> )>> <http://e/p> <http://e/o> .", 1,
         "statement", ""},
        {"_: <http://e/p> <http://e/o> .", 1, "label", ""},
        {"_:-a <http://e/p> <http://e/o> .", 1, "label", ""},
        {"_:.1 <http://e/p> <http://e/o> .", 1, "label", ""},
        {"<http://e/\\u0020> <http://e/p> <http://e/o> .", 1, "cannot contain", ""},
        {"VERSION 1.2", 9, "version", ""},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto error = parse_error(c.text, Format::ntriples);
        CHECK(error.source == "input");
        CHECK(error.position.line == 1);
        CHECK(error.position.column == c.column);
        CHECK_THAT(error.message, Catch::Contains(c.message));
        CHECK_THAT(error.hint, Catch::Contains(c.hint));
    }
}

TEST_CASE("text that is not UTF-8 is refused where it stands", "[ntriples]") {
    const char* broken[] = {"\x80",         "\xc3",         "\xc0\xaf",         "\xe0\x80\x80",
                            "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80",
                            "\xf0\x9f\x98", "\xff"};
    for (const Format format : {Format::ntriples, Format::turtle}) {
        for (const char* bytes : broken) {
            for (const std::size_t read_size : {1, 1000}) {
                const std::string in_literal =
                    "<http://e/s> <http://e/p> \"" + std::string(bytes) + "\" .";
                CHECK(parse_error(in_literal, format, reading(read_size)).position.column == 28);
                const std::string in_iri = "<http://e/" + std::string(bytes) + "> ";
                CHECK(parse_error(in_iri, format, reading(read_size)).position.column == 11);
                const std::string at_end = "<http://e/s> <http://e/p> \"" + std::string(bytes);
                CHECK(parse_error(at_end, format, reading(read_size)).position.column == 28);
                CHECK_THROWS_AS(parse_text("# " + std::string(bytes) + "\n", format), SyntaxError);
            }
        }
    }
}

TEST_CASE("any character may be in a literal, also what looks alike", "[ntriples]") {
    const std::string nul("\0", 1);
    for (const std::string& text :
         {nul, std::string("\xef\xbf\xbd"), std::string("\xef\xbf\xbe"),
          std::string("\xef\xbb\xbf"), std::string("\xe2\x80\xae"), std::string("e\xcc\x81"),
          std::string("\xc3\xa9"), std::string("\xf4\x8f\xbf\xbf"), repeated("\xcc\x81", 1000000),
          std::string("\x1b[31m")}) {
        struct Keep : StatementSink {
            std::string text;
            void statement(const QuadView& quad) override { text = quad.object.text(); }
        };
        for (const Format format : {Format::ntriples, Format::turtle}) {
            const std::string document = "<http://e/s> <http://e/p> \"" + text + "\" .";
            Keep keep;
            const auto source = open_memory(document, "input");
            parse_statements(*source, format, {}, keep);
            CHECK(keep.text == text);
        }
    }
    CHECK_THROWS_AS(parse_text("<http://e/" + nul + "> <http://e/p> 1 .", Format::turtle),
                    SyntaxError);
    CHECK_THROWS_AS(parse_text("_:a" + nul + " <http://e/p> <http://e/o> .", Format::ntriples),
                    SyntaxError);
}

TEST_CASE("recovery in N-Triples loses exactly the broken lines", "[ntriples]") {
    const std::string text =
        "<http://e/s> <http://e/p> \"1\" .\n"
        "<http://e/s> <http://e/p> \"2\n"
        "<http://e/s> <http://e/p> \"3\" .\r\n"
        "<http://e/s> <http://e/p> \"4\"\r\n"
        "broken\n"
        "\n"
        "<http://e/s> <http://e/p> \"7\" . <http://e/s> <http://e/p> \"7a\" .\n"
        "<http://e/s> <http://e/p> \"\xff\" .\n"
        "<http://e/s> <http://e/p> \"9\" .";
    for (const std::size_t read_size : {1, 3, 40, 1000}) {
        ParseOptions options = skipping();
        options.read_size = read_size;
        const auto parsed = parse_text(text, Format::ntriples, options);
        CHECK(parsed.lines == Lines{"<http://e/s> <http://e/p> \"1\" .",
                                    "<http://e/s> <http://e/p> \"3\" .",
                                    "<http://e/s> <http://e/p> \"9\" ."});
        CHECK(parsed.report.errors == 5);
        REQUIRE(parsed.errors.size() == 5);
        std::vector<std::uint64_t> lines;
        for (const SyntaxError& error : parsed.errors) lines.push_back(error.position().line);
        CHECK(lines == std::vector<std::uint64_t>{2, 4, 5, 7, 8});
        CHECK(parsed.errors[4].position().offset == text.find('\xff'));
    }
}

TEST_CASE("more errors than allowed end the parse", "[ntriples]") {
    ParseOptions options = skipping();
    options.max_errors = 2;
    CHECK(parse_text("x\nx\n" + std::string(good_line), Format::ntriples, options).lines.size() ==
          1);
    CHECK(parse_error("x\nx\nx\n", Format::ntriples, options).position.line == 3);
    CHECK(parse_error("x .\nx .\nx .\n", Format::turtle, options).position.line == 3);
}

TEST_CASE("triple terms nest as deep as the limit and no deeper", "[ntriples]") {
    const auto nested = [](std::size_t depth) {
        return "<http://e/s> <http://e/p> " + repeated("<<( <http://e/s> <http://e/p> ", depth) +
               "<http://e/o>" + repeated(" )>>", depth) + " .";
    };
    for (const Format format : {Format::ntriples, Format::turtle}) {
        for (const std::size_t depth : {127, 128}) {
            CHECK(parse_text(nested(depth), format).lines == Lines{nested(depth)});
        }
        CHECK_THAT(parse_error(nested(129), format).message, Catch::Contains("128"));
        CHECK_THAT(parse_error(nested(200000), format).message, Catch::Contains("128"));
    }
}

TEST_CASE("a version line says nothing about statements", "[ntriples]") {
    CHECK(parse_text("VERSION \"1.2\"\n" + std::string(good_line), Format::ntriples).lines.size() ==
          1);
}

TEST_CASE("lines longer than the window are read up to the limits", "[ntriples]") {
    ParseOptions options = reading(100);
    options.max_literal_bytes = 100000;
    const auto with_literal = [](std::size_t size) {
        return std::string(good_line) + "\n<http://e/s> <http://e/p> \"" + repeated("x", size) +
               "\" .\n" + std::string(good_line);
    };
    for (const Format format : {Format::ntriples, Format::turtle}) {
        CHECK(parse_text(with_literal(100000), format, options).lines.size() == 3);
        CHECK_THAT(parse_error(with_literal(100001), format, options).message,
                   Catch::Contains("max_literal_bytes"));
        CHECK(parse_error(with_literal(100001), format, options).position.line == 2);
        const std::string long_iri = "<http://e/" + repeated("i", 70000) + "> <http://e/p> 1 .";
        CHECK_THAT(parse_error(long_iri, format, options).message,
                   Catch::Contains("max_iri_bytes"));
        const std::string long_label = "_:" + repeated("l", 70000) + " <http://e/p> 1 .";
        CHECK_THAT(parse_error(long_label, format, options).message,
                   Catch::Contains("max_iri_bytes"));
    }
    CHECK_THROWS_AS(parse_text(with_literal(2000000), Format::ntriples, options), LimitError);
    CHECK_THROWS_AS(parse_text(with_literal(2000000), Format::turtle, options), SyntaxError);
}

TEST_CASE("lenient parsing takes IRIs and language tags as they are", "[ntriples]") {
    ParseOptions options;
    options.lenient = true;
    const std::string text = "<s> <p> \"x\"@abcdefghij .\n<http://e/%zz> <p> <o> .\n";
    const auto parsed = parse_text(text, Format::ntriples, options);
    CHECK(parsed.lines == Lines{"<s> <p> \"x\"@abcdefghij .", "<http://e/%zz> <p> <o> ."});
    CHECK(parse_text(text, Format::turtle, options).lines == parsed.lines);
    CHECK_THROWS_AS(parse_text("<http://e/%zz> <http://e/p> <http://e/o> .", Format::ntriples),
                    SyntaxError);
    CHECK_THROWS_AS(parse_text("<http://e/[> <http://e/p> <http://e/o> .", Format::turtle),
                    SyntaxError);
}

TEST_CASE("default graph and blank node scope are put into every statement", "[ntriples]") {
    ParseOptions options;
    options.default_graph = "http://e/default";
    options.blank_node_scope = "f1-";
    const std::string text = "_:a <http://e/p> <<( _:b <http://e/p> _:a )>> .\n";
    const Lines expected{
        "_:f1-a <http://e/p> <<( _:f1-b <http://e/p> _:f1-a )>> <http://e/default> ."};
    for (const Format format : {Format::ntriples, Format::nquads, Format::turtle, Format::trig}) {
        CHECK(parse_text(text, format, options).lines == expected);
    }
    CHECK(
        parse_text("<http://e/s> <http://e/p> <http://e/o> _:g .", Format::nquads, options).lines ==
        Lines{"<http://e/s> <http://e/p> <http://e/o> _:f1-g ."});
}

TEST_CASE("blocks of lines parsed apart make the whole", "[ntriples]") {
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += "<http://e/s" + std::to_string(i) + "> <http://e/p> \"" +
                repeated("long", static_cast<std::size_t>(i % 50)) + "\" _:g .\r\n";
        if (i % 7 == 0) text += "# comment\n";
    }
    const auto whole = parse_text(text, Format::nquads);
    for (const std::size_t block_size : {1, 50, 333, 4096, 1 << 20}) {
        const auto source = open_memory(text, "input");
        LineBlockReader reader(*source, block_size, 1 << 20);
        test::ParsedText parsed;
        std::string buffer;
        LineBlock block;
        std::string joined;
        while (reader.next(buffer, block)) {
            CHECK(block.first_byte == joined.size());
            CHECK(block.first_line ==
                  1 + static_cast<std::uint64_t>(std::count(joined.begin(), joined.end(), '\n')));
            joined += block.text;
            parse_line_block(block, Format::nquads, {}, parsed);
        }
        CHECK(joined == text);
        CHECK(parsed.lines == whole.lines);
    }
}

TEST_CASE("an error in a block has its place in the file", "[ntriples]") {
    LineBlock block;
    block.text = "<http://e/s> <http://e/p> <http://e/o> .\nbroken\n";
    block.first_line = 1000;
    block.first_byte = 50000;
    ParseOptions options;
    options.source_name = "file.nt";
    test::ParsedText parsed;
    try {
        parse_line_block(block, Format::ntriples, options, parsed);
        FAIL();
    } catch (const SyntaxError& error) {
        CHECK(error.details().source == "file.nt");
        CHECK(error.position().line == 1001);
        CHECK(error.position().offset == 50041);
    }
    CHECK_THROWS_AS(parse_line_block(block, Format::turtle, options, parsed), UsageError);
}

TEST_CASE("parsing can be cancelled", "[ntriples]") {
    ParseOptions options = reading(64);
    int asked = 0;
    options.cancelled = [&asked] { return ++asked > 3; };
    const std::string text = repeated(std::string(good_line) + "\n", 10000);
    CHECK_THROWS_AS(parse_text(text, Format::ntriples, options), Interrupted);
    asked = 0;
    CHECK_THROWS_AS(parse_text(text, Format::turtle, options), Interrupted);
}

TEST_CASE("what a sink throws comes through", "[ntriples]") {
    struct Throwing : StatementSink {
        void statement(const QuadView&) override { throw StoreError("full"); }
    };
    for (const Format format : {Format::ntriples, Format::turtle}) {
        Throwing sink;
        const auto source = open_memory(good_line, "input");
        CHECK_THROWS_AS(parse_statements(*source, format, {}, sink), StoreError);
    }
}
