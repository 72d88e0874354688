#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// UTF-8 text. Independent of any locale.

namespace dossier {

// The offset of the first byte that does not continue valid UTF-8 (Unicode 15 table 3-7: no
// overlong forms, no surrogates, nothing above U+10FFFF), nothing when all is valid.
std::optional<std::size_t> find_invalid_utf8(std::string_view text) noexcept;
inline bool is_valid_utf8(std::string_view text) noexcept {
    return !find_invalid_utf8(text);
}
// For text in chunks: how many bytes at the end are the valid beginning of a sequence that the next
// chunk must complete (0-3).
std::size_t incomplete_utf8_suffix(std::string_view text) noexcept;

inline constexpr char32_t replacement_character = 0xFFFD;

// The code point at `offset`, which moves past it. An invalid byte gives U+FFFD and moves by one.
char32_t next_code_point(std::string_view text, std::size_t& offset) noexcept;
void append_utf8(std::string& out, char32_t code_point);

// Of valid UTF-8.
std::size_t count_code_points(std::string_view text) noexcept;
// The byte offset of the nth code point, the text's size when there are no more.
std::size_t offset_of_code_point(std::string_view text, std::size_t n) noexcept;
// By code points from 0: SPARQL's SUBSTR without its rounding.
std::string_view substring(std::string_view text, std::size_t first, std::size_t length) noexcept;

// Full Unicode case mapping in the root locale ("ß" becomes "SS").
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
// Normalisation form C.
std::string to_nfc(std::string_view text);

}  // namespace dossier
