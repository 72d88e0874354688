#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <dossier/export.h>

// RDF 1.2 terms. `==` and `<=>` are identity (RDF term equality, RDF 1.2 Concepts section 3): "01"
// and "1" as xsd:integer are two terms. SPARQL's orders and its `=` compare values and are named
// functions elsewhere.

namespace dossier {

enum class TermKind : std::uint8_t { iri, blank_node, literal, triple };

// The base direction of a directional language-tagged string (rdf:dirLangString).
enum class Direction : std::uint8_t { none, left_to_right, right_to_left };

struct TripleView;

// A term whose text belongs to somebody else: cheap to copy, valid as long as that text is.
// Parsers hand out these, so that nothing is allocated for a term that is already known.
class TermView {
  public:
    constexpr TermView() = default;

    static constexpr TermView iri(std::string_view iri) { return {TermKind::iri, iri}; }
    // The label without "_:".
    static constexpr TermView blank_node(std::string_view label) {
        return {TermKind::blank_node, label};
    }
    // A literal; an empty datatype means xsd:string.
    static constexpr TermView literal(std::string_view lexical, std::string_view datatype = {}) {
        return {TermKind::literal, lexical, datatype};
    }
    static constexpr TermView language_literal(std::string_view lexical, std::string_view language,
                                               Direction direction = Direction::none) {
        TermView view{TermKind::literal, lexical};
        view.language_ = language;
        view.direction_ = direction;
        return view;
    }
    // `triple` must outlive the view.
    static constexpr TermView triple(const TripleView& triple) {
        TermView view{TermKind::triple, {}};
        view.triple_ = &triple;
        return view;
    }

    constexpr TermKind kind() const { return kind_; }
    constexpr bool is_iri() const { return kind_ == TermKind::iri; }
    constexpr bool is_blank_node() const { return kind_ == TermKind::blank_node; }
    constexpr bool is_literal() const { return kind_ == TermKind::literal; }
    constexpr bool is_triple() const { return kind_ == TermKind::triple; }

    // The IRI, the blank node's label, or the literal's lexical form; empty for a triple term.
    constexpr std::string_view text() const { return text_; }
    // The same, by the name of what the caller expects: the text of another kind of term is its
    // own.
    constexpr std::string_view iri() const { return text_; }
    constexpr std::string_view lexical() const { return text_; }
    // The datatype IRI of a literal, never empty for one (xsd:string, rdf:langString and
    // rdf:dirLangString included); empty for other kinds.
    DOSSIER_EXPORT std::string_view datatype() const;
    // As written. Tags that differ by case only are one tag (RDF 1.2 Concepts section 3.4): ==, <=>
    // and hash_value ignore the case of its ASCII letters.
    constexpr std::string_view language() const { return language_; }
    constexpr Direction direction() const { return direction_; }
    // Only for a triple term.
    constexpr const TripleView& triple() const { return *triple_; }

    // As a C++ value: see <dossier/value_of.h>. as() gives nothing where the term has no such
    // value, to() throws QueryError.
    template <typename T>
    std::optional<T> as() const;
    template <typename T>
    T to() const;

    DOSSIER_EXPORT friend bool operator==(const TermView& a, const TermView& b);
    // A total order: kind, then text, datatype, language, direction; triple terms by component.
    DOSSIER_EXPORT friend std::strong_ordering operator<=>(const TermView& a, const TermView& b);

  private:
    constexpr TermView(TermKind kind, std::string_view text, std::string_view datatype = {})
        : kind_(kind), text_(text), datatype_(datatype) {}

    TermKind kind_ = TermKind::iri;
    Direction direction_ = Direction::none;
    std::string_view text_;
    std::string_view datatype_;  // empty: xsd:string, or given by language and direction
    std::string_view language_;
    const TripleView* triple_ = nullptr;
};

struct TripleView {
    TermView subject;
    TermView predicate;
    TermView object;

    friend bool operator==(const TripleView& a, const TripleView& b) = default;
};

// A statement and the graph it stands in.
struct QuadView {
    TermView subject;
    TermView predicate;
    TermView object;
    TermView graph;  // an empty IRI: the default graph

    constexpr bool in_default_graph() const { return graph.is_iri() && graph.text().empty(); }
};

// A term that owns its text. Copying shares nothing but the parts of triple terms, which never
// change. Distinct objects may be used by distinct threads; a constant one by any number.
class DOSSIER_EXPORT Term {
  public:
    // The empty IRI, which stands for the default graph where a graph is meant.
    Term();
    explicit Term(const TermView& view);

    static Term iri(std::string iri);
    static Term blank_node(std::string label);
    static Term literal(std::string lexical);  // xsd:string
    static Term literal(std::string lexical, std::string datatype);
    static Term language_literal(std::string lexical, std::string language,
                                 Direction direction = Direction::none);
    static Term boolean(bool value);          // xsd:boolean
    static Term integer(std::int64_t value);  // xsd:integer
    static Term real(double value);           // xsd:double, canonical form
    // Throws LimitError when triple terms would be nested deeper than max_triple_depth.
    static Term triple(Term subject, Term predicate, Term object);
    static constexpr int max_triple_depth = 128;

    Term(const Term&);
    Term(Term&&) noexcept;
    Term& operator=(const Term&);
    Term& operator=(Term&&) noexcept;
    ~Term();

    TermKind kind() const { return kind_; }
    bool is_iri() const { return kind_ == TermKind::iri; }
    bool is_blank_node() const { return kind_ == TermKind::blank_node; }
    bool is_literal() const { return kind_ == TermKind::literal; }
    bool is_triple() const { return kind_ == TermKind::triple; }

    // As TermView's; the views live as long as this term does and is not assigned to.
    std::string_view text() const { return text_; }
    std::string_view iri() const { return text_; }
    std::string_view lexical() const { return text_; }
    std::string_view datatype() const { return view().datatype(); }
    std::string_view language() const { return language_; }
    Direction direction() const { return direction_; }
    // The parts of a triple term; undefined for other kinds.
    const Term& subject() const;
    const Term& predicate() const;
    const Term& object() const;

    // As TermView's.
    template <typename T>
    std::optional<T> as() const;
    template <typename T>
    T to() const;

    // A view of this term, valid while the term lives unchanged.
    TermView view() const;

    // The term in Turtle syntax without prefixes: <iri>, _:label, "text"@en--ltr, "1"^^<...>,
    // <<( s p o )>>.
    std::string to_string() const;

    friend bool operator==(const Term& a, const Term& b) { return a.view() == b.view(); }
    friend std::strong_ordering operator<=>(const Term& a, const Term& b) {
        return a.view() <=> b.view();
    }

  private:
    struct Parts;

    TermKind kind_ = TermKind::iri;
    Direction direction_ = Direction::none;
    std::string text_;
    std::string datatype_;
    std::string language_;
    std::shared_ptr<const Parts> parts_;  // the components of a triple term, immutable
};

// Equal terms hash equally; the value may differ between processes and versions.
DOSSIER_EXPORT std::size_t hash_value(const TermView& term) noexcept;

}  // namespace dossier

template <>
struct std::hash<dossier::Term> {
    std::size_t operator()(const dossier::Term& term) const noexcept {
        return dossier::hash_value(term.view());
    }
};
