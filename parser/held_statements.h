#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <dossier/term.h>

namespace dossier {

class StatementSink;

// Statements put by until it is known whether they are wanted. All text lies in one string, so that
// holding a statement back allocates nothing once the strings have grown.
class HeldStatements {
  public:
    void add(const QuadView& quad);
    // Passes all on, in their order, and is empty then.
    void release(StatementSink& sink);
    void clear();

    std::size_t size() const { return statements_.size(); }
    std::size_t bytes() const { return text_.size(); }

  private:
    struct Extent {
        std::size_t begin = 0;
        std::size_t size = 0;
    };
    struct HeldView {
        TermKind kind = TermKind::iri;
        Direction direction = Direction::none;
        Extent text;
        Extent datatype;
        Extent language;
        std::size_t triple = 0;  // which of triples_, for a triple term
    };

    HeldView hold(const TermView& term);
    Extent hold(std::string_view text);
    std::string_view view(const Extent& extent) const;
    TermView view(const HeldView& term);

    std::string text_;
    std::vector<std::array<HeldView, 4>> statements_;  // subject, predicate, object, graph
    std::vector<std::array<HeldView, 3>> triples_;
    std::deque<TripleView> triple_views_;
};

}  // namespace dossier
