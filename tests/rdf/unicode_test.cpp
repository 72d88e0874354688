#include <catch2/catch.hpp>

#include <dossier/text_width.h>

#include "rdf/unicode.h"

using namespace dossier;

namespace {

std::string visible(std::string_view text) {
    std::string out;
    append_visible(out, text);
    return out;
}

}  // namespace

TEST_CASE("malformed UTF-8 is found at its first byte", "[unicode]") {
    const std::pair<std::string_view, std::size_t> cases[] = {
        {"\x80", 0},              // lone continuation
        {"abcdefgh\xBF", 8},      // behind a word of ASCII
        {"a\xC0\x80", 1},         // overlong
        {"a\xC1\xBF", 1},         //
        {"\xE0\x9F\xBF", 0},      //
        {"\xF0\x8F\xBF\xBF", 0},  //
        {"\xED\xA0\x80", 0},      // surrogates
        {"\xED\xBF\xBF", 0},      //
        {"\xF4\x90\x80\x80", 0},  // above U+10FFFF
        {"\xF5\x80\x80\x80", 0},  //
        {"\xFF", 0},              //
        {"ab\xC3", 2},            // ends within a sequence
        {"ab\xE2\x82", 2},        //
        {"ab\xF0\x9F\x98", 2},    //
        {"\xE2\x82x", 0},         // broken off
        {"\xC3\xC3\xA9", 0},
        {"12345678\u00E9\u00E912345678\xFE", 20}};
    for (const auto& [text, offset] : cases) {
        CAPTURE(text);
        CHECK(find_invalid_utf8(text) == offset);
    }
    for (const std::string_view text :
         {std::string_view(""), std::string_view("a\0b", 3),
          std::string_view("\u007F\u0080\u07FF\u0800"),
          std::string_view("\uD7FF\uE000\uFFFE\uFFFF\U00010000\U0010FFFF")}) {
        CHECK(is_valid_utf8(text));
    }
}

TEST_CASE("a sequence cut by the end of a chunk is told from a malformed one", "[unicode]") {
    CHECK(incomplete_utf8_suffix("") == 0);
    CHECK(incomplete_utf8_suffix("abc") == 0);
    CHECK(incomplete_utf8_suffix("ab\xC3") == 1);
    CHECK(incomplete_utf8_suffix("\u00E9") == 0);
    CHECK(incomplete_utf8_suffix("a\xE2\x82") == 2);
    CHECK(incomplete_utf8_suffix("a\xF0\x9F\x98") == 3);
    CHECK(incomplete_utf8_suffix("\U0001F600") == 0);
    CHECK(incomplete_utf8_suffix("a\xE0\x80") == 0);  // overlong: an error, not a beginning
    CHECK(incomplete_utf8_suffix("\xED\xA0") == 0);   // a surrogate
    CHECK(incomplete_utf8_suffix("\x80\x80\x80\x80") == 0);
    CHECK(incomplete_utf8_suffix("\xFF") == 0);
}

TEST_CASE("every code point is written and read back", "[unicode]") {
    std::string text;
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        if (c >= 0xD800 && c <= 0xDFFF) continue;
        append_utf8(text, c);
    }
    CHECK(is_valid_utf8(text));
    CHECK(count_code_points(text) == 0x110000 - 0x800);
    std::size_t offset = 0;
    bool same = true;
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        if (c >= 0xD800 && c <= 0xDFFF) continue;
        same = same && next_code_point(text, offset) == c;
    }
    CHECK(same);
    CHECK(offset == text.size());
    offset = 0;
    CHECK(next_code_point("\xE2\x82", offset) == replacement_character);
    CHECK(offset == 1);
}

TEST_CASE("substrings count code points", "[unicode]") {
    const std::string_view text = "a\u00E9\u65E5\U0001F600b";
    CHECK(substring(text, 0, 2) == "a\u00E9");
    CHECK(substring(text, 2, 2) == "\u65E5\U0001F600");
    CHECK(substring(text, 4, 100) == "b");
    CHECK(substring(text, 5, 1).empty());
    CHECK(substring(text, 1'000'000'000'000'000'000U, 1).empty());
    CHECK(offset_of_code_point(text, 3) == 6);
    CHECK(count_code_points(text) == 5);
}

TEST_CASE("case mapping is Unicode's, without any locale", "[unicode]") {
    CHECK(to_upper("stra\u00DFe") == "STRASSE");
    CHECK(to_upper("\uFB01n") == "FIN");
    CHECK(to_lower("\u0130") == "i\u0307");
    CHECK(to_lower("I") == "i");
    CHECK(to_upper("i") == "I");
    CHECK(to_lower("\u039F\u0394\u039F\u03A3") == "\u03BF\u03B4\u03BF\u03C2");
    CHECK(to_upper(std::string_view("a\0b", 3)) == std::string_view("A\0B", 3));
    CHECK(to_nfc("e\u0301") == "\u00E9");
    CHECK(to_nfc("abc") == "abc");
}

TEST_CASE("columns are those of a terminal", "[unicode]") {
    CHECK(display_width(std::string_view("abc")) == 3);
    CHECK(display_width(std::string_view("\u65E5\u672C")) == 4);
    CHECK(display_width(std::string_view("e\u0301")) == 1);
    CHECK(display_width(std::string_view("\U0001F600")) == 2);
    CHECK(display_width(std::string_view("\u200B\u200D")) == 0);
    CHECK(display_width(std::string_view("\u1112\u1161\u11AB")) == 2);
    CHECK(display_width(std::string_view("\t\x1B")) == 8);
    CHECK(display_width(std::string_view("\xFF")) == 4);
    CHECK(prefix_of_width("\u65E5\u672C\u8A9E", 5) == "\u65E5\u672C");
    CHECK(prefix_of_width("e\u0301x", 1) == "e\u0301");
    CHECK(prefix_of_width("abc", 0).empty());
}

TEST_CASE("what a terminal would act on is shown instead", "[unicode]") {
    CHECK(visible("plain \u00E9") == "plain \u00E9");
    CHECK(visible("\x1B[2J") == "\\u001B[2J");
    CHECK(visible("a\tb\nc\r") == "a\\tb\\nc\\r");
    CHECK(visible("\u202Eevil\u2066") == "\\u202Eevil\\u2066");
    CHECK(visible("\u0085\u009B\x7F") == "\\u0085\\u009B\\u007F");
    CHECK(visible("\xFFx\xC3") == "\\xFFx\\xC3");
    CHECK(visible("\uFFFD") == "\uFFFD");
    CHECK(visible(std::string_view("\0", 1)) == "\\u0000");
    const std::string_view nasty = "\x1B[0m\u202E\t\xFE\u65E5";
    CHECK(display_width(visible(nasty)) == display_width(nasty));
}
