#include <catch2/catch.hpp>

#include <sys/resource.h>

#include "tests/parser/parsed_text.h"

using namespace dossier;
using dossier::test::CountingSink;
using dossier::test::parse_error;
using dossier::test::parse_text;
using dossier::test::repeated;
using Lines = std::vector<std::string>;

namespace {

// A document around some node elements.
std::string document(const std::string& content, const std::string& attributes = {}) {
    return "<?xml version='1.0'?>\n"
           "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
           "xmlns:e='http://e/' xml:base='http://b/d' " +
           attributes + ">\n" + content + "\n</rdf:RDF>";
}

std::string about(const std::string& content) {
    return document("<rdf:Description rdf:about='http://e/s'>" + content + "</rdf:Description>");
}

Lines rdf_xml(const std::string& text) {
    return parse_text(text, Format::rdf_xml).lines;
}

}  // namespace

TEST_CASE("RDF/XML elements alternate between nodes and properties", "[rdf_xml]") {
    CHECK(rdf_xml(document("<e:T rdf:about='s' e:name='n' rdf:type='U'>"
                           "<e:p rdf:resource='#o'/><e:p rdf:nodeID='b'/><e:p>text</e:p>"
                           "<e:p xml:lang='en'>text</e:p><e:p rdf:datatype='D'>1</e:p>"
                           "<e:p><rdf:Description rdf:ID='id'/></e:p></e:T>")) ==
          Lines{"<http://b/s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/T> .",
                "<http://b/s> <http://e/name> \"n\" .",
                "<http://b/s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://b/U> .",
                "<http://b/s> <http://e/p> <http://b/d#o> .", "<http://b/s> <http://e/p> _:b .",
                "<http://b/s> <http://e/p> \"text\" .", "<http://b/s> <http://e/p> \"text\"@en .",
                "<http://b/s> <http://e/p> \"1\"^^<http://b/D> .",
                "<http://b/s> <http://e/p> <http://b/d#id> ."});
}

TEST_CASE("prefixes of RDF/XML are told to the sink", "[rdf_xml]") {
    CHECK(parse_text(document(""), Format::rdf_xml).prefixes ==
          Lines{"rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>", "e: <http://e/>"});
}

TEST_CASE("XML literals are canonical and carry the namespaces they use", "[rdf_xml]") {
    CHECK(rdf_xml(about("<e:p rdf:parseType='Literal'>a&amp;<e:x b='1' a='&lt;&quot;'/>"
                        "<!--c--><?pi data?><y xmlns='http://y/'><z/></y></e:p>")) ==
          Lines{"<http://e/s> <http://e/p> \"a&amp;<e:x xmlns:e=\\\"http://e/\\\" a=\\\"&lt;&quot;"
                "\\\" b=\\\"1\\\"></e:x><!--c--><?pi data?><y xmlns=\\\"http://y/\\\"><z></z></y>"
                "\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral> ."});
}

TEST_CASE("what RDF/XML forbids is refused where it stands", "[rdf_xml]") {
    const std::string node = "<rdf:Description rdf:about='http://e/s'>";
    const std::string wrong[] = {
        about("<e:p rdf:resource='x' rdf:nodeID='y'/>"),
        about("<e:p rdf:resource='x'>text</e:p>"),
        about("<e:p rdf:parseType='Literal' rdf:resource='x'/>"),
        about("<e:p rdf:datatype='x'><e:T/></e:p>"),
        about("<e:p><e:T/><e:T/></e:p>"),
        about("<e:p>text<e:T/></e:p>"),
        about("<e:p><e:T/>text</e:p>"),
        about("text"),
        about("<rdf:Description/>"),
        about("<e:p rdf:li='x'/>"),
        about("<e:p rdf:bagID='x'/>"),
        about("<e:p rdf:aboutEach='x'/>"),
        about("<e:p noname='x'/>"),
        about("<p/>"),
        document("<rdf:li/>"),
        document("<rdf:Description rdf:about='x' rdf:ID='y'/>"),
        document("<rdf:Description rdf:ID='1x'/>"),
        document("<rdf:Description rdf:nodeID='a b'/>"),
        document("<rdf:Description rdf:ID='x'/><rdf:Description rdf:ID='x'/>"),
        document("<rdf:Description rdf:about='http://e/a b'/>"),
        document("<rdf:Description xml:lang='not_a_tag'/>"),
        document(node + "<u:p/></rdf:Description>"),
        document("<rdf:Description rdf:about='a' rdf:about='b'/>"),
        "<a/><b/>",
        "<e:T xmlns:e='http://e/' xmlns:xml='http://other/'/>",
        "no xml",
        "",
        document("<![CDATA[ ]] >"),
    };
    for (const std::string& text : wrong) {
        INFO(text);
        const auto error = parse_error(text, Format::rdf_xml);
        CHECK(error.position.line >= 1);
        CHECK(error.position.offset <= text.size());
        CHECK_FALSE(error.message.empty());
    }
    const auto error = parse_error(about("\n  <e:p rdf:li='x'/>"), Format::rdf_xml);
    CHECK(error.position.line == 4);
    CHECK(error.position.column == 3);
    CHECK_THAT(error.line_text, Catch::StartsWith("  <e:p rdf:li='x'/>"));
    CHECK_THROWS_AS(rdf_xml("<e:T xmlns:e='http://e/' "
                            "xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' r:about='x'/>"),
                    SyntaxError);
}

TEST_CASE("nothing outside a document is read, and its entities stay small", "[rdf_xml]") {
    const auto with_doctype = [](const std::string& doctype, const std::string& content) {
        return doctype +
               "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
               "xmlns:e='http://e/'><rdf:Description rdf:about='http://e/s'><e:p>" +
               content + "</e:p></rdf:Description></rdf:RDF>";
    };
    CHECK(rdf_xml(with_doctype("<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;y&#65;&amp;'>]>",
                               "&b;")) == Lines{"<http://e/s> <http://e/p> \"xyA&\" ."});

    std::string laughs = "<!DOCTYPE r [<!ENTITY l0 'lol'>";
    for (int i = 1; i < 12; ++i) {
        laughs += "<!ENTITY l" + std::to_string(i) + " '" +
                  repeated("&l" + std::to_string(i - 1) + ";", 10) + "'>";
    }
    std::string chain = "<!DOCTYPE r [<!ENTITY c0 'x'>";
    for (int i = 1; i < 200000; ++i) {
        chain += "<!ENTITY c" + std::to_string(i) + " '&c" + std::to_string(i - 1) + ";'>";
    }
    std::string backwards = "<!DOCTYPE r [";
    for (int i = 0; i < 200000; ++i) {
        backwards += "<!ENTITY c" + std::to_string(i) + " '&c" + std::to_string(i + 1) + ";'>";
    }
    struct Case {
        std::string doctype;
        std::string content;
        const char* message;
    };
    const Case cases[] = {
        {"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", "&x;", "outside"},
        {"<!DOCTYPE r [<!ENTITY x SYSTEM 'http://localhost/'>]>", "", "outside"},
        {"<!DOCTYPE r [<!ENTITY x PUBLIC 'p' 'http://localhost/'>]>", "", "outside"},
        {"<!DOCTYPE r [<!ENTITY % x SYSTEM 'http://localhost/'> %x;]>", "", "outside"},
        {"<!DOCTYPE r [<!ENTITY % x 'y'>]>", "", "parameter"},
        {"<!DOCTYPE r SYSTEM 'http://localhost/x.dtd'>", "", "outside"},
        {"<!DOCTYPE r PUBLIC 'p' 'x.dtd'>", "", "outside"},
        {laughs + "]>", "&l11;", "limit"},
        {chain + "]>", "&c199999;", "limit"},
        {backwards + "]>", "&c0;", "not declared before"},
        {"<!DOCTYPE r [<!ENTITY x '&x;'>]>", "&x;", "not declared before"},
        {"<!DOCTYPE r [<!ENTITY x '&y;'><!ENTITY y '&x;'>]>", "&x;", "not declared before"},
        {"", "&undeclared;", "undefined"},
    };
    for (const Case& c : cases) {
        INFO(c.doctype.substr(0, 200));
        CHECK_THAT(parse_error(with_doctype(c.doctype, c.content), Format::rdf_xml).message,
                   Catch::Contains(c.message));
    }
    const std::string large = "<!DOCTYPE r [<!ENTITY x '" + repeated("0123456789", 50000) + "'>]>";
    CHECK(rdf_xml(with_doctype(large, "&x;&x;")).size() == 1);
    CHECK_THAT(parse_error(with_doctype(large, repeated("&x;", 10000)), Format::rdf_xml).message,
               Catch::Contains("times longer"));
}

TEST_CASE("elements nest as deep as the limit, and a million deep are a clean error", "[rdf_xml]") {
    const auto nested = [](std::size_t pairs) {
        return document(repeated("<e:T><e:p>", pairs) + repeated("</e:p></e:T>", pairs));
    };
    CHECK(rdf_xml(nested(129)).size() == 258);
    CHECK_THAT(parse_error(nested(130), Format::rdf_xml).message, Catch::Contains("max_nesting"));
    CHECK_THAT(parse_error(document(repeated("<e:T><e:p>", 500000)), Format::rdf_xml).message,
               Catch::Contains("max_nesting"));
    CHECK_THROWS_AS(rdf_xml(about("<e:p rdf:parseType='Literal'>" + repeated("<x>", 1000))),
                    SyntaxError);
}

TEST_CASE("large parts of an XML document are read in linear time or refused", "[rdf_xml]") {
    std::string attributes;
    for (int i = 0; i < 50000; ++i) attributes += " e:a" + std::to_string(i) + "='v'";
    CHECK(rdf_xml(document("<e:T" + attributes + "/>")).size() == 50001);
    std::string namespaces;
    for (int i = 0; i < 50000; ++i) {
        namespaces += " xmlns:n" + std::to_string(i) + "='http://n/" + std::to_string(i) + "'";
    }
    CHECK(rdf_xml(document("<e:T/>", namespaces)).size() == 1);
    ParseOptions options;
    options.max_literal_bytes = 1 << 20;
    for (const std::string& text :
         {document("<e:T e:a='" + repeated("x", 8 << 20) + "'/>"),
          about("<e:p>" + repeated("x\n", 4 << 20) + "</e:p>"),
          about("<e:p rdf:parseType='Literal'>" + repeated("<b/>", 1 << 20) + "</e:p>")}) {
        CHECK_THAT(parse_error(text, Format::rdf_xml, options).message,
                   Catch::Contains("max_literal_bytes"));
    }
    const std::string items = repeated("<e:T/>", 20000);
    CHECK(rdf_xml(about("<e:p rdf:parseType='Collection'>" + items + "</e:p>")).size() == 60001);
}

TEST_CASE("RDF/XML reads the same in steps of any size and in any encoding of XML", "[rdf_xml]") {
    const std::string text = about(
        "<e:p>\xc3\xa9\xf0\x9f\x98\x80</e:p><rdf:li e:q='&#233;'/><rdf:li "
        "rdf:parseType='Resource'><e:r rdf:parseType='Literal'><b>x</b></e:r></rdf:li>");
    const Lines whole = rdf_xml(text);
    CHECK(whole.size() == 5);
    for (std::size_t step = 1; step < 40; ++step) {
        ParseOptions options;
        options.read_size = step;
        CHECK(parse_text(text, Format::rdf_xml, options).lines == whole);
    }
    CHECK(parse_text("\xef\xbb\xbf" + text, Format::rdf_xml).lines == whole);
    const std::string ascii = about("<e:p>e</e:p>");
    std::string wide = "\xff\xfe";
    for (const char c : ascii) wide += std::string{c, '\0'};
    CHECK(rdf_xml(wide) == rdf_xml(ascii));
    CHECK(rdf_xml("<?xml version='1.0' encoding='ISO-8859-1'?>" +
                  about("<e:p>\xe9</e:p>").substr(21)) ==
          Lines{"<http://e/s> <http://e/p> \"\xc3\xa9\" ."});
    for (const char* encoding : {"UTF-7", "UTF-16", "no-such"}) {
        CHECK_THROWS_AS(rdf_xml("<?xml version='1.0' encoding='" + std::string(encoding) + "'?>" +
                                about("<e:p>e</e:p>").substr(21)),
                        SyntaxError);
    }
}

TEST_CASE("a broken element of RDF/XML can be left out", "[rdf_xml]") {
    ParseOptions options;
    options.on_error = OnError::skip;
    const auto parsed =
        parse_text(about("<e:p>1</e:p><e:p rdf:li='x'><e:T><e:q>no</e:q></e:T></e:p><e:p>2</e:p>"
                         "<e:p><e:T/>text</e:p><e:p rdf:parseType='Triple'/><e:p>3</e:p>"),
                   Format::rdf_xml, options);
    Lines objects;
    for (const std::string& line : parsed.lines) {
        if (line.starts_with("<http://e/s>")) objects.push_back(line.substr(27));
    }
    CHECK(objects == Lines{"1\" .", "2\" .", "3\" ."});
    CHECK(parsed.report.errors == 2);
    CHECK_THROWS_AS(parse_text(about("<e:p>"), Format::rdf_xml, options), SyntaxError);
}
