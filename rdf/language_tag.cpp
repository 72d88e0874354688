#include "rdf/language_tag.h"

#include <algorithm>

namespace dossier {

namespace {

constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr std::size_t max_subtag = 8;

}  // namespace

bool is_language_tag(std::string_view tag) noexcept {
    std::size_t length = 0;
    bool first = true;
    for (const char c : tag) {
        if (c == '-') {
            if (length == 0) return false;
            length = 0;
            first = false;
        } else if (is_letter(c) || (!first && is_digit(c))) {
            if (++length > max_subtag) return false;
        } else {
            return false;
        }
    }
    return length > 0;
}

bool same_language(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() &&
           (a.data() == b.data() || std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
                return ascii_lower(x) == ascii_lower(y);
            }));
}

std::strong_ordering compare_languages(std::string_view a, std::string_view b) noexcept {
    const std::size_t common = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < common; ++i) {
        const auto x = static_cast<unsigned char>(ascii_lower(a[i]));
        const auto y = static_cast<unsigned char>(ascii_lower(b[i]));
        if (x != y) return x <=> y;
    }
    return a.size() <=> b.size();
}

void append_normalised_language(std::string& out, std::string_view tag) {
    for (const char c : tag) out.push_back(ascii_lower(c));
}

std::string normalised_language(std::string_view tag) {
    std::string out;
    append_normalised_language(out, tag);
    return out;
}

bool language_matches(std::string_view tag, std::string_view range) noexcept {
    if (range == "*") return !tag.empty();
    if (range.empty() || tag.size() < range.size()) return false;
    if (!same_language(tag.substr(0, range.size()), range)) return false;
    return tag.size() == range.size() || tag[range.size()] == '-';
}

}  // namespace dossier
