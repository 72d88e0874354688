#include "shell/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace dossier::shell {

namespace {

// The locale names an encoding, and it is another one than UTF-8. Locales without one (C, POSIX)
// say nothing: terminals of today speak UTF-8.
bool encoding_is_foreign() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        std::string encoding(value);
        const std::size_t dot = encoding.find('.');
        if (dot == std::string::npos) return false;
        encoding.erase(0, dot + 1);
        for (char& c : encoding)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        return !encoding.starts_with("utf-8") && !encoding.starts_with("utf8");
    }
    return false;
}

}  // namespace

Terminal inspect_terminal(int descriptor, ColorChoice choice) {
    Terminal terminal;
    terminal.is_terminal = isatty(descriptor) != 0;
    terminal.unicode = !terminal.is_terminal || !encoding_is_foreign();
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

std::optional<std::string> pager_of_environment() {
    for (const char* name : {"DOSSIER_PAGER", "PAGER"})
        if (const char* value = std::getenv(name))
            return *value == '\0' ? std::nullopt : std::optional<std::string>(value);
    return std::nullopt;
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
