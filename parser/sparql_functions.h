#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "parser/sparql_syntax.h"

// SPARQL's functions and aggregates by name (SPARQL 1.2 Query [141], [147]).

namespace dossier::sparql {

struct Function {
    static constexpr std::uint32_t any = 0xFFFFFFFF;

    std::string_view name;  // as the specification writes it
    Operator op;
    std::uint32_t least;  // arguments
    std::uint32_t most;
};

// ASCII case is ignored; null for an unknown name. Aggregates are functions of one argument here.
const Function* find_function(std::string_view name);
// The first of the names of an operator that is called by name (IRI, not URI).
const Function& function_of(Operator op);
const std::vector<Function>& all_functions();

}  // namespace dossier::sparql
