#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dossier::shell {

enum class ColorChoice { automatic, always, never };

// What is known of one output stream.
struct Terminal {
    bool is_terminal = false;
    bool color = false;
    bool unicode = true;     // it shows UTF-8
    std::size_t width = 80;  // only of a terminal
    std::size_t height = 24;
};

// Looks at a file descriptor, NO_COLOR, TERM and COLUMNS; the terminal itself is never asked.
Terminal inspect_terminal(int descriptor, ColorChoice choice);

// The program that DOSSIER_PAGER or PAGER names.
std::optional<std::string> pager_of_environment();

// Palette entries that can be read on dark and on light grounds.
enum class Style { plain, dim, bold, error, hint };
// The text in a style, or as it is without colour.
std::string styled(std::string_view text, Style style, const Terminal& terminal);

}  // namespace dossier::shell
