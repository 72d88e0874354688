#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dossier/export.h>
#include <dossier/options.h>
#include <dossier/term.h>

// Claims: who says what. The model is described in docs/claims.md; its vocabulary is
// https://w3id.org/dossier#.

namespace dossier {

// How a proposition stands.
enum class ClaimStatus : std::uint8_t {
    asserted,      // the store itself says it
    supported,     // some standing claim says it, none denies it
    disputed,      // standing claims for and against
    denied,        // standing claims only against
    contradicted,  // said, while a proposition that excludes it is said too
    unsupported,   // no standing claim is left
};
DOSSIER_EXPORT std::string_view to_string(ClaimStatus status);

// One answer to "what is asserted or claimed about this pattern?".
struct ClaimAnswer {
    std::vector<std::optional<Term>> values;  // of the pattern's variables, in their order
    ClaimStatus status = ClaimStatus::asserted;
    // Claims of one proposition whose times or amounts exclude each other give an answer each; this
    // tells which ("when 2023-01, amount 50"). Empty where there is one.
    std::string variant = {};
    std::vector<Term> said_by;          // voices of standing claims that state it
    std::vector<Term> denied_by;        // voices of standing claims that deny it
    std::uint64_t origins = 0;          // distinct named origins of the claims that state it
    std::uint64_t unnamed_origins = 0;  // distinct unnamed ones, counted apart
    std::vector<Term> claims;           // the claims the answer rests on
};

struct ClaimAnswers {
    std::vector<std::string> variables;  // without the question mark
    std::vector<ClaimAnswer> answers;
    std::uint64_t claims = 0;   // distinct ones behind all answers
    std::uint64_t origins = 0;  // distinct origins behind all answers, unnamed ones included
    // Things the reader should know: a cycle of copies, a claim with two propositions ...
    std::vector<std::string> notes;
};

}  // namespace dossier
