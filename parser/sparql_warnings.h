#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <dossier/error.h>

#include "parser/sparql_parser.h"

// What is correct SPARQL and hardly meant.

namespace dossier::sparql {

// Variables that SELECT, DESCRIBE, a template, a filter or another expression uses and nothing in
// the query binds: mostly misspelt ones. `given` are names of variables that have values from
// outside, without the question mark. Each variable is told once, in the order of the text.
std::vector<SyntaxError::Details> unbound_variables(const ParsedQuery& query, std::string_view text,
                                                    const std::vector<std::string>& given,
                                                    std::string_view source);

}  // namespace dossier::sparql
