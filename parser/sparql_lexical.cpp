#include "parser/sparql_lexical.h"

#include <array>
#include <cstdint>
#include <utility>

#include "rdf/unicode.h"

namespace dossier::sparql {
namespace {

enum CharacterClass : std::uint8_t {
    name_base = 1,   // [184] PN_CHARS_BASE
    underscore = 2,  // the rest of [185] PN_CHARS_U
    digit = 4,
    name_more = 8,   // the rest of [187] PN_CHARS: '-', U+00B7, U+0300-036F, U+203F-2040
    combining = 16,  // of name_more those that [186] VARNAME knows: all but '-'
};

constexpr std::array<std::uint8_t, 128> make_ascii_classes() {
    std::array<std::uint8_t, 128> classes{};
    for (unsigned char c = 'a'; c <= 'z'; ++c) classes[c] = name_base;
    for (unsigned char c = 'A'; c <= 'Z'; ++c) classes[c] = name_base;
    for (unsigned char c = '0'; c <= '9'; ++c) classes[c] = digit;
    classes['_'] = underscore;
    classes['-'] = name_more;
    return classes;
}
constexpr std::array<std::uint8_t, 128> ascii_classes = make_ascii_classes();

constexpr std::uint8_t name_start = name_base | underscore;
constexpr std::uint8_t name_character = name_base | underscore | digit | name_more;
constexpr std::uint8_t variable_start = name_base | underscore | digit;
constexpr std::uint8_t variable_character = variable_start | combining;

std::uint8_t class_of(char32_t c) {
    const auto in = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
    if (in(0xC0, 0xD6) || in(0xD8, 0xF6) || in(0xF8, 0x2FF) || in(0x370, 0x37D) ||
        in(0x37F, 0x1FFF) || in(0x200C, 0x200D) || in(0x2070, 0x218F) || in(0x2C00, 0x2FEF) ||
        in(0x3001, 0xD7FF) || in(0xF900, 0xFDCF) || in(0xFDF0, 0xFFFD) || in(0x10000, 0xEFFFF)) {
        return name_base;
    }
    if (c == 0xB7 || in(0x300, 0x36F) || in(0x203F, 0x2040)) return name_more | combining;
    return 0;
}

// Moves past one character of the classes; false at the end or when it is another.
bool take(const char*& p, const char* end, std::uint8_t classes) {
    if (p == end) return false;
    const auto byte = static_cast<unsigned char>(*p);
    if (byte < 128) {
        if ((ascii_classes[byte] & classes) == 0) return false;
        ++p;
        return true;
    }
    std::size_t offset = 0;
    const char32_t c = next_code_point({p, static_cast<std::size_t>(end - p)}, offset);
    if ((class_of(c) & classes) == 0) return false;
    p += offset;
    return true;
}

bool take_one(const char*& p, const char* end, char c) {
    if (p == end || *p != c) return false;
    ++p;
    return true;
}

std::size_t length(const char* begin, const char* p) {
    return static_cast<std::size_t>(p - begin);
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::uint32_t hex_value(std::string_view digits) {
    std::uint32_t value = 0;
    for (const char c : digits) {
        const int v = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
        value = value * 16 + static_cast<std::uint32_t>(v);
    }
    return value;
}

// UCHAR at `p`, where a backslash stands; moves past it. Throws for anything that is not a
// character: SPARQL 1.2 knows no surrogates. A string may hold a NUL (RDF 1.2 Concepts
// section 3.3), an IRI may not.
void take_unicode_escape(const char*& p, const char* end, bool in_string) {
    const std::size_t digits = p + 1 != end && p[1] == 'U' ? 8 : 4;
    const char* q = p + 2;
    for (std::size_t i = 0; i < digits; ++i, ++q) {
        if (q == end || !is_hex(*q)) {
            throw LexicalError{p,
                               length(p, q),
                               digits == 4 ? "\\u is followed by four hexadecimal digits"
                                           : "\\U is followed by eight hexadecimal digits",
                               {}};
        }
    }
    const std::uint32_t value = hex_value({p + 2, digits});
    if (value >= 0xD800 && value <= 0xDFFF) {
        throw LexicalError{
            p, digits + 2, "an escape cannot stand for a surrogate",
            "write a character above U+FFFF as \\U and eight digits, for example \\U0001F47E"};
    }
    // Written out, they stand in no IRI either.
    static constexpr std::string_view no_iri = "<>\"{}|^`\\";
    if (!in_string && (value <= 0x20 || (value < 0x80 && no_iri.find(static_cast<char>(value)) !=
                                                             std::string_view::npos))) {
        throw LexicalError{
            p, digits + 2, "the character of this escape cannot stand in an IRI", {}};
    }
    if (value > 0x10FFFF) {
        throw LexicalError{p, digits + 2, "this escape is not a character", {}};
    }
    p = q;
}

bool begins_unicode_escape(const char* p, const char* end) {
    return p + 1 < end && p[0] == '\\' && (p[1] == 'u' || p[1] == 'U');
}

// [190] PLX, [193] PN_LOCAL_ESC
bool take_local_escape(const char*& p, const char* end) {
    if (end - p >= 3 && *p == '%' && is_hex(p[1]) && is_hex(p[2])) {
        p += 3;
        return true;
    }
    static constexpr std::string_view escapable = "_~.-!$&'()*+,;=/?#@%";
    if (end - p >= 2 && *p == '\\' && escapable.find(p[1]) != std::string_view::npos) {
        p += 2;
        return true;
    }
    return false;
}

// One character of [189] PN_LOCAL after the first, dots aside.
bool take_local_character(const char*& p, const char* end) {
    return take(p, end, name_character) || take_one(p, end, ':') || take_local_escape(p, end);
}

// Characters as `take_character` takes them, and dots, of which the last ones do not belong.
template <typename TakeCharacter>
void take_dotted(const char*& p, const char* end, TakeCharacter take_character) {
    while (true) {
        if (take_character(p, end)) continue;
        const char* q = p;
        while (take_one(q, end, '.')) {
        }
        if (q == p || !take_character(q, end)) return;
        p = q;
    }
}

bool take_name_character(const char*& p, const char* end) {
    return take(p, end, name_character);
}

}  // namespace

std::size_t ignored_length(const char* begin, const char* end) {
    const char* p = begin;
    while (p != end) {
        if (is_space(*p)) {
            ++p;
        } else if (*p == '#') {
            while (p != end && *p != '\n' && *p != '\r') ++p;
        } else {
            break;
        }
    }
    return length(begin, p);
}

std::size_t iri_reference_length(const char* begin, const char* end) {
    if (begin == end || *begin != '<' || (end - begin > 1 && begin[1] == '<')) return 0;
    const char* p = begin + 1;
    while (p != end) {
        const char c = *p;
        if (c == '>') return length(begin, p + 1);
        if (begins_unicode_escape(p, end)) {
            take_unicode_escape(p, end, false);
            continue;
        }
        if (c == '\n' || c == '\r') break;
        if (c == ' ') {
            throw LexicalError{p, 1, "a space cannot stand in an IRI",
                               "write it as %20, or close the IRI with '>'"};
        }
        if (static_cast<unsigned char>(c) < 0x20) {
            throw LexicalError{p, 1, "a control character cannot stand in an IRI", {}};
        }
        static constexpr std::string_view forbidden = "<\"{}|^`\\";
        if (forbidden.find(c) != std::string_view::npos) {
            static constexpr std::string_view hexadecimal = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            throw LexicalError{p, 1, std::string("'") + c + "' cannot stand in an IRI",
                               std::string("write it as %") + hexadecimal[byte >> 4] +
                                   hexadecimal[byte & 15] + ", or close the IRI with '>'"};
        }
        ++p;
    }
    throw LexicalError{begin, length(begin, p), "this IRI is not closed", "add '>' at its end"};
}

std::size_t whole_iri_reference_length(const char* begin, const char* end) {
    if (begin == end || *begin != '<') return 0;
    for (const char* p = begin + 1; p != end; ++p) {
        if (*p == '>') return length(begin, p + 1);
        static constexpr std::string_view stops = "<\"{}|^`";
        if (static_cast<unsigned char>(*p) <= 0x20 || stops.find(*p) != std::string_view::npos) {
            return 0;
        }
        if (*p == '\\' && !begins_unicode_escape(p, end)) return 0;
    }
    return 0;
}

std::size_t prefix_name_length(const char* begin, const char* end) {
    const char* p = begin;
    if (take(p, end, name_base)) take_dotted(p, end, take_name_character);
    return take_one(p, end, ':') ? length(begin, p) : 0;
}

std::size_t prefixed_name_length(const char* begin, const char* end) {
    const std::size_t prefix = prefix_name_length(begin, end);
    if (prefix == 0) return 0;
    const char* p = begin + prefix;
    if (take(p, end, name_start | digit) || take_one(p, end, ':') || take_local_escape(p, end)) {
        take_dotted(p, end, take_local_character);
    }
    return length(begin, p);
}

std::size_t blank_node_label_length(const char* begin, const char* end) {
    const char* p = begin;
    if (!take_one(p, end, '_') || !take_one(p, end, ':') || !take(p, end, name_start | digit)) {
        return 0;
    }
    take_dotted(p, end, take_name_character);
    return length(begin, p);
}

std::size_t variable_length(const char* begin, const char* end) {
    const char* p = begin;
    if (!take_one(p, end, '?') && !take_one(p, end, '$')) return 0;
    if (!take(p, end, variable_start)) return 0;
    while (take(p, end, variable_character)) {
    }
    return length(begin, p);
}

std::size_t language_length(const char* begin, const char* end) {
    const char* p = begin;
    if (!take_one(p, end, '@')) return 0;
    if (p == end || !is_letter(*p)) return 0;
    while (p != end && is_letter(*p)) ++p;
    while (end - p >= 2 && *p == '-' && (is_letter(p[1]) || is_digit(p[1]))) {
        ++p;
        while (p != end && (is_letter(*p) || is_digit(*p))) ++p;
    }
    if (end - p >= 3 && p[0] == '-' && p[1] == '-' && is_letter(p[2])) {
        p += 2;
        while (p != end && is_letter(*p)) ++p;
    }
    return length(begin, p);
}

namespace {

void take_sign(const char*& p, const char* end) {
    if (p != end && (*p == '+' || *p == '-')) ++p;
}
std::size_t take_digits(const char*& p, const char* end) {
    const char* first = p;
    while (p != end && is_digit(*p)) ++p;
    return length(first, p);
}

}  // namespace

std::size_t integer_length(const char* begin, const char* end) {
    const char* p = begin;
    take_sign(p, end);
    return take_digits(p, end) != 0 ? length(begin, p) : 0;
}

std::size_t decimal_length(const char* begin, const char* end) {
    const char* p = begin;
    take_sign(p, end);
    take_digits(p, end);
    if (!take_one(p, end, '.')) return 0;
    return take_digits(p, end) != 0 ? length(begin, p) : 0;
}

std::size_t double_length(const char* begin, const char* end) {
    const char* p = begin;
    take_sign(p, end);
    const std::size_t before = take_digits(p, end);
    const std::size_t after = take_one(p, end, '.') ? take_digits(p, end) : 0;
    if (before + after == 0) return 0;
    if (p == end || (*p != 'e' && *p != 'E')) return 0;
    ++p;
    take_sign(p, end);
    return take_digits(p, end) != 0 ? length(begin, p) : 0;
}

std::size_t number_length(const char* begin, const char* end) {
    for (const TokenLength kind : {double_length, decimal_length, integer_length}) {
        if (const std::size_t n = kind(begin, end)) return n;
    }
    return 0;
}

std::size_t unsigned_integer_length(const char* begin, const char* end) {
    const char* p = begin;
    return take_digits(p, end);
}

std::size_t string_length(const char* begin, const char* end) {
    if (begin == end || (*begin != '"' && *begin != '\'')) return 0;
    const char quote = *begin;
    const bool is_long = end - begin >= 3 && begin[1] == quote && begin[2] == quote;
    const char* p = begin + (is_long ? 3 : 1);
    while (p != end) {
        if (*p == quote) {
            if (!is_long) return length(begin, p + 1);
            if (end - p >= 3 && p[1] == quote && p[2] == quote) return length(begin, p + 3);
            ++p;
        } else if (*p == '\\') {
            static constexpr std::string_view escapable = "tbnrf\"'\\";
            if (begins_unicode_escape(p, end)) {
                take_unicode_escape(p, end, true);
            } else if (p + 1 != end && escapable.find(p[1]) != std::string_view::npos) {
                p += 2;
            } else {
                throw LexicalError{p, 2, "there is no such escape",
                                   "a backslash in a string is written \\\\"};
            }
        } else if (*p == '\0') {
            throw LexicalError{p, 1, "a string cannot hold the character U+0000", {}};
        } else if (!is_long && (*p == '\n' || *p == '\r')) {
            break;
        } else {
            ++p;
        }
    }
    const std::string marks(is_long ? 3 : 1, quote);
    throw LexicalError{begin, length(begin, p), "this string is not closed",
                       is_long ? "add " + marks + " at its end"
                               : "add " + marks +
                                     " at its end; a string over several lines stands "
                                     "between three quotes"};
}

std::size_t short_string_length(const char* begin, const char* end) {
    if (end - begin >= 3 && begin[0] == begin[1] && begin[1] == begin[2]) return 0;
    return string_length(begin, end);
}

namespace {

std::size_t bracket_pair_length(const char* begin, const char* end, char open, char close) {
    const char* p = begin;
    if (!take_one(p, end, open)) return 0;
    p += ignored_length(p, end);
    return take_one(p, end, close) ? length(begin, p) : 0;
}

}  // namespace

std::size_t nil_length(const char* begin, const char* end) {
    return bracket_pair_length(begin, end, '(', ')');
}
std::size_t anonymous_length(const char* begin, const char* end) {
    return bracket_pair_length(begin, end, '[', ']');
}

std::size_t word_length(const char* begin, const char* end) {
    const char* p = begin;
    if (p == end || !is_letter(*p)) return 0;
    while (p != end && (is_letter(*p) || is_digit(*p) || *p == '_')) ++p;
    const char* q = p;
    return take(q, end, name_character) || take_one(q, end, ':') ? 0 : length(begin, p);
}

bool is_word(const char* begin, const char* end, std::string_view word) {
    if (static_cast<std::size_t>(end - begin) < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = begin[i];
        if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != word[i]) return false;
    }
    return word_length(begin, end) == word.size();
}

namespace {

// The length of the escape at the front of `rest`, whose character is appended.
std::size_t append_escape(std::string& out, std::string_view rest) {
    switch (rest[1]) {
        case 'u':
            append_utf8(out, static_cast<char32_t>(hex_value(rest.substr(2, 4))));
            return 6;
        case 'U':
            append_utf8(out, static_cast<char32_t>(hex_value(rest.substr(2, 8))));
            return 10;
        case 't':
            out += '\t';
            return 2;
        case 'b':
            out += '\b';
            return 2;
        case 'n':
            out += '\n';
            return 2;
        case 'r':
            out += '\r';
            return 2;
        case 'f':
            out += '\f';
            return 2;
        default:
            out += rest[1];
            return 2;
    }
}

void append_unescaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t plain = std::min(text.find('\\'), text.size());
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (!text.empty()) text.remove_prefix(append_escape(out, text));
    }
}

}  // namespace

void append_unescaped_string(std::string& out, std::string_view token) {
    const bool is_long = token.size() >= 6 && token[0] == token[1] && token[1] == token[2];
    const std::size_t quotes = is_long ? 3 : 1;
    append_unescaped(out, token.substr(quotes, token.size() - 2 * quotes));
}

void append_unescaped_iri(std::string& out, std::string_view token) {
    append_unescaped(out, token.substr(1, token.size() - 2));
}

void append_unescaped_local(std::string& out, std::string_view local) {
    for (std::size_t i = 0; i < local.size(); ++i) {
        if (local[i] == '\\' && i + 1 < local.size()) ++i;
        out += local[i];
    }
}

}  // namespace dossier::sparql
