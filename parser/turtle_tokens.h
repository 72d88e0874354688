#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze_traits.hpp>

#include "parser/syntax_failure.h"
#include "parser/turtle_characters.h"

// The terminals that N-Triples, N-Quads, Turtle and TriG share, as PEGTL rules that read byte
// classes from tables: a character a rule (and a code point decoded for each) is five times slower.
//
// A terminal either does not begin here (the rule fails and consumes nothing) or is committed to: a
// damaged one throws SyntaxFailure at the place of the damage. They look ahead through the input's
// size(), so they work on any PEGTL input, also on one that reads as it goes.

namespace dossier::turtle {

namespace pegtl = tao::pegtl;

// Reads ahead without consuming. Offsets count from the input's current position.
template <typename Input>
class Lookahead {
  public:
    explicit Lookahead(Input& in) : in_(in) {}

    bool has(std::size_t offset) { return in_.size(offset + 1) > offset; }
    // 0 at the end of the input; use has() where NUL matters.
    std::uint8_t at(std::size_t offset) { return has(offset) ? in_.peek_uint8(offset) : 0; }
    const char* pointer(std::size_t offset) const { return in_.current() + offset; }
    std::string_view text(std::size_t begin, std::size_t end) const {
        return {in_.current() + begin, end - begin};
    }

    // The offset of the first byte from `offset` on that is not in the class; at the end of the
    // input its size.
    std::size_t skip(std::size_t offset, const ByteClass& allowed) {
        for (;;) {
            const char* end = in_.end(offset + 1);
            const char* start = in_.current() + offset;
            const char* p = start;
            while (p < end && allowed[static_cast<std::uint8_t>(*p)]) ++p;
            offset += static_cast<std::size_t>(p - start);
            if (p != end || p == start) return offset;
        }
    }

    // The code point beyond ASCII at the offset.
    CodePoint code_point(std::size_t offset) {
        const std::size_t available = in_.size(offset + 4) - offset;
        return decode_beyond_ascii(in_.current() + offset, available);
    }

    [[noreturn]] void fail(std::size_t offset, std::string message, std::string hint = {},
                           std::size_t length = 1) const {
        throw SyntaxFailure{pointer(offset), length, std::move(message), std::move(hint),
                            pointer(0)};
    }
    [[noreturn]] void fail_utf8(std::size_t offset) const {
        fail(offset, "this is not UTF-8", "the file may be in another encoding, as Latin-1");
    }
    // Skips a sequence beyond ASCII of any meaning.
    std::size_t skip_code_point(std::size_t offset) {
        const CodePoint c = code_point(offset);
        if (c.length == 0) fail_utf8(offset);
        return offset + c.length;
    }

    // Behind the escape `\u0041` or `\U00000041` whose backslash is at the offset.
    std::size_t skip_numeric_escape(std::size_t offset) {
        const std::size_t digits = at(offset + 1) == 'U' ? 8 : 4;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const std::uint8_t c = at(offset + 2 + i);
            if (!is_hex(c)) {
                fail(offset,
                     digits == 4 ? "\\u must be followed by four hexadecimal digits"
                                 : "\\U must be followed by eight hexadecimal digits",
                     {}, 2);
            }
            value = value * 16 + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
            fail(offset, "the escape stands for no Unicode character",
                 value > 0x10FFFF ? "the last one is \\U0010FFFF"
                                  : "write a character beyond U+FFFF as one \\U escape",
                 digits + 2);
        }
        return offset + 2 + digits;
    }

    // Behind PN_CHARS at the offset, the offset itself when there is none. ':' and '.' are not of
    // them.
    std::size_t skip_name_characters(std::size_t offset) {
        for (;;) {
            offset = skip(offset, name_class);
            if (at(offset) < 0x80) return offset;
            const CodePoint c = code_point(offset);
            if (c.length == 0) fail_utf8(offset);
            if (!is_name_beyond_ascii(c.value)) return offset;
            offset += c.length;
        }
    }
    // True where a name could go on: a keyword must not stand directly before it.
    bool name_goes_on(std::size_t offset) {
        return at(offset) == ':' || skip_name_characters(offset) != offset;
    }

  private:
    Input& in_;
};

// A rule of one terminal: `Terminal::end(look)` says where the terminal that begins at the current
// position ends; 0 says that it does not begin here.
template <typename Terminal>
struct TerminalRule {
    using rule_t = TerminalRule;
    using subs_t = pegtl::empty_list;

    template <typename Input>
    static bool match(Input& in) {
        Lookahead<Input> look(in);
        const std::size_t end = Terminal::end(look);
        if (end == 0) return false;
        in.bump(end);
        return true;
    }
};

// IRIREF ::= '<' ([^#x00-#x20<>"{}|^`\] | UCHAR)* '>'
struct IRIREF : TerminalRule<IRIREF> {
    template <typename Look>
    static std::size_t end(Look& look) {
        // "<<" opens a triple and is no IRI, as '<' cannot stand in one.
        if (look.at(0) != '<' || look.at(1) == '<') return 0;
        std::size_t offset = 1;
        for (;;) {
            offset = look.skip(offset, iri_class);
            const std::uint8_t c = look.at(offset);
            if (c == '>') return offset + 1;
            if (c >= 0x80) {
                offset = look.skip_code_point(offset);
            } else if (c == '\\' && (look.at(offset + 1) == 'u' || look.at(offset + 1) == 'U')) {
                offset = look.skip_numeric_escape(offset);
            } else {
                fail(look, offset, c);
            }
        }
    }

  private:
    template <typename Look>
    [[noreturn]] static void fail(Look& look, std::size_t offset, std::uint8_t c) {
        if (!look.has(offset)) look.fail(0, "this IRI is not closed by '>' before the file ends");
        switch (c) {
            case ' ':
                look.fail(offset, "an IRI cannot contain a space", "write it as %20");
            case '\t':
            case '\r':
            case '\n':
                look.fail(0, "this IRI is not closed by '>' on its line");
            case '\\':
                look.fail(offset, "an IRI has no escapes but \\uXXXX and \\UXXXXXXXX");
            default:
                break;
        }
        if (c < 0x20) look.fail(offset, "an IRI cannot contain a control character");
        look.fail(offset, std::string("an IRI cannot contain '") + static_cast<char>(c) + "'",
                  c == '<' ? "a '>' may be missing before" : "write it percent-encoded");
    }
};

// The body of a string up to its closing quotes.
template <char Quote, bool Long, typename Look>
std::size_t end_of_string(Look& look) {
    constexpr const ByteClass& plain =
        Quote == '"' ? (Long ? long_quoted_class : quoted_class)
                     : (Long ? long_single_quoted_class : single_quoted_class);
    std::size_t offset = Long ? 3 : 1;
    for (;;) {
        offset = look.skip(offset, plain);
        const std::uint8_t c = look.at(offset);
        if (c == Quote) {
            if (!Long) return offset + 1;
            if (look.at(offset + 1) == Quote && look.at(offset + 2) == Quote) return offset + 3;
            ++offset;
        } else if (c >= 0x80) {
            offset = look.skip_code_point(offset);
        } else if (c == '\\') {
            switch (look.at(offset + 1)) {
                case 't':
                case 'b':
                case 'n':
                case 'r':
                case 'f':
                case '"':
                case '\'':
                case '\\':
                    offset += 2;
                    break;
                case 'u':
                case 'U':
                    offset = look.skip_numeric_escape(offset);
                    break;
                default:
                    look.fail(offset, "no such escape",
                              "in a string these are known: \\t \\b \\n \\r \\f \\\" \\' \\\\ "
                              "\\uXXXX \\UXXXXXXXX; a backslash itself is \\\\",
                              2);
            }
        } else if (!look.has(offset)) {
            look.fail(0, "this string is not closed before the file ends", {}, Long ? 3 : 1);
        } else {
            look.fail(0, "this string is not closed on its line",
                      "a line end is written \\n, and text of several lines stands in \"\"\"");
        }
    }
}

// STRING_LITERAL_QUOTE ::= '"' ([^#x22#x5C#xA#xD] | ECHAR | UCHAR)* '"'
struct STRING_LITERAL_QUOTE : TerminalRule<STRING_LITERAL_QUOTE> {
    template <typename Look>
    static std::size_t end(Look& look) {
        return look.at(0) == '"' ? end_of_string<'"', false>(look) : 0;
    }
};

// STRING_LITERAL_SINGLE_QUOTE ::= "'" ([^#x27#x5C#xA#xD] | ECHAR | UCHAR)* "'"
struct STRING_LITERAL_SINGLE_QUOTE : TerminalRule<STRING_LITERAL_SINGLE_QUOTE> {
    template <typename Look>
    static std::size_t end(Look& look) {
        return look.at(0) == '\'' ? end_of_string<'\'', false>(look) : 0;
    }
};

// STRING_LITERAL_LONG_QUOTE ::= '"""' (('"' | '""')? ([^"\] | ECHAR | UCHAR))* '"""'
struct STRING_LITERAL_LONG_QUOTE : TerminalRule<STRING_LITERAL_LONG_QUOTE> {
    template <typename Look>
    static std::size_t end(Look& look) {
        if (look.at(0) != '"' || look.at(1) != '"' || look.at(2) != '"') return 0;
        return end_of_string<'"', true>(look);
    }
};

// STRING_LITERAL_LONG_SINGLE_QUOTE ::= "'''" (("'" | "''")? ([^'\] | ECHAR | UCHAR))* "'''"
struct STRING_LITERAL_LONG_SINGLE_QUOTE : TerminalRule<STRING_LITERAL_LONG_SINGLE_QUOTE> {
    template <typename Look>
    static std::size_t end(Look& look) {
        if (look.at(0) != '\'' || look.at(1) != '\'' || look.at(2) != '\'') return 0;
        return end_of_string<'\'', true>(look);
    }
};

// BLANK_NODE_LABEL ::= '_:' (PN_CHARS_U | [0-9]) ((PN_CHARS | '.')* PN_CHARS)?
struct BLANK_NODE_LABEL : TerminalRule<BLANK_NODE_LABEL> {
    template <typename Look>
    static std::size_t end(Look& look) {
        if (look.at(0) != '_' || look.at(1) != ':') return 0;
        std::size_t end = look.skip_name_characters(2);
        bool good = end > 2 && look.at(2) != '-';
        if (good && look.at(2) >= 0x80) {
            good = is_name_start_beyond_ascii(look.code_point(2).value);
        }
        if (!good) {
            look.fail(0, "a blank node's label must begin with a letter, a digit or '_'", {}, 2);
        }
        // Dots belong to the label only where it goes on behind them.
        for (std::size_t offset = end; look.at(offset) == '.';) {
            while (look.at(offset) == '.') ++offset;
            const std::size_t next = look.skip_name_characters(offset);
            if (next == offset) break;
            end = offset = next;
        }
        return end;
    }
};

// LANG_DIR ::= '@' [a-zA-Z]+ ('-' [a-zA-Z0-9]+)* ('--' [a-zA-Z]+)?
struct LANG_DIR : TerminalRule<LANG_DIR> {
    template <typename Look>
    static std::size_t end(Look& look) {
        if (look.at(0) != '@') return 0;
        std::size_t offset = 1;
        while (is_ascii_letter(look.at(offset))) ++offset;
        if (offset == 1) look.fail(0, "a language tag must begin with a letter", "as in @en");
        while (look.at(offset) == '-') {
            const bool direction = look.at(offset + 1) == '-';
            const std::size_t begin = offset + (direction ? 2 : 1);
            std::size_t end = begin;
            while (is_ascii_letter(look.at(end)) || (!direction && is_digit(look.at(end)))) ++end;
            if (end == begin) {
                look.fail(offset, direction ? "expected ltr or rtl after '--'"
                                            : "a language tag cannot end with '-'");
            }
            offset = end;
            if (direction) break;
        }
        return offset;
    }
};

// A word in any case, or in the one it is given in, that no name goes on.
template <bool AnyCase, char... Letters>
struct WordRule {
    using rule_t = WordRule;
    using subs_t = pegtl::empty_list;

    template <typename Input>
    static bool match(Input& in) {
        if (in.size(sizeof...(Letters)) < sizeof...(Letters)) return false;
        const char* p = in.current();
        const auto same = [&p](char letter) {
            const char c = *p++;
            return c == letter ||
                   (AnyCase && letter >= 'A' && letter <= 'Z' && c == (letter | 0x20));
        };
        if (!(same(Letters) && ...)) return false;
        Lookahead<Input> look(in);
        if (look.name_goes_on(sizeof...(Letters))) return false;
        in.bump_in_this_line(sizeof...(Letters));
        return true;
    }
};

// What a quoted or bracketed token says, with its escapes undone. `text` has passed the rules
// above.
void append_unescaped(std::string& out, std::string_view text);
inline bool has_escape(std::string_view text) {
    return text.find('\\') != std::string_view::npos;
}
// The same for an IRIREF in its brackets; throws SyntaxFailure where an escape stands for a
// character that an IRI cannot contain.
void append_unescaped_iri(std::string& out, std::string_view written);
// The same for PN_LOCAL: the backslash is left out, percent signs stay.
void append_unescaped_local_name(std::string& out, std::string_view text);

}  // namespace dossier::turtle

namespace tao::pegtl {

template <typename Name, typename Terminal>
struct analyze_traits<Name, dossier::turtle::TerminalRule<Terminal>> : analyze_any_traits<> {};
template <typename Name, bool AnyCase, char... Letters>
struct analyze_traits<Name, dossier::turtle::WordRule<AnyCase, Letters...>> : analyze_any_traits<> {
};

}  // namespace tao::pegtl
