#pragma once

#include <optional>
#include <vector>

#include <dossier/term.h>

#include "engine/algebra.h"
#include "engine/variables.h"
#include "parser/sparql_parser.h"
#include "parser/sparql_syntax.h"

// Syntax tree to algebra, SPARQL 1.1 section 18.2 and the changes of SPARQL 1.2.

namespace dossier::engine {

// FROM and FROM NAMED, USING and USING NAMED.
struct Dataset {
    std::vector<Term> default_graphs;
    std::vector<Term> named_graphs;
    bool empty() const { return default_graphs.empty() && named_graphs.empty(); }
};

// A translated query or WHERE clause: immutable, independent of any store's state.
struct TranslatedPattern {
    Variables variables;
    AlgebraPtr algebra;
    Dataset dataset;
    // WITH: the default graph where the dataset is empty; all named graphs stay.
    std::optional<Term> with;
    // The solutions' variables in the order they are to be shown: SELECT's projection; else all
    // visible ones.
    std::vector<Variable> columns;
    // For each sparql::Variable, the variable it is in the outermost scope, which templates and
    // parameters mean; nothing where the name occurs only inside a sub-select that hides it.
    std::vector<std::optional<Variable>> visible;
};

// The pattern of any form of query with its solution modifiers. `question`, where there is one, is
// asked now and then here and below.
TranslatedPattern translate_query(const sparql::ParsedQuery& query,
                                  StopQuestion* question = nullptr);

// The WHERE clause of DELETE/INSERT: `with` (WITH) is the default graph unless `dataset` (USING)
// has an entry.
TranslatedPattern translate_where(const sparql::Symbols& symbols, const sparql::GroupPattern& where,
                                  const std::vector<sparql::DatasetClause>& dataset,
                                  std::optional<sparql::Constant> with,
                                  StopQuestion* question = nullptr);
// DELETE WHERE { quads } read as a pattern.
TranslatedPattern translate_where(const sparql::Symbols& symbols,
                                  const std::vector<sparql::QuadPattern>& quads,
                                  StopQuestion* question = nullptr);

// GRAPH ?name { pattern }. The pattern does not see the name's value; it is joined afterwards
// (section 18.6, Evaluation of a Graph Pattern). A Graph node whose pattern mentions its own name
// would show it inside.
AlgebraPtr graph_pattern(Variable name, const AlgebraPtr& pattern, Variables& variables);

}  // namespace dossier::engine
