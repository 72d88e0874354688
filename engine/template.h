#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan.h"
#include "engine/translate.h"
#include "parser/sparql_syntax.h"

// Templates of CONSTRUCT and of updates: statements made of solutions (SPARQL 1.1 section 16.2).

namespace dossier::engine {

// One place of a template triple, resolved to a column of the solutions.
struct TemplateNode {
    enum class Kind : std::uint8_t { constant, column, blank_node, triple, absent };
    Kind kind = Kind::absent;         // absent: a variable that no solution binds
    Term term;                        // constant
    std::size_t index = 0;            // column; or blank node's number in the template
    std::vector<TemplateNode> parts;  // subject, predicate, object of a triple term
};

struct TemplateTriple {
    TemplateNode subject, predicate, object;
    TemplateNode graph;  // absent with `in_default_graph`
    bool in_default_graph = true;
};

// A template over solutions with `columns`. Nodes may have variables of the pattern, blank nodes
// that are new for every solution, and constants.
class Template {
  public:
    // For CONSTRUCT.
    Template(const std::vector<sparql::TriplePattern>& triples, const sparql::Symbols& symbols,
             const TranslatedPattern& pattern, const std::vector<Variable>& columns);
    // For updates; triples outside GRAPH go to `default_graph` (WITH), else to the default graph.
    // `given` are values of variables, by name.
    Template(const std::vector<sparql::QuadPattern>& quads, const sparql::Symbols& symbols,
             const TranslatedPattern& pattern, const std::vector<Variable>& columns,
             const Term* default_graph, const std::vector<std::pair<std::string, Term>>& given);

    const std::vector<TemplateTriple>& triples() const { return triples_; }
    std::size_t blank_nodes() const { return blank_nodes_; }

  private:
    std::vector<TemplateTriple> triples_;
    std::size_t blank_nodes_ = 0;
};

// Makes the statements of one solution after the other. Belongs to one thread; template and context
// must outlive it.
class TemplateInstance {
  public:
    struct Quad {
        TermId subject, predicate, object, graph;
    };

    TemplateInstance(const Template& source, ExecutionContext& context);

    // Appends the legal statements of one row: those whose places are all bound to what RDF allows
    // there. Blank nodes are new at each call.
    void make(const Batch& batch, std::uint32_t row, std::vector<Quad>& out);

  private:
    TermId value(const TemplateNode& node, const Batch& batch, std::uint32_t row);

    const Template& template_;
    ExecutionContext& context_;
    std::vector<TermId> blank_nodes_;
};

// A plan whose rows are the distinct statements (three columns) that a template makes of the rows
// of `input`.
PlanPtr make_construct(PlanPtr input, std::shared_ptr<const Template> source, Variable subject,
                       Variable predicate, Variable object);

}  // namespace dossier::engine
