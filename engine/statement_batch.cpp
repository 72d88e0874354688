#include "engine/statement_batch.h"

#include <cstring>
#include <new>

namespace dossier::engine {

namespace {

// What stands in the buffer beyond `most_bytes`: the last statement, where it is a usual one.
constexpr std::size_t room_for_last = std::size_t{16} << 10;

}  // namespace

StatementBatch::StatementBatch()
    : buffer_(std::make_unique_for_overwrite<std::byte[]>(most_bytes + room_for_last)),
      arena_(std::make_unique<std::pmr::monotonic_buffer_resource>(buffer_.get(),
                                                                   most_bytes + room_for_last)) {
    quads_.reserve(most_quads);
}

std::string_view StatementBatch::copy(std::string_view text, std::string_view before) {
    if (text.empty()) return {};
    if (text == before) return before;
    char* const bytes = static_cast<char*>(arena_->allocate(text.size(), 1));
    std::memcpy(bytes, text.data(), text.size());
    bytes_ += text.size();
    return {bytes, text.size()};
}

// The depth is the parsers' limit of nested triple terms.
TermView StatementBatch::copy(const TermView& term, const TermView& before) {
    switch (term.kind()) {
        case TermKind::iri:
            return TermView::iri(copy(term.text(), before.text()));
        case TermKind::blank_node:
            return TermView::blank_node(copy(term.text(), before.text()));
        case TermKind::literal: {
            const std::string_view text = copy(term.text(), before.text());
            if (!term.language().empty())
                return TermView::language_literal(text, copy(term.language(), before.language()),
                                                  term.direction());
            return TermView::literal(
                text, copy(term.datatype(), before.is_literal() ? before.datatype() : ""));
        }
        case TermKind::triple:
            break;
    }
    const TripleView& parts = term.triple();
    const TripleView none;
    const TripleView& known = before.is_triple() ? before.triple() : none;
    const TripleView copied{copy(parts.subject, known.subject),
                            copy(parts.predicate, known.predicate),
                            copy(parts.object, known.object)};
    bytes_ += sizeof(TripleView);
    return TermView::triple(*new (arena_->allocate(sizeof(TripleView), alignof(TripleView)))
                                TripleView(copied));
}

void StatementBatch::add(const QuadView& quad) {
    const QuadView none;
    const QuadView& before = quads_.empty() ? none : quads_.back();
    const QuadView copied{copy(quad.subject, before.subject),
                          copy(quad.predicate, before.predicate), copy(quad.object, before.object),
                          copy(quad.graph, before.graph)};
    quads_.push_back(copied);
}

void StatementBatch::clear() {
    quads_.clear();
    arena_->release();
    bytes_ = 0;
}

}  // namespace dossier::engine
