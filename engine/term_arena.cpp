#include "engine/term_arena.h"

#include <algorithm>
#include <cstring>

#include "rdf/datatype.h"

namespace dossier::engine {

namespace {
constexpr std::size_t first_block = std::size_t{16} << 10;
constexpr std::size_t largest_block = std::size_t{256} << 10;
}  // namespace

std::string_view TermArena::copy(std::string_view text) {
    if (text.empty()) return {};
    if (blocks_.empty() || blocks_.back().size - used_ < text.size()) {
        const std::size_t wanted =
            blocks_.empty() ? first_block : std::min(largest_block, blocks_.back().size * 2);
        const std::size_t size = std::max(wanted, text.size());
        blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
        used_ = 0;
    }
    char* to = blocks_.back().bytes.get() + used_;
    std::memcpy(to, text.data(), text.size());
    used_ += text.size();
    return {to, text.size()};
}

TermView TermArena::copy(const TermView& term) {
    switch (term.kind()) {
        case TermKind::iri:
            return TermView::iri(copy(term.text()));
        case TermKind::blank_node:
            return TermView::blank_node(copy(term.text()));
        case TermKind::triple: {
            auto parts = std::make_unique<TripleView>();
            parts->subject = copy(term.triple().subject);
            parts->predicate = copy(term.triple().predicate);
            parts->object = copy(term.triple().object);
            triples_.push_back(std::move(parts));
            return TermView::triple(*triples_.back());
        }
        case TermKind::literal:
            break;
    }
    if (!term.language().empty())
        return TermView::language_literal(copy(term.text()), copy(term.language()),
                                          term.direction());
    // Known datatypes have their IRI for ever.
    const std::string_view known = iri_of(datatype_of(term.datatype()));
    return TermView::literal(copy(term.text()), known.empty() ? copy(term.datatype()) : known);
}

void TermArena::clear(std::size_t kept_bytes) {
    triples_.clear();
    std::size_t bytes = 0;
    for (const Block& block : blocks_) bytes += block.size;
    if (bytes > kept_bytes) {
        blocks_.clear();
    } else if (blocks_.size() > 1) {
        // One block as large as all of them, so that the next batch needs no other.
        blocks_.clear();
        blocks_.push_back({std::make_unique_for_overwrite<char[]>(bytes), bytes});
    }
    used_ = 0;
}

}  // namespace dossier::engine
