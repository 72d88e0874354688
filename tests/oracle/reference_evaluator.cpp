#include "tests/oracle/reference_evaluator.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/oracle/reference_values.h"

namespace dossier::oracle {

using Id = ReferenceEvaluator::Id;
using Solution = ReferenceEvaluator::Solution;
using Solutions = ReferenceEvaluator::Solutions;

namespace {

constexpr std::size_t max_steps = 3'000'000;
constexpr std::size_t max_rows = 8'000;

}  // namespace

void ReferenceEvaluator::spend(std::size_t steps) {
    steps_ += steps;
    if (steps_ > max_steps) throw TooLarge{};
}

void ReferenceEvaluator::keep(Solutions& out, Solution solution) {
    if (out.size() >= max_rows) throw TooLarge{};
    out.push_back(std::move(solution));
}

Solutions ReferenceEvaluator::solutions(const Node& select) {
    steps_ = 0;
    return of_select(select, {0, none()});
}

std::optional<Id> ReferenceEvaluator::value(const Expression& expression,
                                            const Solution& solution) {
    return value(expression, solution, {0, none()});
}

// ---- Triple patterns ----

bool ReferenceEvaluator::match(const Place& place, Id id, const Scope& scope, Solution& solution) {
    if (place.variable) {
        const Variable variable = *place.variable;
        if (scope.outer[variable] != 0) return scope.outer[variable] == id;
        if (solution[variable] == 0) solution[variable] = id;
        return solution[variable] == id;
    }
    if (place.parts.empty()) return data_.terms.intern(place.term) == id;
    if (!data_.terms.term(id).is_triple()) return false;
    const Term term = data_.terms.term(id);
    const Triple& inner = place.parts.front();
    return match(inner.subject, data_.terms.intern(term.subject()), scope, solution) &&
           match(inner.predicate, data_.terms.intern(term.predicate()), scope, solution) &&
           match(inner.object, data_.terms.intern(term.object()), scope, solution);
}

Solutions ReferenceEvaluator::of_triples(const Node& node, const Scope& scope) {
    Solutions rows = {none()};
    for (const Triple& pattern : node.triples) {
        Solutions next;
        for (const Solution& row : rows) {
            spend(data_.statements.size());
            for (const Statement& one : data_.statements) {
                if (one.graph != scope.graph) continue;
                Solution longer = row;
                if (match(pattern.subject, one.subject, scope, longer) &&
                    match(pattern.predicate, one.predicate, scope, longer) &&
                    match(pattern.object, one.object, scope, longer))
                    keep(next, std::move(longer));
            }
        }
        rows = std::move(next);
    }
    return rows;
}

Solutions ReferenceEvaluator::of_values(const Node& node, const Scope& scope) {
    Solutions out;
    const std::size_t width = node.variables.size();
    for (std::size_t row = 0; row < node.cells.size() / width; ++row) {
        Solution solution = none();
        bool possible = true;
        for (std::size_t i = 0; i < width; ++i) {
            const std::optional<Term>& cell = node.cells[row * width + i];
            if (!cell) continue;
            const Id id = data_.terms.intern(*cell);
            const Id fixed = scope.outer[node.variables[i]];
            possible = possible && (fixed == 0 || fixed == id);
            if (fixed == 0) solution[node.variables[i]] = id;
        }
        if (possible) out.push_back(std::move(solution));
    }
    return out;
}

// ---- Paths: pairs with their multiplicity, each end a term or open ----

std::vector<Id> ReferenceEvaluator::nodes(Id graph) const {
    std::set<Id> out;
    for (const Statement& one : data_.statements)
        if (one.graph == graph) out.insert({one.subject, one.object});
    return {out.begin(), out.end()};
}

std::vector<Id> ReferenceEvaluator::reached(const Path& step, const std::vector<Id>& from,
                                            Id graph) {
    std::set<Id> seen(from.begin(), from.end());
    std::vector<Id> todo(seen.begin(), seen.end());
    while (!todo.empty()) {
        const Id node = todo.back();
        todo.pop_back();
        for (const auto& [start, end] : path(step, node, std::nullopt, graph))
            if (seen.insert(end).second) todo.push_back(end);
    }
    return {seen.begin(), seen.end()};
}

ReferenceEvaluator::Pairs ReferenceEvaluator::path(const Path& one, std::optional<Id> from,
                                                   std::optional<Id> to, Id graph) {
    using Kind = Path::Kind;
    spend(data_.statements.size());
    Pairs out;
    const auto add = [&](Id a, Id b) {
        if ((!from || *from == a) && (!to || *to == b)) out.emplace_back(a, b);
        if (out.size() > max_rows) throw TooLarge{};
    };
    const auto inverse = [](Path path) {
        Path turned;
        turned.kind = Kind::inverse;
        turned.parts.push_back(std::move(path));
        return turned;
    };
    switch (one.kind) {
        case Kind::link: {
            const Id predicate = data_.terms.intern(one.predicate);
            for (const Statement& statement : data_.statements)
                if (statement.graph == graph && statement.predicate == predicate)
                    add(statement.subject, statement.object);
            return out;
        }
        case Kind::inverse:
            for (const auto& [a, b] : path(one.parts[0], to, from, graph)) out.emplace_back(b, a);
            return out;
        case Kind::sequence: {
            // A fresh variable between the parts: each is evaluated for itself, then joined.
            out = path(one.parts[0], from, std::nullopt, graph);
            for (std::size_t i = 1; i < one.parts.size(); ++i) {
                const bool last = i + 1 == one.parts.size();
                const Pairs right =
                    path(one.parts[i], std::nullopt, last ? to : std::nullopt, graph);
                std::multimap<Id, Id> by_start(right.begin(), right.end());
                Pairs joined;
                for (const auto& [a, b] : out) {
                    const auto [first, end] = by_start.equal_range(b);
                    for (auto next = first; next != end; ++next)
                        joined.emplace_back(a, next->second);
                    if (joined.size() > max_rows) throw TooLarge{};
                }
                out = std::move(joined);
            }
            return out;
        }
        case Kind::alternative:
            for (const Path& part : one.parts)
                for (const auto& pair : path(part, from, to, graph)) out.push_back(pair);
            return out;
        case Kind::zero_or_one: {
            std::set<std::pair<Id, Id>> pairs;
            for (const auto& pair : path(one.parts[0], from, to, graph)) pairs.insert(pair);
            if (from && to) {
                if (*from == *to) pairs.emplace(*from, *to);
            } else if (from || to) {
                pairs.emplace(from ? *from : *to, from ? *from : *to);
            } else {
                for (const Id node : nodes(graph)) pairs.emplace(node, node);
            }
            return {pairs.begin(), pairs.end()};
        }
        case Kind::zero_or_more:
        case Kind::one_or_more: {
            if (!from && to) {
                Path turned = one;
                turned.parts[0] = inverse(one.parts[0]);
                for (const auto& [a, b] : path(turned, to, from, graph)) out.emplace_back(b, a);
                return out;
            }
            const std::vector<Id> starts = from ? std::vector<Id>{*from} : nodes(graph);
            for (const Id start : starts) {
                std::vector<Id> first = {start};
                if (one.kind == Kind::one_or_more) {
                    first.clear();
                    for (const auto& [a, b] : path(one.parts[0], start, std::nullopt, graph))
                        first.push_back(b);
                }
                for (const Id end : reached(one.parts[0], first, graph)) add(start, end);
            }
            return out;
        }
        case Kind::negated:
            break;
    }
    const auto listed = [&](const std::vector<Term>& terms, Id predicate) {
        return std::any_of(terms.begin(), terms.end(),
                           [&](const Term& term) { return data_.terms.intern(term) == predicate; });
    };
    // alt(NPS(forward), inv(NPS(backward))): one for each triple, as all who implement it count.
    for (const Statement& statement : data_.statements) {
        if (statement.graph != graph) continue;
        if (!one.forward.empty() && !listed(one.forward, statement.predicate))
            add(statement.subject, statement.object);
        if (!one.backward.empty() && !listed(one.backward, statement.predicate))
            add(statement.object, statement.subject);
    }
    return out;
}

Solutions ReferenceEvaluator::of_path(const Node& node, const Scope& scope) {
    const auto end_of = [&](const Place& place) -> std::optional<Id> {
        if (place.variable) {
            const Id fixed = scope.outer[*place.variable];
            return fixed == 0 ? std::nullopt : std::optional(fixed);
        }
        return data_.terms.intern(place.term);
    };
    const Triple& ends = node.triples[0];
    // Between two variables a path of no step has the nodes of the graph only, also where they have
    // values from outside: those are joined (SPARQL 1.2 section 18.6.2, ContextSolution).
    const bool between_variables = ends.subject.variable && ends.object.variable;
    const auto is_node = [&](Id id) {
        return std::any_of(
            data_.statements.begin(), data_.statements.end(), [&](const Statement& one) {
                return one.graph == scope.graph && (one.subject == id || one.object == id);
            });
    };
    Solutions out;
    for (const auto& [a, b] :
         path(node.path, end_of(ends.subject), end_of(ends.object), scope.graph)) {
        if (between_variables && a == b && !is_node(a)) continue;
        Solution solution = none();
        if (match(ends.subject, a, scope, solution) && match(ends.object, b, scope, solution))
            keep(out, std::move(solution));
    }
    return out;
}

// ---- Operators ----

bool ReferenceEvaluator::compatible(const Solution& a, const Solution& b) const {
    for (std::size_t i = 0; i < width_; ++i)
        if (a[i] != 0 && b[i] != 0 && a[i] != b[i]) return false;
    return true;
}

Solution ReferenceEvaluator::merged(const Solution& a, const Solution& b) const {
    Solution out = a;
    for (std::size_t i = 0; i < width_; ++i)
        if (out[i] == 0) out[i] = b[i];
    return out;
}

Solutions ReferenceEvaluator::of_join(Solutions left, const Solutions& right) {
    Solutions out;
    for (const Solution& a : left) {
        spend(right.size());
        for (const Solution& b : right)
            if (compatible(a, b)) keep(out, merged(a, b));
    }
    return out;
}

Solutions ReferenceEvaluator::of_left_join(const Node& node, const Scope& scope) {
    const Solutions right = of(node.children[1], scope);
    Solutions out;
    for (const Solution& a : of(node.children[0], scope)) {
        bool any = false;
        spend(right.size());
        for (const Solution& b : right) {
            if (!compatible(a, b)) continue;
            Solution both = merged(a, b);
            if (!all_true(node.conditions, both, scope)) continue;
            keep(out, std::move(both));
            any = true;
        }
        if (!any) keep(out, a);
    }
    return out;
}

Solutions ReferenceEvaluator::of_minus(const Node& node, const Scope& scope) {
    const Solutions right = of(node.children[1], scope);
    Solutions out;
    for (const Solution& a : of(node.children[0], scope)) {
        spend(right.size());
        const bool removed = std::any_of(right.begin(), right.end(), [&](const Solution& b) {
            // All solutions inside have the variables from outside.
            bool shared = scope.outer != none();
            for (std::size_t i = 0; i < width_; ++i) shared = shared || (a[i] != 0 && b[i] != 0);
            return shared && compatible(a, b);
        });
        if (!removed) keep(out, a);
    }
    return out;
}

Solutions ReferenceEvaluator::of_graph(const Node& node, const Scope& scope) {
    const Node& inside = node.children[0];
    std::optional<Id> name;
    if (!node.graph.variable) name = data_.terms.intern(node.graph.term);
    if (node.graph.variable && scope.outer[*node.graph.variable] != 0)
        name = scope.outer[*node.graph.variable];
    if (name) {
        if (!std::binary_search(graphs_.begin(), graphs_.end(), *name)) return {};
        return of(inside, {*name, scope.outer});
    }
    Solutions out;
    for (const Id graph : graphs_) {
        Solution bound = none();
        bound[*node.graph.variable] = graph;
        for (const Solution& solution : of(inside, {graph, scope.outer}))
            if (compatible(solution, bound)) keep(out, merged(solution, bound));
    }
    return out;
}

Solutions ReferenceEvaluator::of_lateral(const Node& node, const Scope& scope) {
    Solutions out;
    for (const Solution& a : of(node.children[0], scope))
        for (const Solution& b : of(node.children[1], {scope.graph, merged(a, scope.outer)}))
            if (compatible(a, b)) keep(out, merged(a, b));
    return out;
}

Solutions ReferenceEvaluator::of(const Node& node, const Scope& scope) {
    using Kind = Node::Kind;
    spend(1);
    switch (node.kind) {
        case Kind::triples:
            return of_triples(node, scope);
        case Kind::path:
            return of_path(node, scope);
        case Kind::values:
            return of_values(node, scope);
        case Kind::join: {
            Solutions out = of(node.children[0], scope);
            for (std::size_t i = 1; i < node.children.size(); ++i)
                out = of_join(std::move(out), of(node.children[i], scope));
            return out;
        }
        case Kind::left_join:
            return of_left_join(node, scope);
        case Kind::union_: {
            Solutions out;
            for (const Node& child : node.children)
                for (Solution& solution : of(child, scope)) keep(out, std::move(solution));
            return out;
        }
        case Kind::minus:
            return of_minus(node, scope);
        case Kind::filter: {
            Solutions out;
            for (Solution& solution : of(node.children[0], scope))
                if (all_true(node.conditions, solution, scope)) keep(out, std::move(solution));
            return out;
        }
        case Kind::extend: {
            Solutions out = of(node.children[0], scope);
            for (Solution& solution : out)
                if (const auto id = value(node.conditions[0], solution, scope))
                    solution[node.target] = *id;
            return out;
        }
        case Kind::graph:
            return of_graph(node, scope);
        case Kind::lateral:
            return of_lateral(node, scope);
        case Kind::select:
            break;
    }
    return of_select(node, scope);
}

}  // namespace dossier::oracle
