#include "parser/sparql_hints.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "parser/sparql_functions.h"
#include "parser/sparql_scanner.h"

namespace dossier::sparql {
namespace {

using Kind = ScannedToken::Kind;

constexpr std::array query_words = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"};
constexpr std::array update_words = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP",
                                     "CREATE", "ADD",    "MOVE", "COPY",  "WITH"};
constexpr std::array other_words = {
    "BASE",  "PREFIX", "WHERE",   "FROM",  "NAMED",  "DISTINCT",  "REDUCED",
    "ORDER", "GROUP",  "HAVING",  "LIMIT", "OFFSET", "OPTIONAL",  "UNION",
    "MINUS", "GRAPH",  "FILTER",  "BIND",  "VALUES", "SERVICE",   "SILENT",
    "UNDEF", "EXISTS", "LATERAL", "USING", "DATA",   "DEFAULT",   "DESC",
    "ASC",   "BY",     "AS",      "NOT",   "INTO",   "SEPARATOR", "VERSION"};

template <typename Words>
bool is_one_of(std::string_view word, const Words& words) {
    return std::any_of(words.begin(), words.end(),
                       [&](const char* other) { return same_word(word, other); });
}

// Levenshtein's distance, case ignored, neighbours swapped counting one; for words only.
std::size_t distance(std::string_view word, std::string_view capitals) {
    const auto upper = [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    };
    const std::size_t columns = capitals.size() + 1;
    std::vector<std::size_t> table((word.size() + 1) * columns);
    for (std::size_t i = 0; i <= word.size(); ++i) {
        for (std::size_t j = 0; j <= capitals.size(); ++j) {
            std::size_t& cell = table[i * columns + j];
            if (i == 0 || j == 0) {
                cell = i + j;
                continue;
            }
            const bool same = upper(word[i - 1]) == capitals[j - 1];
            cell = std::min({table[(i - 1) * columns + j] + 1, table[i * columns + j - 1] + 1,
                             table[(i - 1) * columns + j - 1] + (same ? 0u : 1u)});
            if (i > 1 && j > 1 && upper(word[i - 1]) == capitals[j - 2] &&
                upper(word[i - 2]) == capitals[j - 1]) {
                cell = std::min(cell, table[(i - 2) * columns + j - 2] + 1);
            }
        }
    }
    return table.back();
}

// The keyword or function a word was probably meant to be.
std::optional<std::string> similar_keyword(std::string_view word) {
    if (word.size() < 2 || word.size() > 20) return std::nullopt;
    const std::size_t most = word.size() <= 4 ? 1 : 2;
    std::optional<std::string> best;
    std::size_t best_distance = most + 1;
    const auto consider = [&](std::string_view candidate) {
        std::string capitals(candidate);
        for (char& c : capitals) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        }
        std::size_t d = distance(word, capitals);
        // FIL for FILTER: the beginning of a keyword.
        if (word.size() >= 3 && word.size() < capitals.size() &&
            distance(word, std::string_view(capitals).substr(0, word.size())) == 0) {
            d = std::min(d, most);
        }
        // STRLENGTH for STRLEN: a keyword with something behind it.
        if (capitals.size() >= 5 && word.size() > capitals.size() &&
            distance(word.substr(0, capitals.size()), capitals) == 0) {
            d = std::min(d, most);
        }
        if (d > 0 && d < best_distance) {
            best_distance = d;
            best = candidate;
        }
    };
    for (const char* candidate : query_words) consider(candidate);
    for (const char* candidate : update_words) consider(candidate);
    for (const char* candidate : other_words) consider(candidate);
    for (const Function& function : all_functions()) consider(function.name);
    return best;
}

std::string shown(std::string_view text, const ScannedToken& token) {
    std::string_view words = text.substr(token.offset, token.length);
    if (words.size() <= 40) return "'" + std::string(words) + "'";
    std::size_t cut = 37;
    while (cut > 0 && (static_cast<unsigned char>(words[cut]) & 0xC0) == 0x80) --cut;
    return "'" + std::string(words.substr(0, cut)) + "...'";
}

// Whether the token stands right behind a closing quotation mark, with another one later on the
// line: "say "hello" to".
bool ends_string_early(std::string_view text, const ScannedToken& token) {
    if (token.offset == 0) return false;
    const char quote = text[token.offset - 1];
    if (quote != '"' && quote != '\'') return false;
    const std::size_t line_end = text.find('\n', token.offset);
    return text.substr(token.offset, line_end - token.offset).find(quote) != std::string_view::npos;
}

bool begins_term(std::string_view text, const ScannedToken& token) {
    if (token.is(Kind::variable) || token.is(Kind::iri) || token.is(Kind::string)) return true;
    if (token.is(Kind::open)) return text[token.offset] != '{';
    return token.is(Kind::word) &&
           text.substr(token.offset, token.length).find(':') != std::string_view::npos;
}

// The call that begins with a function's name, where it is short enough to be shown.
std::string call_as_written(std::string_view text, const ScannedToken& token) {
    constexpr std::size_t most = 60;
    std::string_view rest = text.substr(token.offset, most);
    std::size_t open = 0;
    for (std::size_t i = token.length; i < rest.size() && rest[i] != '\n'; ++i) {
        if (rest[i] == '(') ++open;
        if (rest[i] != ')') {
            if (open == 0 && rest[i] != ' ') break;
            continue;
        }
        if (--open == 0) return std::string(rest.substr(0, i + 1));
    }
    return {};
}

// Hints for words of other languages, and for SPARQL's own in the wrong place.
std::string hint_for_word(std::string_view text, const ScannedToken& token,
                          std::string_view expected) {
    const std::string_view word = text.substr(token.offset, token.length);
    const auto expects = [&](std::string_view part) {
        return expected.find(part) != std::string_view::npos;
    };
    if (same_word(word, "LIKE") || same_word(word, "ILIKE")) {
        return "SPARQL has no LIKE; write CONTAINS(?x, \"part\"), STRSTARTS(?x, \"beginning\") or "
               "REGEX(?x, \"pattern\")";
    }
    if (same_word(word, "JOIN") || same_word(word, "INNER")) {
        return "SPARQL has no JOIN: patterns in one group that share a variable are joined";
    }
    if (same_word(word, "LEFT") || same_word(word, "OUTER")) {
        return "write OPTIONAL { ... } for a left join";
    }
    if (same_word(word, "AND") || same_word(word, "OR")) {
        return same_word(word, "AND") ? "write && for 'and'" : "write || for 'or'";
    }
    if (same_word(word, "IS") || same_word(word, "NULL")) {
        return "write BOUND(?x) or !BOUND(?x) to ask whether a variable has a value";
    }
    if (same_word(word, "BETWEEN")) return "write ?x >= low && ?x <= high";
    static constexpr std::array modifiers = {"GROUP", "ORDER", "LIMIT", "OFFSET", "HAVING"};
    if (expects("'}'") && is_one_of(word, modifiers)) {
        std::string capitals;
        for (const char c : word) {
            capitals += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        if (capitals == "GROUP" || capitals == "ORDER") capitals += " BY";
        return capitals + " stands after the '}' that closes WHERE";
    }
    if (expects("WHERE or '{'") || expects("'*', a variable")) {
        if (const Function* function = find_function(word)) {
            std::string call = call_as_written(text, token);
            if (call.empty())
                call = std::string(function->name) +
                       (function->op == Operator::count ? "(*)" : "(...)");
            return "put an expression into brackets and name it: (" + call + " AS ?result)";
        }
    }
    if (const auto keyword = similar_keyword(word)) return "did you mean " + *keyword + "?";
    return {};
}

}  // namespace

ParseFailure explain_unexpected(std::string_view text, const Expectation& expectation) {
    const ScannedToken token = scan_token(text, expectation.offset);
    const std::string_view word = text.substr(token.offset, token.length);
    const std::string_view expected = expectation.expected;
    const auto expects = [&](std::string_view part) {
        return expected.find(part) != std::string_view::npos;
    };

    ParseFailure failure;
    failure.offset = token.offset;
    failure.length = token.length;
    failure.message = expected;
    if (expectation.after_triples && expects("'}'")) {
        failure.message = "expected '.', ';', ',' or '}'";
    }

    if (token.is(Kind::end)) {
        failure.message += ", but the text ends here";
        const ScannedEnd end = scan_end(text);
        if (!end.open.empty()) {
            const ScannedToken& open = end.open.back();
            failure.related_offset = open.offset;
            failure.related_length = open.length;
            failure.related_message =
                "this " + std::string(text.substr(open.offset, open.length)) + " is not closed";
        }
        return failure;
    }

    const bool is_update_word = token.is(Kind::word) && is_one_of(word, update_words);
    const bool is_query_word = token.is(Kind::word) && is_one_of(word, query_words);
    if (expectation.reading == ReadingOf::query && is_update_word && expects("SELECT")) {
        failure.message = "this is an update, not a query";
        failure.hint = "run it with update instead of query";
        return failure;
    }
    if (expects("the end here") || expects("';' between")) {
        if (expectation.reading == ReadingOf::update && is_query_word) {
            failure.message = "this is a query, not an update";
            failure.hint = "run it with query instead of update";
        } else if (is_query_word || is_update_word) {
            failure.message = "a second statement begins here";
            failure.hint = is_update_word && expectation.reading != ReadingOf::query
                               ? "put ';' between two operations"
                               : "give one query at a time";
        } else {
            failure.message = "this was not expected here: " + shown(text, token);
            if (token.is(Kind::word)) failure.hint = hint_for_word(text, token, expected);
            if (word == "}") failure.hint = "there is no '{' that this '}' could close";
        }
        return failure;
    }

    failure.message += ", found " + shown(text, token);
    const char first = text[token.offset];
    if (first == '=' && token.offset > 0 && text[token.offset - 1] == '=') {
        failure.hint = "equality is written '=', not '=='";
    } else if (word == "<>" && expects("')'")) {
        failure.hint = "inequality is written '!=', not '<>'";
    } else if (ends_string_early(text, token)) {
        failure.hint =
            std::string("a quotation mark inside a string is written \\") + text[token.offset - 1];
    } else if (word.substr(0, 3) == "\xE2\x80\x9C" || word.substr(0, 3) == "\xE2\x80\x9D") {
        failure.hint = "strings stand between \" and \", not between typographic quotes";
    } else if (first == ')' && expects("AS and a variable")) {
        failure.hint = "give the expression a name, for example AS ?result";
    } else if (first == ',' && expects("WHERE or '{'")) {
        failure.hint = "the variables of SELECT are parted by spaces, not by commas";
    } else if (expects("WHERE or '{'") && begins_term(text, token)) {
        failure.hint = "the pattern stands in braces: WHERE { ... }";
    } else if (expects("after NOT")) {
        failure.hint = "negation of a condition is written !(...)";
    } else if (expects("of a graph after FROM") && token.is(Kind::word)) {
        failure.hint = "a graph is named by its IRI: <http://...>";
    } else if (expects("after FILTER") && begins_term(text, token)) {
        failure.hint = "put the condition into brackets: FILTER (...)";
    } else if (token.is(Kind::iri) && expects("')'")) {
        failure.hint = "put a space after '<' to compare; without it an IRI begins";
    } else if (expectation.after_triples && begins_term(text, token)) {
        failure.hint = "a '.' is probably missing before it";
    } else if (token.is(Kind::word)) {
        failure.hint = hint_for_word(text, token, failure.message);
    }
    return failure;
}

}  // namespace dossier::sparql
