#include "engine/join_shape.h"

namespace dossier::engine {

const char* name_of(JoinKind kind) {
    switch (kind) {
        case JoinKind::inner:
            return "Join";
        case JoinKind::left:
            return "LeftJoin";
        case JoinKind::semi:
            return "SemiJoin";
        case JoinKind::anti:
            return "AntiJoin";
        case JoinKind::minus:
            return "Minus";
    }
    return "";
}

JoinShape join_shape(JoinKind kind, const std::vector<Variable>& left,
                     const std::vector<bool>& left_unbound, const std::vector<Variable>& right,
                     const std::vector<bool>& right_unbound) {
    JoinShape shape;
    shape.kind = kind;
    shape.left_columns = left.size();
    shape.candidate_variables = left;
    shape.may_be_unbound = left_unbound;
    for (std::size_t column = 0; column < right.size(); ++column) {
        const auto same = column_of(left, right[column]);
        if (!same) {
            shape.right_only.push_back(column);
            shape.candidate_variables.push_back(right[column]);
            if (!keeps_left_only(kind))
                shape.may_be_unbound.push_back(kind == JoinKind::left || right_unbound[column]);
            continue;
        }
        if (left_unbound[*same] || right_unbound[column]) {
            shape.loose.push_back({*same, column});
            // An inner match binds what either side binds.
            if (kind == JoinKind::inner)
                shape.may_be_unbound[*same] = left_unbound[*same] && right_unbound[column];
        } else {
            shape.keys.push_back({*same, column});
        }
    }
    shape.variables = keeps_left_only(kind) ? left : shape.candidate_variables;
    return shape;
}

}  // namespace dossier::engine
