#include <algorithm>

#include "engine/algebra_walk.h"
#include "engine/passes.h"

namespace dossier::engine {

namespace {

// A join is copied into at most so many branches altogether.
constexpr std::size_t most_branches = 16;

VariableSet visible_in(const std::vector<AlgebraPtr>& parts, const Algebra* except) {
    VariableSet out;
    for (const AlgebraPtr& part : parts)
        if (part.get() != except) out.insert(visible_variables(*part));
    return out;
}

// Whether the union binds some variable it shares with the rest of the join in some of its branches
// only. Such a join has no key: every pair of rows would have to be looked at.
bool binds_unevenly(const AlgebraPtr& part, const std::vector<AlgebraPtr>& parts) {
    VariableSet shared = visible_variables(*part);
    shared.intersect(visible_in(parts, part.get()));
    return !certain_variables(*part).contains_all(shared);
}

// Whether it gives the same solutions each time: a LIMIT, SAMPLE or GROUP_CONCAT may choose others.
bool gives_the_same(const AlgebraPtr& algebra) {
    if (algebra->as<Slice>()) return false;
    if (const auto* group = algebra->as<Group>())
        for (const Aggregate& aggregate : group->aggregates)
            if (aggregate.kind == AggregateKind::sample ||
                aggregate.kind == AggregateKind::group_concat ||
                aggregate.kind == AggregateKind::host)
                return false;
    const std::vector<AlgebraPtr> inputs = children(*algebra);
    return std::all_of(inputs.begin(), inputs.end(), gives_the_same);
}

// Whether all parts but one may stand in several places.
bool may_be_copied(const std::vector<AlgebraPtr>& parts, const AlgebraPtr& except) {
    return std::all_of(parts.begin(), parts.end(), [&](const AlgebraPtr& part) {
        return part == except || gives_the_same(part);
    });
}

AlgebraPtr distribute(const AlgebraPtr& algebra, std::size_t branches, StopQuestion* question) {
    if (question != nullptr) question->step();
    const auto* join = algebra->as<Join>();
    if (join == nullptr || !is_deterministic(*algebra))
        return map_children(algebra, [&](const AlgebraPtr& child) {
            return distribute(child, branches, question);
        });
    for (std::size_t i = 0; i < join->parts.size(); ++i) {
        if (question != nullptr) question->ask();
        const auto* united = join->parts[i]->as<Union>();
        if (united == nullptr || !binds_unevenly(join->parts[i], join->parts) ||
            !may_be_copied(join->parts, join->parts[i]))
            continue;
        const std::size_t total = branches * united->parts.size();
        if (total > most_branches) continue;
        Union out;
        for (const AlgebraPtr& branch : united->parts) {
            Join copy;
            for (std::size_t k = 0; k < join->parts.size(); ++k) {
                const AlgebraPtr& part = k == i ? branch : join->parts[k];
                // A branch that is a join itself is planned as one with the rest.
                if (const auto* nested = part->as<Join>())
                    copy.parts.insert(copy.parts.end(), nested->parts.begin(), nested->parts.end());
                else
                    copy.parts.push_back(part);
            }
            out.parts.push_back(distribute(make_algebra(std::move(copy)), total, question));
        }
        return make_algebra(std::move(out));
    }
    return map_children(
        algebra, [&](const AlgebraPtr& child) { return distribute(child, branches, question); });
}

}  // namespace

AlgebraPtr distribute_unions(const AlgebraPtr& algebra, StopQuestion* question) {
    return distribute(algebra, 1, question);
}

}  // namespace dossier::engine
