#include <utility>

#include "parser/sparql_builder.h"
#include "parser/sparql_functions.h"

// Expressions: a stack, whose top is the newest whole expression or the call being filled.

namespace dossier::sparql {

Expression Builder::pop_expression() {
    Expression expression = std::move(expressions_.back());
    expressions_.pop_back();
    return expression;
}

void Builder::node_operand(std::size_t offset) {
    Expression expression;
    expression.offset = offset32(offset);
    expression.node = node_;
    expressions_.push_back(std::move(expression));
}

// The newest expression becomes the first argument of a chain, unless it is one (then it goes on:
// chains are evaluated from left to right, so `(a + b) + c` is `a + b + c`).
void Builder::chain(Operator op, bool inverted, std::size_t offset) {
    if (expressions_.back().op != op) compare(op, offset);
    // Until argument() moves it to the operand: how that takes part.
    expressions_.back().inverted = inverted;
}

void Builder::compare(Operator op, std::size_t offset) {
    Expression expression;
    expression.op = op;
    expression.offset = offset32(offset);
    expression.arguments.push_back(std::move(expressions_.back()));
    expressions_.back() = std::move(expression);
}

void Builder::open_call(Operator op, std::size_t offset) {
    step();
    Expression expression;
    expression.op = op;
    expression.offset = offset32(offset);
    expressions_.push_back(std::move(expression));
}

void Builder::open_function() {
    open_call(Operator::call, node_offset_);
    expressions_.back().node = node_;
    const auto* name = std::get_if<Constant>(&node_);
    if (name == nullptr || !options_.is_aggregate) return;
    if (!options_.is_aggregate(symbols().term(*name).text())) return;
    refuse_misplaced_aggregate("an aggregate", node_offset_);
    if (!queries_.empty()) query().aggregated = true;
    expressions_.back().host_aggregate = true;
    in_aggregate_ = true;
}

void Builder::argument() {
    Expression argument = pop_expression();
    Expression& call = expressions_.back();
    argument.inverted = std::exchange(call.inverted, false);
    call.arguments.push_back(std::move(argument));
}

void Builder::distinct_call() {
    Expression& call = expressions_.back();
    if (call.host_aggregate) {
        // It has been looked at already.
    } else if (call.op == Operator::call) {
        refuse_misplaced_aggregate("an aggregate", call.offset);
        if (!queries_.empty()) query().aggregated = true;
    } else if (!is_aggregate(call.op)) {
        fail(call.offset, 1, "only an aggregate takes DISTINCT");
    }
    call.distinct = true;
}

void Builder::close_call() {
    const Expression& call = expressions_.back();
    if (call.host_aggregate) {
        in_aggregate_ = false;
        if (call.arguments.size() != 1) fail(call.offset, 1, "an aggregate takes one argument");
    }
    if (call.op == Operator::call) return;
    const Function& function = function_of(call.op);
    const std::size_t count = call.arguments.size();
    if (count < function.least || count > function.most) {
        std::string wanted = std::to_string(function.least);
        if (function.most != function.least) wanted += " or " + std::to_string(function.most);
        fail(call.offset, function.name.size(),
             std::string(function.name) + " takes " + wanted +
                 (function.most == 1 ? " argument, not " : " arguments, not ") +
                 std::to_string(count));
    }
    if (call.op == Operator::bound && (call.arguments[0].op != Operator::node ||
                                       !std::holds_alternative<Variable>(call.arguments[0].node))) {
        fail(call.arguments[0].offset, 1, "BOUND takes a variable");
    }
}

void Builder::close_triple_expression() {
    Expression& call = expressions_.back();
    for (const Expression& argument : call.arguments) {
        const bool is_constant =
            argument.op == Operator::node && std::holds_alternative<Constant>(argument.node);
        if (!is_constant) return;
    }
    call.node = triple_term(call.arguments[0].node, call.arguments[1].node, call.arguments[2].node);
    call.op = Operator::node;
    call.arguments.clear();
}

// ---- Aggregates -----------------------------------------------------------------------------

void Builder::refuse_misplaced_aggregate(std::string_view name, std::size_t offset) const {
    if (in_aggregate_) {
        fail(offset, name.size(), std::string(name) + " cannot stand inside another aggregate",
             "compute the inner one in a sub-select: { SELECT (" + std::string(name) +
                 "(...) AS ?inner) WHERE { ... } }");
    }
    if (!aggregates_allowed_) {
        fail(offset, name.size(),
             std::string(name) +
                 " cannot stand here: aggregates belong to SELECT, HAVING and "
                 "ORDER BY",
             groups_.empty() ? "" : "to filter groups, write HAVING (...) after GROUP BY");
    }
}

void Builder::open_aggregate(Operator op, std::size_t offset) {
    refuse_misplaced_aggregate(function_of(op).name, offset);
    query().aggregated = true;
    in_aggregate_ = true;
    open_call(op, offset);
}

void Builder::separator() {
    const Expression& call = expressions_.back();
    if (call.op != Operator::group_concat) {
        fail(lexical_offset_, 1, "only GROUP_CONCAT takes a SEPARATOR");
    }
    plain_literal();
    node_operand(lexical_offset_);
    argument();
}

void Builder::aggregate_star(std::size_t offset) {
    if (expressions_.back().op != Operator::count) fail(offset, 1, "only COUNT takes a star");
}

void Builder::exists(bool negated, std::size_t offset) {
    open_call(negated ? Operator::not_exists : Operator::exists, offset);
    expressions_.back().pattern = std::make_unique<GroupPattern>(take_group());
}

}  // namespace dossier::sparql
