#include <dossier/text_width.h>

#include <unicode/uchar.h>

#include "rdf/unicode.h"

namespace dossier {

namespace {

constexpr char hexadecimal[] = "0123456789ABCDEF";

// What a terminal acts on, or what changes the order of the text around it.
bool is_harmful(char32_t c) noexcept {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
}

bool is_short_escape(char32_t c) noexcept {
    return c == '\n' || c == '\t' || c == '\r';
}

bool is_plain_ascii(char c) noexcept {
    return c >= 0x20 && c < 0x7F;
}

}  // namespace

int display_width(char32_t c) noexcept {
    if (c >= 0x20 && c < 0x7F) return 1;
    if (is_harmful(c)) return is_short_escape(c) ? 2 : 6;
    if (c < 0x300) return 1;                   // the soft hyphen included
    if (c >= 0x1160 && c <= 0x11FF) return 0;  // Hangul vowels and finals join the syllable
    const auto code = static_cast<UChar32>(c);
    switch (u_charType(code)) {
        case U_NON_SPACING_MARK:
        case U_ENCLOSING_MARK:
        case U_FORMAT_CHAR:
            return 0;
        default:
            break;
    }
    const int east_asian = u_getIntPropertyValue(code, UCHAR_EAST_ASIAN_WIDTH);
    return east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
}

namespace {

// The code point at offset and how wide it is shown; an invalid byte is shown as \xFF.
int next_width(std::string_view text, std::size_t& offset) noexcept {
    const std::size_t start = offset;
    const char32_t c = next_code_point(text, offset);
    const bool invalid = c == replacement_character && offset == start + 1;
    return invalid ? 4 : display_width(c);
}

}  // namespace

std::size_t display_width(std::string_view text) noexcept {
    std::size_t columns = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (is_plain_ascii(text[i])) {
            ++columns;
            ++i;
        } else {
            columns += static_cast<std::size_t>(next_width(text, i));
        }
    }
    return columns;
}

std::string_view prefix_of_width(std::string_view text, std::size_t columns) noexcept {
    std::size_t used = 0;
    std::size_t i = 0;
    while (i < text.size()) {
        std::size_t next = i;
        used += static_cast<std::size_t>(next_width(text, next));
        if (used > columns) break;
        i = next;
    }
    return text.substr(0, i);
}

void append_visible(std::string& out, std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        std::size_t plain = i;
        while (plain < text.size() && is_plain_ascii(text[plain])) ++plain;
        out.append(text, i, plain - i);
        i = plain;
        if (i == text.size()) break;
        const std::size_t start = i;
        const char32_t c = next_code_point(text, i);
        if (c == replacement_character && i == start + 1) {
            const auto byte = static_cast<unsigned char>(text[start]);
            out += "\\x";
            out += hexadecimal[byte >> 4U];
            out += hexadecimal[byte & 0xFU];
        } else if (is_short_escape(c)) {
            out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r";
        } else if (is_harmful(c)) {
            out += "\\u";
            for (unsigned shift = 16; shift > 0; shift -= 4) {
                out += hexadecimal[(c >> (shift - 4)) & 0xFU];
            }
        } else {
            out.append(text, start, i - start);
        }
    }
}

}  // namespace dossier
