#pragma once

#include <cstddef>
#include <string>

namespace dossier {

// What a grammar throws inside the parser: where in its window the text fails, and why. The
// parser's entry point turns it into a SyntaxError while the window still holds the text.
struct SyntaxFailure {
    const char* at = nullptr;
    std::size_t length = 1;
    std::string message;
    std::string hint = {};
    // Where the damaged token begins, for recovery; null: at `at`.
    const char* token = nullptr;
    bool in_comment = false;
    // All of the statement is there but its final dot.
    bool only_end_missing = false;
};

}  // namespace dossier
