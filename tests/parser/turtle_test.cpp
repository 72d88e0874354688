#include <catch2/catch.hpp>

#include "tests/parser/parsed_text.h"

using namespace dossier;
using dossier::test::parse_error;
using dossier::test::parse_text;
using dossier::test::repeated;
using Lines = std::vector<std::string>;

namespace {

const std::string prefixes =
    "PREFIX : <http://e/>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n";

Lines turtle(const std::string& text, const ParseOptions& options = {}) {
    return parse_text(prefixes + text, Format::turtle, options).lines;
}

ParseOptions with_base(std::string base) {
    ParseOptions options;
    options.base = std::move(base);
    return options;
}

}  // namespace

TEST_CASE("predicate and object lists repeat what stands before", "[turtle]") {
    CHECK(turtle(":s a :C , :D ; :p 1 ;; :q :o ; .") ==
          Lines{"<http://e/s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/C> .",
                "<http://e/s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/D> .",
                "<http://e/s> <http://e/p> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .",
                "<http://e/s> <http://e/q> <http://e/o> ."});
}

TEST_CASE("numbers and booleans are told by their form", "[turtle]") {
    const auto type_of = [](const std::string& written) {
        const std::string line = turtle(":s :p " + written + " .").at(0);
        const std::size_t hash = line.rfind('#');
        return line.substr(hash + 1, line.rfind('>') - hash - 1);
    };
    CHECK(type_of("1") == "integer");
    CHECK(type_of("-01") == "integer");
    CHECK(type_of("+1.0") == "decimal");
    CHECK(type_of(".5") == "decimal");
    CHECK(type_of("1e6") == "double");
    CHECK(type_of("1.E6") == "double");
    CHECK(type_of("-.5e-6") == "double");
    CHECK(type_of("true") == "boolean");
    CHECK(turtle(":s :p 11.") == turtle(":s :p 11 ."));
    CHECK(turtle(":s :p true.") == turtle(":s :p true ."));
    for (const char* wrong : {"1e", ".e5", ".5e", "+.", "+", "1.5.5", "1ex", "TRUE", "truex"}) {
        INFO(wrong);
        CHECK_THROWS_AS(turtle(":s :p " + std::string(wrong) + " ."), SyntaxError);
    }
    CHECK(turtle(":s :p " + repeated("7", 1000000) + " .").size() == 1);
}

TEST_CASE("the four kinds of quotes read alike", "[turtle]") {
    const Lines expected{"<http://e/s> <http://e/p> \"a'b\\\"c\\n\\t\xc3\xa9\" ."};
    CHECK(turtle(":s :p \"a'b\\\"c\\n\\t\\u00e9\" .") == expected);
    CHECK(turtle(":s :p 'a\\'b\"c\\n\\t\\U000000E9' .") == expected);
    CHECK(turtle(":s :p \"\"\"a'b\"c\n\t\xc3\xa9\"\"\" .") == expected);
    CHECK(turtle(":s :p '''a'b\"c\n\t\xc3\xa9''' .") == expected);
    CHECK(turtle(":s :p \"\" , '' , \"\"\"\"\"\" , '''''' .") ==
          Lines(4, "<http://e/s> <http://e/p> \"\" ."));
    CHECK_THROWS_AS(turtle(":s :p \"\"\"\"x\"\"\"\" ."), SyntaxError);
    CHECK(turtle(":s :p \"\"\"\"x\"\"\" .") == Lines{"<http://e/s> <http://e/p> \"\\\"x\" ."});
    CHECK(turtle(":s :p \"x\" @en .") == turtle(":s :p \"x\"@en ."));
    CHECK(turtle(":s :p \"x\" ^^ xsd:int .") == turtle(":s :p \"x\"^^xsd:int ."));
}

TEST_CASE("local names may hold dots, colons and escapes but not end with a dot", "[turtle]") {
    const auto object = [](const std::string& written) {
        const std::string line = turtle(":s :p " + written + " .").at(0);
        return line.substr(26, line.size() - 28);
    };
    CHECK(object(":a.b") == "<http://e/a.b>");
    CHECK(object(":a..b") == "<http://e/a..b>");
    CHECK(object(":a:b:") == "<http://e/a:b:>");
    CHECK(object(":0-1") == "<http://e/0-1>");
    CHECK(object(":%41\\-\\%") == "<http://e/%41-%>");
    CHECK(object(":\xc3\xa9\xc2\xb7") == "<http://e/\xc3\xa9\xc2\xb7>");
    CHECK(object(":") == "<http://e/>");
    CHECK(turtle(":s :p :a.") == turtle(":s :p :a ."));
}

TEST_CASE("what no name allows is refused", "[turtle]") {
    for (const char* wrong : {":%4", ":%zz", ":a\\", ":a\\x", ":-a", "_:", "_:-a", "_:.a", "1:a",
                              "a-:b.", "a.:b", ":a|b"}) {
        INFO(wrong);
        CHECK_THROWS_AS(turtle(":s :p " + std::string(wrong) + " ."), SyntaxError);
    }
}

TEST_CASE("prefix names may hold dots and be keywords", "[turtle]") {
    CHECK(parse_text("PREFIX a.b: <http://e/> PREFIX true: <http://t/> PREFIX a: <http://a/> "
                     "PREFIX prefix: <http://p/> a.b:s a:p true:o . prefix:s a prefix:o.",
                     Format::turtle)
              .lines ==
          Lines{"<http://e/s> <http://a/p> <http://t/o> .",
                "<http://p/s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://p/o> ."});
}

TEST_CASE("prefixes and bases may change", "[turtle]") {
    const auto parsed = parse_text(
        "@prefix p: <http://one/> . p:a p:b p:c .\n"
        "@prefix p: <http://two/> . p:a p:b p:c .\n"
        "@base <http://base/x/y> . <a> <../b> <#c> . BASE <z/> <> <> <> .\n"
        "PREFIX r: <rel/> r:a r:b r:c .",
        Format::turtle);
    CHECK(parsed.lines ==
          Lines{"<http://one/a> <http://one/b> <http://one/c> .",
                "<http://two/a> <http://two/b> <http://two/c> .",
                "<http://base/x/a> <http://base/b> <http://base/x/y#c> .",
                "<http://base/x/z/> <http://base/x/z/> <http://base/x/z/> .",
                "<http://base/x/z/rel/a> <http://base/x/z/rel/b> <http://base/x/z/rel/c> ."});
    CHECK(parsed.prefixes ==
          Lines{"p: <http://one/>", "p: <http://two/>", "r: <http://base/x/z/rel/>"});
}

TEST_CASE("blank nodes without a label get one that no file can write", "[turtle]") {
    CHECK(turtle("[] :p [ :q () ] .") ==
          Lines{"_:.2 <http://e/q> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> .",
                "_:.1 <http://e/p> _:.2 ."});
    CHECK_THROWS_AS(turtle("_:.1 :p :o ."), SyntaxError);
    CHECK(turtle("[ :p :o ] .").size() == 1);
    CHECK(turtle("[ :p :o ] :q :r .").size() == 2);
    CHECK_THROWS_AS(turtle("[] ."), SyntaxError);
    CHECK_THROWS_AS(turtle("[ :p ] ."), SyntaxError);
}

TEST_CASE("collections are chains that begin at their head", "[turtle]") {
    const std::string first = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> ";
    const std::string rest = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> ";
    CHECK(turtle("( :a ( :b ) ) :p :o .") ==
          Lines{"_:.1" + first + "<http://e/a> .", "_:.2" + first + "<http://e/b> .",
                "_:.2" + rest + "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> .",
                "_:.1" + rest + "_:.3 .", "_:.3" + first + "_:.2 .",
                "_:.3" + rest + "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> .",
                "_:.1 <http://e/p> <http://e/o> ."});
}

TEST_CASE("reified triples and annotations name their reifier", "[turtle]") {
    const std::string reifies = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies> ";
    const std::string triple = "<<( <http://e/s> <http://e/p> <http://e/o> )>> .";
    CHECK(turtle("<< :s :p :o >> :q 'r' .") ==
          Lines{"_:.1" + reifies + triple, "_:.1 <http://e/q> \"r\" ."});
    CHECK(turtle("<< :s :p :o ~ :i >> .") == Lines{"<http://e/i>" + reifies + triple});
    CHECK(turtle(":s :p :o ~ :i {| :q 'r' |} ~ {| :q 't' |} {| :q 'u' |} .") ==
          Lines{"<http://e/s> <http://e/p> <http://e/o> .", "<http://e/i>" + reifies + triple,
                "<http://e/i> <http://e/q> \"r\" .", "_:.1" + reifies + triple,
                "_:.1 <http://e/q> \"t\" .", "_:.2" + reifies + triple,
                "_:.2 <http://e/q> \"u\" ."});
    // The annotation is of its own object, and one within an annotation of that statement.
    CHECK(turtle(":s :p :x , :o ~ _:i {| :q :r ~ _:j |} , :y .") ==
          Lines{"<http://e/s> <http://e/p> <http://e/x> .",
                "<http://e/s> <http://e/p> <http://e/o> .", "_:i" + reifies + triple,
                "_:i <http://e/q> <http://e/r> .",
                "_:j" + reifies + "<<( _:i <http://e/q> <http://e/r> )>> .",
                "<http://e/s> <http://e/p> <http://e/y> ."});
    CHECK(turtle(":a :b << << :s :p :o >> :q <<( :s :p :o )>> ~ :i >> .").size() == 3);
    for (const char* wrong :
         {"<< :s :p :o > :q :r .", "<< :s :p [ :a :b ] >> :q :r .", "<< :s :p ( ) >> :q :r .",
          "<<( :s :p :o )>> :q :r .", ":s << :s :p :o >> :r .", ":s :p :o {| |} .",
          ":s :p :o {| :q :r .", "<< <<( :s :p :o )>> :p :o >> .", "<< :s _:p :o >> .",
          ":s :p <<( << :s :p :o >> :p :o )>> .", "<< 's' :p :o >> ."}) {
        INFO(wrong);
        CHECK_THROWS_AS(turtle(wrong), SyntaxError);
    }
}

TEST_CASE("TriG names graphs by IRI, label, brackets or not at all", "[trig]") {
    const auto parsed =
        parse_text(prefixes +
                       "{ :s :p 'default' } GRAPH :g { :s :p 'g' . :s :p 'h' . }\n"
                       ":g { } _:b { :s :p 'b' } [] { :s :p 'anonymous' }\n"
                       ":s :p 'outside' . [ :p 'x' ] . () :p 'y' . << :a :b :c >> .\n"
                       "[] :p 'z' . graph [ ] { [] :p 'w' }",
                   Format::trig);
    Lines graphs;
    for (const std::string& line : parsed.lines) {
        if (line.find("/p> \"") != std::string::npos) graphs.push_back(line.substr(line.find('"')));
    }
    CHECK(graphs == Lines{"\"default\" .", "\"g\" <http://e/g> .", "\"h\" <http://e/g> .",
                          "\"b\" _:b .", "\"anonymous\" _:.1 .", "\"outside\" .", "\"x\" .",
                          "\"y\" .", "\"z\" .", "\"w\" _:.5 ."});
    for (const char* wrong :
         {":g { :s :p :o . { :s :p :o } }", "GRAPH { :s :p :o }", ":g { :s :p :o", "GRAPH :g :s",
          ":g { @prefix x: <http://x/> . }", ":g { GRAPH :h { } }", "} ", ":g :h { :s :p :o }",
          "( :a ) { :s :p :o }", "'x' { :s :p :o }", "GRAPH ( ) { :s :p :o }"}) {
        INFO(wrong);
        CHECK_THROWS_AS(parse_text(prefixes + wrong, Format::trig), SyntaxError);
    }
    CHECK_THROWS_AS(parse_text(prefixes + ":g { :s :p :o }", Format::turtle), SyntaxError);
}

TEST_CASE("the parser reads the same in windows of any size", "[turtle]") {
    const std::string text = prefixes +
                             "# comment \xe2\x82\xac\r\n"
                             ":s :p 'one' , \"\"\"two\r\n\xf0\x9f\x98\x80\"\"\"@en--ltr ,\n"
                             " <http://e/\xc3\xa9\\u00e9> , ( 1 .5 -2e3 [ a :T ; ; ] ) ~ :r {| :q "
                             "<<( :a :b _:c.d )>> |} .\n"
                             "<< :s :p :o.o ~ >> :q\\~ true , false.\r\n"
                             "@base <http://base/> . <x> <y> <z>.";
    for (const Format format : {Format::turtle, Format::trig}) {
        const auto whole = parse_text(text, format);
        CHECK(whole.lines.size() == 19);
        for (std::size_t read_size = 1; read_size < 80; ++read_size) {
            ParseOptions options;
            options.read_size = read_size;
            const auto parsed = parse_text(text, format, options);
            CHECK(parsed.lines == whole.lines);
            CHECK(parsed.report.bytes == text.size());
            CHECK(parsed.report.lines == whole.report.lines);
        }
    }
}

TEST_CASE("positions are right however far the window has moved", "[turtle]") {
    const std::string text = prefixes + repeated(":s :p '\xc3\xa9' . # comment\r\n", 2000) +
                             "  :s :p '\xc3\xa9' \xe2\x82\xac";
    for (const std::size_t read_size : {1, 10, 700, 1 << 20}) {
        ParseOptions options;
        options.read_size = read_size;
        const auto error = parse_error(text, Format::turtle, options);
        CHECK(error.position.line == 2003);
        CHECK(error.position.column == 13);
        CHECK(error.position.offset == text.size() - 3);
        CHECK(error.line_text == "  :s :p '\xc3\xa9' \xe2\x82\xac");
    }
    const std::string one_line = prefixes + ":s :p " + repeated("'\xc3\xa9' , ", 20000) + "!";
    ParseOptions options;
    options.read_size = 100;
    const auto error = parse_error(one_line, Format::turtle, options);
    CHECK(error.position.line == 3);
    CHECK(error.position.column == 7 + 20000 * 6);
    CHECK(error.position.offset == one_line.size() - 1);
}

TEST_CASE("a text cut off anywhere is a clean error with its place inside", "[turtle]") {
    const std::string text =
        prefixes +
        "@prefix q: <http://q/> . :s :p 'x'@en , \"\"\"y\"\"\"^^xsd:int , 1.5e3 "
        ", true ~ _:r {| q:a ( [ q:b <<( :a :b :c )>> ] ) |} . << :s :p :o >> "
        ":g <http://x> . GRAPH :g { :s :p 'o' }";
    for (std::size_t size = 0; size < text.size(); ++size) {
        for (const std::size_t read_size : {1, 4096}) {
            ParseOptions options;
            options.read_size = read_size;
            try {
                parse_text(text.substr(0, size), Format::trig, options);
            } catch (const SyntaxError& error) {
                CHECK(error.position().offset <= size);
            }
        }
    }
    CHECK_NOTHROW(parse_text(text, Format::trig));
}

TEST_CASE("Turtle says what was expected, where, and how to go on", "[turtle]") {
    struct Case {
        const char* text;
        std::uint64_t line;
        std::uint64_t column;
        const char* message;
        const char* hint;
    };
    const Case cases[] = {
        {"foaf:a :p :o .", 3, 1, "'foaf:' is not declared", "http://xmlns.com/foaf/0.1/"},
        {":s :p :o\n:s :p :o .", 4, 1, "'.'", "final '.'"},
        {":s :p :o", 3, 9, "'.'", "missing"},
        {":s :p :o @prefix x: <http://x/> .", 3, 10, "'.'", "lacks"},
        {":s :p \"a \"quoted\" word\" .", 3, 11, "'.'", "\\\""},
        {":s :p <a b> .", 3, 9, "space", "%20"},
        {":s :p <a> .", 3, 7, "relative", "BASE"},
        {":s :p .", 3, 7, "object", ""},
        {":s .", 3, 4, "predicate", ""},
        {":s \"p\" :o .", 3, 4, "predicate", "object"},
        {":s _:p :o .", 3, 4, "predicate", "blank node"},
        {"a :p :o .", 3, 1, "statement", "prefix"},
        {"?x :p :o .", 3, 1, "statement", "queries"},
        {":s :p [ :q :r .", 3, 15, "']'", ""},
        {":s :p ( :q .", 3, 12, "')'", ""},
        {":s :p True .", 3, 7, "object", "small"},
        {":s :p 'x'^^ .", 3, 13, "datatype", ""},
        {":s :p 'x'^^xsd .", 3, 12, "datatype", ""},
        {"@prefix x <http://x/> .", 3, 9, "prefix", ""},
        {"@prefix x: <http://x/> :s :p :o .", 3, 24, "'.'", ""},
        {"PREFIX x: .", 3, 11, "IRI", ""},
        {":s :p \"line\nend\" .", 3, 7, "closed on its line", "\\n"},
        {":s :p \"\"\"line\nend .", 3, 7, "before the file ends", ""},
        {":s :p << :a :b :c .", 3, 19, "'>>'", ""},
        {":s :p :o {| :q :r .", 3, 19, "'|}'", ""},
        {":s :p :o } ", 3, 10, "'.'", ""},
        {":s :p :o { } ", 3, 10, "'.'", "TriG"},
        {"VERSION 1.2", 3, 9, "version", ""},
        {":s :p 'x'^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> .", 3, 12, "language",
         "@en"},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto error = parse_error(prefixes + c.text, Format::turtle);
        CHECK(error.position.line == c.line);
        CHECK(error.position.column == c.column);
        CHECK_THAT(error.message, Catch::Contains(c.message));
        CHECK_THAT(error.hint, Catch::Contains(c.hint));
        CHECK(error.line_text.size() > 0);
    }
}

TEST_CASE("a base with many dot segments resolves in linear time", "[turtle]") {
    const std::string climb = repeated("../", 20000);
    CHECK(turtle("<" + climb + "x> :p :o .", with_base("http://e/a/b")) ==
          Lines{"<http://e/x> <http://e/p> <http://e/o> ."});
}
