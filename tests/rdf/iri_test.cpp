#include <catch2/catch.hpp>

#include <chrono>

#include "rdf/iri.h"

using namespace dossier;

namespace {

std::string resolved(const std::string& base, const std::string& reference) {
    const BaseIri iri(base);
    return iri.resolve(reference).value_or("(none)");
}

std::string without_dots(const std::string& path) {
    std::string out;
    append_without_dot_segments(out, path);
    return out;
}

}  // namespace

TEST_CASE("references resolve as RFC 3986 section 5.4 shows", "[iri]") {
    const std::pair<const char*, const char*> examples[] = {// 5.4.1, normal
                                                            {"g:h", "g:h"},
                                                            {"g", "http://a/b/c/g"},
                                                            {"./g", "http://a/b/c/g"},
                                                            {"g/", "http://a/b/c/g/"},
                                                            {"/g", "http://a/g"},
                                                            {"//g", "http://g"},
                                                            {"?y", "http://a/b/c/d;p?y"},
                                                            {"g?y", "http://a/b/c/g?y"},
                                                            {"#s", "http://a/b/c/d;p?q#s"},
                                                            {"g#s", "http://a/b/c/g#s"},
                                                            {"g?y#s", "http://a/b/c/g?y#s"},
                                                            {";x", "http://a/b/c/;x"},
                                                            {"g;x", "http://a/b/c/g;x"},
                                                            {"g;x?y#s", "http://a/b/c/g;x?y#s"},
                                                            {"", "http://a/b/c/d;p?q"},
                                                            {".", "http://a/b/c/"},
                                                            {"./", "http://a/b/c/"},
                                                            {"..", "http://a/b/"},
                                                            {"../", "http://a/b/"},
                                                            {"../g", "http://a/b/g"},
                                                            {"../..", "http://a/"},
                                                            {"../../", "http://a/"},
                                                            {"../../g", "http://a/g"},
                                                            // 5.4.2, abnormal
                                                            {"../../../g", "http://a/g"},
                                                            {"../../../../g", "http://a/g"},
                                                            {"/./g", "http://a/g"},
                                                            {"/../g", "http://a/g"},
                                                            {"g.", "http://a/b/c/g."},
                                                            {".g", "http://a/b/c/.g"},
                                                            {"g..", "http://a/b/c/g.."},
                                                            {"..g", "http://a/b/c/..g"},
                                                            {"./../g", "http://a/b/g"},
                                                            {"./g/.", "http://a/b/c/g/"},
                                                            {"g/./h", "http://a/b/c/g/h"},
                                                            {"g/../h", "http://a/b/c/h"},
                                                            {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
                                                            {"g;x=1/../y", "http://a/b/c/y"},
                                                            {"g?y/./x", "http://a/b/c/g?y/./x"},
                                                            {"g?y/../x", "http://a/b/c/g?y/../x"},
                                                            {"g#s/./x", "http://a/b/c/g#s/./x"},
                                                            {"g#s/../x", "http://a/b/c/g#s/../x"},
                                                            {"http:g", "http:g"}};
    for (const auto& [reference, expected] : examples) {
        CAPTURE(reference);
        CHECK(resolved("http://a/b/c/d;p?q", reference) == expected);
    }
}

TEST_CASE("references resolve against bases of every shape", "[iri]") {
    CHECK(resolved("http://a", "b") == "http://a/b");
    CHECK(resolved("http://a?q", "b") == "http://a/b");
    CHECK(resolved("http://a#f", "") == "http://a");
    CHECK(resolved("http://a/b#f", "#g") == "http://a/b#g");
    CHECK(resolved("http://a/b?q#f", "") == "http://a/b?q");
    CHECK(resolved("http://a/b?q#f", "?") == "http://a/b?");
    CHECK(resolved("http://a/b?x/y", "c") == "http://a/c");
    CHECK(resolved("http://a/b#x/y", "c") == "http://a/c");
    CHECK(resolved("http://a/bb/../cc/", "d") == "http://a/cc/d");
    CHECK(resolved("http://a/bb/ccc/..", "d") == "http://a/bb/ccc/d");
    CHECK(resolved("http://a/bb/ccc/./d", "../e") == "http://a/bb/e");
    CHECK(resolved("http://a//b//c", "../d") == "http://a//b/d");
    CHECK(resolved("urn:ex:s", "p") == "urn:p");
    CHECK(resolved("urn:ex:s", "#p") == "urn:ex:s#p");
    CHECK(resolved("urn:ex:s", "") == "urn:ex:s");
    CHECK(resolved("file:///tmp/data.ttl", "other.ttl") == "file:///tmp/other.ttl");
    CHECK(resolved("file:/tmp/data.ttl", "../x") == "file:/x");
    CHECK(resolved("tag:a/b/c", "../d") == "tag:a/d");
    CHECK(resolved("tag:a/b/c", "../../d") == "tag:/d");
    CHECK(resolved("http://\u00E9.example/\u00E9/", "\u00FC") ==
          "http://\u00E9.example/\u00E9/\u00FC");
    // A path of two slashes must not turn into an authority.
    CHECK(resolved("a:/b", "/.//c") == "a:/.//c");
    CHECK(resolved("a:/b/", "..//c") == "a:/.//c");
}

TEST_CASE("an absolute reference stays as it is written", "[iri]") {
    CHECK(resolved("http://a/", "http://b/c/../d") == "http://b/c/../d");
    CHECK(BaseIri().resolve("urn:x") == "urn:x");
    CHECK_FALSE(BaseIri().resolve("x"));
    CHECK_FALSE(BaseIri("no/scheme").resolve("x"));
    CHECK(BaseIri("no/scheme").is_empty());
}

TEST_CASE("dot segments go as RFC 3986 section 5.2.4 says", "[iri]") {
    CHECK(without_dots("/a/b/c/./../../g") == "/a/g");
    CHECK(without_dots("mid/content=5/../6") == "mid/6");
    CHECK(without_dots("../../a") == "a");
    CHECK(without_dots(".") == "");
    CHECK(without_dots("..") == "");
    CHECK(without_dots("/..") == "/");
    CHECK(without_dots("/.") == "/");
    CHECK(without_dots("/") == "/");
    CHECK(without_dots("") == "");
    CHECK(without_dots("a/..") == "/");
    CHECK(without_dots("..//x") == "/x");
}

TEST_CASE("a hundred thousand steps up take no time", "[iri]") {
    std::string up;
    std::string down;
    for (int i = 0; i < 100'000; ++i) {
        up += "../";
        down += "d/";
    }
    const auto start = std::chrono::steady_clock::now();
    CHECK(resolved("http://a/b/", up + "c") == "http://a/c");
    CHECK(resolved("http://a/" + down, up + "c") == "http://a/c");
    const BaseIri long_base("http://a/" + up);
    for (int i = 0; i < 10'000; ++i) CHECK(long_base.resolve("c") == "http://a/c");
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

TEST_CASE("IRIs are checked as RFC 3987 has them", "[iri]") {
    for (const char* iri :
         {"http://example.org/", "urn:isbn:0451450523", "mailto:a@b.example", "a:", "http://",
          "scheme:!$%25&'()*+,-./0123456789:/"
          "@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~?#",
          "http://[2001:db8::1]:8080/x", "http://[::]/", "http://[::ffff:192.0.2.1]/",
          "http://[1:2:3:4:5:6:7:8]", "http://[v1.fe80]", "http://user:pw@host:80/p?q#f",
          "http://\u00E9xample/\u65E5\u672C?\uE000#\U0001F600", "http://a?x?y/z#a?b/c",
          "file:///C:/x", "tag:x,2020:y"}) {
        CAPTURE(iri);
        CHECK(is_valid_iri(iri));
        CHECK(is_valid_iri_reference(iri));
        CHECK(is_absolute_iri(iri));
    }
}

TEST_CASE("the first bad byte of an IRI is found", "[iri]") {
    const std::pair<const char*, std::size_t> cases[] = {{"http://a/b c", 10},
                                                         {"http://a/<", 9},
                                                         {"http://a/%zz", 9},
                                                         {"http://a/%4", 9},
                                                         {"http://a/{x}", 9},
                                                         {"http://a/\\", 9},
                                                         {"http://a/^", 9},
                                                         {"http://a/`", 9},
                                                         {"http://a/|", 9},
                                                         {"http://a/\"", 9},
                                                         {"http://a/\x01", 9},
                                                         {"http://a/#a#b", 11},
                                                         {"http://a b/", 8},
                                                         {"http://a:8x/", 10},
                                                         {"http://[::1/", 7},
                                                         {"http://[::1]x/", 12},
                                                         {"http://[1:2]/", 7},
                                                         {"http://[1::2::3]/", 7},
                                                         {"http://[::1.2.3.400]", 7},
                                                         {"http://a/\uFFFE", 9},
                                                         {"http://a/\uE000", 9},
                                                         {"http://a/\xFF", 9},
                                                         {"http://a/\xC3", 9},
                                                         {"http://a/[x]", 9},
                                                         {"http://a/\uFDD0", 9},
                                                         {"http://a/\U000FFFFE", 9},
                                                         {"http://a@b@c/", 10},
                                                         {"relative", 0},
                                                         {"", 0},
                                                         {"1a:b", 0}};
    for (const auto& [iri, offset] : cases) {
        CAPTURE(iri);
        CHECK(find_iri_error(iri, false) == offset);
        CHECK_FALSE(is_valid_iri(iri));
    }
}

TEST_CASE("relative references may stand where they are allowed", "[iri]") {
    for (const char* reference :
         {"", "a", "a/b", "./a:b", "/a", "//h/p", "?q", "#f", "a?b:c", "../x", "a#b:c"}) {
        CAPTURE(reference);
        CHECK(is_valid_iri_reference(reference));
        CHECK_FALSE(is_absolute_iri(reference));
    }
    CHECK(find_iri_error("1a:b", true) == 2);
    CHECK(find_iri_error(":a", true) == 0);
    CHECK(find_iri_error("a b", true) == 1);
}
