#pragma once

#include <compare>
#include <string>
#include <string_view>

// Language tags of literals. RDF 1.2 Concepts section 3.4: tags that differ by case only are the
// same tag, so terms compare and hash them with ASCII case ignored; the written form is kept, and
// canonical N-Triples writes them in lower case.

namespace dossier {

constexpr char ascii_lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// What the Turtle family's grammars accept: [a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})* (RDF 1.2 asks for
// BCP47 well-formedness; subtags have at most eight characters there).
bool is_language_tag(std::string_view tag) noexcept;

bool same_language(std::string_view a, std::string_view b) noexcept;
std::strong_ordering compare_languages(std::string_view a, std::string_view b) noexcept;

std::string normalised_language(std::string_view tag);  // ASCII lower case
void append_normalised_language(std::string& out, std::string_view tag);

// SPARQL's langMatches: basic filtering of RFC 4647, `*` matches any non-empty tag.
bool language_matches(std::string_view tag, std::string_view range) noexcept;

}  // namespace dossier
