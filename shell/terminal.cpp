#include "shell/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace dossier::shell {

Terminal inspect_terminal(int descriptor, ColorChoice choice) {
    Terminal terminal;
    terminal.is_terminal = isatty(descriptor) != 0;
    const char* term = std::getenv("TERM");
    const bool dumb = term == nullptr || std::strcmp(term, "dumb") == 0;
    const char* no_color = std::getenv("NO_COLOR");
    const bool refused = no_color != nullptr && *no_color != '\0';
    terminal.color = choice == ColorChoice::always || (choice == ColorChoice::automatic &&
                                                       terminal.is_terminal && !dumb && !refused);
    winsize size{};
    if (terminal.is_terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0) {
        if (size.ws_col > 0) terminal.width = size.ws_col;
        if (size.ws_row > 0) terminal.height = size.ws_row;
    }
    if (const char* columns = std::getenv("COLUMNS")) {
        std::size_t width = 0;
        const auto [end, error] = std::from_chars(columns, columns + std::strlen(columns), width);
        if (error == std::errc() && *end == '\0' && width >= 10) terminal.width = width;
    }
    return terminal;
}

std::string styled(std::string_view text, Style style, const Terminal& terminal) {
    if (!terminal.color || style == Style::plain) return std::string(text);
    const char* code = "0";
    switch (style) {
        case Style::plain:
            break;
        case Style::dim:
            code = "2";
            break;
        case Style::bold:
            code = "1";
            break;
        case Style::error:
            code = "1;31";
            break;
        case Style::hint:
            code = "36";
            break;
    }
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace dossier::shell
