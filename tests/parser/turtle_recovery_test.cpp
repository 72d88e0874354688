#include <catch2/catch.hpp>

#include "tests/parser/parsed_text.h"

using namespace dossier;
using dossier::test::parse_text;
using dossier::test::ParsedText;
using dossier::test::repeated;
using Lines = std::vector<std::string>;

namespace {

const std::string prefixes = "@prefix : <http://e/> .\n";

// The objects of what is left when broken statements are skipped.
Lines objects_left(const std::string& text, Format format = Format::turtle,
                   std::uint64_t errors = 1) {
    Lines objects;
    for (const std::size_t read_size : {1, 5, 4096}) {
        ParseOptions options;
        options.on_error = OnError::skip;
        options.read_size = read_size;
        const ParsedText parsed = parse_text(prefixes + text, format, options);
        CHECK(parsed.report.errors == errors);
        CHECK(parsed.errors.size() == errors);
        CHECK(parsed.report.statements == parsed.lines.size());
        Lines found;
        for (const std::string& line : parsed.lines) {
            if (line.find('"') == std::string::npos) continue;
            found.push_back(line.substr(line.find('"') + 1, 1));
        }
        if (read_size > 1) CHECK(found == objects);
        objects = found;
    }
    return objects;
}

}  // namespace

TEST_CASE("recovery in Turtle loses exactly the broken statement", "[turtle][recovery]") {
    const char* broken[] = {
        ":s :p 2 3 .",
        ":s :p undeclared:o .",
        "undeclared:s :p :o .",
        ":s :p <http://e/a b> .",
        ":s :p <http://e/{> .",
        ":s :p < .",
        ":s \"a dot . and a } within\" :o .",
        ":s :p :o :o \"a dot . within\" .",
        ":s :p :o :o \"\"\"dots . and\n. lines\"\"\" .",
        ":s :p :o :o <http://e/dot.> . ",
        ":s :p :o :o # a comment with a dot . \n .",
        ":s :p :o :o ex:dotted.name 1.5 .",
        ":s :p :o , .",
        ":s :p :o ; :q [ :r ( :t . ",
        ":s :p 'x'@e--LTR .",
        ":s :p \"bad \\q escape . here\" .",
        ":s :p \"a \"word\" with quotes\" .",
        ":s :p \"not closed .",
        ":s :p 'it's' .",
        ":s :p << :a :b :c .",
        ":s :p \"\xff\" .",
        ":s :p :o :undeclared.\\. .",
        "@prefix broken .",
        "@base <relative .",
        ":s :p \"1\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> .",
        ":s :p %zz .",
        "# a comment that is \xff not UTF-8",
    };
    for (const char* statement : broken) {
        INFO(statement);
        CHECK(objects_left(":s :p '1' .\n" + std::string(statement) +
                           "\n:s :p '3' . :s :p '4'.\n") == Lines{"1", "3", "4"});
        CHECK(objects_left("{ :s :p '1' .\n" + std::string(statement) + "\n:s :p '3' . :s :p '4' }",
                           Format::trig) == Lines{"1", "3", "4"});
    }
}

TEST_CASE("a missing dot loses the statement it is missing from", "[turtle][recovery]") {
    CHECK(objects_left(":s :p '1' .\n:s :p '2'\n:s :p '3' .\n") == Lines{"1", "3"});
    CHECK(objects_left("{\n  :s :p '1' .\n  :s :p '2'\n  :s :p '3' .\n}", Format::trig) ==
          Lines{"1", "3"});
    // What is further right goes on with the broken statement.
    CHECK(objects_left(":s :p '1' .\n:s :p '2'\n   :s :p '3' .\n:s :p '4' .") == Lines{"1", "4"});
    CHECK(objects_left(":s :p '1' .\n:s :p '2'") == Lines{"1"});
    CHECK(objects_left(":s :p '1' .\n@prefix x: <http://x/>\n:s :p '2' . :s :p '3' .") ==
          Lines{"1", "3"});
}

TEST_CASE("any number of broken comments can be skipped", "[turtle][recovery]") {
    CHECK(objects_left(repeated("# \xff\n", 20000) + ":s :p '1' . # \xff\n:s :p '2' .",
                       Format::turtle, 20001) == Lines{"1", "2"});
}

TEST_CASE("nothing of a broken statement is passed on", "[turtle][recovery]") {
    CHECK(objects_left(":s :p '1' , '2' , ( '3' [ :q '4' ] ) ~ {| :r '5' |} ; :p . :s :p '6' .") ==
          Lines{"6"});
}

TEST_CASE("after an error within a graph the parser goes on within it", "[trig][recovery]") {
    ParseOptions options;
    options.on_error = OnError::skip;
    const ParsedText parsed =
        parse_text(prefixes +
                       ":g { :s :p '1' . :s broken . :s :p '2' . :s :p :o :o }\n:s :p '3' .\n"
                       ":h { :s :p '4' ",
                   Format::trig, options);
    CHECK(parsed.lines == Lines{"<http://e/s> <http://e/p> \"1\" <http://e/g> .",
                                "<http://e/s> <http://e/p> \"2\" <http://e/g> .",
                                "<http://e/s> <http://e/p> \"3\" ."});
    CHECK(parsed.report.errors == 4);
}

TEST_CASE("a statement too long to be held back says that a part was passed on",
          "[turtle][recovery]") {
    ParseOptions options;
    options.on_error = OnError::skip;
    options.max_held_statements = 10;
    const ParsedText parsed =
        parse_text(prefixes + ":s :p '1'" + repeated(", '2'", 14) + " broken . :s :p '3' .",
                   Format::turtle, options);
    CHECK(parsed.lines.size() == 11);
    CHECK(parsed.report.statements == 11);
    REQUIRE(parsed.errors.size() == 1);
    CHECK_THAT(parsed.errors[0].details().message, Catch::Contains("passed on already"));
    // Sound statements of that length are whole.
    CHECK(parse_text(prefixes + ":s :p '1'" + repeated(", '2'", 25) + " .", Format::turtle, options)
              .lines.size() == 26);
}

TEST_CASE("triples of every shape survive being held back", "[turtle][recovery]") {
    const std::string text =
        prefixes +
        ":s :p '1'@en--rtl , 2 , ( _:a ) , <<( :a :b <<( :c :d 'e'@en )>> )>> ~ :r {| :q [] |} .";
    ParseOptions options;
    options.on_error = OnError::skip;
    CHECK(parse_text(text, Format::turtle, options).lines ==
          parse_text(text, Format::turtle).lines);
}

TEST_CASE("a sink can end the parse at an error", "[turtle][recovery]") {
    struct Stopping : StatementSink {
        void statement(const QuadView&) override {}
        bool error(const SyntaxError&) override { return false; }
    };
    ParseOptions options;
    options.on_error = OnError::skip;
    for (const Format format : {Format::ntriples, Format::turtle}) {
        Stopping sink;
        const auto source = open_memory("broken .\nbroken .", "input");
        CHECK_THROWS_AS(parse_statements(*source, format, options, sink), SyntaxError);
    }
}
