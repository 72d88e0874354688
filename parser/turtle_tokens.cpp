#include "parser/turtle_tokens.h"

#include "rdf/unicode.h"

namespace dossier::turtle {

namespace {

char32_t hex_value(std::string_view digits) {
    char32_t value = 0;
    for (const char c : digits) {
        const auto digit = static_cast<unsigned>(c);
        value = value * 16 + (is_digit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
    }
    return value;
}

char escaped_character(char letter) {
    switch (letter) {
        case 't':
            return '\t';
        case 'b':
            return '\b';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 'f':
            return '\f';
        default:
            return letter;
    }
}

}  // namespace

void append_unescaped(std::string& out, std::string_view text) {
    for (;;) {
        const std::size_t backslash = text.find('\\');
        out.append(text.substr(0, backslash));
        if (backslash == std::string_view::npos) return;
        text.remove_prefix(backslash + 1);
        const char letter = text.front();
        text.remove_prefix(1);
        if (letter == 'u' || letter == 'U') {
            const std::size_t digits = letter == 'u' ? 4 : 8;
            append_utf8(out, hex_value(text.substr(0, digits)));
            text.remove_prefix(digits);
        } else {
            out.push_back(escaped_character(letter));
        }
    }
}

void append_unescaped_iri(std::string& out, std::string_view written) {
    const std::size_t begin = out.size();
    append_unescaped(out, written.substr(1, written.size() - 2));
    for (const char c : std::string_view(out).substr(begin)) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (byte < 0x80 && !iri_class[byte]) {
            throw SyntaxFailure{
                written.data(), written.size(),
                "an escape in this IRI stands for a character that an IRI cannot contain",
                "write it percent-encoded"};
        }
    }
}

void append_unescaped_local_name(std::string& out, std::string_view text) {
    for (;;) {
        const std::size_t backslash = text.find('\\');
        out.append(text.substr(0, backslash));
        if (backslash == std::string_view::npos) return;
        out.push_back(text[backslash + 1]);
        text.remove_prefix(backslash + 2);
    }
}

}  // namespace dossier::turtle
