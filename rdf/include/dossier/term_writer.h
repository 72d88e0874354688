#pragma once

#include <string>
#include <string_view>

#include <dossier/export.h>
#include <dossier/term.h>

// Terms as text, appended to a string. Valid UTF-8 in, valid UTF-8 out.

namespace dossier {

class PrefixMap;

// N-Triples and N-Quads with RDF 1.2's canonical escapes: \t \b \n \r \f \" \\ by name, other
// control characters, DEL, U+FFFE and U+FFFF as \uXXXX, everything else as it is. Language tags as
// written; `canonical_language` in lower case (canonical N-Triples). The datatype xsd:string is
// left out.
DOSSIER_EXPORT void append_ntriples(std::string& out, const TermView& term);
DOSSIER_EXPORT void append_canonical_ntriples(std::string& out, const TermView& term);

// Turtle, TriG and SPARQL: prefixed names where `prefixes` has one, and bare true, false, numbers
// where the lexical form is of Turtle's grammar for that datatype. Reads back as the same term.
DOSSIER_EXPORT void append_turtle(std::string& out, const TermView& term,
                                  const PrefixMap* prefixes = nullptr);

// A statement with its line end: "s p o .\n", for a quad outside the default graph "s p o g .\n".
DOSSIER_EXPORT void append_ntriples_line(std::string& out, const TripleView& triple);
DOSSIER_EXPORT void append_nquads_line(std::string& out, const QuadView& quad);

// The parts: an IRI in angle brackets, a string in double quotes.
DOSSIER_EXPORT void append_iri_reference(std::string& out, std::string_view iri);
DOSSIER_EXPORT void append_quoted_string(std::string& out, std::string_view text);

}  // namespace dossier
