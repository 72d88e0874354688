#pragma once

#include "parser/sparql_tokens.h"

// The parts of a whole text, one after the other. What is expected and missing is thrown as PEGTL's
// parse_error, what the builder refuses as ParseFailure, a broken token as LexicalError.

namespace dossier::sparql::grammar {

// A byte order mark, space and the prologue.
void parse_beginning(Input& in, Builder& builder);
// A query or the operations of an update without the prologue before them.
void parse_query_rest(Input& in, Builder& builder);
void parse_update_rest(Input& in, Builder& builder);
void parse_bare_pattern(Input& in, Builder& builder);
// A term; false when none is there.
bool parse_parameter(Input& in, Builder& builder);
// The end of the text; in a shell a semicolon may stand before it.
void parse_end(Input& in, Builder& builder);
void parse_end_after_semicolon(Input& in, Builder& builder);

}  // namespace dossier::sparql::grammar
