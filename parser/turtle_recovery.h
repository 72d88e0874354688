#pragma once

#include <cstdint>

#include "parser/syntax_failure.h"
#include "parser/window_input.h"

namespace dossier::turtle {

// After an error: finds where the broken statement ends and leaves the input there. Strings, IRIs
// and comments are stepped over, so that a dot within them does not count. Of any length; memory
// stays bounded.
//
// * A final dot that is merely missing: the statement ends before the token that was met instead,
//   when that stands on a new line and not further right than the statement began
//   (`statement_column`).
// * A string that is not closed on its line ends with the line; where a dot is the line's last
//   character, so does the statement.
// * In a graph of TriG, '}' ends the statement as well and is left to be read.
// * Where `only_comment` is broken, only the rest of its line is left out.
void skip_broken_statement(WindowInput& in, const SyntaxFailure& failure,
                           std::uint64_t statement_column, bool in_graph, bool only_comment);

}  // namespace dossier::turtle
