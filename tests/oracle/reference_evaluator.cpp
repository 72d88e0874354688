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
    Solutions out;
    for (const auto& [a, b] :
         path(node.path, end_of(ends.subject), end_of(ends.object), scope.graph)) {
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
            bool shared = false;
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

// ---- Sub-selects ----

Solutions ReferenceEvaluator::of_select(const Node& node, const Scope& scope) {
    // A variable that is not projected is another one than outside.
    Scope inner{scope.graph, none()};
    for (const Variable variable : node.variables) inner.outer[variable] = scope.outer[variable];
    Solutions rows = of(node.children[0], inner);
    if (node.grouped) rows = of_groups(node, std::move(rows), inner);
    for (const Variable variable : node.variables)
        for (Solution& row : rows)
            if (row[variable] == 0) row[variable] = inner.outer[variable];
    if (!node.order.empty()) sort(node, rows, inner);
    for (Solution& row : rows) {
        Solution kept = none();
        for (const Variable variable : node.variables) kept[variable] = row[variable];
        row = std::move(kept);
    }
    if (node.distinct) {
        std::set<Solution> seen;
        Solutions distinct;
        for (Solution& row : rows)
            if (seen.insert(row).second) distinct.push_back(std::move(row));
        if (distinct.size() != rows.size()) sort_keys_.clear();
        rows = std::move(distinct);
    }
    if (node.limit || node.offset) slice(node, rows);
    return rows;
}

Solutions ReferenceEvaluator::of_groups(const Node& node, Solutions rows, const Scope& scope) {
    std::map<Solution, Solutions> groups;
    for (Solution& row : rows) {
        Solution key = none();
        for (const Variable variable : node.keys) {
            if (row[variable] == 0) row[variable] = scope.outer[variable];
            key[variable] = row[variable];
        }
        groups[key].push_back(std::move(row));
    }
    if (node.keys.empty() && groups.empty()) groups[none()] = {};
    Solutions out;
    for (const auto& [key, group] : groups) {
        Solution row = key;
        for (const Aggregate& aggregate : node.aggregates)
            row[aggregate.target] = of_aggregate(aggregate, group, scope).value_or(0);
        if (all_true(node.having, row, scope)) out.push_back(std::move(row));
    }
    return out;
}

std::optional<Id> ReferenceEvaluator::of_aggregate(const Aggregate& aggregate,
                                                   const Solutions& group, const Scope& scope) {
    using Kind = Aggregate::Kind;
    const auto integer = [&](std::size_t number) {
        return data_.terms.intern(Term::integer(static_cast<std::int64_t>(number)));
    };
    if (aggregate.kind == Kind::count_all) {
        if (!aggregate.distinct) return integer(group.size());
        return integer(std::set<Solution>(group.begin(), group.end()).size());
    }
    std::vector<Id> values;
    bool error = false;
    for (const Solution& row : group) {
        if (const auto id = value(aggregate.argument, row, scope))
            values.push_back(*id);
        else
            error = true;
    }
    if (aggregate.distinct) {
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
    }
    if (aggregate.kind == Kind::count) return integer(values.size());
    switch (aggregate.kind) {
        case Kind::sum:
        case Kind::avg: {
            if (error) return std::nullopt;
            const auto sum_of = [&](const std::vector<Id>& list) {
                std::optional<Term> sum = Term::integer(0);
                for (const Id id : list)
                    if (sum) sum = arithmetic('+', *sum, data_.terms.term(id));
                return sum;
            };
            std::optional<Term> sum = sum_of(values);
            // Doubles that do not add up exactly: the order decides, and it is open. The other
            // way round, and exact numbers first.
            std::reverse(values.begin(), values.end());
            if (sum_of(values) != sum) throw LeftOpen{};
            std::stable_sort(values.begin(), values.end(), [&](Id a, Id b) {
                const auto is_exact = [&](Id id) {
                    const auto datatype = data_.terms.term(id).datatype();
                    return !datatype.ends_with("double") && !datatype.ends_with("float");
                };
                return is_exact(a) && !is_exact(b);
            });
            if (sum_of(values) != sum) throw LeftOpen{};
            if (sum && aggregate.kind == Kind::avg && !values.empty())
                sum =
                    arithmetic('/', *sum, Term::integer(static_cast<std::int64_t>(values.size())));
            return intern(sum);
        }
        case Kind::min:
        case Kind::max: {
            if (error || values.empty()) return std::nullopt;
            const int sign = aggregate.kind == Kind::min ? 1 : -1;
            Id best = values.front();
            for (const Id id : values)
                if (sign * order(data_.terms.term(id), data_.terms.term(best)) < 0) best = id;
            for (const Id id : values)
                if (id != best && order(data_.terms.term(id), data_.terms.term(best)) == 0)
                    throw LeftOpen{};
            return best;
        }
        case Kind::sample:
            if (values.empty()) return std::nullopt;
            for (const Id id : values)
                if (id != values.front()) throw LeftOpen{};
            return values.front();
        default:
            break;
    }
    if (error) return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Term& text = data_.terms.term(values[i]);
        if (!is_text(text)) return std::nullopt;
        length += length_of(std::string(text.text())) + (i > 0 ? 2 : 0);
    }
    return integer(length);
}

void ReferenceEvaluator::sort(const Node& node, Solutions& rows, const Scope& scope) {
    using Keys = std::vector<std::optional<Id>>;
    std::vector<std::pair<Keys, Solution>> keyed;
    for (Solution& row : rows) {
        Keys keys;
        for (const OrderKey& key : node.order) keys.push_back(value(key.expression, row, scope));
        keyed.emplace_back(std::move(keys), std::move(row));
    }
    std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
        for (std::size_t i = 0; i < node.order.size(); ++i) {
            const auto& left = a.first[i];
            const auto& right = b.first[i];
            int order_of_keys = 0;
            if (!left || !right)
                order_of_keys = (left ? 1 : 0) - (right ? 1 : 0);
            else
                order_of_keys = order(data_.terms.term(*left), data_.terms.term(*right));
            if (order_of_keys != 0) return (order_of_keys < 0) != node.order[i].descending;
        }
        return false;
    });
    sort_keys_.clear();
    open_order_ = false;
    for (std::size_t column = 0; column < node.order.size(); ++column) {
        std::set<Id> blank;
        for (const auto& [keys, row] : keyed)
            if (keys[column] && has_blank_node(data_.terms.term(*keys[column])))
                blank.insert(*keys[column]);
        open_order_ = open_order_ || blank.size() > 1;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] = std::move(keyed[i].second);
        sort_keys_.push_back(std::move(keyed[i].first));
    }
}

void ReferenceEvaluator::slice(const Node& node, Solutions& rows) {
    const std::size_t begin = std::min(node.offset.value_or(0), rows.size());
    const std::size_t end = std::min(node.limit.value_or(rows.size()), rows.size() - begin) + begin;
    // Which of tied rows are inside is open, unless they are all the same.
    const bool sorted = !node.order.empty() && !open_order_ && sort_keys_.size() == rows.size();
    const auto tied = [&](std::size_t i, std::size_t j) {
        if (!sorted) return true;
        for (std::size_t key = 0; key < node.order.size(); ++key) {
            const auto& a = sort_keys_[i][key];
            const auto& b = sort_keys_[j][key];
            if (a.has_value() != b.has_value()) return false;
            if (a && order(data_.terms.term(*a), data_.terms.term(*b)) != 0) return false;
        }
        return true;
    };
    const auto decided = [&](std::size_t cut) {
        if (cut == 0 || cut >= rows.size()) return true;
        if (!tied(cut - 1, cut)) return true;
        for (std::size_t i = cut; i < rows.size() && tied(cut, i); ++i)
            if (rows[i] != rows[cut]) return false;
        for (std::size_t i = cut; i-- > 0 && tied(cut, i);)
            if (rows[i] != rows[cut]) return false;
        return true;
    };
    const bool all_same = std::all_of(rows.begin(), rows.end(),
                                      [&](const Solution& row) { return row == rows.front(); });
    if (begin < end && !all_same && (!decided(begin) || !decided(end))) throw LeftOpen{};
    rows = Solutions(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                     rows.begin() + static_cast<std::ptrdiff_t>(end));
    sort_keys_.clear();
}

// ---- Expressions ----

std::optional<Id> ReferenceEvaluator::intern(const std::optional<Term>& term) {
    if (!term) return std::nullopt;
    return data_.terms.intern(*term);
}

bool ReferenceEvaluator::all_true(const std::vector<Expression>& conditions,
                                  const Solution& solution, const Scope& scope) {
    for (const Expression& condition : conditions)
        if (!truth(condition, solution, scope).value_or(false)) return false;
    return true;
}

std::optional<bool> ReferenceEvaluator::truth(const Expression& one, const Solution& solution,
                                              const Scope& scope) {
    const auto id = value(one, solution, scope);
    if (!id) return std::nullopt;
    return truth_of(data_.terms.term(*id));
}

std::optional<Id> ReferenceEvaluator::value(const Expression& one, const Solution& solution,
                                            const Scope& scope) {
    using F = Function;
    const auto boolean = [&](std::optional<bool> value) -> std::optional<Id> {
        if (!value) return std::nullopt;
        return data_.terms.intern(Term::boolean(*value));
    };
    const auto text = [&](std::string value) {
        return data_.terms.intern(Term::literal(std::move(value)));
    };
    const auto argument = [&](std::size_t i) { return value(one.arguments[i], solution, scope); };
    spend(1);
    switch (one.function) {
        case F::variable: {
            Id id = solution[one.variable];
            if (id == 0) id = scope.outer[one.variable];
            return id == 0 ? std::nullopt : std::optional(id);
        }
        case F::constant:
            return data_.terms.intern(one.term);
        case F::bound: {
            const Variable variable = one.arguments[0].variable;
            return boolean(solution[variable] != 0 || scope.outer[variable] != 0);
        }
        case F::exists:
        case F::not_exists: {
            const bool any =
                !of(one.pattern[0], {scope.graph, merged(solution, scope.outer)}).empty();
            return boolean(any == (one.function == F::exists));
        }
        case F::logical_and:
        case F::logical_or: {
            const bool decisive = one.function == F::logical_or;
            bool error = false;
            for (const Expression& part : one.arguments) {
                const auto known = truth(part, solution, scope);
                if (known && *known == decisive) return boolean(decisive);
                error = error || !known;
            }
            if (error) return std::nullopt;
            return boolean(!decisive);
        }
        case F::logical_not: {
            const auto known = truth(one.arguments[0], solution, scope);
            return known ? boolean(!*known) : std::nullopt;
        }
        case F::if_: {
            const auto known = truth(one.arguments[0], solution, scope);
            return known ? argument(*known ? 1 : 2) : std::nullopt;
        }
        case F::coalesce:
            for (std::size_t i = 0; i < one.arguments.size(); ++i)
                if (const auto id = argument(i)) return id;
            return std::nullopt;
        case F::in:
        case F::not_in: {
            const auto first = argument(0);
            if (!first) return std::nullopt;
            bool error = false;
            for (std::size_t i = 1; i < one.arguments.size(); ++i) {
                const auto other = argument(i);
                const auto same = other ? equal(data_.terms.term(*first), data_.terms.term(*other))
                                        : std::nullopt;
                if (same && *same) return boolean(one.function == F::in);
                error = error || !same;
            }
            if (error) return std::nullopt;
            return boolean(one.function == F::not_in);
        }
        case F::concat: {
            std::string out;
            bool same = true;
            std::vector<Term> parts;
            for (std::size_t i = 0; i < one.arguments.size(); ++i) {
                const auto id = argument(i);
                if (!id) return std::nullopt;
                parts.push_back(data_.terms.term(*id));
                if (!is_text(parts.back())) return std::nullopt;
                out += parts.back().text();
                same = same && parts.back().language() == parts.front().language();
            }
            if (!same || parts.empty() || parts.front().language().empty()) return text(out);
            return data_.terms.intern(
                Term::language_literal(out, std::string(parts.front().language())));
        }
        default:
            break;
    }
    // The rest are functions of values: any error is theirs.
    std::vector<Term> terms;
    for (std::size_t i = 0; i < one.arguments.size(); ++i) {
        const auto id = argument(i);
        if (!id) return std::nullopt;
        terms.push_back(data_.terms.term(*id));
    }
    const Term& a = terms[0];
    const Term& b = terms.size() > 1 ? terms[1] : terms[0];
    const auto inverted = [](std::optional<bool> value) {
        return value ? std::optional(!*value) : value;
    };
    // a <= b is "a < b or a = b", an error where both are.
    const auto at_most = [](const Term& x, const Term& y) -> std::optional<bool> {
        const auto below = less(x, y);
        if (!below) return std::nullopt;
        if (*below) return true;
        return equal(x, y);
    };
    switch (one.function) {
        case F::equal:
            return boolean(equal(a, b));
        case F::not_equal:
            return boolean(inverted(equal(a, b)));
        case F::less:
            return boolean(less(a, b));
        case F::greater:
            return boolean(less(b, a));
        case F::less_equal:
            return boolean(at_most(a, b));
        case F::greater_equal:
            return boolean(at_most(b, a));
        case F::add:
            return intern(arithmetic('+', a, b));
        case F::subtract:
            return intern(arithmetic('-', a, b));
        case F::multiply:
            return intern(arithmetic('*', a, b));
        case F::divide:
            return intern(arithmetic('/', a, b));
        case F::negate:
            return intern(negated(a));
        case F::abs:
            return intern(absolute(a));
        case F::same_term:
            return boolean(a == b);
        case F::str:
            return intern(text_of(a));
        case F::lang:
            if (!a.is_literal()) return std::nullopt;
            return text(std::string(a.language()));
        case F::datatype:
            if (!a.is_literal()) return std::nullopt;
            return data_.terms.intern(Term::iri(std::string(a.datatype())));
        case F::is_iri:
            return boolean(a.is_iri());
        case F::is_blank:
            return boolean(a.is_blank_node());
        case F::is_literal:
            return boolean(a.is_literal());
        case F::is_numeric:
            return boolean(is_number(a));
        case F::is_triple:
            return boolean(a.is_triple());
        case F::strlen:
            if (!is_text(a)) return std::nullopt;
            return data_.terms.intern(
                Term::integer(static_cast<std::int64_t>(length_of(std::string(a.text())))));
        case F::ucase: {
            if (!is_text(a)) return std::nullopt;
            std::string upper(a.text());
            for (char& c : upper)
                if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
            return a.language().empty() ? text(upper)
                                        : data_.terms.intern(Term::language_literal(
                                              upper, std::string(a.language())));
        }
        case F::contains:
            if (!are_compatible(a, b)) return std::nullopt;
            return boolean(a.text().find(b.text()) != std::string_view::npos);
        case F::str_starts:
            if (!are_compatible(a, b)) return std::nullopt;
            return boolean(a.text().starts_with(b.text()));
        case F::subject:
            if (!a.is_triple()) return std::nullopt;
            return data_.terms.intern(a.subject());
        case F::predicate:
            if (!a.is_triple()) return std::nullopt;
            return data_.terms.intern(a.predicate());
        case F::object:
            if (!a.is_triple()) return std::nullopt;
            return data_.terms.intern(a.object());
        case F::triple:
            if (!(a.is_iri() || a.is_blank_node()) || !b.is_iri()) return std::nullopt;
            return data_.terms.intern(Term::triple(a, b, terms[2]));
        default:
            return std::nullopt;
    }
}

}  // namespace dossier::oracle
