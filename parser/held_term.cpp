#include "parser/held_term.h"

#include <utility>

namespace dossier {

HeldTerm::HeldTerm() = default;
HeldTerm::~HeldTerm() = default;
HeldTerm::HeldTerm(HeldTerm&&) noexcept = default;
HeldTerm& HeldTerm::operator=(HeldTerm&&) noexcept = default;

void HeldTerm::set_language(std::string_view language, Direction direction) {
    language_.assign(language);
    direction_ = direction;
}

void HeldTerm::set_triple(HeldTerm& subject, HeldTerm& predicate, HeldTerm& object) {
    // The object may itself be a triple term: its components move along with it.
    auto triple = std::make_unique<HeldTriple>();
    swap(triple->subject, subject);
    swap(triple->predicate, predicate);
    swap(triple->object, object);
    triple->view = {triple->subject.view(), triple->predicate.view(), triple->object.view()};
    begin(TermKind::triple);
    triple_ = std::move(triple);
}

void HeldTerm::assign(const TermView& term) {
    begin(term.kind()).assign(term.text());
    if (term.is_literal()) {
        if (term.language().empty()) {
            datatype_.assign(term.datatype());
        } else {
            set_language(term.language(), term.direction());
        }
    } else if (term.is_triple()) {
        HeldTerm subject;
        HeldTerm predicate;
        HeldTerm object;
        subject.assign(term.triple().subject);
        predicate.assign(term.triple().predicate);
        object.assign(term.triple().object);
        set_triple(subject, predicate, object);
    }
}

TermView HeldTerm::view() const {
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
    return TermView::triple(triple_->view);
}

void swap(HeldTerm& a, HeldTerm& b) noexcept {
    std::swap(a.kind_, b.kind_);
    std::swap(a.direction_, b.direction_);
    a.text_.swap(b.text_);
    a.datatype_.swap(b.datatype_);
    a.language_.swap(b.language_);
    a.triple_.swap(b.triple_);
}

}  // namespace dossier
