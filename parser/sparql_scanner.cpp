#include "parser/sparql_scanner.h"

#include "parser/sparql_lexical.h"

namespace dossier::sparql {
namespace {

using Kind = ScannedToken::Kind;

bool is_word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 128;
}

std::size_t iri_length(std::string_view text, std::size_t offset) {
    static constexpr std::string_view stops = "<\"{}|^` \t\r\n";
    for (std::size_t i = offset + 1; i < text.size(); ++i) {
        if (text[i] == '>') return i + 1 - offset;
        if (stops.find(text[i]) != std::string_view::npos) return 0;
    }
    return 0;
}

ScannedToken scan_string(std::string_view text, std::size_t offset) {
    const char quote = text[offset];
    const bool is_long =
        text.size() - offset >= 3 && text[offset + 1] == quote && text[offset + 2] == quote;
    std::size_t i = offset + (is_long ? 3 : 1);
    for (; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == quote && !is_long) {
            return {Kind::string, offset, i + 1 - offset};
        } else if (text[i] == quote && text.substr(i, 3) == std::string(3, quote)) {
            return {Kind::string, offset, i + 3 - offset};
        } else if (!is_long && (text[i] == '\n' || text[i] == '\r')) {
            break;
        }
    }
    if (i > text.size()) i = text.size();
    return {Kind::open_string, offset, i - offset};
}

}  // namespace

bool same_word(std::string_view word, std::string_view capitals) {
    if (word.size() != capitals.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = word[i];
        if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != capitals[i]) {
            return false;
        }
    }
    return true;
}

ScannedToken scan_token(std::string_view text, std::size_t offset) {
    const char* const end = text.data() + text.size();
    offset += ignored_length(text.data() + offset, end);
    if (offset >= text.size()) return {Kind::end, text.size(), 0};
    const char c = text[offset];
    const std::string_view rest = text.substr(offset);
    if (c == '"' || c == '\'') return scan_string(text, offset);
    if (c == '?' || c == '$') {
        const std::size_t n = variable_length(text.data() + offset, end);
        if (n != 0) return {Kind::variable, offset, n};
    }
    if (is_word_character(c) || c == ':') {
        std::size_t n = prefixed_name_length(text.data() + offset, end);
        if (n == 0) n = blank_node_label_length(text.data() + offset, end);
        if (n == 0) {
            while (n < rest.size() && is_word_character(rest[n])) ++n;
        }
        return {Kind::word, offset, n};
    }
    for (const std::string_view mark : {"<<(", ")>>", "<<", ">>", "{|", "|}"}) {
        if (rest.substr(0, mark.size()) == mark) {
            const bool opens = mark.front() == '<' || mark.front() == '{';
            return {opens ? Kind::open : Kind::close, offset, mark.size()};
        }
    }
    if (c == '<') {
        if (const std::size_t n = iri_length(text, offset)) return {Kind::iri, offset, n};
    }
    if (c == '(' || c == '{' || c == '[') return {Kind::open, offset, 1};
    if (c == ')' || c == '}' || c == ']') return {Kind::close, offset, 1};
    return {Kind::other, offset, 1};
}

ScannedEnd scan_end(std::string_view text) {
    ScannedEnd end;
    for (std::size_t offset = 0;;) {
        const ScannedToken token = scan_token(text, offset);
        if (token.is(Kind::end)) return end;
        offset = token.end();
        const char c = text[token.offset];
        const bool outside = end.open.empty();
        end.in_string = token.is(Kind::open_string) && token.end() == text.size() &&
                        token.length >= 3 && text[token.offset + 1] == c &&
                        text[token.offset + 2] == c;
        if (token.is(Kind::open)) {
            end.open.push_back(token);
        } else if (token.is(Kind::close) && !end.open.empty()) {
            end.open.pop_back();
        }
        const bool other = token.is(Kind::other);
        end.semicolon = other && outside && c == ';';
        end.dot = other && outside && c == '.';
        if (!end.semicolon) end.last = token;
    }
}

}  // namespace dossier::sparql
