#pragma once

#include <map>
#include <set>
#include <vector>

#include "tests/oracle/query_tree.h"
#include "tests/oracle/random_data.h"

namespace dossier::oracle {

// Random queries over given data. Each variable has a witness, a term it could have; triple
// patterns are statements of the data with witnessed variables in place of their terms, so that
// most queries have answers.
class RandomQueries {
  public:
    static constexpr std::size_t variables = 16;

    // `quads` as the store gives them back, blank nodes' labels included; must outlive this.
    RandomQueries(const std::vector<Quad>& quads, Chance& chance)
        : quads_(quads), chance_(chance) {}

    Query query();
    // For relations between queries: a pattern and a condition over it.
    Node pattern(std::size_t depth);
    Node pattern_beside(std::size_t depth);  // one that has terms in common with the last
    Expression condition_for(const Node& pattern, std::size_t depth);

  private:
    using Variables = std::vector<Variable>;

    struct Standpoint {
        Term graph;
        std::set<Variable> outside;  // have values from outside: nothing may assign them
        std::set<Variable> lateral;  // of them those that VALUES may not list either
    };

    Node node(std::size_t depth, const Standpoint& where);
    Node leaf(const Standpoint& where);
    Node triples(const Standpoint& where);
    void close_circle(Node& triples, const Standpoint& where);
    Node path_node(const Standpoint& where);
    Node values(const Standpoint& where);
    Node graph_node(std::size_t depth, const Standpoint& where);
    Node select(Node child, const Standpoint& where, bool top);
    void add_groups(Node& select, const Variables& visible, const Standpoint& where);
    void add_trailing(Node& select, const Variables& visible, const Standpoint& where);
    void add_made(Node& select, const Variables& visible, const Standpoint& where);
    void add_template(Query& query);
    void add_order(Node& select, bool top);
    Expression existence(const Variables& visible, const Standpoint& where);

    Path path(std::size_t depth, const Term& graph);
    Place place(const Term& term, double constant);
    const Quad* statement(const Term& graph);
    Variable some(const Variables& visible);
    std::optional<Variable> unused(std::size_t first, std::size_t count, const Variables& visible,
                                   const Standpoint& where);

    Expression condition(std::size_t depth, const Variables& visible, const Standpoint& where);
    Expression operand(std::size_t depth, const Variables& visible, const Standpoint& where);
    Expression text_call(Expression text);
    Expression call(const Variables& visible, Expression otherwise);
    Expression constant_near(const Variables& visible);

    const std::vector<Quad>& quads_;
    Chance& chance_;
    std::map<Variable, Term> witness_;
};

}  // namespace dossier::oracle
