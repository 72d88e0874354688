#include "tests/conformance/graph.h"

#include <stdexcept>

#include "parser/statement_parser.h"
#include "rdf/vocabulary.h"

namespace dossier::conformance {

namespace {

class GraphSink final : public StatementSink {
  public:
    explicit GraphSink(Graph& graph) : graph_(graph) {}
    void statement(const QuadView& quad) override {
        graph_.add({Term(quad.subject), Term(quad.predicate), Term(quad.object), Term(quad.graph)});
    }

  private:
    Graph& graph_;
};

Graph parse(ByteSource& source, Format format, const std::string& base) {
    Graph graph;
    GraphSink sink(graph);
    ParseOptions options;
    options.base = base;
    parse_statements(source, format, options, sink);
    return graph;
}

}  // namespace

std::vector<Term> Graph::objects(const Term& subject, std::string_view predicate) const {
    std::vector<Term> found;
    for (const Quad& quad : quads_) {
        if (quad.predicate.text() == predicate && quad.subject == subject) {
            found.push_back(quad.object);
        }
    }
    return found;
}

std::optional<Term> Graph::object(const Term& subject, std::string_view predicate) const {
    std::vector<Term> found = objects(subject, predicate);
    if (found.empty()) return std::nullopt;
    return found.front();
}

std::vector<Term> Graph::subjects(std::string_view predicate, const Term& object) const {
    std::vector<Term> found;
    for (const Quad& quad : quads_) {
        if (quad.predicate.text() == predicate && quad.object == object) {
            found.push_back(quad.subject);
        }
    }
    return found;
}

std::vector<Term> Graph::list(const Term& head) const {
    std::vector<Term> members;
    for (Term node = head; node.text() != rdf::nil;) {
        const std::optional<Term> first = object(node, rdf::first);
        const std::optional<Term> rest = object(node, rdf::rest);
        if (!first || !rest || members.size() > quads_.size()) {
            throw std::runtime_error("not a collection: " + head.to_string());
        }
        members.push_back(*first);
        node = *rest;
    }
    return members;
}

Graph read_graph(const std::string& path, Format format, const std::string& base) {
    const auto source = open_file(path);
    return parse(*source, format, base);
}

Graph parse_graph(std::string_view text, Format format, const std::string& base) {
    const auto source = open_memory(text, "text");
    return parse(*source, format, base);
}

}  // namespace dossier::conformance
