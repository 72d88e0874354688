#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <dossier/term.h>

#include "engine/expression_tree.h"
#include "engine/variables.h"

// The algebra of SPARQL 1.1 section 18.2 and SPARQL 1.2: immutable nodes, shared between the
// versions of a tree that passes make. Constants are terms, not ids: an algebra outlives snapshots.
// Joins, unions, filters and extensions are lists, so that long texts do not make deep trees; depth
// is limited by the translation (max_algebra_depth).

namespace dossier::engine {

// Beyond it the translation throws LimitError. Walking a tree by recursion is safe.
inline constexpr std::size_t max_algebra_depth = 256;

// ---- Patterns -------------------------------------------------------------------------------

struct TriplePattern;

// A place in a triple pattern: a variable, a term, or a triple-term pattern <<( s p o )>> with
// variables in it.
struct PatternTerm {
    std::variant<Variable, Term, std::shared_ptr<const TriplePattern>> value;

    const Variable* variable() const { return std::get_if<Variable>(&value); }
    const Term* term() const { return std::get_if<Term>(&value); }
    const TriplePattern* triple() const {
        const auto* pattern = std::get_if<std::shared_ptr<const TriplePattern>>(&value);
        return pattern == nullptr ? nullptr : pattern->get();
    }
};

struct TriplePattern {
    PatternTerm subject, predicate, object;
};

// What is left of property paths: links, inverses, sequences and alternatives at the top have
// become triple patterns, joins and unions (section 18.2.2.4); inside they stay.
struct PropertyPath {
    enum class Kind : std::uint8_t {
        link,          // `predicate`
        inverse,       // of parts[0]
        sequence,      // of two parts or more
        alternative,   // of two parts or more
        zero_or_more,  // of parts[0]
        one_or_more,
        zero_or_one,
        negated,  // predicates not in `forward` forwards, or not in `backward` backwards
    };
    Kind kind = Kind::link;
    Term predicate;
    std::vector<std::shared_ptr<const PropertyPath>> parts;
    std::vector<Term> forward, backward;
    // For negated: whether the direction takes part at all (!(^p) has no forward part).
    bool has_forward = false, has_backward = false;
};
using PropertyPathPtr = std::shared_ptr<const PropertyPath>;

// ---- Nodes ----------------------------------------------------------------------------------

// A basic graph pattern; none at all is the one empty solution.
struct BasicPattern {
    std::vector<TriplePattern> triples;
};
struct PathPattern {
    PatternTerm subject;
    PropertyPathPtr path;
    PatternTerm object;
};
struct Join {
    std::vector<AlgebraPtr> parts;
};
// OPTIONAL; the conditions see both sides (section 18.2.2.6).
struct LeftJoin {
    AlgebraPtr left, right;
    std::vector<ExpressionPtr> conditions;
};
struct Union {
    std::vector<AlgebraPtr> parts;
};
struct Minus {
    AlgebraPtr left, right;
};
struct Filter {
    std::vector<ExpressionPtr> conditions;  // all of them
    AlgebraPtr input;
};
// Assigned from left to right; a later one sees the earlier ones.
struct Extend {
    AlgebraPtr input;
    std::vector<std::pair<Variable, ExpressionPtr>> assignments;
};
struct Values {
    std::vector<Variable> variables;
    std::vector<std::optional<Term>> cells;  // row after row; nothing: UNDEF
    std::size_t row_count = 0;
};
// GRAPH <g> or GRAPH ?g over a pattern.
struct Graph {
    std::variant<Variable, Term> name;
    AlgebraPtr input;
};
// The pattern is the endpoint's to evaluate: it stays text.
struct Service {
    bool silent = false;
    PatternTerm endpoint;
    std::string group;                                // "{ ... }", IRIs written out
    std::vector<Variable> variables;                  // that its solutions may bind
    std::vector<std::string> names;                   // as the text has them
    std::vector<std::pair<std::string, Term>> fixed;  // variables that have been replaced, by name
};
// For each solution of `left`, `right` with its variables replaced.
struct Lateral {
    AlgebraPtr left, right;
};

enum class AggregateKind : std::uint8_t { count, sum, min, max, avg, sample, group_concat, host };
struct Aggregate {
    AggregateKind kind = AggregateKind::count;
    bool distinct = false;
    ExpressionPtr argument;  // null: COUNT(*)
    std::string separator = " ";
    std::string function;  // host: its IRI
    Variable target = 0;
};
// Without keys one group, also of no solution at all; with keys none for no solution.
struct Group {
    AlgebraPtr input;
    std::vector<Variable> keys;  // key expressions have been put into an Extend below
    std::vector<Aggregate> aggregates;
};
struct OrderCondition {
    ExpressionPtr expression;
    bool descending = false;
};
struct OrderBy {
    AlgebraPtr input;
    std::vector<OrderCondition> conditions;
};
struct Project {
    AlgebraPtr input;
    std::vector<Variable> variables;
};
struct Distinct {
    AlgebraPtr input;
    bool reduced = false;  // REDUCED: duplicates may stay
};
struct Slice {
    AlgebraPtr input;
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> limit;
};

struct Algebra {
    std::variant<BasicPattern, PathPattern, Join, LeftJoin, Union, Minus, Filter, Extend, Values,
                 Graph, Service, Lateral, Group, OrderBy, Project, Distinct, Slice>
        node;

    template <typename Node>
    const Node* as() const {
        return std::get_if<Node>(&node);
    }
};

template <typename Node>
AlgebraPtr make_algebra(Node node) {
    return std::make_shared<const Algebra>(Algebra{std::move(node)});
}

// A set of variables of one query.
class VariableSet {
  public:
    bool contains(Variable variable) const { return variable < bits_.size() && bits_[variable]; }
    void insert(Variable variable) {
        if (variable >= bits_.size()) bits_.resize(variable + 1, false);
        bits_[variable] = true;
    }
    void erase(Variable variable) {
        if (variable < bits_.size()) bits_[variable] = false;
    }
    void insert(const VariableSet& other);
    void intersect(const VariableSet& other);
    bool intersects(const VariableSet& other) const;
    bool contains_all(const VariableSet& other) const;
    bool empty() const;
    std::vector<Variable> list() const;  // ascending

  private:
    std::vector<bool> bits_;
};

// The variables that solutions of a pattern may bind (in-scope, section 18.2.1), and those that all
// of them bind.
VariableSet visible_variables(const Algebra& algebra);
VariableSet certain_variables(const Algebra& algebra);

}  // namespace dossier::engine
