#include "storage/bulk_load_chunk.h"

#include <algorithm>
#include <cstring>

#include <boost/unordered/unordered_flat_map.hpp>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <dossier/error.h>

#include "storage/dictionary.h"
#include "storage/inline_term.h"
#include "storage/term_bytes.h"
#include "storage/term_sorter.h"

namespace dossier::storage {

namespace {

struct TripleHash {
    std::size_t operator()(const TripleIds& triple) const noexcept {
        return XXH3_64bits(&triple, sizeof triple);
    }
};

template <typename T>
void append_array(Spool& spool, const std::vector<T>& values, std::size_t first,
                  std::size_t count) {
    spool.append(values.data() + first, count * sizeof(T));
}

constexpr std::size_t first_slots = 1'024;
constexpr std::uint64_t most_terms = std::uint64_t{1} << 31;

}  // namespace

SealedChunk::SealedChunk(const std::shared_ptr<SpoolSpace>& space)
    : terms(space), places(space), triples(space), rows(space) {
    for (std::size_t tag = 0; tag < merged_tags; ++tag) ids.emplace_back(space);
}

struct LoadChunk::Triples {
    boost::unordered_flat_map<TripleIds, std::uint64_t, TripleHash> numbers;
    std::vector<std::uint64_t> words;  // depth and three cells each
    std::uint64_t greatest_depth = 0;
};

LoadChunk::LoadChunk() : slots_(first_slots), triples_(std::make_unique<Triples>()) {}
LoadChunk::~LoadChunk() = default;

std::size_t LoadChunk::memory() const {
    std::size_t bytes = arena_.capacity() + terms_.capacity() * sizeof(LocalTerm) +
                        slots_.capacity() * sizeof(Slot) + triples_->words.capacity() * 8 +
                        triples_->numbers.size() * 48;
    for (const auto& column : columns_) bytes += column.capacity() * sizeof(TermId);
    return bytes;
}

void LoadChunk::add(const QuadView& quad, std::uint32_t scope) {
    const TermView& subject = quad.subject;
    // The same subject as in the statement before needs no look into the map.
    TermId s;
    bool same = false;
    if (subject.is_iri() && last_subject_.bound()) {
        const LocalTerm& last = terms_[last_subject_.payload()];
        const std::string_view text = subject.text();
        same = text.size() == last.length &&
               std::memcmp(arena_.data() + last.offset, text.data(), text.size()) == 0;
    }
    if (same) {
        s = last_subject_;
    } else {
        s = cell(subject, scope, false, 0);
        last_subject_ = subject.is_iri() ? s : unbound;
    }
    const TermId p = cell(quad.predicate, scope, true, 0);
    const TermId o = cell(quad.object, scope, false, 0);
    const bool in_default = quad.in_default_graph();
    const TermId g = in_default ? default_graph : cell(quad.graph, scope, true, 0);
    if (!in_default && !has_graphs_) {
        has_graphs_ = true;
        columns_[3].assign(row_count_, default_graph);
    }
    columns_[0].push_back(s);
    columns_[1].push_back(p);
    columns_[2].push_back(o);
    if (has_graphs_) columns_[3].push_back(g);
    ++row_count_;
}

TermId LoadChunk::cell(const TermView& term, std::uint32_t scope, bool as_name, int depth) {
    switch (term.kind()) {
        case TermKind::iri:
            if (term.text().empty()) return default_graph;
            return local(term.text(), Tag::iri, as_name, {});
        case TermKind::blank_node:
            scratch_.clear();
            append_big_endian(scratch_, scope);
            scratch_ += term.text();
            return local(scratch_, Tag::blank_node, false, {});
        case TermKind::triple:
            return triple(term.triple(), scope, depth);
        case TermKind::literal:
            break;
    }
    if (const auto id = encode_inline(term)) return *id;
    const Tag tag = dictionary_tag(term);
    if (tag == Tag::string) return local(term.text(), tag, false, {});
    scratch_.clear();
    append_term_bytes(scratch_, term, tag);
    return local(scratch_, tag, false, unusual_language(term));
}

TermId LoadChunk::triple(const TripleView& triple, std::uint32_t scope, int depth) {
    if (depth >= Term::max_triple_depth) {
        throw LimitError("triple terms are nested deeper than " +
                         std::to_string(Term::max_triple_depth));
    }
    TripleIds cells;
    cells.subject = cell(triple.subject, scope, false, depth + 1);
    cells.predicate = cell(triple.predicate, scope, true, depth + 1);
    cells.object = cell(triple.object, scope, false, depth + 1);
    const std::uint64_t next = triples_->numbers.size();
    const auto [place, is_new] = triples_->numbers.try_emplace(cells, next);
    if (is_new) {
        std::uint64_t nesting = 1;
        for (TermId part : {cells.subject, cells.object}) {
            if (part.tag() == local_triple) {
                nesting = std::max(nesting, triples_->words[4 * part.payload()] + 1);
            }
        }
        triples_->greatest_depth = std::max(triples_->greatest_depth, nesting);
        for (std::uint64_t word :
             {nesting, cells.subject.bits, cells.predicate.bits, cells.object.bits}) {
            triples_->words.push_back(word);
        }
    }
    return TermId::of(local_triple, place->second);
}

TermId LoadChunk::local(std::string_view bytes, Tag tag, bool as_name, std::string_view note) {
    if (bytes.size() > UINT32_MAX - note.size()) throw LimitError("a term of more than 4 GiB");
    const auto hash = static_cast<std::uint32_t>(
        XXH3_64bits_withSeed(bytes.data(), bytes.size(), static_cast<std::uint64_t>(tag)));
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    for (;; at = (at + 1) & mask) {
        const Slot slot = slots_[at];
        if (slot.number == 0) break;
        if (slot.hash != hash) continue;
        LocalTerm& known = terms_[slot.number - 1];
        if (known.tag == static_cast<std::uint8_t>(tag) && known.length == bytes.size() &&
            std::memcmp(arena_.data() + known.offset, bytes.data(), bytes.size()) == 0) {
            known.is_name = known.is_name || as_name;
            return TermId::of(local_term, slot.number - 1);
        }
    }
    if (terms_.size() >= most_terms) throw LimitError("a chunk of a load with too many terms");
    LocalTerm term;
    term.offset = arena_.size();
    term.length = static_cast<std::uint32_t>(bytes.size());
    term.note_length = static_cast<std::uint32_t>(note.size());
    term.tag = static_cast<std::uint8_t>(tag);
    term.is_name = as_name;
    arena_ += bytes;
    arena_ += note;
    terms_.push_back(term);
    slots_[at] = {hash, static_cast<std::uint32_t>(terms_.size())};
    if (terms_.size() * 10 > slots_.size() * 6) grow();
    return TermId::of(local_term, terms_.size() - 1);
}

void LoadChunk::grow() {
    std::vector<Slot> slots(slots_.size() * 2);
    const std::size_t mask = slots.size() - 1;
    for (const Slot& slot : slots_) {
        if (slot.number == 0) continue;
        std::size_t at = slot.hash & mask;
        while (slots[at].number != 0) at = (at + 1) & mask;
        slots[at] = slot;
    }
    slots_ = std::move(slots);
}

std::unique_ptr<SealedChunk> LoadChunk::seal(const std::shared_ptr<SpoolSpace>& space) {
    auto sealed = std::make_unique<SealedChunk>(space);
    slots_ = std::vector<Slot>(first_slots);
    sealed->row_count = row_count_;
    sealed->has_graphs = has_graphs_;
    for (std::uint64_t first = 0; first < row_count_; first += SealedChunk::row_batch) {
        const auto count = static_cast<std::size_t>(
            std::min<std::uint64_t>(SealedChunk::row_batch, row_count_ - first));
        for (std::size_t column = 0; column < (has_graphs_ ? 4u : 3u); ++column) {
            append_array(sealed->rows, columns_[column], first, count);
        }
    }
    for (auto& column : columns_) column = {};

    std::array<std::vector<SortedTerm>, merged_tags> by_tag;
    for (std::size_t number = 0; number < terms_.size(); ++number) {
        const LocalTerm& term = terms_[number];
        by_tag[term.tag].push_back(
            {arena_.data() + term.offset, term.length, static_cast<std::uint32_t>(number)});
    }
    std::vector<std::uint64_t> places(terms_.size());
    std::string record;
    for (std::size_t tag = 0; tag < merged_tags; ++tag) {
        auto& sorted = by_tag[tag];
        sort_terms(sorted);
        auto& range = sealed->tags[tag];
        range.offset = sealed->terms.size();
        range.count = sorted.size();
        std::string_view before;
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            const LocalTerm& term = terms_[sorted[i].number];
            const std::string_view bytes = sorted[i].view();
            const auto shared = static_cast<std::size_t>(
                std::mismatch(before.begin(), before.end(), bytes.begin(), bytes.end()).first -
                before.begin());
            record.clear();
            record += static_cast<char>((term.is_name ? 1 : 0) | (term.note_length != 0 ? 2 : 0));
            append_varint(record, shared);
            append_varint(record, bytes.size() - shared);
            record += bytes.substr(shared);
            if (term.note_length != 0) {
                append_varint(record, term.note_length);
                record.append(bytes.data() + bytes.size(), term.note_length);
            }
            sealed->terms.append(record);
            places[sorted[i].number] = (std::uint64_t{tag} << 32) | i;
            before = bytes;
        }
        range.end = sealed->terms.size();
        sorted = {};
    }
    sealed->term_count = terms_.size();
    sealed->places.append(places.data(), places.size() * 8);
    sealed->triple_count = triples_->numbers.size();
    sealed->greatest_depth = triples_->greatest_depth;
    sealed->triples.append(triples_->words.data(), triples_->words.size() * 8);

    arena_ = {};
    terms_ = {};
    triples_ = std::make_unique<Triples>();
    row_count_ = 0;
    has_graphs_ = false;
    last_subject_ = unbound;
    return sealed;
}

}  // namespace dossier::storage
