#include <algorithm>

#include "engine/algebra_walk.h"
#include "engine/passes.h"
#include "engine/planner.h"

namespace dossier::engine {

namespace {

VariableSet variables_of(const Expression& expression) {
    VariableSet out;
    for_each_variable(expression, [&](Variable variable) { out.insert(variable); });
    return out;
}

AlgebraPtr push(const AlgebraPtr& algebra, StopQuestion* question);

AlgebraPtr filtered(const AlgebraPtr& input, const std::vector<ExpressionPtr>& conditions,
                    StopQuestion* question) {
    if (conditions.empty()) return push(input, question);
    return push(make_algebra(Filter{conditions, input}), question);
}

// Conditions that may be decided on the solutions of `part` alone, as part of `whole`: each
// variable they read is bound by the part, or not at all by the whole.
bool decided_by(const Expression& condition, const Algebra& part, const Algebra& whole) {
    VariableSet read = variables_of(condition);
    read.intersect(visible_variables(whole));
    return is_deterministic(condition) && certain_variables(part).contains_all(read);
}

template <typename Test>
void split(const std::vector<ExpressionPtr>& conditions, std::vector<ExpressionPtr>& yes,
           std::vector<ExpressionPtr>& no, StopQuestion* question, const Test& test) {
    for (const ExpressionPtr& condition : conditions) {
        if (question != nullptr) question->ask();
        (test(*condition) ? yes : no).push_back(condition);
    }
}

AlgebraPtr keep(const std::vector<ExpressionPtr>& conditions, AlgebraPtr input) {
    if (conditions.empty()) return input;
    return make_algebra(Filter{conditions, std::move(input)});
}

AlgebraPtr push_filter(const Filter& filter, StopQuestion* question) {
    const std::vector<ExpressionPtr> conditions = conjuncts(filter.conditions);
    const AlgebraPtr& input = filter.input;
    std::vector<ExpressionPtr> down, stay;
    if (const auto* below = input->as<Filter>()) {
        std::vector<ExpressionPtr> all = conditions;
        all.insert(all.end(), below->conditions.begin(), below->conditions.end());
        return push(make_algebra(Filter{std::move(all), below->input}), question);
    }
    if (const auto* node = input->as<Union>()) {
        split(conditions, down, stay, question,
              [](const Expression& one) { return is_deterministic(one); });
        Union out;
        for (const AlgebraPtr& part : node->parts)
            out.parts.push_back(filtered(part, down, question));
        return keep(stay, make_algebra(std::move(out)));
    }
    if (const auto* node = input->as<LeftJoin>()) {
        split(conditions, down, stay, question,
              [&](const Expression& one) { return decided_by(one, *node->left, *input); });
        return keep(stay, make_algebra(LeftJoin{filtered(node->left, down, question),
                                                push(node->right, question), node->conditions}));
    }
    if (const auto* node = input->as<Minus>()) {
        split(conditions, down, stay, question,
              [](const Expression& one) { return is_deterministic(one); });
        return keep(stay, make_algebra(Minus{filtered(node->left, down, question),
                                             push(node->right, question)}));
    }
    if (const auto* node = input->as<Extend>()) {
        split(conditions, down, stay, question, [&](const Expression& one) {
            const VariableSet read = variables_of(one);
            return is_deterministic(one) &&
                   std::none_of(
                       node->assignments.begin(), node->assignments.end(),
                       [&](const auto& assignment) { return read.contains(assignment.first); });
        });
        return keep(stay,
                    make_algebra(Extend{filtered(node->input, down, question), node->assignments}));
    }
    if (const auto* node = input->as<Project>()) {
        VariableSet columns;
        for (const Variable variable : node->variables) columns.insert(variable);
        split(conditions, down, stay, question, [&](const Expression& one) {
            return is_deterministic(one) && columns.contains_all(variables_of(one));
        });
        return keep(stay,
                    make_algebra(Project{filtered(node->input, down, question), node->variables}));
    }
    if (const auto* node = input->as<Distinct>()) {
        split(conditions, down, stay, question,
              [](const Expression& one) { return is_deterministic(one); });
        return keep(stay,
                    make_algebra(Distinct{filtered(node->input, down, question), node->reduced}));
    }
    if (const auto* node = input->as<Join>()) {
        // Parts that are joined as triple patterns take conditions from the planner; the others get
        // theirs here.
        Join out = *node;
        stay = conditions;
        for (AlgebraPtr& part : out.parts) {
            const bool pattern = part->as<BasicPattern>() || part->as<PathPattern>() ||
                                 part->as<Graph>() || part->as<Values>();
            if (pattern) continue;
            down.clear();
            std::vector<ExpressionPtr> others;
            split(stay, down, others, question,
                  [&](const Expression& one) { return decided_by(one, *part, *input); });
            stay = std::move(others);
            part = filtered(part, down, question);
        }
        return keep(stay, make_algebra(std::move(out)));
    }
    return keep(conditions, push(input, question));
}

AlgebraPtr push(const AlgebraPtr& algebra, StopQuestion* question) {
    if (question != nullptr) question->step();
    if (const auto* filter = algebra->as<Filter>()) return push_filter(*filter, question);
    return map_children(algebra, [&](const AlgebraPtr& input) { return push(input, question); });
}

}  // namespace

AlgebraPtr push_filters(const AlgebraPtr& algebra, StopQuestion* question) {
    return push(algebra, question);
}

}  // namespace dossier::engine
