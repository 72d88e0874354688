#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <dossier/error.h>

// From a byte offset in a text to what a SyntaxError shows of it.

namespace dossier {

// Where a buffer stands in a larger text: the position of its first byte.
struct TextOrigin {
    std::string_view source = "query";  // the file's name
    std::uint64_t line = 1;
    std::uint64_t column = 1;
    std::uint64_t offset = 0;
};

// The position of the byte at `offset` (at most the size). Lines end at LF, CR LF or CR. Linear in
// the offset.
Position position_at(std::string_view text, std::size_t offset, const TextOrigin& origin = {});

// An error at `offset`, `length` bytes long (0: one column). The line is shown in a window of about
// 120 columns around the position; tabs, controls and bidi overrides are made harmless, and the
// caret columns count display columns.
SyntaxError::Details describe_error(std::string_view text, std::size_t offset, std::size_t length,
                                    std::string message, const TextOrigin& origin = {},
                                    std::string hint = {});
// Adds the second place, in the same text.
void describe_related(SyntaxError::Details& details, std::string_view text, std::size_t offset,
                      std::size_t length, std::string message, const TextOrigin& origin = {});

}  // namespace dossier
