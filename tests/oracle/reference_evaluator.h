#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "tests/oracle/query_tree.h"
#include "tests/oracle/reference_values.h"
#include "tests/oracle/term_table.h"

namespace dossier::oracle {

// More work than a check is worth.
struct TooLarge {};

// SPARQL 1.1 section 18 and SPARQL 1.2 written down as they are defined: multisets of solutions as
// vectors, nested loops, bottom up; no index, no plan. Of EXISTS and LATERAL: the solution outside
// is joined with every leaf of the pattern (SPARQL 1.2 section 18.6.2, ContextSolution), except
// that what a sub-select does not project is another variable.
class ReferenceEvaluator {
  public:
    using Id = TermTable::Id;
    using Solution = std::vector<Id>;  // by variable; 0: unbound
    using Solutions = std::vector<Solution>;

    // `variables`: all numbers in the query are below it.
    ReferenceEvaluator(Dataset& data, std::size_t variables)
        : data_(data), width_(variables), graphs_(data.named_graphs()) {}

    // The solutions of a select node, in an order that its ORDER BY allows.
    Solutions solutions(const Node& select);
    // Nothing: an error.
    std::optional<Id> value(const Expression& expression, const Solution& solution);

  private:
    struct Scope {
        Id graph = 0;
        Solution outer;  // values that stand in the place of variables
    };
    using Pairs = std::vector<std::pair<Id, Id>>;

    Solution none() const { return Solution(width_, 0); }
    void spend(std::size_t steps);
    void keep(Solutions& out, Solution solution);

    Solutions of(const Node& node, const Scope& scope);
    Solutions of_triples(const Node& node, const Scope& scope);
    Solutions of_path(const Node& node, const Scope& scope);
    Solutions of_values(const Node& node, const Scope& scope);
    Solutions of_join(Solutions left, const Solutions& right);
    Solutions of_left_join(const Node& node, const Scope& scope);
    Solutions of_minus(const Node& node, const Scope& scope);
    Solutions of_graph(const Node& node, const Scope& scope);
    Solutions of_lateral(const Node& node, const Scope& scope);
    Solutions of_select(const Node& node, const Scope& scope);
    Solutions of_groups(const Node& node, Solutions rows, const Scope& scope);
    std::optional<Id> of_aggregate(const Aggregate& aggregate, const Solutions& group,
                                   const Scope& scope);
    void sort(const Node& node, Solutions& rows, const Scope& scope);
    void slice(const Node& node, Solutions& rows);

    bool match(const Place& place, Id id, const Scope& scope, Solution& solution);
    Pairs path(const Path& path, std::optional<Id> from, std::optional<Id> to, Id graph);
    std::vector<Id> nodes(Id graph) const;
    // ALP of section 18.4: all that is reached from `from` by steps of `path`, itself included.
    std::vector<Id> reached(const Path& path, const std::vector<Id>& from, Id graph);

    bool compatible(const Solution& a, const Solution& b) const;
    Solution merged(const Solution& a, const Solution& b) const;
    bool all_true(const std::vector<Expression>& conditions, const Solution& solution,
                  const Scope& scope);
    std::optional<bool> truth(const Expression& one, const Solution& solution, const Scope& scope);
    std::optional<Id> value(const Expression& one, const Solution& solution, const Scope& scope);
    std::optional<Id> intern(const std::optional<Term>& term);

    Dataset& data_;
    std::size_t width_;
    std::vector<Id> graphs_;
    std::size_t steps_ = 0;
    bool open_order_ = false;  // the rows sorted last have blank nodes among their keys
    std::vector<std::vector<std::optional<Id>>> sort_keys_;  // of the rows sorted last
};

}  // namespace dossier::oracle
