#include <catch2/catch.hpp>

#include <random>

#include <dossier/prefixes.h>
#include <dossier/term_writer.h>
#include <dossier/text_width.h>

#include "rdf/iri.h"
#include "rdf/source_text.h"
#include "rdf/unicode.h"
#include "rdf/value_order.h"

using namespace dossier;

// Random text of the characters that mean something, and random bytes: nothing may crash, and what
// is written must read back.

namespace {

std::string random_text(std::mt19937_64& random, std::string_view alphabet, std::size_t longest) {
    std::string text;
    for (std::size_t n = random() % (longest + 1); n > 0; --n) {
        text +=
            alphabet.empty() ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];
    }
    return text;
}

}  // namespace

TEST_CASE("values of random lexical forms read back from their canonical form", "[nasty_text]") {
    std::mt19937_64 random(101);
    constexpr std::string_view alphabets[] = {"0123456789.-+eE", "0123456789-:T.Z+",
                                              "PYMDTHS0123456789.-", "-0129:TZ", ""};
    int valued = 0;
    for (int i = 0; i < 60'000; ++i) {
        const std::string text = random_text(random, alphabets[random() % 5], 14);
        const auto datatype = static_cast<Datatype>(
            random() % (static_cast<unsigned>(Datatype::day_time_duration) + 1));
        const Value value = parse_value(text, datatype);
        if (!value.has_value()) continue;
        ++valued;
        const Term term = to_term(value);
        const Value again = parse_value(term.view());
        CAPTURE(text, term.to_string());
        CHECK(again.has_value());
        CHECK((order_by_compare(term.view(), again, term.view(), value) == 0));
        CHECK(to_term(again) == term);
    }
    CHECK(valued > 1'000);
}

TEST_CASE("IRIs of random text are resolved within bounds", "[nasty_text]") {
    std::mt19937_64 random(102);
    constexpr std::string_view alphabets[] = {"a/.:?#", "/.", "a:/@[]%0", ""};
    for (int i = 0; i < 60'000; ++i) {
        const std::string base_text = random_text(random, alphabets[random() % 4], 12);
        const std::string reference = random_text(random, alphabets[random() % 4], 12);
        const BaseIri base(base_text);
        const auto resolved = base.resolve(reference);
        CAPTURE(base_text, reference, resolved.value_or("(none)"));
        CHECK(resolved.has_value() == (is_absolute_iri(base_text) || is_absolute_iri(reference)));
        const auto error = find_iri_error(reference, true);
        if (error) CHECK(*error <= reference.size());
        if (!resolved) continue;
        CHECK(is_absolute_iri(*resolved));
        if (is_valid_iri(base_text) && is_valid_iri_reference(reference)) {
            CHECK(is_valid_iri(*resolved));
        }
    }
}

TEST_CASE("random bytes are written, measured and marked without harm", "[nasty_text]") {
    std::mt19937_64 random(103);
    constexpr std::string_view alphabets[] = {"\xEF\xBF\xBE\xBF\x80", "a\n\r\t\x1B", "\xE6\x97\xA5",
                                              ""};
    for (int i = 0; i < 40'000; ++i) {
        const std::string text = random_text(random, alphabets[random() % 4], 30);
        std::string out;
        append_turtle(out, TermView::literal(text), &PrefixMap::well_known());
        append_turtle(out, TermView::iri(text), &PrefixMap::well_known());
        out.clear();
        append_visible(out, text);
        CAPTURE(text);
        CHECK(is_valid_utf8(out));
        CHECK(display_width(out) == display_width(text));
        CHECK(count_code_points(text) <= text.size());
        const auto details = describe_error(text, random() % 32, random() % 8, "m");
        CHECK(is_valid_utf8(details.line_text));
        CHECK(details.line_text.find('\x1B') == std::string::npos);
        CHECK(details.caret_column <= display_width(details.line_text) + 1);
        const bool valid = is_valid_utf8(text);
        std::size_t offset = 0;
        bool replaced = false;
        while (offset < text.size()) {
            const std::size_t before = offset;
            const char32_t c = next_code_point(text, offset);
            replaced = replaced || (c == replacement_character && offset == before + 1);
            REQUIRE(offset > before);
        }
        CHECK(valid == !replaced);
        // Cut anywhere, valid text ends in a sequence that is told to be incomplete.
        if (valid && !text.empty()) {
            const std::size_t cut = random() % text.size();
            const std::string_view head = std::string_view(text).substr(0, cut);
            const std::size_t suffix = incomplete_utf8_suffix(head);
            CHECK(is_valid_utf8(head.substr(0, head.size() - suffix)));
        }
    }
}
