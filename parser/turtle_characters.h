#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// The character classes of the Turtle family's terminals.

namespace dossier::turtle {

using ByteClass = std::array<bool, 256>;

template <typename Predicate>
constexpr ByteClass make_byte_class(Predicate predicate) {
    ByteClass result{};
    for (unsigned byte = 0; byte < 256; ++byte) result[byte] = predicate(byte);
    return result;
}

constexpr bool is_ascii_letter(unsigned c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
constexpr bool is_digit(unsigned c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_hex(unsigned c) {
    return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

// ASCII only, each: bytes from 0x80 begin a UTF-8 sequence, which is checked where it stands.
inline constexpr ByteClass space_class =
    make_byte_class([](unsigned c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
inline constexpr ByteClass iri_class = make_byte_class([](unsigned c) {
    return c > 0x20 && c < 0x80 && c != '<' && c != '>' && c != '"' && c != '{' && c != '}' &&
           c != '|' && c != '^' && c != '`' && c != '\\';
});
inline constexpr ByteClass comment_class =
    make_byte_class([](unsigned c) { return c < 0x80 && c != '\n' && c != '\r'; });
inline constexpr ByteClass quoted_class = make_byte_class(
    [](unsigned c) { return c < 0x80 && c != '"' && c != '\\' && c != '\n' && c != '\r'; });
inline constexpr ByteClass single_quoted_class = make_byte_class(
    [](unsigned c) { return c < 0x80 && c != '\'' && c != '\\' && c != '\n' && c != '\r'; });
inline constexpr ByteClass long_quoted_class =
    make_byte_class([](unsigned c) { return c < 0x80 && c != '"' && c != '\\'; });
inline constexpr ByteClass long_single_quoted_class =
    make_byte_class([](unsigned c) { return c < 0x80 && c != '\'' && c != '\\'; });
// The ASCII part of PN_CHARS.
inline constexpr ByteClass name_class = make_byte_class(
    [](unsigned c) { return is_ascii_letter(c) || is_digit(c) || c == '_' || c == '-'; });
inline constexpr ByteClass digit_class = make_byte_class([](unsigned c) { return is_digit(c); });
// What PN_LOCAL_ESC allows behind the backslash.
inline constexpr ByteClass local_escape_class = make_byte_class([](unsigned c) {
    return c != 0 && std::string_view("_~.-!$&'()*+,;=/?#@%").find(static_cast<char>(c)) !=
                         std::string_view::npos;
});

// [163s] PN_CHARS_BASE without its ASCII part.
constexpr bool is_name_start_beyond_ascii(char32_t c) {
    return (c >= 0xC0 && c <= 0xD6) || (c >= 0xD8 && c <= 0xF6) || (c >= 0xF8 && c <= 0x2FF) ||
           (c >= 0x370 && c <= 0x37D) || (c >= 0x37F && c <= 0x1FFF) ||
           (c >= 0x200C && c <= 0x200D) || (c >= 0x2070 && c <= 0x218F) ||
           (c >= 0x2C00 && c <= 0x2FEF) || (c >= 0x3001 && c <= 0xD7FF) ||
           (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFFD) ||
           (c >= 0x10000 && c <= 0xEFFFF);
}
// [166s] PN_CHARS without its ASCII part.
constexpr bool is_name_beyond_ascii(char32_t c) {
    return c == 0xB7 || is_name_start_beyond_ascii(c) || (c >= 0x300 && c <= 0x36F) ||
           (c >= 0x203F && c <= 0x2040);
}

struct CodePoint {
    char32_t value = 0;
    unsigned length = 0;  // 0: not UTF-8
};

// The code point that begins at `text` with a byte from 0x80; at most `available` bytes are looked
// at. Unicode 15 table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
inline CodePoint decode_beyond_ascii(const char* text, std::size_t available) {
    const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const std::uint8_t lead = byte(0);
    if (lead >= 0xC2 && lead <= 0xDF) {
        if (available < 2 || !continues(1)) return {};
        return {static_cast<char32_t>((lead & 0x1Fu) << 6 | (byte(1) & 0x3Fu)), 2};
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (available < 3 || !continues(1) || !continues(2)) return {};
        const auto value = static_cast<char32_t>((lead & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 |
                                                 (byte(2) & 0x3Fu));
        if (value < 0x800 || (value >= 0xD800 && value <= 0xDFFF)) return {};
        return {value, 3};
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (available < 4 || !continues(1) || !continues(2) || !continues(3)) return {};
        const auto value = static_cast<char32_t>((lead & 0x07u) << 18 | (byte(1) & 0x3Fu) << 12 |
                                                 (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu));
        if (value < 0x10000 || value > 0x10FFFF) return {};
        return {value, 4};
    }
    return {};
}

}  // namespace dossier::turtle
