#pragma once

#include <optional>
#include <string>

#include <dossier/term.h>

// Values of literals and the operators on them, as SPARQL 1.2 section 17 says, written for clarity:
// exact numbers are fractions of any size. docs/values.md lists what the specification leaves open.

namespace dossier::oracle {

// The answer depends on what the specification leaves open (which of equal rows a LIMIT keeps,
// which term SAMPLE takes): there is nothing to compare.
struct LeftOpen {};

// Nothing: an expression error.
std::optional<bool> truth_of(const Term& term);  // the effective boolean value

std::optional<bool> equal(const Term& a, const Term& b);
std::optional<bool> less(const Term& a, const Term& b);
// ORDER BY: negative, 0 (a tie, or open between blank nodes) or positive.
int order(const Term& a, const Term& b);
bool has_blank_node(const Term& term);

bool is_number(const Term& term);
std::optional<Term> arithmetic(char sign, const Term& a, const Term& b);  // + - * /
std::optional<Term> negated(const Term& a);
std::optional<Term> absolute(const Term& a);

bool is_text(const Term& term);                  // with or without a language
std::optional<Term> text_of(const Term& term);   // STR
std::size_t length_of(const std::string& text);  // in code points
// Whether the second may be looked for in the first (section 17.4.3.1.2).
bool are_compatible(const Term& a, const Term& b);

}  // namespace dossier::oracle
