#pragma once

#include <functional>

#include "engine/algebra.h"
#include "engine/variables.h"
#include "parser/sparql_syntax.h"

namespace dossier::engine {

// Property paths to algebra, SPARQL 1.1 section 18.2.2.3 and 18.2.2.4: what has bag semantics
// becomes patterns, joins, unions and filters; closures become PathPattern nodes.
//
// p{n,m} (an extension) is n steps as a sequence, then up to m - n more with the set semantics of
// `?`; without m, then p*.
AlgebraPtr translate_path(const sparql::Symbols& symbols, const PatternTerm& subject,
                          const sparql::PropertyPath& path, const PatternTerm& object,
                          Variables& variables);

}  // namespace dossier::engine
