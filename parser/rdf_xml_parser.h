#pragma once

#include "parser/statement_parser.h"

namespace dossier::rdf_xml {

// Reads a whole source of RDF/XML (RDF 1.1 and 1.2), streaming. Nothing outside the document is
// ever fetched: a document type with an external part is refused.
//
// With OnError::skip an element that breaks the rules of RDF is left out with all in it; what it
// said before stays. A document that is not well-formed XML ends the parse in any case.
ParseReport parse(ByteSource& source, const ParseOptions& options, StatementSink& sink);

}  // namespace dossier::rdf_xml
