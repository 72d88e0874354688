#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <dossier/term.h>

// Queries as the oracle makes them: trees of plain values, which the reference evaluator reads
// directly and the engine gets as text. Nothing here comes from the engine, so that a mistake in
// its parser, translation or operators cannot hide on both sides.

namespace dossier::oracle {

// Variables are numbers; ?v0, ?v1 ... in the text. One number is one variable of the whole query,
// but a variable a sub-select does not project is hidden inside of it.
using Variable = std::size_t;

struct Triple;

// A variable, a term, or a triple term with variables in it (one element in `parts`).
struct Place {
    std::optional<Variable> variable;
    Term term;
    std::vector<Triple> parts;

    static Place of(Variable variable) { return {variable, {}, {}}; }
    static Place of(Term term) { return {std::nullopt, std::move(term), {}}; }
};

struct Triple {
    Place subject, predicate, object;
};

struct Path {
    enum class Kind : std::uint8_t {
        link,
        inverse,
        sequence,
        alternative,
        zero_or_more,
        one_or_more,
        zero_or_one,
        negated,  // of `forward` and `backward` predicates; both lists empty never occurs
    };
    Kind kind = Kind::link;
    Term predicate;
    std::vector<Path> parts;
    std::vector<Term> forward, backward;
};

enum class Function : std::uint8_t {
    variable,
    constant,
    logical_or,
    logical_and,
    logical_not,
    equal,
    not_equal,
    less,
    greater,
    less_equal,
    greater_equal,
    in,
    not_in,
    add,
    subtract,
    multiply,
    divide,
    negate,
    bound,
    same_term,
    if_,
    coalesce,
    str,
    lang,
    datatype,
    is_iri,
    is_blank,
    is_literal,
    is_numeric,
    is_triple,
    strlen,
    ucase,
    concat,
    contains,
    str_starts,
    abs,
    subject,
    predicate,
    object,
    triple,
    substr,
    str_before,
    str_after,
    str_ends,
    lcase,
    encode_for_uri,
    regex,
    replace,
    lang_matches,
    str_lang,
    str_dt,
    str_lang_dir,
    lang_dir,
    has_lang,
    has_lang_dir,
    round,
    ceil,
    floor,
    to_string,
    to_boolean,
    to_integer,
    to_decimal,
    to_float,
    to_double,
    to_date_time,
    year,
    month,
    day,
    hours,
    minutes,
    seconds,
    timezone,
    tz,
    exists,
    not_exists,
};

struct Node;

struct Expression {
    Function function = Function::constant;
    Variable variable = 0;
    Term term;
    std::vector<Expression> arguments;
    std::vector<Node> pattern;  // one, for exists and not_exists
};

inline Expression variable_expression(Variable variable) {
    Expression out;
    out.function = Function::variable;
    out.variable = variable;
    return out;
}
inline Expression constant_expression(Term term) {
    Expression out;
    out.term = std::move(term);
    return out;
}
inline Expression function(Function name, std::vector<Expression> arguments) {
    Expression out;
    out.function = name;
    out.arguments = std::move(arguments);
    return out;
}

struct Aggregate {
    enum class Kind : std::uint8_t {
        count_all,
        count,
        sum,
        avg,
        min,
        max,
        sample,
        // The length of GROUP_CONCAT: the order of the texts is left open.
        concat_length,
    };
    Kind kind = Kind::count_all;
    bool distinct = false;
    Expression argument;
    Variable target = 0;
};

struct OrderKey {
    Expression expression;
    bool descending = false;
};

struct Node {
    enum class Kind : std::uint8_t {
        triples,
        path,
        values,
        join,
        left_join,  // conditions: the filters of the OPTIONAL
        union_,
        minus,
        filter,
        extend,  // conditions[0] as `target`
        graph,
        lateral,
        select,  // a sub-select
    };
    Kind kind = Kind::triples;
    std::vector<Node> children;
    std::vector<Expression> conditions;

    std::vector<Triple> triples;
    Path path;                        // between triples[0].subject and .object
    Place graph;                      // an IRI or a variable
    Variable target = 0;              // of extend
    std::vector<Variable> variables;  // of values; projected by select
    std::vector<std::optional<Term>> cells;

    // select
    bool distinct = false, reduced = false, grouped = false;
    std::vector<Variable> keys;
    std::vector<Aggregate> aggregates;  // some only for HAVING, ORDER BY and `made`
    // (expression AS ?v) of GROUP BY, whose variables are among the keys, and of SELECT, in order.
    std::vector<std::pair<Variable, Expression>> made_keys, made;
    std::vector<Node> trailing;  // VALUES at the end: none or one
    std::vector<Expression> having;
    std::vector<OrderKey> order;
    std::optional<std::size_t> offset, limit;
    // Of the whole query: FROM and FROM NAMED.
    std::vector<Term> from, from_named;
};

// A statement with a reifier and something said of that: << s p o ~ r >> p2 o2, or, where it is
// asserted, s p o ~ r {| p2 o2 |}.
struct Annotation {
    Triple statement;
    Place reifier;
    Place predicate, object;
    bool asserts = false;
};

struct Query {
    enum class Form : std::uint8_t { select, ask, construct, describe };
    Form form = Form::select;
    Node select;                    // kind select
    std::vector<Triple> construct;  // the template; its blank nodes are new for each solution
    std::vector<Annotation> annotations;
    bool short_form = false;       // CONSTRUCT WHERE: the template is the pattern
    std::vector<Place> described;  // variables and IRIs
};

// The statements of a template, reifiers included.
std::vector<Triple> template_of(const Query& query);

// ---- Reading trees ----------------------------------------------------------------------------

// The variables a solution of the pattern may have, ascending.
std::vector<Variable> visible_variables(const Node& node);
// Nodes and expressions in the tree: what shrinking makes smaller.
std::size_t size_of(const Node& node);
// For the table of what was covered.
std::string name_of(const Node& node);

// ---- Text -------------------------------------------------------------------------------------

std::string to_text(const Query& query);
std::string to_text(const Node& pattern);  // the inside of a group, without braces
std::string to_text(const Expression& expression);

}  // namespace dossier::oracle
