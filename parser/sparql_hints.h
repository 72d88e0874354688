#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "parser/sparql_builder.h"

// From "something else was expected here" to a message a person can act on.

namespace dossier::sparql {

// What was being read.
enum class ReadingOf { query, update, statement, term };

struct Expectation {
    std::string_view expected;   // the message of the rule that did not match
    std::size_t offset = 0;      // where
    bool after_triples = false;  // a triple pattern ended just there
    ReadingOf reading = ReadingOf::query;
};

// The message, the hint, and the second place where one helps.
ParseFailure explain_unexpected(std::string_view text, const Expectation& expectation);

}  // namespace dossier::sparql
