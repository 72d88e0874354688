#include "parser/sparql_checks.h"

#include <algorithm>
#include <string>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "parser/sparql_builder.h"
#include "parser/sparql_scanner.h"

namespace dossier::sparql {
namespace {

// The variables in scope of a pattern (Query section 18.2.1), in the order of their first mention,
// each with the place of the element that mentions it.
class Scope {
  public:
    void add(Variable variable, Offset offset) {
        if (offsets_.try_emplace(variable.id, offset).second) variables_.push_back(variable);
    }
    void add(const Scope& other) {
        for (const Variable variable : other.variables_) add(variable, *other.find(variable));
    }
    std::optional<Offset> find(Variable variable) const {
        const auto found = offsets_.find(variable.id);
        return found == offsets_.end() ? std::nullopt : std::optional(found->second);
    }
    bool contains(Variable variable) const { return offsets_.contains(variable.id); }
    const std::vector<Variable>& variables() const { return variables_; }

  private:
    std::vector<Variable> variables_;
    boost::unordered_flat_map<std::uint32_t, Offset> offsets_;
};

class Checker {
  public:
    Checker(const Symbols& symbols, std::string_view text, StopQuestion* question)
        : symbols_(symbols), text_(text), question_(question) {}

    void check(Query& query) { check_query(query); }
    void check(GroupPattern& group) { scope_of(group); }

  private:
    void step() const {
        if (question_ != nullptr) question_->step();
    }

    // ---- Scope ----
    Scope scope_of(GroupPattern& group);
    void add_node(Scope& scope, const Node& node, Offset offset) const;
    Scope check_query(Query& query);
    void check_bind(const Bind& bind, const Scope& scope) const;
    void check_lateral(const GroupPattern& group, const Scope& outer) const;
    void check_expression(Expression& expression);

    // ---- Projection ----
    void list_star(Query& query, const Scope& scope) const;
    void check_projection(Query& query, const Scope& scope) const;
    void refuse_ungrouped(const Expression& expression, const Scope& scope,
                          const Scope& keys) const;
    [[noreturn]] void fail_ungrouped(Variable variable, Offset offset) const;

    // ---- Messages ----
    std::string name(Variable variable) const { return "?" + symbols_.name(variable); }
    std::size_t length(Variable variable) const { return symbols_.name(variable).size() + 1; }
    // Where the variable itself stands, at `offset` or behind it.
    std::size_t place_of(Variable variable, Offset offset) const;
    [[noreturn]] void fail_bound(Variable variable, Offset offset, Offset first,
                                 std::string message) const;

    const Symbols& symbols_;
    std::string_view text_;
    StopQuestion* question_;
};

std::size_t Checker::place_of(Variable variable, Offset offset) const {
    for (std::size_t at = offset;;) {
        const ScannedToken token = scan_token(text_, at);
        if (token.is(ScannedToken::Kind::end)) return offset;
        if (token.is(ScannedToken::Kind::variable) &&
            text_.substr(token.offset + 1, token.length - 1) == symbols_.name(variable)) {
            return token.offset;
        }
        at = token.end();
    }
}

void Checker::fail_bound(Variable variable, Offset offset, Offset first,
                         std::string message) const {
    std::string other = symbols_.name(variable) + "2";
    for (int n = 3; symbols_.find_variable(other); ++n) {
        other = symbols_.name(variable) + std::to_string(n);
    }
    throw ParseFailure{place_of(variable, offset), length(variable),
                       std::move(message),         "choose another variable, for example ?" + other,
                       place_of(variable, first),  length(variable),
                       "first bound here"};
}

// ---- Scope ----------------------------------------------------------------------------------

void Checker::add_node(Scope& scope, const Node& node, Offset offset) const {
    step();
    if (const auto* variable = std::get_if<Variable>(&node)) {
        scope.add(*variable, offset);
    } else if (const auto* pattern = std::get_if<TripleTermPattern>(&node)) {
        const TripleTermParts& parts = symbols_.parts(*pattern);
        for (const Node* part : {&parts.subject, &parts.predicate, &parts.object}) {
            add_node(scope, *part, offset);
        }
    }
}

void Checker::check_bind(const Bind& bind, const Scope& scope) const {
    if (const auto first = scope.find(bind.target)) {
        fail_bound(
            bind.target, bind.target_offset, *first,
            name(bind.target) + " is already bound here, so it cannot be the target of BIND");
    }
}

// Inside LATERAL the variables of what stands before it are replaced by their values, so nothing
// in it may give them another one.
void Checker::check_lateral(const GroupPattern& group, const Scope& outer) const {
    const auto refuse = [&](Variable variable, Offset offset) {
        if (const auto first = outer.find(variable)) {
            fail_bound(variable, offset, *first,
                       name(variable) + " is bound before LATERAL, so it cannot be set inside it");
        }
    };
    for (const GroupElement& element : group.elements) {
        if (const auto* bind = std::get_if<Bind>(&element.pattern)) {
            refuse(bind->target, bind->target_offset);
        } else if (const auto* values = std::get_if<Values>(&element.pattern)) {
            for (const Variable variable : values->variables) refuse(variable, values->offset);
        } else if (const auto* select = std::get_if<SubSelect>(&element.pattern)) {
            for (const Projection& projection : select->query->projection) {
                if (projection.value) refuse(projection.variable, projection.offset);
            }
            check_lateral(select->query->where, outer);
        } else if (const auto* optional = std::get_if<Optional>(&element.pattern)) {
            check_lateral(optional->group, outer);
        } else if (const auto* lateral = std::get_if<Lateral>(&element.pattern)) {
            check_lateral(lateral->group, outer);
        } else if (const auto* graph = std::get_if<GraphPattern>(&element.pattern)) {
            check_lateral(graph->group, outer);
        } else if (const auto* branches = std::get_if<Union>(&element.pattern)) {
            for (const GroupPattern& branch : branches->branches) check_lateral(branch, outer);
        }
    }
}

Scope Checker::scope_of(GroupPattern& group) {
    Scope scope;
    for (GroupElement& element : group.elements) {
        step();
        const Offset offset = element.offset;
        if (auto* block = std::get_if<TriplesBlock>(&element.pattern)) {
            for (const TriplePattern& triple : block->triples) {
                add_node(scope, triple.subject, triple.offset);
                add_node(scope, triple.predicate, triple.offset);
                add_node(scope, triple.object, triple.offset);
            }
            for (const PathPattern& path : block->paths) {
                add_node(scope, path.subject, path.offset);
                add_node(scope, path.object, path.offset);
            }
        } else if (auto* filter = std::get_if<Filter>(&element.pattern)) {
            check_expression(filter->condition);
        } else if (auto* optional = std::get_if<Optional>(&element.pattern)) {
            scope.add(scope_of(optional->group));
        } else if (auto* branches = std::get_if<Union>(&element.pattern)) {
            for (GroupPattern& branch : branches->branches) scope.add(scope_of(branch));
        } else if (auto* minus = std::get_if<Minus>(&element.pattern)) {
            scope_of(minus->group);
        } else if (auto* graph = std::get_if<GraphPattern>(&element.pattern)) {
            add_node(scope, graph->graph, offset);
            scope.add(scope_of(graph->group));
        } else if (auto* service = std::get_if<Service>(&element.pattern)) {
            add_node(scope, service->endpoint, offset);
            scope.add(scope_of(service->group));
        } else if (auto* bind = std::get_if<Bind>(&element.pattern)) {
            check_expression(bind->value);
            check_bind(*bind, scope);
            scope.add(bind->target, bind->target_offset);
        } else if (auto* values = std::get_if<Values>(&element.pattern)) {
            for (const Variable variable : values->variables) scope.add(variable, values->offset);
        } else if (auto* select = std::get_if<SubSelect>(&element.pattern)) {
            scope.add(check_query(*select->query));
        } else if (auto* lateral = std::get_if<Lateral>(&element.pattern)) {
            const Scope inner = scope_of(lateral->group);
            check_lateral(lateral->group, scope);
            scope.add(inner);
        }
    }
    return scope;
}

void Checker::check_expression(Expression& expression) {
    step();
    if (expression.pattern) scope_of(*expression.pattern);
    for (Expression& argument : expression.arguments) check_expression(argument);
}

// ---- Queries --------------------------------------------------------------------------------

// The scope of a sub-select is what it projects.
Scope Checker::check_query(Query& query) {
    const Scope scope = scope_of(query.where);
    for (GroupKey& key : query.group_by) {
        check_expression(key.value);
        if (!key.name) continue;
        if (const auto first = scope.find(*key.name)) {
            fail_bound(*key.name, key.value.offset, *first,
                       name(*key.name) + " is already bound, so GROUP BY cannot name a key so");
        }
    }
    for (Expression& condition : query.having) check_expression(condition);
    for (OrderKey& key : query.order_by) check_expression(key.value);
    if (query.star) list_star(query, scope);
    for (Projection& projection : query.projection) {
        if (projection.value) check_expression(*projection.value);
    }
    check_projection(query, scope);

    Scope projected;
    for (const Projection& projection : query.projection) {
        projected.add(projection.variable, projection.offset);
    }
    return projected;
}

void Checker::list_star(Query& query, const Scope& scope) const {
    if (query.aggregated) {
        throw ParseFailure{query.offset,
                           6,
                           "SELECT * cannot be used with GROUP BY or aggregates",
                           "list the variables and expressions you want",
                           0,
                           0,
                           {}};
    }
    Scope all = scope;
    if (query.values) {
        for (const Variable variable : query.values->variables) {
            all.add(variable, query.values->offset);
        }
    }
    for (const Variable variable : all.variables()) {
        if (query.form == QueryForm::describe) {
            query.describe.emplace_back(variable);
        } else {
            query.projection.push_back({variable, std::nullopt, query.offset});
        }
    }
}

void Checker::check_projection(Query& query, const Scope& scope) const {
    // Grouping leaves the keys only.
    Scope keys;
    for (const GroupKey& key : query.group_by) {
        const auto* variable = std::get_if<Variable>(&key.value.node);
        if (key.name) {
            keys.add(*key.name, key.value.offset);
        } else if (key.value.op == Operator::node && variable != nullptr) {
            keys.add(*variable, key.value.offset);
        }
    }
    const Scope& visible = query.aggregated ? keys : scope;

    Scope projected;
    Scope named = keys;  // keys and the names given so far
    std::vector<Projection> kept;
    for (Projection& projection : query.projection) {
        step();
        const Variable variable = projection.variable;
        if (!projection.value) {
            if (query.aggregated && scope.contains(variable) && !named.contains(variable)) {
                fail_ungrouped(variable, projection.offset);
            }
            if (projected.contains(variable)) continue;  // SELECT ?x ?x is one column
        } else {
            if (query.aggregated) refuse_ungrouped(*projection.value, scope, named);
            if (const auto first = visible.find(variable)) {
                fail_bound(variable, projection.offset, *first,
                           name(variable) +
                               " is already bound, so it cannot name an expression of SELECT");
            }
            if (const auto first = projected.find(variable)) {
                fail_bound(variable, projection.offset, *first,
                           name(variable) + " stands twice in SELECT");
            }
            named.add(variable, projection.offset);
        }
        projected.add(variable, projection.offset);
        kept.push_back(std::move(projection));
    }
    query.projection = std::move(kept);
}

void Checker::refuse_ungrouped(const Expression& expression, const Scope& scope,
                               const Scope& keys) const {
    step();
    if (is_aggregate(expression.op) || expression.host_aggregate ||
        (expression.op == Operator::call && expression.distinct)) {
        return;
    }
    const auto* variable = std::get_if<Variable>(&expression.node);
    if (expression.op == Operator::node && variable != nullptr && scope.contains(*variable) &&
        !keys.contains(*variable)) {
        fail_ungrouped(*variable, expression.offset);
    }
    for (const Expression& argument : expression.arguments) {
        refuse_ungrouped(argument, scope, keys);
    }
}

void Checker::fail_ungrouped(Variable variable, Offset offset) const {
    throw ParseFailure{
        place_of(variable, offset),
        length(variable),
        name(variable) + " is neither grouped nor aggregated",
        "add it to GROUP BY, or take one of its values: (SAMPLE(" + name(variable) + ") AS ?one)",
        0,
        0,
        {}};
}

}  // namespace

void check_query(Query& query, const Symbols& symbols, std::string_view text,
                 StopQuestion* question) {
    Checker(symbols, text, question).check(query);
}

void check_operations(std::vector<UpdateOperation>& operations, const Symbols& symbols,
                      std::string_view text, StopQuestion* question) {
    Checker checker(symbols, text, question);
    for (UpdateOperation& operation : operations) {
        if (auto* modify = std::get_if<Modify>(&operation.operation)) checker.check(modify->where);
    }
}

}  // namespace dossier::sparql
