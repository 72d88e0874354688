#include "engine/path_estimate.h"

#include <algorithm>

namespace dossier::engine {

namespace {

using Kind = PropertyPath::Kind;

// Steps that a closure's growth is followed for.
constexpr int most_steps = 8;
constexpr double statements_per_node = 4;

PathEstimate reversed(PathEstimate path) {
    std::swap(path.subjects, path.objects);
    return path;
}

PathEstimate sequence(const PathEstimate& first, const PathEstimate& second) {
    PathEstimate out;
    out.edges = first.edges + second.edges;
    const double middle = std::max({first.objects, second.subjects, 1.0});
    out.pairs = first.pairs * second.pairs / middle;
    out.subjects = std::min(first.subjects, out.pairs);
    out.objects = std::min(second.objects, out.pairs);
    return out;
}

PathEstimate alternative(const PathEstimate& a, const PathEstimate& b) {
    return {a.edges + b.edges, a.pairs + b.pairs, a.subjects + b.subjects, a.objects + b.objects};
}

// Every node connected with itself as well.
PathEstimate with_nodes(PathEstimate path, double nodes) {
    path.pairs += nodes;
    path.subjects = std::max(path.subjects, nodes);
    path.objects = std::max(path.objects, nodes);
    return path;
}

// What a node leads to in any number of steps: `fan` after one, of which a share goes on.
double reached(double fan, double share, double most) {
    double sum = 0;
    double step = fan;
    for (int i = 0; i < most_steps && sum < most; ++i) {
        sum += step;
        step *= fan * share;
    }
    return std::min(sum, most);
}

PathEstimate closure(const PathEstimate& step) {
    PathEstimate out = step;
    if (step.subjects < 1 || step.objects < 1) return out;
    const double goes_on = std::min(1.0, step.subjects / step.objects);
    const double comes_from = std::min(1.0, step.objects / step.subjects);
    out.pairs = std::min(step.subjects * reached(step.fan_out(), goes_on, step.objects),
                         step.objects * reached(step.fan_in(), comes_from, step.subjects));
    return out;
}

}  // namespace

PathEstimate estimate_path(const PropertyPathIds& path, const StatisticsOf& statistics,
                           double statements) {
    const double nodes = statements / statements_per_node;
    const auto part = [&](std::size_t i) {
        return estimate_path(path.parts[i], statistics, statements);
    };
    switch (path.kind) {
        case Kind::link: {
            if (!path.predicate.bound()) return {};
            const storage::PredicateStatistics known = statistics(path.predicate);
            const auto rows = static_cast<double>(known.rows);
            return {rows, rows, static_cast<double>(known.distinct_subjects),
                    static_cast<double>(known.distinct_objects)};
        }
        case Kind::negated:
            return {statements, statements, nodes, nodes};
        case Kind::inverse:
            return reversed(part(0));
        case Kind::sequence: {
            // No step at all, p{0}: each node with itself.
            if (path.parts.empty()) return with_nodes({}, nodes);
            PathEstimate out = part(0);
            for (std::size_t i = 1; i < path.parts.size(); ++i) out = sequence(out, part(i));
            return out;
        }
        case Kind::alternative: {
            PathEstimate out = part(0);
            for (std::size_t i = 1; i < path.parts.size(); ++i) out = alternative(out, part(i));
            return out;
        }
        case Kind::zero_or_one:
            return with_nodes(part(0), nodes);
        case Kind::zero_or_more:
            return with_nodes(closure(part(0)), nodes);
        case Kind::one_or_more:
            return closure(part(0));
    }
    return {};
}

}  // namespace dossier::engine
