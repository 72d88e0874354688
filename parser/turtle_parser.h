#pragma once

#include "parser/statement_parser.h"

namespace dossier::turtle {

// Reads a whole source of Turtle or TriG, streaming.
//
// With OnError::skip the statements of a text statement wait for its end (ParseOptions says how
// many), and recovery goes on behind it: skip_broken_statement().
ParseReport parse(ByteSource& source, Format format, const ParseOptions& options,
                  StatementSink& sink);

}  // namespace dossier::turtle
