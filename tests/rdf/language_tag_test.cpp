#include <catch2/catch.hpp>

#include "rdf/language_tag.h"

using namespace dossier;

TEST_CASE("language tags follow the grammar", "[language_tag]") {
    for (const char* tag :
         {"en", "en-GB", "zh-Hant-TW", "x-private", "de-1996", "a-b-c-12345678"}) {
        CAPTURE(tag);
        CHECK(is_language_tag(tag));
    }
    for (const char* tag : {"", "-", "en-", "-en", "en--ltr", "e_n", "1en", "en-\u00E9",
                            "abcdefghi", "en-123456789", "en GB"}) {
        CAPTURE(tag);
        CHECK_FALSE(is_language_tag(tag));
    }
    CHECK_FALSE(is_language_tag(std::string(1'000'000, 'a')));
}

TEST_CASE("tags that differ by case only are one tag", "[language_tag]") {
    CHECK(same_language("en-GB", "EN-gb"));
    CHECK_FALSE(same_language("en", "en-GB"));
    CHECK((compare_languages("EN", "en") == 0));
    CHECK((compare_languages("de", "EN") < 0));
    CHECK((compare_languages("en", "EN-gb") < 0));
    CHECK(normalised_language("zh-Hant-TW") == "zh-hant-tw");
}

TEST_CASE("langMatches filters as RFC 4647 says", "[language_tag]") {
    CHECK(language_matches("en-GB", "EN"));
    CHECK(language_matches("en", "en"));
    CHECK(language_matches("fr-BE", "*"));
    CHECK_FALSE(language_matches("", "*"));
    CHECK_FALSE(language_matches("eng", "en"));
    CHECK_FALSE(language_matches("en", "en-GB"));
    CHECK_FALSE(language_matches("en", ""));
}
