#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// XPath's regular expressions (XPath F&O 3.1 section 5.6, which is XSD 1.1 appendix G plus anchors,
// reluctant quantifiers, groups that do not capture, and back-references) written in the syntax
// that both matching libraries share.

namespace dossier::engine {

struct RegexFlags {
    bool dot_all = false;            // s
    bool multi_line = false;         // m
    bool ignore_case = false;        // i
    bool ignore_whitespace = false;  // x
    bool literal = false;            // q

    // Nothing for a letter that is none of them.
    static std::optional<RegexFlags> parse(std::string_view letters);
};

struct TranslatedRegex {
    std::string pattern;
    int groups = 0;
    bool has_back_references = false;
};

// Nothing where the pattern is not one of XPath's. Anchors are written for a matcher with the
// option that `^` and `$` match at line feeds switched by `multi_line`.
std::optional<TranslatedRegex> translate_regex(std::string_view pattern, const RegexFlags& flags);

// A replacement string of fn:replace taken apart: literal text and group numbers in turn.
struct Replacement {
    struct Part {
        std::string text;
        int group = -1;  // after the text; -1: none
    };
    std::vector<Part> parts;
};
// Nothing for a `\` or `$` that stands for nothing. With `literal` all text is itself.
std::optional<Replacement> parse_replacement(std::string_view text, int groups, bool literal);

}  // namespace dossier::engine
