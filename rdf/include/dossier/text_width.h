#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <dossier/export.h>

// How wide text is on a terminal, and how to show it there without harm.

namespace dossier {

// Columns of one code point: 0 for combining marks and format characters, 2 for wide East Asian
// characters and emoji, 1 else; control characters count as shown by append_visible.
DOSSIER_EXPORT int display_width(char32_t code_point) noexcept;
// Columns of UTF-8 text.
DOSSIER_EXPORT std::size_t display_width(std::string_view text) noexcept;

// The longest prefix of at most `columns` columns, never cutting a code point or separating a
// combining mark from its base.
DOSSIER_EXPORT std::string_view prefix_of_width(std::string_view text,
                                                std::size_t columns) noexcept;

// Appends text with everything a terminal might act on made visible: C0 and C1 controls, DEL, bidi
// overrides and isolates and invalid bytes as \u001B or \xFF, newline as \n, tab as \t.
DOSSIER_EXPORT void append_visible(std::string& out, std::string_view text);

}  // namespace dossier
