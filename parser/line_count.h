#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dossier {

// Lines end at LF, CR LF or CR. A CR at the very end of the text counts as a line end.
inline std::uint64_t count_line_ends(std::string_view text) {
    // Byte by byte would take as long as parsing does; find() uses wide instructions.
    std::uint64_t lines = 0;
    for (std::size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1)) {
        ++lines;
    }
    for (std::size_t i = text.find('\r'); i != std::string_view::npos; i = text.find('\r', i + 1)) {
        if (i + 1 == text.size() || text[i + 1] != '\n') ++lines;
    }
    return lines;
}

// Where the last line of the text begins.
inline std::size_t begin_of_last_line(std::string_view text) {
    const std::size_t end = text.find_last_of("\r\n");
    return end == std::string_view::npos ? 0 : end + 1;
}

}  // namespace dossier
