#pragma once

#include <optional>
#include <vector>

#include <dossier/term.h>

#include "tests/oracle/query_tree.h"

// Functions of values that SPARQL 1.2 section 17.4 and 17.5 define, each from the text of the
// specifications. Nothing: an error. Throws LeftOpen where they leave the answer open.

namespace dossier::oracle {

// Any of the functions from Function::substr on, of arguments that are all there.
std::optional<Term> function_value(Function name, const std::vector<Term>& arguments);

std::optional<Term> string_function(Function name, const std::vector<Term>& arguments);
std::optional<Term> regex_function(Function name, const std::vector<Term>& arguments);
std::optional<Term> language_function(Function name, const std::vector<Term>& arguments);
std::optional<Term> rounding(Function name, const Term& argument);
std::optional<Term> cast(Function name, const Term& argument);
std::optional<Term> date_function(Function name, const Term& argument);

// A text with the language and direction of another.
Term text_like(std::string text, const Term& like);
std::string upper(const Term& term);  // of the letters that are in the data
bool is_plain_text(const Term& term);

}  // namespace dossier::oracle
