#pragma once

#include <string_view>
#include <vector>

#include "parser/sparql_syntax.h"
#include "rdf/stop_question.h"

// The rules of scope and grouping that a grammar cannot say (SPARQL 1.2 Query sections 18.2.1 and
// 19.7). What concerns a single token (blank nodes in DELETE, aggregates in FILTER ...) the builder
// checks while it reads.

namespace dossier::sparql {

// Throws ParseFailure, and what `question`, where there is one, throws. Lists what SELECT * and
// DESCRIBE * stand for, in sub-selects too.
void check_query(Query& query, const Symbols& symbols, std::string_view text,
                 StopQuestion* question);
void check_operations(std::vector<UpdateOperation>& operations, const Symbols& symbols,
                      std::string_view text, StopQuestion* question);

}  // namespace dossier::sparql
