#include "engine/batch_decoder.h"

#include <algorithm>
#include <cstring>

namespace dossier::engine {

namespace {
constexpr std::size_t block_bytes = std::size_t{256} << 10;
constexpr std::size_t kept_bytes = std::size_t{4} << 20;
}  // namespace

std::string_view TermArena::copy(std::string_view text) {
    if (text.empty()) return {};
    if (blocks_.empty() || blocks_.back().size - used_ < text.size()) {
        const std::size_t size = std::max(block_bytes, text.size());
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
    return TermView::literal(copy(term.text()), copy(term.datatype()));
}

void TermArena::clear() {
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

void BatchDecoder::decode(const Batch& batch) {
    std::vector<std::size_t> columns(batch.columns());
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = i;
    decode(batch, columns);
}

void BatchDecoder::decode(const Batch& batch, std::span<const std::size_t> columns) {
    arena_.clear();
    const std::span<const std::uint32_t> rows = batch.selected();
    rows_ = rows.size();
    ids_.clear();
    for (const std::size_t column : columns) {
        const TermId* values = batch.column(column);
        for (const std::uint32_t row : rows) ids_.push_back(values[row]);
    }
    cells_.resize(ids_.size());
    std::vector<TermId> distinct = ids_;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    // Number 0 means unbound, whether or not the batch holds it.
    if (distinct.empty() || distinct.front().bound())
        distinct.insert(distinct.begin(), storage::unbound);
    for (std::size_t i = 0; i < ids_.size(); ++i)
        cells_[i] = static_cast<std::uint32_t>(
            std::lower_bound(distinct.begin(), distinct.end(), ids_[i]) - distinct.begin());
    terms_.assign(distinct.size(), TermView{});
    // Computed ids have the highest tag: they are the end of the list.
    const auto first_computed =
        std::lower_bound(distinct.begin(), distinct.end(), TermId::of(storage::Tag::computed, 0));
    const auto stored = static_cast<std::size_t>(first_computed - distinct.begin());
    context_.snapshot().terms(
        std::span(distinct).subspan(1, stored - 1),
        [&](std::size_t index, const TermView& term) { terms_[index + 1] = arena_.copy(term); });
    std::string buffer;
    for (std::size_t i = stored; i < distinct.size(); ++i) {
        buffer.clear();
        const TermView term = context_.computed().view(distinct[i], buffer);
        terms_[i] = buffer.empty() ? term : arena_.copy(term);
    }
    ids_.swap(distinct);
}

}  // namespace dossier::engine
