#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/oracle/engine_store.h"
#include "tests/oracle/query_tree.h"
#include "tests/oracle/term_table.h"

namespace dossier::oracle {

// Where the engine's answer is not the reference's.
struct Difference {
    std::string variant;
    std::string what;  // what is missing, too much, or the engine's error
};

// What a query answers by the definition. Throws LeftOpen and TooLarge.
struct Expected {
    std::vector<std::string> columns;
    std::vector<TextRow> rows;  // of a SELECT sorted as texts; of CONSTRUCT each once
};
Expected expected_answer(const Query& query, Dataset& data);

Dataset dataset_of(const std::vector<Quad>& quads);

// Runs the query in each of the variants and compares.
struct Comparison {
    std::optional<Difference> difference;
    std::size_t runs = 0;
    std::size_t stopped = 0;  // at the memory limit
};
Comparison compare(const Query& query, const Expected& expected, Dataset& data,
                   const EngineStore& store, const std::vector<Variant>& variants);

// A smaller query over smaller data that still differs.
struct Shrunk {
    Query query;
    std::vector<Quad> quads;
    Difference difference;
};
Shrunk shrink(Query query, std::vector<Quad> quads, Making making, const Variant& variant,
              Difference difference);

}  // namespace dossier::oracle
