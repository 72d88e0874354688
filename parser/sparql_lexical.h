#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// The terminals of SPARQL 1.2 (Query section 19.7, productions [159] and up) as functions over
// valid UTF-8: how long is the token that begins here? They never look behind `end`, take the
// longest match, and do not depend on a locale.

namespace dossier::sparql {

// A token that has begun but is broken, as an IRI with a space in it.
struct LexicalError {
    const char* at;
    std::size_t length;
    std::string message;
    std::string hint;
};

// 0 when no such token begins at `begin`.
using TokenLength = std::size_t (*)(const char* begin, const char* end);

// Space and comments; the only ones that may have no characters.
std::size_t ignored_length(const char* begin, const char* end);

// [159] <...>, brackets included. Throws LexicalError for what cannot stand in an IRI. 0 for `<<`.
std::size_t iri_reference_length(const char* begin, const char* end);
// The same, but 0 for what is broken.
std::size_t whole_iri_reference_length(const char* begin, const char* end);
// [160] prefix:
std::size_t prefix_name_length(const char* begin, const char* end);
// [157] PNAME_LN or PNAME_NS
std::size_t prefixed_name_length(const char* begin, const char* end);
// [162] _:label
std::size_t blank_node_label_length(const char* begin, const char* end);
// [163], [164] ?name or $name
std::size_t variable_length(const char* begin, const char* end);
// [165] @en-GB--ltr
std::size_t language_length(const char* begin, const char* end);
// [166]-[174] a number with or without a sign.
std::size_t integer_length(const char* begin, const char* end);
std::size_t decimal_length(const char* begin, const char* end);
std::size_t double_length(const char* begin, const char* end);
std::size_t number_length(const char* begin, const char* end);
std::size_t unsigned_integer_length(const char* begin, const char* end);
// [176]-[179], quotes included. Throws LexicalError for an unclosed string or a wrong escape.
std::size_t string_length(const char* begin, const char* end);
// [176], [177] only.
std::size_t short_string_length(const char* begin, const char* end);
// [181] ( ) and [183] [ ]
std::size_t nil_length(const char* begin, const char* end);
std::size_t anonymous_length(const char* begin, const char* end);

// A run of [A-Za-z0-9_] beginning with a letter that is a whole word: neither a name character
// nor a colon follows, which would make it part of a prefixed name.
std::size_t word_length(const char* begin, const char* end);
// Whether the word at `begin` is `word`, which is in capitals; ASCII case is ignored.
bool is_word(const char* begin, const char* end, std::string_view word);

// The text between the quotes of a string token, escapes replaced ([180] ECHAR and UCHAR).
void append_unescaped_string(std::string& out, std::string_view token);
// The text between the brackets of an IRI token, \u escapes replaced.
void append_unescaped_iri(std::string& out, std::string_view token);
// The local part of a prefixed name, backslashes dropped ([193] PN_LOCAL_ESC).
void append_unescaped_local(std::string& out, std::string_view local);

}  // namespace dossier::sparql
