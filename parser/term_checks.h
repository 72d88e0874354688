#pragma once

#include <cstddef>
#include <string_view>

#include <dossier/term.h>

#include "parser/statement_parser.h"

// What the parsers ask of terms beyond the grammar. Each throws SyntaxFailure at `at`; `written` is
// how many bytes of the text the caret marks.

namespace dossier {

// Not too long and, unless lenient, an absolute IRI of RFC 3987.
void check_iri(std::string_view iri, const char* at, std::size_t written,
               const ParseOptions& options);

// Not a datatype that needs a language: rdf:langString, rdf:dirLangString.
void check_datatype(std::string_view datatype, const char* at, std::size_t written);

struct LanguageTag {
    std::string_view language;
    Direction direction = Direction::none;
};
// LANG_DIR with its '@', taken apart: "@en--ltr". The direction is ltr or rtl and, unless lenient,
// the language has BCP 47's form.
LanguageTag split_language_tag(std::string_view lang_dir, const ParseOptions& options);

// Neither the lexical form nor a label is too long.
void check_literal_length(std::size_t bytes, const char* at, const ParseOptions& options);
void check_label_length(std::size_t bytes, const char* at, const ParseOptions& options);

}  // namespace dossier
