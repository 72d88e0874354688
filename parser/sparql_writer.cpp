#include "parser/sparql_writer.h"

#include <dossier/prefixes.h>
#include <dossier/term_writer.h>

#include "parser/sparql_functions.h"

// Terms, paths and expressions.

namespace dossier::sparql {

void SyntaxWriter::variable(Variable variable) {
    text_ += '?';
    text_ += symbols_.name(variable);
}

void SyntaxWriter::node(const Node& node) {
    if (const auto* constant = std::get_if<Constant>(&node)) {
        append_turtle(text_, symbols_.term(*constant).view(), prefixes_);
    } else if (const auto* named = std::get_if<Variable>(&node)) {
        variable(*named);
    } else if (const auto* blank = std::get_if<BlankVariable>(&node)) {
        if (blank->id >= blank_numbers_.size()) blank_numbers_.resize(blank->id + 1);
        std::size_t& number = blank_numbers_[blank->id];
        if (number == 0) number = next_blank_++;
        text_ += "_:b" + std::to_string(number);
    } else {
        const TripleTermParts& parts = symbols_.parts(std::get<TripleTermPattern>(node));
        text_ += "<<( ";
        for (const Node* part : {&parts.subject, &parts.predicate, &parts.object}) {
            this->node(*part);
            text_ += ' ';
        }
        text_ += ")>>";
    }
}

void SyntaxWriter::triple(const TriplePattern& triple) {
    node(triple.subject);
    text_ += ' ';
    node(triple.predicate);
    text_ += ' ';
    node(triple.object);
}

// ---- Paths ----------------------------------------------------------------------------------

void SyntaxWriter::path_part(const PropertyPath& part, bool may_be_inverse) {
    const bool plain = part.op == PathOperator::predicate || part.op == PathOperator::negated ||
                       (may_be_inverse && part.op == PathOperator::inverse);
    if (!plain) text_ += '(';
    path(part);
    if (!plain) text_ += ')';
}

void SyntaxWriter::path(const PropertyPath& path) {
    const auto separated = [&](const char* separator) {
        for (std::size_t i = 0; i < path.parts.size(); ++i) {
            if (i != 0) text_ += separator;
            path_part(path.parts[i], true);
        }
    };
    switch (path.op) {
        case PathOperator::predicate:
            constant(path.predicate);
            break;
        case PathOperator::inverse:
            text_ += '^';
            path_part(path.parts[0], false);
            break;
        case PathOperator::sequence:
            separated("/");
            break;
        case PathOperator::alternative:
            separated("|");
            break;
        case PathOperator::zero_or_more:
        case PathOperator::one_or_more:
        case PathOperator::zero_or_one:
            path_part(path.parts[0], false);
            text_ += path.op == PathOperator::zero_or_more  ? '*'
                     : path.op == PathOperator::one_or_more ? '+'
                                                            : '?';
            break;
        case PathOperator::repeat:
            path_part(path.parts[0], false);
            text_ += '{' + std::to_string(path.least);
            if (path.most != path.least) text_ += ',';
            if (path.most && path.most != path.least) text_ += std::to_string(*path.most);
            text_ += '}';
            break;
        case PathOperator::negated:
            text_ += "!(";
            separated("|");
            text_ += ')';
            break;
    }
}

// ---- Expressions ----------------------------------------------------------------------------

void SyntaxWriter::bracketted(const Expression& expression) {
    text_ += '(';
    this->expression(expression);
    text_ += ')';
}

// An argument of an operator; after a sign a number must not become a signed number.
void SyntaxWriter::operand(const Expression& expression, bool sign) {
    const bool is_constant =
        expression.op == Operator::node && std::holds_alternative<Constant>(expression.node);
    const bool is_operator =
        expression.op >= Operator::logical_or && expression.op <= Operator::minus;
    if (is_operator || (sign && is_constant)) {
        bracketted(expression);
    } else {
        this->expression(expression);
    }
}

void SyntaxWriter::arguments(const Expression& expression, std::size_t first) {
    text_ += '(';
    if (expression.distinct) text_ += "DISTINCT ";
    for (std::size_t i = first; i < expression.arguments.size(); ++i) {
        if (i != first) text_ += ", ";
        this->expression(expression.arguments[i]);
    }
    text_ += ')';
}

void SyntaxWriter::chain(const Expression& expression) {
    const auto sign = [&](bool inverted) {
        switch (expression.op) {
            case Operator::logical_or:
                return " || ";
            case Operator::logical_and:
                return " && ";
            case Operator::sum:
                return inverted ? " - " : " + ";
            case Operator::product:
                return inverted ? " / " : " * ";
            case Operator::equal:
                return " = ";
            case Operator::not_equal:
                return " != ";
            case Operator::less:
                return " < ";
            case Operator::greater:
                return " > ";
            case Operator::less_equal:
                return " <= ";
            default:
                return " >= ";
        }
    };
    for (std::size_t i = 0; i < expression.arguments.size(); ++i) {
        if (i != 0) text_ += sign(expression.arguments[i].inverted);
        operand(expression.arguments[i], false);
    }
}

void SyntaxWriter::expression(const Expression& expression) {
    switch (expression.op) {
        case Operator::node:
            node(expression.node);
            return;
        case Operator::logical_or:
        case Operator::logical_and:
        case Operator::sum:
        case Operator::product:
        case Operator::equal:
        case Operator::not_equal:
        case Operator::less:
        case Operator::greater:
        case Operator::less_equal:
        case Operator::greater_equal:
            chain(expression);
            return;
        case Operator::in:
        case Operator::not_in:
            operand(expression.arguments[0], false);
            text_ += expression.op == Operator::in ? " IN " : " NOT IN ";
            arguments(expression, 1);
            return;
        case Operator::logical_not:
        case Operator::plus:
        case Operator::minus:
            text_ += expression.op == Operator::logical_not ? '!'
                     : expression.op == Operator::plus      ? '+'
                                                            : '-';
            operand(expression.arguments[0], true);
            return;
        case Operator::call:
            node(expression.node);
            arguments(expression);
            return;
        case Operator::exists:
        case Operator::not_exists:
            text_ += expression.op == Operator::exists ? "EXISTS " : "NOT EXISTS ";
            group(*expression.pattern);
            return;
        case Operator::count:
            text_ += "COUNT";
            if (expression.arguments.empty()) {
                text_ += expression.distinct ? "(DISTINCT *)" : "(*)";
            } else {
                arguments(expression);
            }
            return;
        case Operator::group_concat:
            text_ += expression.distinct ? "GROUP_CONCAT(DISTINCT " : "GROUP_CONCAT(";
            this->expression(expression.arguments[0]);
            if (expression.arguments.size() > 1) {
                text_ += " ; SEPARATOR = ";
                node(expression.arguments[1].node);
            }
            text_ += ')';
            return;
        default:
            text_ += function_of(expression.op).name;
            arguments(expression);
            return;
    }
}

// ---- In one call ----------------------------------------------------------------------------

std::string to_text(const Expression& expression, const Symbols& symbols,
                    const PrefixMap* prefixes) {
    SyntaxWriter writer(symbols, prefixes);
    writer.expression(expression);
    return writer.take();
}

std::string to_text(const PropertyPath& path, const Symbols& symbols, const PrefixMap* prefixes) {
    SyntaxWriter writer(symbols, prefixes);
    writer.path(path);
    return writer.take();
}

std::string to_text(const TriplePattern& triple, const Symbols& symbols,
                    const PrefixMap* prefixes) {
    SyntaxWriter writer(symbols, prefixes);
    writer.triple(triple);
    return writer.take();
}

}  // namespace dossier::sparql
