#include "engine/rdf_xml_writer.h"

#include <dossier/dossier.h>
#include <catch2/catch.hpp>

#include <array>
#include <random>
#include <sstream>

using namespace dossier;

namespace {

std::string dumped(const Store& store, const DumpOptions& options = {}) {
    std::ostringstream out;
    store.dump(DataFormat::rdf_xml, out, options);
    return out.str();
}

std::vector<std::string> lines(const Store& store) {
    std::ostringstream out;
    store.dump(DataFormat::ntriples, out, {.sorted = true});
    std::vector<std::string> result;
    std::istringstream in(out.str());
    for (std::string line; std::getline(in, line);) result.push_back(line);
    return result;
}

void check_reads_back(const std::string& text, const Store& store) {
    Store again = Store::in_memory();
    again.load_text(text, DataFormat::rdf_xml);
    CHECK(lines(again) == lines(store));
}

// What a store holds after it went through RDF/XML. Without blank nodes.
void check_round_trip(const Store& store) {
    const std::string text = dumped(store);
    INFO(text);
    check_reads_back(text, store);
}

Store store_of(const std::string& turtle) {
    Store store = Store::in_memory();
    store.load_text(turtle, DataFormat::turtle);
    return store;
}

std::string refusal(const std::string& turtle) {
    const Store store = store_of(turtle);
    std::ostringstream out;
    try {
        store.dump(DataFormat::rdf_xml, out);
    } catch (const QueryError& error) {
        CHECK(out.str().empty());
        return error.what();
    }
    return "written";
}

}  // namespace

TEST_CASE("an IRI is cut into namespace and local name at the last name it ends with",
          "[rdf_xml_writer]") {
    const auto local = [](std::string_view iri) -> std::string {
        const auto split = engine::xml_name_split(iri);
        return split ? std::string(iri.substr(*split)) : "-";
    };
    CHECK(local("http://e/p") == "p");
    CHECK(local("http://e/#p1.x-y_z") == "p1.x-y_z");
    CHECK(local("http://e/12ab") == "ab");
    CHECK(local("http://e/a%20b") == "b");
    CHECK(local("http://e/a%2") == "-");
    CHECK(local("http://e/12") == "-");
    CHECK(local("http://e/") == "-");
    CHECK(local("http://e/p#") == "-");
    CHECK(local("urn:x:straße") == "straße");
    CHECK(local("urn:x:名前") == "名前");
    // Of the fifth edition of XML 1.0 only.
    CHECK(local("urn:x:𐀀𐀁") == "𐀀𐀁");
    // XML keeps these two namespaces for itself.
    CHECK(local("http://www.w3.org/2000/xmlns/foo") == "oo");
    CHECK(local("http://www.w3.org/2000/xmlns/f") == "-");
    CHECK(local("abc") == "bc");
}

TEST_CASE("RDF/XML puts statements of one subject together", "[rdf_xml_writer]") {
    const Store store = store_of(
        "PREFIX ex: <http://e/> ex:s ex:p ex:o ; a ex:T ; ex:q 'a<b>&\"' , 'x'@en , 1 . "
        "ex:t <urn:other> ex:s .");
    const std::string text =
        dumped(store, {.sorted = true, .prefixes = {{"ex", "http://e/"}, {"1", "urn:x"}}});
    CHECK(text ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"\n"
          "    xmlns:ex=\"http://e/\">\n"
          "<rdf:Description rdf:about=\"http://e/s\">\n"
          "  <ex:p rdf:resource=\"http://e/o\"/>\n"
          "  <ex:q rdf:datatype=\"http://www.w3.org/2001/XMLSchema#integer\">1</ex:q>\n"
          "  <ex:q>a&lt;b&gt;&amp;\"</ex:q>\n"
          "  <ex:q xml:lang=\"en\">x</ex:q>\n"
          "  <rdf:type rdf:resource=\"http://e/T\"/>\n"
          "</rdf:Description>\n"
          "<rdf:Description rdf:about=\"http://e/t\">\n"
          "  <ns1:other xmlns:ns1=\"urn:\" rdf:resource=\"http://e/s\"/>\n"
          "</rdf:Description>\n"
          "</rdf:RDF>\n");
    check_round_trip(store);
}

TEST_CASE("RDF/XML marks what RDF 1.1 lacks where it stands", "[rdf_xml_writer]") {
    const Store store = store_of(
        "<http://e/s> <http://e/p> 'x'@ar--rtl , <<( <http://e/a> <http://e/b> 'y'@en--ltr )>> .");
    const std::string text = dumped(store, {.prefixes = {{"e", "http://e/"}}});
    INFO(text);
    CHECK_THAT(text, Catch::Contains("<e:p rdf:version=\"1.2\" xml:lang=\"ar\" "
                                     "xmlns:its=\"http://www.w3.org/2005/11/its\" "
                                     "its:version=\"2.0\" its:dir=\"rtl\">x</e:p>"));
    CHECK_THAT(text, Catch::Contains("<e:p rdf:version=\"1.2\" rdf:parseType=\"Triple\">"));
    check_round_trip(store);
    CHECK_THAT(dumped(store_of("<urn:a> <urn:b> 1 .")),
               !Catch::Contains("version=\"1.2\"") && !Catch::Contains("its:"));
}

TEST_CASE("RDF/XML gives back triple terms as deep as there are", "[rdf_xml_writer]") {
    const auto deep = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i) text += "<<( <http://e/s> <http://e/p> ";
        text += "1";
        for (int i = 0; i < depth; ++i) text += " )>>";
        return "<http://e/s> <http://e/p> " + text + " .";
    };
    for (const int depth : {1, 62, 63, Term::max_triple_depth})
        check_round_trip(store_of(deep(depth)));
}

TEST_CASE("the empty prefix is the default namespace of RDF/XML", "[rdf_xml_writer]") {
    const Store store = store_of(
        "PREFIX : <http://e/> PREFIX a: <http://a/> :s :p :o ; a:q 1 ; :r <<( :s :p \"x\"@en )>> "
        ".");
    const std::string text = dumped(store, {.prefixes = {{"", "http://e/"}, {"a", "http://a/"}}});
    CHECK_THAT(text, Catch::Contains(" xmlns=\"http://e/\""));
    CHECK_THAT(text, Catch::Contains("<p rdf:resource=\"http://e/o\"/>"));
    CHECK_THAT(text, !Catch::Contains("xmlns:ns"));
    check_reads_back(text, store);
}

TEST_CASE("an empty graph in RDF/XML is a document", "[rdf_xml_writer]") {
    check_round_trip(Store::in_memory());
}

TEST_CASE("what RDF/XML cannot hold is refused before anything is written", "[rdf_xml_writer]") {
    const std::string good = "<http://e/a> <http://e/b> 1 . ";
    CHECK_THAT(refusal(good + "<http://e/a> <http://e/12> 1 ."),
               Catch::Contains("<http://e/12>") && Catch::Contains("name of XML"));
    CHECK_THAT(refusal(good + "<http://e/a> <http://e/p#> 1 ."), Catch::Contains("name of XML"));
    CHECK_THAT(refusal(good + R"(<http://e/a> <http://e/b> "\u0001" .)"),
               Catch::Contains("U+0001"));
    CHECK_THAT(refusal(good + R"(<http://e/a> <http://e/b> "\uFFFE" .)"),
               Catch::Contains("U+FFFE"));
    CHECK_THAT(refusal(good + R"(<http://e/a> <http://e/b> "\u0000" .)"),
               Catch::Contains("U+0000"));
    const std::string rdf = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    for (const char* word : {"li", "Description", "about", "version", "annotation"})
        CHECK_THAT(refusal("<urn:a> " + rdf + word + "> 1 ."),
                   Catch::Contains("word of the syntax"));
    // Inside a triple term it is no better.
    CHECK_THAT(refusal(good + "<http://e/a> <http://e/b> <<( <urn:a> <urn:1> 1 )>> ."),
               Catch::Contains("name of XML"));
    CHECK(refusal(good) == "written");
    CHECK(refusal("<urn:a> " + rdf + "_1> 1 ; " + rdf + "type> <urn:b> .") == "written");
    CHECK(refusal(R"(<urn:a> <urn:b> "\u007F\u0085\u2028\uFFFD\uD7FF" .)") == "written");
}

TEST_CASE("a CONSTRUCT in RDF/XML ends before the statement it cannot hold", "[rdf_xml_writer]") {
    const Store store = store_of("<urn:a> <urn:b> 1 .");
    std::ostringstream out;
    const Query query = store.prepare("CONSTRUCT { ?s <urn:1> ?o } { ?s ?p ?o }");
    CHECK_THROWS_AS(query.write(DataFormat::rdf_xml, out), QueryError);
    CHECK(out.str().find("</rdf:RDF>") == std::string::npos);
}

TEST_CASE("any label of a blank node becomes a name of its own", "[rdf_xml_writer]") {
    std::ostringstream out;
    const auto writer = engine::StatementWriter::make(DataFormat::rdf_xml, out);
    const std::vector<std::string> labels{"b1", "1", "_1", "_", "x.y", "a b", "", "é", "_31", "-"};
    for (const std::string& label : labels)
        writer->write({TermView::blank_node(label), TermView::iri("urn:p"),
                       TermView::literal(label), TermView()});
    writer->finish();
    Store store = Store::in_memory();
    store.load_text(out.str(), DataFormat::rdf_xml);
    CHECK(store.size() == labels.size());
    Rows rows = store.query("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }");
    REQUIRE(rows.next());
    CHECK(rows.row().get<std::size_t>(0) == labels.size());
}

TEST_CASE("namespaces keep their prefix, however many there are", "[rdf_xml_writer]") {
    Store store = Store::in_memory();
    std::string text;
    for (int i = 0; i < 25'000; ++i)
        text += "<urn:s> <urn:n" + std::to_string(i % 12'500) + ":p> " + std::to_string(i) + " .\n";
    store.load_text(text, DataFormat::turtle);
    check_round_trip(store);
}

TEST_CASE("random statements come back from RDF/XML as they were", "[rdf_xml_writer]") {
    std::mt19937_64 random(20);
    const auto below = [&](std::size_t count) { return random() % count; };
    const std::array<std::string, 16> pieces{"a",  " ", "\n",    "\r", "\t", "<", "&",   "]]>",
                                             "\"", "'", "&amp;", "é",  "名", "𐀀", "-->", "\u00A0"};
    const auto text = [&] {
        std::string result;
        for (std::size_t i = below(8); i > 0; --i) result += pieces[below(pieces.size())];
        return result;
    };
    const auto iri = [&] {
        const std::array<const char*, 6> spaces{"http://e/", "http://e/#",        "urn:x:1",
                                                "urn:é:",    "http://e/?a=1&b='", "tag:%20/"};
        return Term::iri(std::string(spaces[below(spaces.size())]) + "abc"[below(3)]);
    };
    const std::function<Term(int)> object = [&](int depth) -> Term {
        switch (below(depth < 20 ? 7 : 6)) {
            case 0:
                return iri();
            case 1:
                return Term::language_literal(text(), below(2) == 0 ? "en" : "zh-Hant");
            case 2:
                return Term::language_literal(
                    text(), "ar-EG",
                    below(2) == 0 ? Direction::right_to_left : Direction::left_to_right);
            case 3:
                return Term::literal(text(), std::string(iri().text()));
            case 4:
                return Term::literal(text(),
                                     "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral");
            case 5:
                return Term::literal(text());
            default:
                return Term::triple(iri(), iri(), object(depth + 1));
        }
    };
    for (int round = 0; round < 50; ++round) {
        Store store = Store::in_memory();
        Transaction transaction = store.begin();
        for (int i = 0; i < 20; ++i) transaction.insert(iri(), iri(), object(0));
        transaction.commit();
        check_round_trip(store);
    }
}
