#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <dossier/term.h>

// The syntax tree of a SPARQL 1.2 query or update, as the algebra translation reads it: plain
// structs, nothing computed that the text does not say. Short forms are written out: collections,
// `[ ]`, predicate and object lists, reified triples and annotations have become triple patterns
// (SPARQL 1.2 Query section 4.2), prefixed and relative IRIs full IRIs, blank nodes variables that
// nobody can name.
//
// Variables, blank nodes, terms and triple-term patterns are numbers into tables that one parsed
// statement owns (`Symbols`): a term that stands in the text ten times is one entry. A tree is
// never deeper than the nesting limit of the parser; chains (`a || b || c`, `p/q/r`, UNION) are
// flat lists, so walking a tree by recursion is safe.

namespace dossier::sparql {

// Bytes from the beginning of the text.
using Offset = std::uint32_t;

// ---- Terms and variables --------------------------------------------------------------------

struct Variable {
    std::uint32_t id = 0;  // Symbols::variables
    friend bool operator==(Variable, Variable) = default;
};
// A blank node: in a pattern a variable that is not visible, in a template or in data a blank node
// made anew for each solution.
struct BlankVariable {
    std::uint32_t id = 0;  // Symbols::blank_nodes
    friend bool operator==(BlankVariable, BlankVariable) = default;
};
// An IRI, a literal or a triple term without variables and blank nodes.
struct Constant {
    std::uint32_t id = 0;  // Symbols::terms
    friend bool operator==(Constant, Constant) = default;
};
// <<( s p o )>> with variables or blank nodes in it.
struct TripleTermPattern {
    std::uint32_t id = 0;  // Symbols::triple_terms
    friend bool operator==(TripleTermPattern, TripleTermPattern) = default;
};
using Node = std::variant<Constant, Variable, BlankVariable, TripleTermPattern>;

struct TripleTermParts {
    Node subject;
    Node predicate;
    Node object;
};

// The tables of one parsed statement.
struct Symbols {
    std::vector<Term> terms;               // distinct
    std::vector<std::string> variables;    // names without the question mark, distinct
    std::vector<std::string> blank_nodes;  // labels without "_:"; empty for those that have none
    std::vector<TripleTermParts> triple_terms;  // parts come before the whole

    const Term& term(Constant constant) const { return terms[constant.id]; }
    const std::string& name(Variable variable) const { return variables[variable.id]; }
    const TripleTermParts& parts(TripleTermPattern pattern) const {
        return triple_terms[pattern.id];
    }
    // The variable of that name; nothing when the statement does not mention it.
    std::optional<Variable> find_variable(std::string_view name) const;
};

// ---- Triple patterns and paths --------------------------------------------------------------

struct TriplePattern {
    Node subject;
    Node predicate;  // a constant IRI or a variable
    Node object;
    Offset offset = 0;
};

enum class PathOperator : std::uint8_t {
    predicate,     // an IRI
    inverse,       // ^p, of one part
    sequence,      // p/q/r, of two parts or more
    alternative,   // p|q|r, of two parts or more
    zero_or_more,  // p*
    one_or_more,   // p+
    zero_or_one,   // p?
    repeat,        // p{n,m}, p{n}, p{n,}, p{,m}: an extension
    negated,       // !(p|^q): parts are predicates or inverses of predicates; none in !()
};

struct PropertyPath {
    PathOperator op = PathOperator::predicate;
    Offset offset = 0;
    Constant predicate;                 // for predicate
    std::uint32_t least = 0;            // for repeat
    std::optional<std::uint32_t> most;  // for repeat; unset: no upper bound
    std::vector<PropertyPath> parts;
};

struct PathPattern {
    Node subject;
    // Never a bare predicate: that is a TriplePattern. The objects of one verb share the path.
    std::shared_ptr<const PropertyPath> path;
    Node object;
    Offset offset = 0;
};

// ---- Expressions ----------------------------------------------------------------------------

struct GroupPattern;

enum class Operator : std::uint8_t {
    node,  // a variable or a constant: Expression::node
    // Two arguments or more, evaluated from left to right.
    logical_or,
    logical_and,
    sum,      // arguments marked `inverted` are subtracted; the first never is
    product,  // arguments marked `inverted` divide
    // Two arguments.
    equal,
    not_equal,
    less,
    greater,
    less_equal,
    greater_equal,
    // The first argument against the others, of which there may be none.
    in,
    not_in,
    // One argument.
    logical_not,
    plus,
    minus,
    // A function named by an IRI (Expression::node): any number of arguments; `distinct` when it
    // was called as an aggregate, f(DISTINCT ?x).
    call,
    // Expression::pattern.
    exists,
    not_exists,
    // Aggregates, one argument each; count has none for COUNT(*); group_concat has a second one,
    // a constant string, where a separator is given.
    count,
    sum_of,
    min,
    max,
    avg,
    sample,
    group_concat,
    // Functions by name, SPARQL 1.2 Query [141]. Number of arguments in the comment where it is
    // not one.
    str,
    lang,
    lang_matches,  // 2
    lang_dir,
    datatype,
    bound,  // a variable
    iri,    // IRI and URI
    bnode,  // 0 or 1
    rand,   // 0
    abs,
    ceil,
    floor,
    round,
    concat,  // any number
    strlen,
    substr,  // 2 or 3
    ucase,
    lcase,
    encode_for_uri,
    contains,    // 2
    str_starts,  // 2
    str_ends,    // 2
    str_before,  // 2
    str_after,   // 2
    replace,     // 3 or 4
    regex,       // 2 or 3
    year,
    month,
    day,
    hours,
    minutes,
    seconds,
    timezone,
    tz,
    now,      // 0
    uuid,     // 0
    struuid,  // 0
    md5,
    sha1,
    sha256,
    sha384,
    sha512,
    coalesce,      // any number
    if_,           // 3
    str_lang,      // 2
    str_lang_dir,  // 3
    str_dt,        // 2
    same_term,     // 2
    is_iri,        // isIRI and isURI
    is_blank,
    is_literal,
    is_numeric,
    has_lang,
    has_lang_dir,
    is_triple,
    triple,  // 3; also <<( s p o )>> with a variable in it
    subject,
    predicate,
    object,
};

// Whether an operator is one of the aggregates count ... group_concat.
constexpr bool is_aggregate(Operator op) {
    return op >= Operator::count && op <= Operator::group_concat;
}

struct Expression {
    Operator op = Operator::node;
    bool distinct = false;        // an aggregate over distinct values
    bool host_aggregate = false;  // a call of an aggregate that the caller of the parser knows
    bool inverted = false;        // how this argument of a sum or a product takes part
    Offset offset = 0;
    Node node;  // for node: Constant or Variable; for call: the IRI
    std::vector<Expression> arguments;
    std::unique_ptr<GroupPattern> pattern;  // for exists and not_exists
};

// ---- Group graph patterns -------------------------------------------------------------------

struct GroupElement;
struct Query;

struct GroupPattern {
    std::vector<GroupElement> elements;
    Offset offset = 0;
};

// Triple patterns that stand together: one basic graph pattern (filters between them do not part
// it) and the path patterns in it.
struct TriplesBlock {
    std::vector<TriplePattern> triples;
    std::vector<PathPattern> paths;
};
struct Filter {
    Expression condition;
};
struct Optional {
    GroupPattern group;
};
// A nested { } alone is a union of one.
struct Union {
    std::vector<GroupPattern> branches;
};
struct Minus {
    GroupPattern group;
};
struct GraphPattern {
    Node graph;  // a constant IRI or a variable
    GroupPattern group;
};
struct Service {
    bool silent = false;
    Node endpoint;  // a constant IRI or a variable
    GroupPattern group;
};
struct Bind {
    Expression value;
    Variable target;
    Offset target_offset = 0;
};
// VALUES: rows of cells over distinct variables, row after row in one array. Rows may have no
// columns, hence their number.
struct Values {
    // A cell: UNDEF, or a constant.
    static constexpr std::uint32_t undef = 0xFFFFFFFF;

    std::vector<Variable> variables;
    std::vector<std::uint32_t> cells;  // Symbols::terms, or undef
    std::size_t row_count = 0;
    Offset offset = 0;

    std::optional<Constant> cell(std::size_t row, std::size_t column) const {
        const std::uint32_t id = cells[row * variables.size() + column];
        return id == undef ? std::nullopt : std::optional(Constant{id});
    }
};
struct SubSelect {
    std::unique_ptr<Query> query;  // SELECT
};
// LATERAL { }: an extension; the group is evaluated for each solution before it, with its
// variables replaced.
struct Lateral {
    GroupPattern group;
};

struct GroupElement {
    Offset offset = 0;
    std::variant<TriplesBlock, Filter, Optional, Union, Minus, GraphPattern, Service, Bind, Values,
                 SubSelect, Lateral>
        pattern;
};

// ---- Queries --------------------------------------------------------------------------------

enum class QueryForm : std::uint8_t { select, ask, construct, describe };

enum class Duplicates : std::uint8_t { kept, distinct, reduced };

// ?v, or (expression AS ?v).
struct Projection {
    Variable variable;
    std::optional<Expression> value;
    Offset offset = 0;
};

// GROUP BY ?v, f(?v), (expression), (expression AS ?v).
struct GroupKey {
    Expression value;
    std::optional<Variable> name;
};

struct OrderKey {
    Expression value;
    bool descending = false;
};

struct DatasetClause {
    Constant graph;
    bool named = false;
    Offset offset = 0;
};

struct Query {
    QueryForm form = QueryForm::select;
    Duplicates duplicates = Duplicates::kept;
    bool star = false;  // SELECT * or DESCRIBE *; projection or targets list what it stands for
    std::vector<Projection> projection;    // SELECT
    std::vector<TriplePattern> construct;  // CONSTRUCT: the template
    std::vector<Node> describe;            // DESCRIBE: variables and constant IRIs
    std::vector<DatasetClause> dataset;    // empty in a sub-select
    GroupPattern where;                    // empty where a DESCRIBE has none
    bool aggregated = false;               // GROUP BY, or an aggregate somewhere
    std::vector<GroupKey> group_by;
    std::vector<Expression> having;
    std::vector<OrderKey> order_by;
    std::optional<std::uint64_t> limit;  // beyond 64 bits: the greatest of them
    std::optional<std::uint64_t> skip;   // OFFSET
    std::optional<Values> values;        // after the solution modifiers
    Offset offset = 0;
};

// ---- Updates --------------------------------------------------------------------------------

// Triples of a template or of data, in one graph.
struct QuadPattern {
    std::optional<Node> graph;  // unset: outside GRAPH; else a constant IRI or a variable
    std::vector<TriplePattern> triples;
};

struct InsertData {
    std::vector<QuadPattern> quads;
};
struct DeleteData {
    std::vector<QuadPattern> quads;
};
// DELETE WHERE: the quads are template and pattern.
struct DeleteWhere {
    std::vector<QuadPattern> quads;
};
// WITH .. DELETE .. INSERT .. USING .. WHERE
struct Modify {
    std::optional<Constant> with;
    std::vector<QuadPattern> remove;
    std::vector<QuadPattern> insert;
    std::vector<DatasetClause> dataset;  // USING and USING NAMED
    GroupPattern where;
};
struct Load {
    bool silent = false;
    Constant source;
    std::optional<Constant> into;
};

enum class GraphScope : std::uint8_t { one, default_graph, all_named, all };
struct GraphReference {
    GraphScope scope = GraphScope::default_graph;
    Constant graph;  // for one
};
struct Clear {
    bool silent = false;
    GraphReference target;
};
struct Drop {
    bool silent = false;
    GraphReference target;
};
struct Create {
    bool silent = false;
    Constant graph;
};
enum class GraphTransfer : std::uint8_t { add, move, copy };
struct Transfer {
    GraphTransfer kind = GraphTransfer::add;
    bool silent = false;
    GraphReference from;  // one, or the default graph
    GraphReference to;
};

struct UpdateOperation {
    Offset offset = 0;
    std::variant<InsertData, DeleteData, DeleteWhere, Modify, Load, Clear, Drop, Create, Transfer>
        operation;
};

}  // namespace dossier::sparql
