#include "engine/batch_decoder.h"

#include <algorithm>
#include <string>

namespace dossier::engine {

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
