#include <catch2/catch.hpp>

#include <chrono>

#include <dossier/prefixes.h>

using namespace dossier;

namespace {

std::string shortened(const PrefixMap& map, std::string_view iri) {
    std::string out;
    return map.append_shortened(out, iri) ? out : "<" + std::string(iri) + ">";
}

std::string local(std::string_view text) {
    std::string out;
    return append_local_name(out, text) ? out : "(none)";
}

}  // namespace

TEST_CASE("an IRI is shortened by the longest bound IRI", "[prefixes]") {
    PrefixMap map;
    map.set("ex", "http://example.org/");
    map.set("people", "http://example.org/people/");
    map.set("p1", "http://example.org/people/1");
    map.set("", "http://example.net/#");
    CHECK(shortened(map, "http://example.org/x") == "ex:x");
    CHECK(shortened(map, "http://example.org/people/ann") == "people:ann");
    CHECK(shortened(map, "http://example.org/people/12") == "p1:2");
    CHECK(shortened(map, "http://example.org/people/1") == "p1:");
    CHECK(shortened(map, "http://example.org/") == "ex:");
    CHECK(shortened(map, "http://example.net/#a") == ":a");
    CHECK(shortened(map, "http://example.net/") == "<http://example.net/>");
    CHECK(shortened(map, "http://example.org/a/b") == "<http://example.org/a/b>");
    CHECK(shortened(map, "http://example.com/") == "<http://example.com/>");
    CHECK(shortened(map, "") == "<>");
    CHECK(shortened(map, "http://example.org/people\x7F") == "<http://example.org/people\x7F>");
    CHECK(shortened(PrefixMap(), "http://example.org/") == "<http://example.org/>");
}

TEST_CASE("the nearest key below need not be a prefix", "[prefixes]") {
    PrefixMap map;
    map.set("a", "http://x/");
    map.set("b", "http://x/m");
    map.set("c", "http://x/ma");
    map.set("d", "http://x/mz/");
    CHECK(shortened(map, "http://x/mzz") == "b:zz");
    CHECK(shortened(map, "http://x/n") == "a:n");
    CHECK(shortened(map, "http://x/mb") == "b:b");
    CHECK(shortened(map, "http://x/a") == "a:a");
}

TEST_CASE("among names for one IRI the shortest is taken, and unbinding is complete",
          "[prefixes]") {
    PrefixMap map;
    map.set("zebra", "http://x/");
    map.set("b", "http://x/");
    map.set("a", "http://x/");
    CHECK(shortened(map, "http://x/1") == "a:1");
    map.set("a", "http://y/");
    CHECK(shortened(map, "http://x/1") == "b:1");
    CHECK(map.remove("b"));
    CHECK_FALSE(map.remove("b"));
    CHECK(shortened(map, "http://x/1") == "zebra:1");
    CHECK(map.find("a") == "http://y/");
    CHECK_FALSE(map.find("b"));
    CHECK(map.size() == 2);
    map.clear();
    CHECK(map.empty());
    CHECK(shortened(map, "http://x/1") == "<http://x/1>");
}

TEST_CASE("local names are escaped as Turtle's grammar wants", "[prefixes]") {
    CHECK(local("a.b") == "a.b");
    CHECK(local("a.") == "a\\.");
    CHECK(local(".a") == "\\.a");
    CHECK(local(".") == "\\.");
    CHECK(local("-a-b") == "\\-a-b");
    CHECK(local("a:b") == "a:b");
    CHECK(local("1a") == "1a");
    CHECK(local("a/b(c)") == "a\\/b\\(c\\)");
    CHECK(local("100%") == "100\\%");
    CHECK(local("a%20b") == "a%20b");
    CHECK(local("a%2") == "a\\%2");
    CHECK(local("_x") == "_x");
    CHECK(local("\u00E9\u65E5\U0001F600") == "\u00E9\u65E5\U0001F600");
    CHECK(local("\u00B7") == "(none)");
    CHECK(local("a\u00B7") == "a\u00B7");
    CHECK(local("") == "");
    for (const char* text :
         {"a b", "a<b", "a\"b", "a\nb", "a|b", "a\\b", "\u00D7", "a\xFF", "a^b"}) {
        CAPTURE(text);
        CHECK(local(text) == "(none)");
    }
}

TEST_CASE("prefixed names expand, escapes undone", "[prefixes]") {
    PrefixMap map;
    map.set("ex", "http://example.org/");
    CHECK(map.expand("ex:a\\/b") == "http://example.org/a/b");
    CHECK(map.expand("ex:a:b%20") == "http://example.org/a:b%20");
    CHECK_FALSE(map.expand("no:a"));
    CHECK_FALSE(map.expand("ex"));
}

TEST_CASE("prefix names follow PN_PREFIX", "[prefixes]") {
    for (const char* name : {"", "a", "a.b", "a-1", "\u00E9", "A_b"}) CHECK(is_prefix_name(name));
    for (const char* name : {"1a", "_a", "a.", "-", ".a", "a b", "a:b", "a\xFF"}) {
        CAPTURE(name);
        CHECK_FALSE(is_prefix_name(name));
    }
}

TEST_CASE("the well-known list has what its users expect", "[prefixes]") {
    const PrefixMap& map = PrefixMap::well_known();
    CHECK(shortened(map, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type") == "rdf:type");
    CHECK(shortened(map, "http://www.wikidata.org/prop/direct/P31") == "wdt:P31");
    CHECK(shortened(map, "http://www.wikidata.org/prop/P31") == "p:P31");
    CHECK(shortened(map, "https://w3id.org/dossier#start") == "dos:start");
    CHECK(map.size() == 37);
    for (const auto& [name, iri] : map.entries()) {
        CAPTURE(name);
        CHECK(is_prefix_name(name));
        CHECK(shortened(map, iri + "x") == name + ":x");
    }
}

TEST_CASE("a hundred thousand prefixes, bound and rebound, take no quadratic time", "[prefixes]") {
    const auto start = std::chrono::steady_clock::now();
    PrefixMap map;
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 100'000; ++i) {
            map.set("p" + std::to_string(i), "http://x/" + std::to_string(i + round) + "/");
        }
    }
    CHECK(shortened(map, "http://x/77/a") == "p76:a");
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}
