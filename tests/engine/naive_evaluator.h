#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "engine/algebra_walk.h"
#include "fake_snapshot.h"

// The algebra of SPARQL 1.1 section 18 written down as it is defined: sets of solutions as vectors,
// nested loops, no index, no plan. What the engine answers must be a permutation of this.

namespace dossier::testing {

using namespace dossier::engine;

using Solution = std::map<Variable, TermId>;
using Solutions = std::vector<Solution>;

class NaiveEvaluator {
  public:
    NaiveEvaluator(FakeSnapshot& data) : data_(data) {}

    Solutions evaluate(const AlgebraPtr& algebra) { return of(*algebra, std::nullopt); }

  private:
    using ActiveGraph = std::optional<TermId>;  // nothing: the default graph

    // ---- Patterns ----
    std::vector<TripleIds> triples(const ActiveGraph& graph) const {
        std::vector<TripleIds> out;
        for (const QuadIds& quad : data_.quads())
            if (quad.graph == graph.value_or(storage::default_graph))
                out.push_back({quad.subject, quad.predicate, quad.object});
        return out;
    }
    bool match(const PatternTerm& term, TermId value, Solution& solution) {
        if (const Variable* variable = term.variable()) {
            const auto [entry, added] = solution.try_emplace(*variable, value);
            return added || entry->second == value;
        }
        if (const Term* constant = term.term()) return data_.intern(*constant) == value;
        if (value.tag() != Tag::triple) return false;
        const TripleIds parts = data_.triple(value);
        return match(term.triple()->subject, parts.subject, solution) &&
               match(term.triple()->predicate, parts.predicate, solution) &&
               match(term.triple()->object, parts.object, solution);
    }
    Solutions of_node(const BasicPattern& node, const ActiveGraph& graph) {
        Solutions out = {{}};
        for (const TriplePattern& pattern : node.triples) {
            Solutions next;
            for (const Solution& solution : out)
                for (const TripleIds& triple : triples(graph)) {
                    Solution extended = solution;
                    if (match(pattern.subject, triple.subject, extended) &&
                        match(pattern.predicate, triple.predicate, extended) &&
                        match(pattern.object, triple.object, extended))
                        next.push_back(extended);
                }
            out = std::move(next);
        }
        return out;
    }

    // ---- Paths: the set of pairs over the given nodes ----
    using Pairs = std::set<std::pair<TermId, TermId>>;
    Pairs pairs(const PropertyPath& path, const std::set<TermId>& nodes, const ActiveGraph& graph) {
        using Kind = PropertyPath::Kind;
        Pairs out;
        const auto compose = [](const Pairs& a, const Pairs& b) {
            Pairs joined;
            for (const auto& [x, y] : a)
                for (const auto& [u, v] : b)
                    if (y == u) joined.insert({x, v});
            return joined;
        };
        const auto closure = [&](Pairs one) {
            Pairs all = one;
            for (;;) {
                Pairs more = compose(all, one);
                more.insert(all.begin(), all.end());
                if (more.size() == all.size()) return all;
                all = std::move(more);
            }
        };
        switch (path.kind) {
            case Kind::link:
                for (const TripleIds& triple : triples(graph))
                    if (triple.predicate == data_.intern(path.predicate))
                        out.insert({triple.subject, triple.object});
                break;
            case Kind::inverse:
                for (const auto& [a, b] : pairs(*path.parts[0], nodes, graph)) out.insert({b, a});
                break;
            case Kind::sequence:
                for (const TermId node : nodes) out.insert({node, node});
                for (const auto& part : path.parts) out = compose(out, pairs(*part, nodes, graph));
                break;
            case Kind::alternative:
                for (const auto& part : path.parts) out.merge(pairs(*part, nodes, graph));
                break;
            case Kind::one_or_more:
                return closure(pairs(*path.parts[0], nodes, graph));
            case Kind::zero_or_one:
            case Kind::zero_or_more:
                out = pairs(*path.parts[0], nodes, graph);
                for (const TermId node : nodes) out.insert({node, node});
                if (path.kind == Kind::zero_or_more) return closure(out);
                break;
            case Kind::negated:
                for (const TripleIds& triple : triples(graph)) {
                    const auto listed = [&](const std::vector<Term>& terms) {
                        for (const Term& term : terms)
                            if (data_.intern(term) == triple.predicate) return true;
                        return false;
                    };
                    if (path.has_forward && !listed(path.forward))
                        out.insert({triple.subject, triple.object});
                    if (path.has_backward && !listed(path.backward))
                        out.insert({triple.object, triple.subject});
                }
                break;
        }
        return out;
    }
    Solutions of_node(const PathPattern& node, const ActiveGraph& graph) {
        std::set<TermId> nodes;
        for (const TripleIds& triple : triples(graph))
            nodes.insert({triple.subject, triple.object});
        // Terms of the pattern have their zero-length path wherever they are (section 18.4).
        for (const PatternTerm* end : {&node.subject, &node.object})
            if (const Term* term = end->term()) nodes.insert(data_.intern(*term));
        const bool both_variables = node.subject.variable() && node.object.variable();
        Solutions out;
        for (const auto& [a, b] : pairs(*node.path, nodes, graph)) {
            Solution solution;
            if (match(node.subject, a, solution) && match(node.object, b, solution))
                out.push_back(solution);
        }
        static_cast<void>(both_variables);
        return out;
    }

    // ---- Operators ----
    static bool compatible(const Solution& a, const Solution& b) {
        for (const auto& [variable, value] : a) {
            const auto other = b.find(variable);
            if (other != b.end() && other->second != value) return false;
        }
        return true;
    }
    static Solution merged(const Solution& a, const Solution& b) {
        Solution out = a;
        out.insert(b.begin(), b.end());
        return out;
    }
    Solutions of_node(const Join& node, const ActiveGraph& graph) {
        Solutions out = {{}};
        for (const AlgebraPtr& part : node.parts) {
            const Solutions right = of(*part, graph);
            Solutions next;
            for (const Solution& a : out)
                for (const Solution& b : right)
                    if (compatible(a, b)) next.push_back(merged(a, b));
            out = std::move(next);
        }
        return out;
    }
    Solutions of_node(const LeftJoin& node, const ActiveGraph& graph) {
        const Solutions right = of(*node.right, graph);
        Solutions out;
        for (const Solution& a : of(*node.left, graph)) {
            bool any = false;
            for (const Solution& b : right) {
                if (!compatible(a, b)) continue;
                const Solution both = merged(a, b);
                if (!all_true(node.conditions, both, graph)) continue;
                out.push_back(both);
                any = true;
            }
            if (!any) out.push_back(a);
        }
        return out;
    }
    Solutions of_node(const Union& node, const ActiveGraph& graph) {
        Solutions out;
        for (const AlgebraPtr& part : node.parts)
            for (const Solution& solution : of(*part, graph)) out.push_back(solution);
        return out;
    }
    Solutions of_node(const Minus& node, const ActiveGraph& graph) {
        const Solutions right = of(*node.right, graph);
        Solutions out;
        for (const Solution& a : of(*node.left, graph)) {
            bool removed = false;
            for (const Solution& b : right) {
                bool overlap = false;
                for (const auto& [variable, value] : a) overlap = overlap || b.contains(variable);
                removed = removed || (overlap && compatible(a, b));
            }
            if (!removed) out.push_back(a);
        }
        return out;
    }
    Solutions of_node(const Filter& node, const ActiveGraph& graph) {
        Solutions out;
        for (const Solution& solution : of(*node.input, graph))
            if (all_true(node.conditions, solution, graph)) out.push_back(solution);
        return out;
    }
    Solutions of_node(const Extend& node, const ActiveGraph& graph) {
        Solutions out = of(*node.input, graph);
        for (Solution& solution : out)
            for (const auto& [variable, expression] : node.assignments)
                if (const auto value = value_of(*expression, solution, graph))
                    solution.try_emplace(variable, *value);
        return out;
    }
    Solutions of_node(const Values& node, const ActiveGraph&) {
        Solutions out;
        for (std::size_t row = 0; row < node.row_count; ++row) {
            Solution solution;
            for (std::size_t i = 0; i < node.variables.size(); ++i)
                if (const auto& cell = node.cells[row * node.variables.size() + i])
                    solution[node.variables[i]] = data_.intern(*cell);
            out.push_back(solution);
        }
        return out;
    }
    Solutions of_node(const Graph& node, const ActiveGraph&) {
        if (const Term* name = std::get_if<Term>(&node.name)) {
            const TermId graph = data_.intern(*name);
            const std::vector<TermId> graphs = data_.graphs();
            if (!std::binary_search(graphs.begin(), graphs.end(), graph)) return {};
            return of(*node.input, graph);
        }
        Solutions out;
        for (const TermId graph : data_.graphs())
            for (const Solution& solution : of(*node.input, graph)) {
                const Solution name = {{std::get<Variable>(node.name), graph}};
                if (compatible(solution, name)) out.push_back(merged(solution, name));
            }
        return out;
    }
    Solutions of_node(const Lateral& node, const ActiveGraph& graph) {
        Solutions out;
        for (const Solution& a : of(*node.left, graph))
            for (const Solution& b : of(*substituted(node.right, a), graph))
                if (compatible(a, b)) out.push_back(merged(a, b));
        return out;
    }
    Solutions of_node(const Project& node, const ActiveGraph& graph) {
        Solutions out;
        for (const Solution& solution : of(*node.input, graph)) {
            Solution kept;
            for (const Variable variable : node.variables)
                if (const auto found = solution.find(variable); found != solution.end())
                    kept.insert(*found);
            out.push_back(kept);
        }
        return out;
    }
    Solutions of_node(const Distinct& node, const ActiveGraph& graph) {
        const Solutions all = of(*node.input, graph);
        const std::set<Solution> distinct(all.begin(), all.end());
        return {distinct.begin(), distinct.end()};
    }
    template <typename Node>
    Solutions of_node(const Node&, const ActiveGraph&) {
        throw UsageError("the naive evaluator does not know this node");
    }
    Solutions of(const Algebra& algebra, const ActiveGraph& graph) {
        return std::visit([&](const auto& node) { return of_node(node, graph); }, algebra.node);
    }

    // ---- Expressions: identity, integers and EXISTS are enough ----
    AlgebraPtr substituted(const AlgebraPtr& pattern, const Solution& solution) {
        Substitution values;
        for (const auto& [variable, value] : solution)
            values.emplace_back(variable, data_.term(value));
        return substitute(pattern, values);
    }
    std::optional<TermId> value_of(const Expression& one, const Solution& solution,
                                   const ActiveGraph& graph) {
        if (one.kind == Expression::Kind::constant) return data_.intern(one.term);
        if (one.kind == Expression::Kind::variable) {
            const auto found = solution.find(one.variable);
            return found == solution.end() ? std::nullopt : std::optional(found->second);
        }
        const auto truth = truth_of(one, solution, graph);
        if (!truth) return std::nullopt;
        return data_.intern(Term::boolean(*truth));
    }
    std::optional<bool> truth_of(const Expression& one, const Solution& solution,
                                 const ActiveGraph& graph) {
        using Op = ExpressionOperator;
        if (one.kind != Expression::Kind::operation) {
            const auto value = value_of(one, solution, graph);
            if (!value) return std::nullopt;
            if (value->tag() == Tag::boolean) return storage::boolean_value(*value);
            if (storage::is_inline_integer(*value)) return storage::integer_value(*value) != 0;
            if (value->tag() == Tag::string) return !data_.term(*value).text().empty();
            return std::nullopt;
        }
        const auto argument = [&](std::size_t i) {
            return value_of(*one.arguments[i], solution, graph);
        };
        switch (one.op) {
            case Op::bound:
                return solution.contains(one.arguments[0]->variable);
            case Op::logical_not: {
                const auto inner = truth_of(*one.arguments[0], solution, graph);
                return inner ? std::optional(!*inner) : std::nullopt;
            }
            case Op::logical_and:
            case Op::logical_or: {
                const bool decisive = one.op == Op::logical_or;
                bool error = false;
                for (const ExpressionPtr& part : one.arguments) {
                    const auto inner = truth_of(*part, solution, graph);
                    if (inner && *inner == decisive) return decisive;
                    error = error || !inner;
                }
                return error ? std::nullopt : std::optional(!decisive);
            }
            case Op::same_term: {
                const auto a = argument(0), b = argument(1);
                if (!a || !b) return std::nullopt;
                return *a == *b;
            }
            case Op::less: {
                const auto a = argument(0), b = argument(1);
                if (!a || !b || !storage::is_inline_integer(*a) || !storage::is_inline_integer(*b))
                    return std::nullopt;
                return storage::integer_value(*a) < storage::integer_value(*b);
            }
            case Op::exists:
            case Op::not_exists: {
                const bool any = !of(*substituted(one.pattern, solution), graph).empty();
                return any == (one.op == Op::exists);
            }
            default:
                throw UsageError("the naive evaluator does not know this expression");
        }
    }
    bool all_true(const std::vector<ExpressionPtr>& conditions, const Solution& solution,
                  const ActiveGraph& graph) {
        for (const ExpressionPtr& condition : conditions)
            if (!truth_of(*condition, solution, graph).value_or(false)) return false;
        return true;
    }

    FakeSnapshot& data_;
};

}  // namespace dossier::testing
