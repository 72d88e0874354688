#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

// A text cut into coarse tokens without parsing it, broken text included: for a shell that asks
// whether a statement is whole, and for hints that look around an error.

namespace dossier::sparql {

struct ScannedToken {
    enum class Kind { word, variable, iri, string, open_string, open, close, other, end };
    Kind kind = Kind::end;
    std::size_t offset = 0;
    std::size_t length = 0;

    bool is(Kind k) const { return kind == k; }
    std::size_t end() const { return offset + length; }
};

// The token at `offset` or behind it; space and comments are skipped. A word is a keyword or a
// prefixed name, a blank node label or a number. Two-character brackets, `<<`, `{|` and the like,
// are one token. An open string reaches to the end of the text (of its line, when it is short).
ScannedToken scan_token(std::string_view text, std::size_t offset);

// Whether an ASCII word equals `capitals`, case ignored.
bool same_word(std::string_view word, std::string_view capitals);

// How a text ends.
struct ScannedEnd {
    std::vector<ScannedToken> open;  // brackets without their partner, the last opened last
    bool in_string = false;          // a long string is open
    ScannedToken last;               // the last token before `;` or the end; kind end: none
    bool semicolon = false;          // `;` ends it, outside all brackets
    bool dot = false;                // `.` ends it, outside all brackets
};
ScannedEnd scan_end(std::string_view text);

}  // namespace dossier::sparql
