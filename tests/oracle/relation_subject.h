#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/oracle/engine_store.h"
#include "tests/oracle/query_tree.h"
#include "tests/oracle/random_data.h"

// What a relation between the answers of queries is tried on, and what it is made of.

namespace dossier::oracle {

using Rows = std::vector<TextRow>;

// The relation does not apply to this pattern.
struct NotHere {};

// What one relation is tried on.
struct Subject {
    const EngineStore& store;
    Chance& chance;
    Node first, second;
    Expression condition;

    std::vector<Variable> variables() const { return visible_variables(first); }
    std::string projection() const;
    std::string p() const { return to_text(first); }
    std::string q() const { return to_text(second); }
    std::string e() const { return to_text(condition); }
};

// A tried relation: the texts for the report, and whether it holds.
struct Outcome {
    bool holds = true;
    bool non_empty = false;
    std::string texts;
};

std::string group(const std::string& text);
std::string variable_text(Variable variable);
std::string select(const Subject& subject, const std::string& pattern, const char* form = "");
// All rows, columns by name, sorted. Each query with a variant of its own.
Rows rows_of(const EngineStore& store, const Variant& variant, const std::string& text);
Rows rows_of(const Subject& subject, const std::string& text);

// In relations_of_values.cpp and relations_of_data.cpp.
Outcome partitioned_values(const Subject& subject);
Outcome partitioned_groups(const Subject& subject);
Outcome constant_by_value(const Subject& subject);
Outcome renamed(const Subject& subject);
Outcome inserted_and_deleted(const Subject& subject);

}  // namespace dossier::oracle
