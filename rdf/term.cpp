#include <dossier/term.h>

#include <charconv>
#include <utility>

#include <dossier/error.h>
#include <dossier/term_writer.h>

#include "rdf/floating.h"
#include "rdf/language_tag.h"
#include "rdf/vocabulary.h"

namespace dossier {

std::string_view TermView::datatype() const {
    if (kind_ != TermKind::literal) return {};
    if (!datatype_.empty()) return datatype_;
    if (language_.empty()) return xsd::string;
    return direction_ == Direction::none ? rdf::lang_string : rdf::dir_lang_string;
}

bool operator==(const TermView& a, const TermView& b) {
    if (a.kind_ != b.kind_ || a.text_ != b.text_) return false;
    switch (a.kind_) {
        case TermKind::iri:
        case TermKind::blank_node:
            return true;
        case TermKind::literal:
            return a.direction_ == b.direction_ && same_language(a.language_, b.language_) &&
                   (a.datatype_ == b.datatype_ || a.datatype() == b.datatype());
        case TermKind::triple:
            break;
    }
    return a.triple_ == b.triple_ || *a.triple_ == *b.triple_;
}

std::strong_ordering operator<=>(const TermView& a, const TermView& b) {
    if (const auto order = a.kind_ <=> b.kind_; order != 0) return order;
    if (a.kind_ == TermKind::triple) {
        if (a.triple_ == b.triple_) return std::strong_ordering::equal;
        if (const auto order = a.triple_->subject <=> b.triple_->subject; order != 0) return order;
        if (const auto order = a.triple_->predicate <=> b.triple_->predicate; order != 0) {
            return order;
        }
        return a.triple_->object <=> b.triple_->object;
    }
    if (const auto order = a.text_ <=> b.text_; order != 0) return order;
    if (a.kind_ != TermKind::literal) return std::strong_ordering::equal;
    if (const auto order = a.datatype() <=> b.datatype(); order != 0) return order;
    if (const auto order = compare_languages(a.language_, b.language_); order != 0) return order;
    return a.direction_ <=> b.direction_;
}

namespace {

std::size_t combine(std::size_t seed, std::size_t value) noexcept {
    return (seed ^ value) * 0x9E3779B97F4A7C15U + (seed >> 29U);
}

std::size_t hash_text(std::string_view text) noexcept {
    return std::hash<std::string_view>{}(text);
}

}  // namespace

std::size_t hash_value(const TermView& term) noexcept {
    std::size_t hash = combine(static_cast<std::size_t>(term.kind()), hash_text(term.text()));
    if (term.is_triple()) {
        hash = combine(hash, hash_value(term.triple().subject));
        hash = combine(hash, hash_value(term.triple().predicate));
        return combine(hash, hash_value(term.triple().object));
    }
    if (!term.is_literal()) return hash;
    if (!term.language().empty()) {
        for (const char letter : term.language()) {
            hash = combine(hash, static_cast<unsigned char>(ascii_lower(letter)));
        }
        return combine(hash, static_cast<std::size_t>(term.direction()));
    }
    const std::string_view datatype = term.datatype();
    return datatype == xsd::string ? hash : combine(hash, hash_text(datatype));
}

// The parts and a view of them, which term views of the whole refer to.
struct Term::Parts {
    Parts(Term subject, Term predicate, Term object, int depth)
        : subject(std::move(subject)),
          predicate(std::move(predicate)),
          object(std::move(object)),
          depth(depth),
          view{this->subject.view(), this->predicate.view(), this->object.view()} {}
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    const Term subject;
    const Term predicate;
    const Term object;
    const int depth;  // 1 for a triple term without triple terms in it
    const TripleView view;
};

Term::Term() = default;
Term::Term(const Term&) = default;
Term::Term(Term&&) noexcept = default;
Term& Term::operator=(const Term&) = default;
Term& Term::operator=(Term&&) noexcept = default;
Term::~Term() = default;

Term::Term(const TermView& view)
    : kind_(view.kind()), direction_(view.direction()), text_(view.text()) {
    if (view.is_triple()) {
        *this = triple(Term(view.triple().subject), Term(view.triple().predicate),
                       Term(view.triple().object));
    } else if (view.is_literal()) {
        language_ = view.language();
        if (language_.empty() && view.datatype() != xsd::string) datatype_ = view.datatype();
    }
}

Term Term::iri(std::string iri) {
    Term term;
    term.text_ = std::move(iri);
    return term;
}

Term Term::blank_node(std::string label) {
    Term term;
    term.kind_ = TermKind::blank_node;
    term.text_ = std::move(label);
    return term;
}

Term Term::literal(std::string lexical) {
    Term term;
    term.kind_ = TermKind::literal;
    term.text_ = std::move(lexical);
    return term;
}

Term Term::literal(std::string lexical, std::string datatype) {
    Term term = literal(std::move(lexical));
    if (datatype != xsd::string) term.datatype_ = std::move(datatype);
    return term;
}

Term Term::language_literal(std::string lexical, std::string language, Direction direction) {
    Term term = literal(std::move(lexical));
    term.language_ = std::move(language);
    term.direction_ = direction;
    return term;
}

Term Term::boolean(bool value) {
    return literal(value ? "true" : "false", std::string(xsd::boolean));
}

Term Term::integer(std::int64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return literal(std::string(digits, end), std::string(xsd::integer));
}

Term Term::real(double value) {
    std::string lexical;
    append_double(lexical, value);
    return literal(std::move(lexical), std::string(xsd::double_));
}

Term Term::triple(Term subject, Term predicate, Term object) {
    int depth = 0;
    for (const Term* part : {&subject, &predicate, &object}) {
        if (part->parts_ && part->parts_->depth > depth) depth = part->parts_->depth;
    }
    if (depth >= max_triple_depth) {
        throw LimitError("triple terms are nested deeper than 128 (limit nesting)");
    }
    Term term;
    term.kind_ = TermKind::triple;
    term.parts_ = std::make_shared<const Parts>(std::move(subject), std::move(predicate),
                                                std::move(object), depth + 1);
    return term;
}

const Term& Term::subject() const {
    return parts_->subject;
}
const Term& Term::predicate() const {
    return parts_->predicate;
}
const Term& Term::object() const {
    return parts_->object;
}

TermView Term::view() const {
    switch (kind_) {
        case TermKind::iri:
            return TermView::iri(text_);
        case TermKind::blank_node:
            return TermView::blank_node(text_);
        case TermKind::literal:
            return language_.empty() ? TermView::literal(text_, datatype_)
                                     : TermView::language_literal(text_, language_, direction_);
        case TermKind::triple:
            break;
    }
    // A moved-from triple term has no parts left; it may only be assigned to or destroyed.
    return parts_ ? TermView::triple(parts_->view) : TermView{};
}

std::string Term::to_string() const {
    std::string out;
    append_ntriples(out, view());
    return out;
}

}  // namespace dossier
