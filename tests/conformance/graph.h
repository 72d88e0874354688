#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dossier/term.h>

#include "parser/format.h"

// Statements in memory, for manifests and for comparing results. Small ones: every search is a
// scan.

namespace dossier::conformance {

struct Quad {
    Term subject;
    Term predicate;
    Term object;
    Term graph;  // an empty IRI: the default graph

    friend bool operator==(const Quad& a, const Quad& b) = default;
    friend auto operator<=>(const Quad& a, const Quad& b) = default;
};

class Graph {
  public:
    void add(Quad quad) { quads_.push_back(std::move(quad)); }
    const std::vector<Quad>& quads() const { return quads_; }

    // Whatever graph they are in.
    std::vector<Term> objects(const Term& subject, std::string_view predicate) const;
    std::optional<Term> object(const Term& subject, std::string_view predicate) const;
    std::vector<Term> subjects(std::string_view predicate, const Term& object) const;
    // The members of an RDF collection; throws std::runtime_error when it is none.
    std::vector<Term> list(const Term& head) const;

  private:
    std::vector<Quad> quads_;
};

// Parses a file or a text; throws what the parser does.
Graph read_graph(const std::string& path, Format format, const std::string& base);
Graph parse_graph(std::string_view text, Format format, const std::string& base);

}  // namespace dossier::conformance
