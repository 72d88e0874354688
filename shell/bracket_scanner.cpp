#include "shell/bracket_scanner.h"

#include <string>

namespace dossier::shell {

namespace {

// The end of an IRI that begins at `i` with '<', or `i` when that is an operator.
std::size_t end_of_iri(std::string_view line, std::size_t i) {
    for (std::size_t j = i + 1; j < line.size(); ++j) {
        const char c = line[j];
        if (c == '>') return j + 1;
        if (static_cast<unsigned char>(c) <= ' ' ||
            std::string_view("<\"{}|^`").find(c) != std::string_view::npos)
            break;
    }
    return i;
}

}  // namespace

// From inside a string to behind its end; a short one ends with its line.
std::size_t BracketScanner::skip_string(std::string_view line, std::size_t i, char quote) {
    while (i < line.size()) {
        if (line[i] == '\\') {
            i += 2;
        } else if (line[i] != quote) {
            ++i;
        } else if (long_quote_ == '\0') {
            return i + 1;
        } else if (line.substr(i, 3) == std::string_view("\"\"\"") ||
                   line.substr(i, 3) == std::string_view("'''")) {
            long_quote_ = '\0';
            return i + 3;
        } else {
            ++i;
        }
    }
    return line.size();
}

void BracketScanner::add_line(std::string_view line) {
    std::size_t i = long_quote_ == '\0' ? 0 : skip_string(line, 0, long_quote_);
    while (i < line.size()) {
        const char c = line[i];
        switch (c) {
            case '#':
                return;
            case '{':
            case '(':
            case '[':
                ++depth_;
                break;
            case '}':
            case ')':
            case ']':
                --depth_;
                break;
            case '<':
                if (const std::size_t end = end_of_iri(line, i); end > i) {
                    i = end;
                    continue;
                }
                break;
            case '\\':  // in a local name
                ++i;
                break;
            case '"':
            case '\'': {
                const bool is_long = line.substr(i, 3) == std::string(3, c);
                if (is_long) long_quote_ = c;
                i = skip_string(line, i + (is_long ? 3 : 1), c);
                continue;
            }
            default:
                break;
        }
        ++i;
    }
}

}  // namespace dossier::shell
