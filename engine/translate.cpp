#include "engine/translate.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <dossier/error.h>

#include "engine/algebra_walk.h"
#include "engine/path_translation.h"
#include "parser/sparql_writer.h"

namespace dossier::engine {

namespace {

// Join orders are found in time that grows with the square of the patterns.
constexpr std::size_t max_patterns = 4096;

// An aggregate is looked for among so many of its query.
constexpr std::size_t most_compared = 64;

bool is_same(const Aggregate& a, const Aggregate& b) {
    if (a.kind != b.kind || a.distinct != b.distinct || a.separator != b.separator ||
        a.kind == AggregateKind::host)
        return false;
    if (!a.argument || !b.argument) return !a.argument && !b.argument;
    return is_deterministic(*a.argument) && is_same(*a.argument, *b.argument);
}

std::size_t steps_of(const sparql::PropertyPath& path) {
    std::size_t steps = 1;
    for (const sparql::PropertyPath& part : path.parts) steps += steps_of(part);
    return steps;
}

// A node and the depth of its tree.
struct Built {
    AlgebraPtr node;
    std::size_t depth = 1;
};

template <typename Node>
Built build(Node node, std::size_t depth_below) {
    if (depth_below + 1 > max_algebra_depth)
        throw LimitError(
            fmt::format("the query needs more than {} operators one inside the other; "
                        "parts of a group that follow OPTIONAL, MINUS or BIND count as one inside "
                        "the other",
                        max_algebra_depth));
    return {make_algebra(std::move(node)), depth_below + 1};
}

Built unit() {
    return {make_algebra(BasicPattern{}), 1};
}

bool is_unit(const Algebra& algebra) {
    const BasicPattern* pattern = algebra.as<BasicPattern>();
    return pattern != nullptr && pattern->triples.empty();
}

Built join(Built left, Built right) {
    if (is_unit(*left.node)) return right;
    if (is_unit(*right.node)) return left;
    Join joined;
    std::size_t depth = right.depth;
    if (const Join* parts = left.node->as<Join>()) {
        joined.parts = parts->parts;
        depth = std::max(depth, left.depth - 1);
    } else {
        joined.parts.push_back(left.node);
        depth = std::max(depth, left.depth);
    }
    joined.parts.push_back(std::move(right.node));
    return build(std::move(joined), depth);
}

using Assignments = std::vector<std::pair<Variable, ExpressionPtr>>;

// The elements of a group without its filters, which OPTIONAL needs apart (section 18.2.2.6).
struct TranslatedGroup {
    Built pattern;
    std::vector<ExpressionPtr> filters;
    Assignments bound;  // by the BINDs just read, not in the pattern yet
};

class Translator {
  public:
    Translator(const sparql::Symbols& symbols, Variables& variables, StopQuestion* question)
        : symbols_(symbols),
          variables_(variables),
          question_(question),
          blank_variables_(symbols.blank_nodes.size()),
          scope_(symbols.variables.size()) {}

    Variable variable(sparql::Variable name) {
        auto& known = scope_[name.id];
        if (!known) known = variables_.add(symbols_.name(name));
        return *known;
    }
    const std::vector<std::optional<Variable>>& scope() const { return scope_; }

    PatternTerm pattern_term(const sparql::Node& node) {
        step();
        if (const auto* constant = std::get_if<sparql::Constant>(&node))
            return {symbols_.term(*constant)};
        if (const auto* name = std::get_if<sparql::Variable>(&node)) return {variable(*name)};
        if (const auto* blank = std::get_if<sparql::BlankVariable>(&node)) {
            auto& known = blank_variables_[blank->id];
            if (!known) known = variables_.fresh();
            return {*known};
        }
        const auto& parts = symbols_.parts(std::get<sparql::TripleTermPattern>(node));
        return {std::make_shared<const TriplePattern>(TriplePattern{pattern_term(parts.subject),
                                                                    pattern_term(parts.predicate),
                                                                    pattern_term(parts.object)})};
    }

    TriplePattern triple(const sparql::TriplePattern& pattern) {
        return {pattern_term(pattern.subject), pattern_term(pattern.predicate),
                pattern_term(pattern.object)};
    }

    Built group(const sparql::GroupPattern& pattern) {
        TranslatedGroup translated = group_and_filters(pattern);
        if (translated.filters.empty()) return translated.pattern;
        return build(Filter{std::move(translated.filters), translated.pattern.node},
                     translated.pattern.depth);
    }

    Built select(const sparql::Query& query) {
        Built built = group(query.where);
        built = modifiers_before_projection(query, std::move(built));
        return built;
    }

    // Everything of a query; the projection is `columns`.
    Built query(const sparql::Query& query, std::vector<Variable>& columns) {
        Built built = select(query);
        switch (query.form) {
            case sparql::QueryForm::select:
                for (const sparql::Projection& one : query.projection)
                    columns.push_back(variable(one.variable));
                break;
            case sparql::QueryForm::ask:
                break;
            case sparql::QueryForm::construct:
                for (const sparql::TriplePattern& one : query.construct) {
                    add_column(one.subject, columns);
                    add_column(one.predicate, columns);
                    add_column(one.object, columns);
                }
                break;
            case sparql::QueryForm::describe:
                for (const sparql::Node& target : query.describe) add_column(target, columns);
                break;
        }
        built = build(Project{built.node, columns}, built.depth);
        if (query.duplicates != sparql::Duplicates::kept)
            built = build(Distinct{built.node, query.duplicates == sparql::Duplicates::reduced},
                          built.depth);
        std::optional<std::uint64_t> limit = query.limit;
        if (query.form == sparql::QueryForm::ask)
            limit = std::min<std::uint64_t>(limit.value_or(1), 1);
        if (limit || query.skip)
            built = build(Slice{built.node, query.skip.value_or(0), limit}, built.depth);
        return built;
    }

    Built quads(const std::vector<sparql::QuadPattern>& patterns) {
        Built built = unit();
        for (const sparql::QuadPattern& quad : patterns) {
            BasicPattern basic;
            for (const sparql::TriplePattern& one : quad.triples)
                basic.triples.push_back(triple(one));
            Built part{make_algebra(std::move(basic)), 1};
            if (quad.graph) part = graph(*quad.graph, std::move(part));
            // GRAPH ?g { } is not the one empty solution, so that join() must not drop it.
            built = join(std::move(built), std::move(part));
        }
        return built;
    }

  private:
    void step() const {
        if (question_ != nullptr) question_->step();
    }
    void add_column(const sparql::Node& node, std::vector<Variable>& columns) {
        if (const auto* name = std::get_if<sparql::Variable>(&node)) {
            const Variable known = variable(*name);
            if (!column_of(columns, known)) columns.push_back(known);
        }
        if (const auto* pattern = std::get_if<sparql::TripleTermPattern>(&node)) {
            const auto& parts = symbols_.parts(*pattern);
            add_column(parts.subject, columns);
            add_column(parts.predicate, columns);
            add_column(parts.object, columns);
        }
    }

    // ---- Groups ----------------------------------------------------------------------------

    TranslatedGroup group_and_filters(const sparql::GroupPattern& pattern) {
        TranslatedGroup out{unit(), {}, {}};
        for (const sparql::GroupElement& element : pattern.elements) {
            step();
            // BINDs that follow each other are one node: as many nodes would be copied again and
            // again. A filter holds for the whole group, wherever it stands.
            if (!std::holds_alternative<sparql::Bind>(element.pattern) &&
                !std::holds_alternative<sparql::Filter>(element.pattern))
                extend(out.pattern, out.bound);
            std::visit([&](const auto& one) { add(one, out); }, element.pattern);
        }
        extend(out.pattern, out.bound);
        return out;
    }

    void add(const sparql::TriplesBlock& block, TranslatedGroup& out) {
        patterns_ += block.triples.size();
        for (const sparql::PathPattern& path : block.paths) patterns_ += steps_of(*path.path);
        if (patterns_ > max_patterns)
            throw LimitError(fmt::format(
                "the query has more than {} triple patterns and path steps (limit max_patterns)",
                max_patterns));
        BasicPattern basic;
        for (const sparql::TriplePattern& one : block.triples) basic.triples.push_back(triple(one));
        out.pattern = join(std::move(out.pattern), {make_algebra(std::move(basic)), 1});
        for (const sparql::PathPattern& path : block.paths) {
            const PatternTerm subject = pattern_term(path.subject);
            const PatternTerm object = pattern_term(path.object);
            AlgebraPtr node = translate_path(symbols_, subject, *path.path, object, variables_);
            out.pattern = join(std::move(out.pattern), {node, depth_of(*node)});
        }
    }
    // Paths are nested no deeper than the parser allows.
    static std::size_t depth_of(const Algebra& algebra) {
        std::size_t below = 0;
        for (const AlgebraPtr& input : children(algebra)) below = std::max(below, depth_of(*input));
        return below + 1;
    }
    void add(const sparql::Filter& filter, TranslatedGroup& out) {
        out.filters.push_back(expression(filter.condition));
    }
    void add(const sparql::Optional& optional, TranslatedGroup& out) {
        TranslatedGroup right = group_and_filters(optional.group);
        const std::size_t depth = std::max(out.pattern.depth, right.pattern.depth);
        out.pattern =
            build(LeftJoin{out.pattern.node, right.pattern.node, std::move(right.filters)}, depth);
    }
    void add(const sparql::Union& alternatives, TranslatedGroup& out) {
        if (alternatives.branches.size() == 1) {
            out.pattern = join(std::move(out.pattern), group(alternatives.branches.front()));
            return;
        }
        Union node;
        std::size_t depth = 0;
        for (const sparql::GroupPattern& branch : alternatives.branches) {
            Built part = group(branch);
            depth = std::max(depth, part.depth);
            node.parts.push_back(std::move(part.node));
        }
        out.pattern = join(std::move(out.pattern), build(std::move(node), depth));
    }
    void add(const sparql::Minus& minus, TranslatedGroup& out) {
        Built right = group(minus.group);
        const std::size_t depth = std::max(out.pattern.depth, right.depth);
        out.pattern = build(Minus{out.pattern.node, right.node}, depth);
    }
    void add(const sparql::GraphPattern& pattern, TranslatedGroup& out) {
        out.pattern = join(std::move(out.pattern), graph(pattern.graph, group(pattern.group)));
    }
    Built graph(const sparql::Node& name, Built input) {
        const PatternTerm term = pattern_term(name);
        Graph node{Term(), input.node};
        const Variable* known = term.variable();
        if (known == nullptr) {
            node.name = *term.term();
            return build(std::move(node), input.depth);
        }
        const AlgebraPtr joined = graph_pattern(*known, input.node, variables_);
        // At most three nodes more than the pattern.
        if (input.depth + 3 > max_algebra_depth) return build(std::move(node), max_algebra_depth);
        return {joined, input.depth + 3};
    }
    void add(const sparql::Service& service, TranslatedGroup& out) {
        // Its variables are found by translating it; what is evaluated is the text.
        const Built input = group(service.group);
        Service node{service.silent, pattern_term(service.endpoint), {}, {}, {}, {}};
        sparql::SyntaxWriter writer(symbols_);
        writer.group(service.group);
        node.group = writer.take();
        for (const Variable visible : visible_variables(*input.node).list()) {
            if (variables_.name(visible).empty()) continue;
            node.variables.push_back(visible);
            node.names.push_back(variables_.name(visible));
        }
        out.pattern = join(std::move(out.pattern), build(std::move(node), 1));
    }
    void add(const sparql::Bind& bind, TranslatedGroup& out) {
        out.bound.emplace_back(variable(bind.target), expression(bind.value));
    }
    void add(const sparql::Values& values, TranslatedGroup& out) {
        out.pattern = join(std::move(out.pattern), table(values));
    }
    void add(const sparql::SubSelect& sub, TranslatedGroup& out) {
        // Only projected variables are those of the outer scope.
        std::vector<std::optional<Variable>> inner(scope_.size());
        for (const sparql::Projection& one : sub.query->projection)
            inner[one.variable.id] = variable(one.variable);
        std::swap(scope_, inner);
        std::vector<Variable> columns;
        Built built = query(*sub.query, columns);
        std::swap(scope_, inner);
        out.pattern = join(std::move(out.pattern), std::move(built));
    }
    void add(const sparql::Lateral& lateral, TranslatedGroup& out) {
        Built right = group(lateral.group);
        const std::size_t depth = std::max(out.pattern.depth, right.depth);
        out.pattern = build(Lateral{out.pattern.node, right.node}, depth);
    }

    // Puts assignments, which see those before them, on top of what is built, and empties them.
    static void extend(Built& built, Assignments& assignments) {
        if (assignments.empty()) return;
        if (const Extend* chain = built.node->as<Extend>()) {
            Extend longer = *chain;
            longer.assignments.insert(longer.assignments.end(),
                                      std::make_move_iterator(assignments.begin()),
                                      std::make_move_iterator(assignments.end()));
            built.node = make_algebra(std::move(longer));
        } else {
            built = build(Extend{built.node, std::move(assignments)}, built.depth);
        }
        assignments.clear();
    }

    Built table(const sparql::Values& values) {
        Values node;
        for (const sparql::Variable name : values.variables)
            node.variables.push_back(variable(name));
        node.row_count = values.row_count;
        node.cells.reserve(values.cells.size());
        for (const std::uint32_t cell : values.cells) {
            step();
            if (cell == sparql::Values::undef)
                node.cells.emplace_back();
            else
                node.cells.emplace_back(symbols_.terms[cell]);
        }
        return {make_algebra(std::move(node)), 1};
    }

    // ---- Solution modifiers ----------------------------------------------------------------

    Built modifiers_before_projection(const sparql::Query& query, Built built) {
        // The aggregates are found while SELECT, HAVING and ORDER BY are translated; the Group node
        // that computes them goes below all of these.
        std::vector<Aggregate> aggregates;
        std::vector<Aggregate>* const outer_aggregates = std::exchange(aggregates_, &aggregates);
        Group group;
        Assignments computed;
        for (const sparql::GroupKey& key : query.group_by) {
            const auto* name = key.value.op == sparql::Operator::node && !key.name
                                   ? std::get_if<sparql::Variable>(&key.value.node)
                                   : nullptr;
            if (name != nullptr) {
                group.keys.push_back(variable(*name));
                continue;
            }
            const Variable target = key.name ? variable(*key.name) : variables_.fresh();
            computed.emplace_back(target, expression(key.value));
            group.keys.push_back(target);
        }
        extend(built, computed);
        std::sort(group.keys.begin(), group.keys.end());
        group.keys.erase(std::unique(group.keys.begin(), group.keys.end()), group.keys.end());

        std::vector<ExpressionPtr> having;
        for (const sparql::Expression& condition : query.having)
            having.push_back(expression(condition));
        Assignments selected;
        for (const sparql::Projection& one : query.projection)
            if (one.value) selected.emplace_back(variable(one.variable), expression(*one.value));
        std::vector<OrderCondition> order;
        for (const sparql::OrderKey& key : query.order_by)
            order.push_back({expression(key.value), key.descending});
        aggregates_ = outer_aggregates;

        if (query.aggregated || !aggregates.empty() || !group.keys.empty()) {
            group.input = built.node;
            group.aggregates = std::move(aggregates);
            built = build(std::move(group), built.depth);
        }
        if (!having.empty()) built = build(Filter{std::move(having), built.node}, built.depth);
        if (query.values) built = join(std::move(built), table(*query.values));
        extend(built, selected);
        if (!order.empty()) built = build(OrderBy{built.node, std::move(order)}, built.depth);
        return built;
    }

    // ---- Expressions -----------------------------------------------------------------------

    ExpressionPtr expression(const sparql::Expression& syntax) {
        step();
        using Op = sparql::Operator;
        if (syntax.op == Op::node) {
            if (const auto* name = std::get_if<sparql::Variable>(&syntax.node))
                return make_variable(variable(*name));
            if (const auto* constant = std::get_if<sparql::Constant>(&syntax.node))
                return make_constant(symbols_.term(*constant));
        }
        if (sparql::is_aggregate(syntax.op) || syntax.host_aggregate) return aggregate(syntax);
        auto out = std::make_shared<Expression>();
        out->kind = Expression::Kind::operation;
        out->op = syntax.op;
        for (const sparql::Expression& argument : syntax.arguments) {
            out->arguments.push_back(expression(argument));
            if (syntax.op == Op::sum || syntax.op == Op::product)
                out->inverted.push_back(argument.inverted);
        }
        if (syntax.op == Op::call)
            out->term = symbols_.term(std::get<sparql::Constant>(syntax.node));
        if (syntax.pattern) out->pattern = group(*syntax.pattern).node;
        return out;
    }

    ExpressionPtr aggregate(const sparql::Expression& syntax) {
        using Op = sparql::Operator;
        if (aggregates_ == nullptr)
            throw QueryError("an aggregate stands outside SELECT, HAVING and ORDER BY");
        Aggregate out;
        switch (syntax.op) {
            case Op::count:
                out.kind = AggregateKind::count;
                break;
            case Op::sum_of:
                out.kind = AggregateKind::sum;
                break;
            case Op::min:
                out.kind = AggregateKind::min;
                break;
            case Op::max:
                out.kind = AggregateKind::max;
                break;
            case Op::avg:
                out.kind = AggregateKind::avg;
                break;
            case Op::sample:
                out.kind = AggregateKind::sample;
                break;
            case Op::call:
                out.kind = AggregateKind::host;
                out.function =
                    std::string(symbols_.term(std::get<sparql::Constant>(syntax.node)).text());
                break;
            default:
                out.kind = AggregateKind::group_concat;
                break;
        }
        out.distinct = syntax.distinct;
        std::vector<Aggregate>* const outside = std::exchange(aggregates_, nullptr);
        if (!syntax.arguments.empty()) out.argument = expression(syntax.arguments.front());
        aggregates_ = outside;
        if (out.kind == AggregateKind::group_concat && syntax.arguments.size() > 1)
            out.separator = std::string(
                symbols_.term(std::get<sparql::Constant>(syntax.arguments[1].node)).text());
        // One that SELECT, HAVING and ORDER BY repeat is computed once.
        for (std::size_t i = 0; i < std::min(aggregates_->size(), most_compared); ++i)
            if (is_same((*aggregates_)[i], out)) return make_variable((*aggregates_)[i].target);
        out.target = variables_.fresh();
        aggregates_->push_back(out);
        return make_variable(out.target);
    }

    const sparql::Symbols& symbols_;
    Variables& variables_;
    StopQuestion* question_;
    std::size_t patterns_ = 0;  // of the whole query
    std::vector<std::optional<Variable>> blank_variables_;
    std::vector<std::optional<Variable>> scope_;
    std::vector<Aggregate>* aggregates_ = nullptr;
};

Dataset dataset_of(const sparql::Symbols& symbols,
                   const std::vector<sparql::DatasetClause>& clauses) {
    Dataset dataset;
    for (const sparql::DatasetClause& clause : clauses)
        (clause.named ? dataset.named_graphs : dataset.default_graphs)
            .push_back(symbols.term(clause.graph));
    return dataset;
}

// A pattern whose columns are all it binds.
TranslatedPattern whole_pattern(Variables variables, const Built& built,
                                std::vector<std::optional<Variable>> scope) {
    TranslatedPattern out;
    const VariableSet visible = visible_variables(*built.node);
    for (const auto& variable : scope)
        if (variable && visible.contains(*variable)) out.columns.push_back(*variable);
    out.algebra = make_algebra(Project{built.node, out.columns});
    out.variables = std::move(variables);
    out.visible = std::move(scope);
    return out;
}

}  // namespace

AlgebraPtr graph_pattern(Variable name, const AlgebraPtr& pattern, Variables& variables) {
    bool mentioned = false;
    for_each_mentioned_variable(*pattern,
                                [&](Variable other) { mentioned = mentioned || other == name; });
    if (!mentioned) return make_algebra(Graph{name, pattern});
    // Inside, the name is another variable; its value is copied and joined outside.
    const Variable hidden = variables.fresh();
    const AlgebraPtr names = make_algebra(Graph{hidden, make_algebra(BasicPattern{})});
    Join join;
    join.parts = {make_algebra(Graph{hidden, pattern}),
                  make_algebra(Extend{names, {{name, make_variable(hidden)}}})};
    return make_algebra(std::move(join));
}

TranslatedPattern translate_query(const sparql::ParsedQuery& query, StopQuestion* question) {
    TranslatedPattern out;
    Translator translator(query.symbols, out.variables, question);
    out.algebra = translator.query(query.query, out.columns).node;
    out.dataset = dataset_of(query.symbols, query.query.dataset);
    out.visible = translator.scope();
    return out;
}

TranslatedPattern translate_where(const sparql::Symbols& symbols, const sparql::GroupPattern& where,
                                  const std::vector<sparql::DatasetClause>& dataset,
                                  std::optional<sparql::Constant> with, StopQuestion* question) {
    Variables variables;
    Translator translator(symbols, variables, question);
    const Built built = translator.group(where);
    TranslatedPattern out = whole_pattern(std::move(variables), built, translator.scope());
    out.dataset = dataset_of(symbols, dataset);
    if (with && out.dataset.empty()) out.with = symbols.term(*with);
    return out;
}

TranslatedPattern translate_where(const sparql::Symbols& symbols,
                                  const std::vector<sparql::QuadPattern>& quads,
                                  StopQuestion* question) {
    Variables variables;
    Translator translator(symbols, variables, question);
    const Built built = translator.quads(quads);
    return whole_pattern(std::move(variables), built, translator.scope());
}

}  // namespace dossier::engine
