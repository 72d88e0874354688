#include "tests/oracle/random_queries.h"

#include <algorithm>
#include <array>

#include "tests/oracle/reference_values.h"

namespace dossier::oracle {

namespace {

// ?v0 ... are bound by patterns, BIND makes ?v8 ..., aggregates make ?v12 ...
constexpr std::size_t matched_variables = 8;
constexpr std::size_t first_bound = 8, bound_variables = 4;
constexpr std::size_t first_aggregated = 12, aggregated_variables = 4;

bool contains(const std::vector<Variable>& list, Variable variable) {
    return std::find(list.begin(), list.end(), variable) != list.end();
}

// No other variable, and no pattern; nor BOUND, whose variable an aggregate may stand for.
bool reads_only(const Expression& expression, const std::vector<Variable>& known) {
    if (!expression.pattern.empty() || expression.function == Function::bound) return false;
    if (expression.function == Function::variable && !contains(known, expression.variable))
        return false;
    return std::all_of(expression.arguments.begin(), expression.arguments.end(),
                       [&](const Expression& argument) { return reads_only(argument, known); });
}

}  // namespace

// ---- Patterns ----

const Quad* RandomQueries::statement(const Term& graph) {
    // Some tries for one that has a term in common with what is known already.
    const Quad* found = nullptr;
    for (std::size_t i = 0; i < 12 && !quads_.empty(); ++i) {
        const Quad& quad = chance_.one_of(quads_);
        if (quad.graph != graph) continue;
        found = &quad;
        if (witness_.empty() || chance_.of(0.15)) return found;
        for (const auto& [variable, term] : witness_)
            if (term == quad.subject || term == quad.object) return found;
    }
    return found;
}

Place RandomQueries::place(const Term& term, double constant) {
    if (term.is_triple() && chance_.of(0.5)) {
        Place out;
        out.parts.push_back(
            {place(term.subject(), 0.3), place(term.predicate(), 0.5), place(term.object(), 0.3)});
        return out;
    }
    if (!has_blank_node(term) && chance_.of(constant)) return Place::of(term);
    std::vector<Variable> known, unknown;
    for (Variable variable = 0; variable < matched_variables; ++variable) {
        const auto found = witness_.find(variable);
        if (found == witness_.end())
            unknown.push_back(variable);
        else if (found->second == term)
            known.push_back(variable);
    }
    if (!known.empty() && chance_.of(0.75)) return Place::of(chance_.one_of(known));
    if (!unknown.empty() && chance_.of(0.97)) {
        const Variable variable = unknown.front();
        witness_[variable] = term;
        return Place::of(variable);
    }
    if (!known.empty()) return Place::of(known.front());
    return Place::of(static_cast<Variable>(chance_.below(matched_variables)));
}

Node RandomQueries::triples(const Standpoint& where) {
    Node out;
    const std::size_t count = 1 + chance_.below(3);
    for (std::size_t i = 0; i < count; ++i) {
        const Quad* quad = statement(where.graph);
        Quad invented{
            random_constant(chance_), Term::iri("http://p/0"), random_constant(chance_), {}};
        while (!invented.subject.is_iri()) invented.subject = random_constant(chance_);
        if (quad == nullptr) quad = &invented;
        out.triples.push_back({place(quad->subject, 0.15), place(quad->predicate, 0.75),
                               place(quad->object, chance_.of(0.9) ? 0.15 : 0.9)});
    }
    if (chance_.of(0.06)) close_circle(out, where);
    return out;
}

// A pattern of three statements that lead back to where they began, where the data has such.
void RandomQueries::close_circle(Node& out, const Standpoint& where) {
    for (std::size_t tries = 0; tries < 30 && !quads_.empty(); ++tries) {
        const Quad& first = chance_.one_of(quads_);
        const Quad& second = chance_.one_of(quads_);
        const Quad& third = chance_.one_of(quads_);
        if (first.graph != where.graph || first.graph != second.graph || first.graph != third.graph)
            continue;
        const bool closed = first.object == second.subject && second.object == third.subject &&
                            third.object == first.subject;
        // Late tries take any statements, and may find nothing.
        if (!closed && tries < 25) continue;
        const std::array<Variable, 3> ends = {0, 1, 2};
        const std::array<const Quad*, 3> sides = {&first, &second, &third};
        for (std::size_t i = 0; i < 3; ++i) {
            witness_[ends[i]] = sides[i]->subject;
            out.triples.push_back(
                {Place::of(ends[i]), Place::of(sides[i]->predicate), Place::of(ends[(i + 1) % 3])});
        }
        return;
    }
}

Path RandomQueries::path(std::size_t depth, const Term& graph) {
    using Kind = Path::Kind;
    Path out;
    const Quad* quad = statement(graph);
    const auto predicate = [&] {
        if (quad != nullptr && chance_.of(0.8)) return quad->predicate;
        return Term::iri("http://p/" + std::to_string(chance_.below(4)));
    };
    if (depth == 0 || chance_.of(0.25)) {
        if (chance_.of(0.2)) {
            out.kind = Kind::negated;
            const bool forward = chance_.of(0.7);
            if (forward) out.forward.push_back(predicate());
            if (!forward || chance_.of(0.3)) out.backward.push_back(predicate());
            return out;
        }
        out.predicate = predicate();
        return out;
    }
    static constexpr std::array kinds = {Kind::inverse,      Kind::sequence,    Kind::alternative,
                                         Kind::zero_or_more, Kind::one_or_more, Kind::zero_or_one,
                                         Kind::zero_or_more, Kind::one_or_more};
    out.kind = kinds[chance_.below(kinds.size())];
    out.parts.push_back(path(depth - 1, graph));
    if (out.kind == Kind::sequence || out.kind == Kind::alternative)
        out.parts.push_back(path(depth - 1, graph));
    return out;
}

Node RandomQueries::path_node(const Standpoint& where) {
    Node out;
    out.kind = Node::Kind::path;
    out.path = path(2, where.graph);
    const Quad* quad = statement(where.graph);
    const Quad* other = statement(where.graph);
    const auto end = [&](const Quad* from, bool subject) {
        if (from == nullptr) return Place::of(static_cast<Variable>(chance_.below(4)));
        if (chance_.of(0.05)) return Place::of(Term::iri("http://nowhere/"));
        const Term& term = subject ? from->subject : from->object;
        if (term.is_triple()) return Place::of(static_cast<Variable>(chance_.below(4)));
        Place out_place = place(term, 0.25);
        return out_place;
    };
    Triple ends;
    ends.subject = end(quad, true);
    ends.predicate = Place::of(Term::iri("http://p/0"));
    ends.object = end(chance_.of(0.6) ? quad : other, false);
    out.triples.push_back(std::move(ends));
    return out;
}

Node RandomQueries::values(const Standpoint& where) {
    Node out;
    out.kind = Node::Kind::values;
    const auto first = unused(0, matched_variables, {}, {where.graph, where.lateral, {}});
    if (!first) return triples(where);
    out.variables.push_back(*first);
    if (chance_.of(0.4))
        if (const auto second =
                unused(0, matched_variables, out.variables, {where.graph, where.lateral, {}}))
            out.variables.push_back(*second);
    const std::size_t rows = 1 + chance_.below(3);
    for (std::size_t row = 0; row < rows; ++row)
        for (const Variable variable : out.variables) {
            const auto known = witness_.find(variable);
            if (known != witness_.end() && !has_blank_node(known->second) && chance_.of(0.6))
                out.cells.emplace_back(known->second);
            else if (chance_.of(0.15))
                out.cells.emplace_back();
            else
                out.cells.emplace_back(random_constant(chance_));
            if (known == witness_.end() && out.cells.back()) witness_[variable] = *out.cells.back();
        }
    return out;
}

Node RandomQueries::leaf(const Standpoint& where) {
    if (chance_.of(0.07)) return values(where);
    if (chance_.of(0.14)) return path_node(where);
    return triples(where);
}

Node RandomQueries::graph_node(std::size_t depth, const Standpoint& where) {
    std::vector<Term> names;
    for (const Quad& quad : quads_)
        if (!quad.graph.text().empty()) names.push_back(quad.graph);
    Node out;
    out.kind = Node::Kind::graph;
    const Term name =
        names.empty() || chance_.of(0.03) ? Term::iri("http://g/0") : chance_.one_of(names);
    if (chance_.of(0.4)) {
        out.graph = Place::of(name);
    } else {
        out.graph = place(name, 0);
    }
    out.children.push_back(node(depth, {name, where.outside, where.lateral}));
    return out;
}

std::optional<Variable> RandomQueries::unused(std::size_t first, std::size_t count,
                                              const Variables& visible, const Standpoint& where) {
    const Variable begin = chance_.below(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Variable variable = first + (begin + i) % count;
        if (!contains(visible, variable) && !where.outside.contains(variable)) return variable;
    }
    return std::nullopt;
}

Node RandomQueries::node(std::size_t depth, const Standpoint& where) {
    using Kind = Node::Kind;
    if (depth == 0 || chance_.of(0.15)) return leaf(where);
    const std::size_t below = depth - 1;
    Node out;
    const auto child = [&] { out.children.push_back(node(below, where)); };
    switch (chance_.below(22)) {
        case 0:
        case 1:
        case 2:
            out.kind = Kind::join;
            child();
            child();
            if (chance_.of(0.3)) child();
            return out;
        case 3:
        case 4:
        case 5: {
            out.kind = Kind::left_join;
            child();
            // What OPTIONAL finds need not fit what else is known.
            const auto known = witness_;
            child();
            if (chance_.of(0.5)) witness_ = known;
            if (chance_.of(0.4)) {
                Node both;
                both.kind = Kind::join;
                both.children = out.children;
                out.conditions.push_back(condition(below, visible_variables(both), where));
            }
            return out;
        }
        case 6:
        case 7: {
            out.kind = Kind::union_;
            child();
            const auto known = witness_;
            child();
            if (chance_.of(0.6)) witness_ = known;
            return out;
        }
        case 8: {
            out.kind = Kind::minus;
            child();
            const auto known = witness_;
            // Mostly something else than what is known to be there.
            if (chance_.of(0.7))
                for (auto& [variable, term] : witness_)
                    if (!quads_.empty() && chance_.of(0.5)) term = chance_.one_of(quads_).object;
            child();
            witness_ = known;
            return out;
        }
        case 9:
        case 10:
        case 11: {
            out.kind = Kind::filter;
            child();
            const Variables visible = visible_variables(out.children[0]);
            out.conditions.push_back(condition(below, visible, where));
            if (chance_.of(0.2)) out.conditions.push_back(condition(below, visible, where));
            return out;
        }
        case 12:
        case 13: {
            out.kind = Kind::extend;
            child();
            const Variables visible = visible_variables(out.children[0]);
            const auto target = unused(first_bound, bound_variables, visible, where);
            if (!target) return std::move(out.children[0]);
            out.target = *target;
            out.conditions.push_back(operand(2, visible, where));
            return out;
        }
        case 14:
        case 15:
            return graph_node(below, where);
        case 16: {
            out.kind = Kind::lateral;
            child();
            Standpoint inside = where;
            for (const Variable variable : visible_variables(out.children[0]))
                inside.outside.insert(variable), inside.lateral.insert(variable);
            out.children.push_back(node(below, inside));
            return out;
        }
        default:
            return select(node(below, where), where, false);
    }
}

// ---- Selects ----

void RandomQueries::add_groups(Node& out, const Variables& visible, const Standpoint& where) {
    using Kind = Aggregate::Kind;
    out.grouped = true;
    if (chance_.of(0.7))
        for (const Variable variable : visible)
            if (out.keys.size() < 2 && chance_.of(0.4)) out.keys.push_back(variable);
    out.variables.clear();
    for (const Variable key : out.keys)
        if (chance_.of(0.85)) out.variables.push_back(key);
    const std::size_t count = 1 + chance_.below(2);
    for (std::size_t i = 0; i < count; ++i) {
        Variables taken = visible;
        for (const Aggregate& aggregate : out.aggregates) taken.push_back(aggregate.target);
        const auto target = unused(first_aggregated, aggregated_variables, taken, where);
        if (!target) break;
        static constexpr std::array kinds = {
            Kind::count_all, Kind::count, Kind::count,  Kind::sum,           Kind::avg,
            Kind::min,       Kind::max,   Kind::sample, Kind::concat_length, Kind::sum};
        Aggregate aggregate;
        aggregate.kind = kinds[chance_.below(kinds.size())];
        aggregate.distinct = chance_.of(0.35);
        aggregate.target = *target;
        aggregate.argument = visible.empty()   ? constant_near(visible)
                             : chance_.of(0.7) ? variable_expression(some(visible))
                                               : operand(1, visible, {where.graph, {}, {}});
        if (chance_.of(0.06))
            aggregate.argument =
                function(Function::if_, {existence(visible, where), aggregate.argument,
                                         constant_expression(Term::integer(1))});
        // Numbers where numbers are wanted.
        if ((aggregate.kind == Kind::sum || aggregate.kind == Kind::avg) && chance_.of(0.5))
            aggregate.argument =
                function(Function::coalesce,
                         {function(Function::add,
                                   {aggregate.argument, constant_expression(Term::integer(1))}),
                          constant_expression(Term::integer(2))});
        if (aggregate.kind == Kind::concat_length && chance_.of(0.5))
            aggregate.argument =
                function(Function::coalesce, {function(Function::str, {aggregate.argument}),
                                              constant_expression(Term::literal("?"))});
        out.variables.push_back(*target);
        out.aggregates.push_back(std::move(aggregate));
    }
    if (chance_.of(0.15)) {
        Variables taken = visible;
        const auto target = unused(first_bound, bound_variables, taken, where);
        if (target) {
            out.made_keys.emplace_back(*target, operand(1, visible, {where.graph, {}, {}}));
            out.keys.push_back(*target);
            out.variables.push_back(*target);
        }
    }
    // Without an aggregate and without a key it would be no grouping at all.
    if (out.aggregates.empty() && out.keys.empty()) {
        out.grouped = false;
        out.variables = visible;
    }
    // One that is not shown, for HAVING and ORDER BY.
    if (out.aggregates.size() > 1 && chance_.of(0.3))
        std::erase(out.variables, out.aggregates.back().target);
    if (out.grouped && chance_.of(0.08)) out.having.push_back(existence(out.keys, where));
    if (out.grouped && chance_.of(0.3)) {
        Variables known = out.keys;
        for (const Aggregate& aggregate : out.aggregates) known.push_back(aggregate.target);
        const Variable about = chance_.one_of(known);
        const auto sign = chance_.of(0.5) ? Function::less : Function::greater_equal;
        out.having.push_back(function(
            sign, {variable_expression(about), constant_expression(Term::integer(
                                                   static_cast<std::int64_t>(chance_.below(4))))}));
    }
}

// Whether there is something that fits the variables.
Expression RandomQueries::existence(const Variables& visible, const Standpoint& where) {
    Expression out;
    out.function = chance_.of(0.65) ? Function::exists : Function::not_exists;
    Standpoint inside = where;
    inside.outside.insert(visible.begin(), visible.end());
    const auto known = witness_;
    out.pattern.push_back(leaf(inside));
    witness_ = known;
    return out;
}

void RandomQueries::add_order(Node& out, bool top) {
    for (const Variable variable : out.variables)
        if (!top || chance_.of(0.6))
            out.order.push_back({variable_expression(variable), chance_.of(0.3)});
    // By an aggregate that is not shown; where rows are made distinct it has no place.
    if (out.grouped && !out.distinct && !out.reduced)
        for (const Aggregate& aggregate : out.aggregates)
            if (!contains(out.variables, aggregate.target) && chance_.of(0.5))
                out.order.insert(out.order.begin(),
                                 {variable_expression(aggregate.target), chance_.of(0.3)});
    if (!out.grouped && chance_.of(0.05))
        out.order.insert(out.order.begin(), {existence(out.variables, {}), chance_.of(0.3)});
    if (top && !out.variables.empty() && chance_.of(0.2))
        out.order.insert(out.order.begin(),
                         {operand(1, out.variables, {Term(), {}, {}}), chance_.of(0.3)});
}

// VALUES at the end, mostly of a variable that has values.
void RandomQueries::add_trailing(Node& out, const Variables& visible, const Standpoint& where) {
    Node rows = values(where);
    if (rows.kind != Node::Kind::values) return;
    const Variables& known = out.grouped ? out.keys : visible;
    Variables possible;
    for (const Variable variable : known)
        if (variable < matched_variables && !where.outside.contains(variable) &&
            !contains(rows.variables, variable))
            possible.push_back(variable);
    if (!possible.empty() && chance_.of(0.8)) {
        const Variable variable = chance_.one_of(possible);
        const std::size_t width = rows.variables.size();
        rows.variables[0] = variable;
        for (std::size_t i = 0; i < rows.cells.size(); i += width) {
            const auto witness = witness_.find(variable);
            if (witness != witness_.end() && !has_blank_node(witness->second) && chance_.of(0.7))
                rows.cells[i] = witness->second;
        }
    }
    if (!out.grouped)
        for (const Variable variable : rows.variables)
            if (!contains(out.variables, variable) && !contains(visible, variable) &&
                chance_.of(0.5))
                out.variables.push_back(variable);
    out.trailing.push_back(std::move(rows));
}

// (expression AS ?v), the second of them over the first.
void RandomQueries::add_made(Node& out, const Variables& visible, const Standpoint& where) {
    Variables known = visible, taken = visible;
    if (out.grouped) known = out.keys;
    for (const Variable key : out.keys) taken.push_back(key);
    for (const Aggregate& aggregate : out.aggregates) known.push_back(aggregate.target);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto target = unused(first_bound, bound_variables, taken, where);
        if (!target || known.empty()) return;
        const Variables& read = i == 0 ? known : Variables{out.made.back().first};
        Expression one = operand(i == 0 ? 2 : 1, read, {where.graph, {}, {}});
        // Groups have their keys and aggregates only.
        if (out.grouped && !reads_only(one, known)) return;
        out.made.emplace_back(*target, std::move(one));
        out.variables.push_back(*target);
        taken.push_back(*target);
        known.push_back(*target);
        if (chance_.of(0.6)) return;
    }
}

Node RandomQueries::select(Node child, const Standpoint& where, bool top) {
    Node out;
    out.kind = Node::Kind::select;
    const Variables visible = visible_variables(child);
    out.children.push_back(std::move(child));
    const bool all = chance_.of(top ? 0.7 : 0.3);
    for (const Variable variable : visible)
        if (all || chance_.of(0.7)) out.variables.push_back(variable);
    if (chance_.of(top ? 0.15 : 0.3)) add_groups(out, visible, where);
    if (out.variables.empty())
        out.variables.push_back(
            unused(0, matched_variables, visible, where).value_or(variables - 1));
    if (chance_.of(0.12)) add_trailing(out, visible, where);
    if (chance_.of(0.18)) add_made(out, visible, where);
    // A key that is not shown, or a hidden variable, is none of the outer ones.
    out.distinct = chance_.of(top ? 0.15 : 0.35);
    out.reduced = top && !out.distinct && chance_.of(0.05);
    const bool slice = chance_.of(top ? 0.12 : 0.3);
    if (slice || (top && chance_.of(0.15))) add_order(out, top && !slice);
    if (slice && !out.reduced) {
        if (chance_.of(0.85)) out.limit = chance_.below(6) + (chance_.of(0.9) ? 1 : 0);
        if (!out.limit || chance_.of(0.3)) out.offset = chance_.below(3);
    }
    return out;
}

Node RandomQueries::pattern(std::size_t depth) {
    witness_.clear();
    return node(depth, {});
}

Node RandomQueries::pattern_beside(std::size_t depth) {
    return node(depth, {});
}

Query RandomQueries::query() {
    witness_.clear();
    Query out;
    const std::size_t depth = 1 + chance_.below(4);
    // In most data there is little in the default graph's place to begin with.
    Standpoint where;
    std::vector<Term> names;
    for (const Quad& quad : quads_)
        if (!quad.graph.text().empty() && quad.graph.is_iri()) names.push_back(quad.graph);
    std::vector<Term> from, from_named;
    if (!names.empty() && chance_.of(0.08)) {
        const auto some_name = [&] {
            return chance_.of(0.1) ? Term::iri("http://g/9") : chance_.one_of(names);
        };
        if (chance_.of(0.8)) from.push_back(some_name());
        if (chance_.of(0.4)) from.push_back(some_name());
        while (from.empty() || chance_.of(0.4)) {
            from_named.push_back(some_name());
            if (from_named.size() == 3) break;
        }
        if (!from.empty()) where.graph = from.front();
    }
    out.select = select(node(depth, where), where, true);
    out.select.from = std::move(from);
    out.select.from_named = std::move(from_named);
    if (chance_.of(0.05)) {
        out.form = Query::Form::ask;
        out.select.distinct = out.select.reduced = false;
    }
    const bool plain = !out.select.grouped && !out.select.distinct && !out.select.reduced &&
                       out.select.made.empty();
    if (out.form == Query::Form::ask) {
        // ASK has no projection: aggregates would have nowhere to stand.
        if (out.select.grouped || out.select.limit || out.select.offset ||
            !out.select.order.empty())
            out.form = Query::Form::select;
    } else if (plain && chance_.of(0.08)) {
        add_template(out);
    }
    return out;
}

}  // namespace dossier::oracle
