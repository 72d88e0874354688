#include "parser/turtle_messages.h"

#include <algorithm>
#include <string_view>

namespace dossier::turtle {

std::string hint_for_unexpected(const char* at, const char* end, bool statement_may_end) {
    if (at == end) return statement_may_end ? "the final '.' is missing" : "";
    const std::string_view rest(at, std::min<std::size_t>(64, static_cast<std::size_t>(end - at)));
    const auto begins_with = [rest](std::string_view word) { return rest.starts_with(word); };
    if (statement_may_end) {
        // The window keeps some text before the token.
        if (at[-1] == '"') return "a '\"' within a string is written \\\"";
        if (begins_with("@prefix") || begins_with("@base") || begins_with("PREFIX") ||
            begins_with("BASE")) {
            return "the statement before lacks its final '.'";
        }
        if (rest.front() == '{') return "graphs are for TriG (.trig)";
        return "the statement may lack its final '.' before this";
    }
    if (rest.front() == '?' || rest.front() == '$') return "variables are for queries";
    if (begins_with("<<(")) return "a triple term '<<( )>>' can only be an object";
    if (begins_with("True") || begins_with("TRUE")) return "write true in small letters";
    if (begins_with("False") || begins_with("FALSE")) return "write false in small letters";
    if (rest.front() == '"' || rest.front() == '\'') return "a literal can only be an object";
    if (rest.front() == '_') return "a blank node cannot be a predicate";
    if (rest.front() == '{') return "graphs are for TriG (.trig)";
    if (is_ascii_letter(static_cast<std::uint8_t>(rest.front()))) {
        return "a name needs a prefix with ':', a full IRI stands in '<>'";
    }
    return "";
}

}  // namespace dossier::turtle
