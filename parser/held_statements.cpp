#include "parser/held_statements.h"

#include "parser/statement_parser.h"

namespace dossier {

HeldStatements::Extent HeldStatements::hold(std::string_view text) {
    const Extent extent{text_.size(), text.size()};
    text_.append(text);
    return extent;
}

HeldStatements::HeldView HeldStatements::hold(const TermView& term) {
    HeldView held;
    held.kind = term.kind();
    if (term.is_triple()) {
        // Nested at most as deep as the parser allows.
        const TripleView& triple = term.triple();
        const std::array<HeldView, 3> parts{hold(triple.subject), hold(triple.predicate),
                                            hold(triple.object)};
        held.triple = triples_.size();
        triples_.push_back(parts);
        return held;
    }
    held.text = hold(term.text());
    if (term.is_literal()) {
        held.direction = term.direction();
        held.language = hold(term.language());
        if (term.language().empty()) held.datatype = hold(term.datatype());
    }
    return held;
}

void HeldStatements::add(const QuadView& quad) {
    statements_.push_back(
        {hold(quad.subject), hold(quad.predicate), hold(quad.object), hold(quad.graph)});
}

std::string_view HeldStatements::view(const Extent& extent) const {
    return std::string_view(text_).substr(extent.begin, extent.size);
}

TermView HeldStatements::view(const HeldView& term) {
    switch (term.kind) {
        case TermKind::iri:
            return TermView::iri(view(term.text));
        case TermKind::blank_node:
            return TermView::blank_node(view(term.text));
        case TermKind::literal:
            if (term.language.size > 0) {
                return TermView::language_literal(view(term.text), view(term.language),
                                                  term.direction);
            }
            return TermView::literal(view(term.text), view(term.datatype));
        case TermKind::triple:
            break;
    }
    const auto& parts = triples_[term.triple];
    const TripleView triple{view(parts[0]), view(parts[1]), view(parts[2])};
    return TermView::triple(triple_views_.emplace_back(triple));
}

void HeldStatements::release(StatementSink& sink) {
    for (const auto& terms : statements_) {
        triple_views_.clear();
        sink.statement({view(terms[0]), view(terms[1]), view(terms[2]), view(terms[3])});
    }
    clear();
}

void HeldStatements::clear() {
    text_.clear();
    statements_.clear();
    triples_.clear();
    triple_views_.clear();
}

}  // namespace dossier
