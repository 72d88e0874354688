#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <dossier/term.h>

namespace dossier {

struct HeldTriple;

// A term under construction. Its strings are used again for the next one, so that a file with
// short terms is read without allocating.
class HeldTerm {
  public:
    HeldTerm();
    ~HeldTerm();
    HeldTerm(HeldTerm&&) noexcept;
    HeldTerm& operator=(HeldTerm&&) noexcept;

    // Each empties the term and returns where its text goes.
    std::string& begin_iri() { return begin(TermKind::iri); }
    std::string& begin_blank_node() { return begin(TermKind::blank_node); }
    std::string& begin_literal() { return begin(TermKind::literal); }
    void set_iri(std::string_view iri) { begin_iri().assign(iri); }
    void set_blank_node(std::string_view label) { begin_blank_node().assign(label); }
    // Of a literal; the text is kept.
    std::string& begin_datatype() {
        datatype_.clear();
        return datatype_;
    }
    void set_datatype(std::string_view datatype) { datatype_.assign(datatype); }
    void set_language(std::string_view language, Direction direction);
    // Takes the three over, leaving them unspecified.
    void set_triple(HeldTerm& subject, HeldTerm& predicate, HeldTerm& object);
    void assign(const TermView& term);

    TermKind kind() const { return kind_; }
    const std::string& text() const { return text_; }
    const std::string& datatype() const { return datatype_; }
    // Valid until the term changes, moves or is swapped.
    TermView view() const;

    friend void swap(HeldTerm& a, HeldTerm& b) noexcept;

  private:
    std::string& begin(TermKind kind) {
        kind_ = kind;
        direction_ = Direction::none;
        text_.clear();
        datatype_.clear();
        language_.clear();
        return text_;
    }

    TermKind kind_ = TermKind::iri;
    Direction direction_ = Direction::none;
    std::string text_;
    std::string datatype_;
    std::string language_;
    std::unique_ptr<HeldTriple> triple_;
};

// The components of a triple term, and the view of them that the term's view points to.
struct HeldTriple {
    HeldTerm subject;
    HeldTerm predicate;
    HeldTerm object;
    TripleView view;
};

}  // namespace dossier
