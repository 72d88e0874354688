#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/plan.h"
#include "engine/variables.h"

namespace dossier::engine {

enum class JoinKind : std::uint8_t {
    inner,
    left,   // OPTIONAL: left rows without a match stay, the right columns unbound
    semi,   // left rows with a match (EXISTS)
    anti,   // left rows without a match (NOT EXISTS)
    minus,  // as anti; a match needs a variable bound on both sides (section 18.5, Minus)
};
const char* name_of(JoinKind kind);
constexpr bool keeps_left_only(JoinKind kind) {
    return kind >= JoinKind::semi;
}

// How the columns of two inputs meet. Candidates are rows of all left columns and the columns only
// the right has; for inner and left they are the output, for the others the left columns are.
struct JoinShape {
    struct Shared {
        std::size_t left = 0, right = 0;  // columns
    };

    JoinKind kind = JoinKind::inner;
    std::vector<Shared> keys;   // bound on both sides: equal
    std::vector<Shared> loose;  // may be unbound on one side: equal, or one of them unbound
    std::vector<std::size_t> right_only;
    std::vector<Variable> candidate_variables;
    std::vector<Variable> variables;  // of the output
    std::vector<bool> may_be_unbound;
    std::size_t left_columns = 0;
};

JoinShape join_shape(JoinKind kind, const std::vector<Variable>& left,
                     const std::vector<bool>& left_unbound, const std::vector<Variable>& right,
                     const std::vector<bool>& right_unbound);
inline JoinShape join_shape(JoinKind kind, const PlanNode& left, const PlanNode& right) {
    return join_shape(kind, left.variables(), left.unbound_flags(), right.variables(),
                      right.unbound_flags());
}

}  // namespace dossier::engine
