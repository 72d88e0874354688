#pragma once

#include <dossier/term.h>

#include <string>
#include <string_view>

namespace dossier::engine {

// xsd:string, or a language string with or without direction: what the string functions take
// (SPARQL 1.1 section 17.4.3.1, "string literal").
bool is_string_literal(const TermView& term);
// Without language.
bool is_plain_string(const TermView& term);
// Argument compatibility (SPARQL 1.1 section 17.4.3.1.2): the second is plain, or has the language
// and direction of the first.
bool are_compatible(const TermView& first, const TermView& second);

// Percent-encodes all but the unreserved characters of RFC 3986.
std::string encode_for_uri(std::string_view text);

}  // namespace dossier::engine
