#include "storage/bulk_load_chunk.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <dossier/error.h>

#include "storage/common_prefix.h"
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

constexpr std::size_t first_slots = 1'024;
constexpr std::uint64_t most_terms = std::uint64_t{1} << 31;
// Memory is asked for this far ahead where the order of access is known.
constexpr std::size_t prefetch_distance = 12;

}  // namespace

SealedChunk::SealedChunk(const std::shared_ptr<SpoolSpace>& space)
    : terms(space), places(space), triples(space), rows(space) {
    for (std::size_t tag = 0; tag < merged_tags; ++tag) ids.emplace_back(space);
}

ChunkTerms::ChunkTerms() : slots_(LargeBuffer<Slot>::zeroed(first_slots)) {}

ChunkTerms::Key ChunkTerms::prepare(std::string_view bytes, Tag tag, std::string_view note) const {
    if (bytes.size() > UINT32_MAX - note.size()) throw LimitError("a term of more than 4 GiB");
    Key key{bytes, note, tag,
            static_cast<std::uint32_t>(
                XXH3_64bits_withSeed(bytes.data(), bytes.size(), static_cast<std::uint64_t>(tag)))};
    __builtin_prefetch(&slots_[key.hash & (slots_.size() - 1)]);
    return key;
}

std::uint32_t ChunkTerms::number(const Key& key, bool as_name) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t index = key.hash & mask;
    for (; slots_[index].place != 0; index = (index + 1) & mask) {
        if (slots_[index].hash != key.hash) continue;
        Record& known = *at(slots_[index].place - 1);
        if (known.tag == static_cast<std::uint8_t>(key.tag) && known.view() == key.bytes) {
            if (as_name) known.is_name = 1;
            return known.number;
        }
    }
    if (places_.size() >= most_terms) throw LimitError("a chunk of a load with too many terms");
    const std::uint32_t place = allocate(sizeof(Record) + key.bytes.size() + key.note.size());
    Record& record = *at(place);
    record.number = static_cast<std::uint32_t>(places_.size());
    record.length = static_cast<std::uint32_t>(key.bytes.size());
    record.note_length = static_cast<std::uint32_t>(key.note.size());
    record.tag = static_cast<std::uint8_t>(key.tag);
    record.is_name = as_name ? 1 : 0;
    record.reserved = 0;
    char* const bytes = reinterpret_cast<char*>(&record + 1);
    if (!key.bytes.empty()) std::memcpy(bytes, key.bytes.data(), key.bytes.size());
    if (!key.note.empty()) std::memcpy(bytes + key.bytes.size(), key.note.data(), key.note.size());
    places_.push_back(place);
    ++counts_[record.tag];
    slots_[index] = {key.hash, place + 1};
    if (places_.size() * 10 > slots_.size() * 6) grow();
    return record.number;
}

// A record lies within one stretch, or in several that follow one another in memory.
std::uint32_t ChunkTerms::allocate(std::size_t bytes) {
    bytes = (bytes + 7) / 8 * 8;
    const std::uint64_t left = blocks_.size() * block_bytes - used_;
    if (left < bytes) {
        used_ = blocks_.size() * block_bytes;
        const std::size_t wanted = (bytes + block_bytes - 1) / block_bytes;
        const std::size_t stretches = std::max(wanted, std::min(blocks_.size() / 8, most_blocks));
        if (used_ / 8 + stretches * (block_bytes / 8) >= UINT32_MAX) {
            throw LimitError("a chunk of a load with more than 32 GiB of terms");
        }
        memory_.emplace_back(stretches * block_bytes);
        for (std::size_t i = 0; i < stretches; ++i) {
            blocks_.push_back(memory_.back().data() + i * block_bytes);
        }
    }
    const auto place = static_cast<std::uint32_t>(used_ / 8);
    used_ += bytes;
    return place;
}

void ChunkTerms::grow() {
    LargeBuffer<Slot> slots = LargeBuffer<Slot>::zeroed(slots_.size() * 2);
    const std::size_t mask = slots.size() - 1;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        const Slot slot = slots_[i];
        if (slot.place == 0) continue;
        std::size_t index = slot.hash & mask;
        while (slots[index].place != 0) index = (index + 1) & mask;
        slots[index] = slot;
    }
    slots_ = std::move(slots);
}

std::size_t ChunkTerms::memory() const {
    // With what sealing takes: a place and a sorted term for each.
    return blocks_.size() * block_bytes + slots_.size() * sizeof(Slot) +
           places_.size() * (4 + 8 + sizeof(SortedTerm));
}

void ChunkTerms::clear() {
    memory_.clear();
    blocks_.clear();
    used_ = 0;
    slots_ = LargeBuffer<Slot>::zeroed(first_slots);
    places_.clear();
    counts_ = {};
}

struct LoadChunk::Triples {
    boost::unordered_flat_map<TripleIds, std::uint64_t, TripleHash> numbers;
    std::vector<std::uint64_t> words;  // depth and three cells each
    std::uint64_t greatest_depth = 0;
};

LoadChunk::LoadChunk(std::shared_ptr<SpoolSpace> space)
    : space_(std::move(space)),
      triples_(std::make_unique<Triples>()),
      sealed_(std::make_unique<SealedChunk>(space_)),
      held_(std::make_unique_for_overwrite<char[]>(waiting_bytes)) {
    for (auto& column : columns_) column.resize(SealedChunk::row_batch);
}

LoadChunk::~LoadChunk() = default;

std::size_t LoadChunk::memory() const {
    return terms_.memory() + triples_->words.capacity() * 8 + triples_->numbers.size() * 48;
}

// Looking a term up waits for memory twice: for its place in the map and for its record. Some rows
// wait together, so that the waiting is shared.
void LoadChunk::add(const QuadView& quad, std::uint32_t scope) {
    if (waiting_ == most_waiting) settle_waiting();
    WaitingRow& row = rows_waiting_[waiting_];
    const TermView& subject = quad.subject;
    row.same_subject =
        subject.is_iri() && !last_subject_.empty() && subject.text() == last_subject_;
    if (row.same_subject) {
        row.cells[0] = {};
    } else {
        row.cells[0] = prepare(subject, scope, subject_scratch_, 0);
        last_subject_ = subject.is_iri() ? subject.text() : std::string_view();
    }
    row.cells[1] = prepare(quad.predicate, scope, predicate_scratch_, 0);
    row.cells[2] = prepare(quad.object, scope, object_scratch_, 0);
    row.cells[3] = quad.in_default_graph() ? Pending{default_graph, {}}
                                           : prepare(quad.graph, scope, graph_scratch_, 0);
    if (hold(row)) {
        ++waiting_;
        return;
    }
    // It goes first into the empty buffer, or, when it is longer than that, straight to the map.
    WaitingRow alone = row;
    settle_waiting();
    rows_waiting_[0] = alone;
    waiting_ = 1;
    if (!hold(rows_waiting_[0])) settle_waiting();
}

bool LoadChunk::hold(WaitingRow& row) {
    std::size_t size = 0;
    for (const Pending& cell : row.cells)
        if (!cell.cell.bound()) size += cell.key.bytes.size() + cell.key.note.size();
    if (size > waiting_bytes - held_size_) return false;
    const auto copy = [&](std::string_view& bytes) {
        char* const to = held_.get() + held_size_;
        if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
        held_size_ += bytes.size();
        bytes = {to, bytes.size()};
    };
    for (Pending& cell : row.cells) {
        if (cell.cell.bound()) continue;
        copy(cell.key.bytes);
        copy(cell.key.note);
    }
    return true;
}

void LoadChunk::settle_waiting() {
    const std::span<const WaitingRow> rows(rows_waiting_.data(), waiting_);
    for (const WaitingRow& row : rows)
        for (const Pending& cell : row.cells)
            if (!cell.cell.bound()) terms_.approach(cell.key);
    for (const WaitingRow& row : rows) {
        if (!row.same_subject) last_subject_cell_ = settle(row.cells[0], false);
        columns_[0][batch_rows_] = last_subject_cell_;
        columns_[1][batch_rows_] = settle(row.cells[1], true);
        columns_[2][batch_rows_] = settle(row.cells[2], false);
        const TermId graph = settle(row.cells[3], true);
        if (graph != default_graph && !batch_has_graphs_) {
            batch_has_graphs_ = true;
            std::fill_n(columns_[3].begin(), batch_rows_, default_graph);
        }
        if (batch_has_graphs_) columns_[3][batch_rows_] = graph;
        if (++batch_rows_ == SealedChunk::row_batch) end_batch();
    }
    waiting_ = 0;
    held_size_ = 0;
}

void LoadChunk::end_batch() {
    if (batch_rows_ == 0) return;
    const std::uint64_t header[] = {batch_rows_, batch_has_graphs_ ? 1u : 0u};
    sealed_->rows.append(header, sizeof header);
    for (std::size_t column = 0; column < (batch_has_graphs_ ? 4u : 3u); ++column) {
        sealed_->rows.append(columns_[column].data(), batch_rows_ * sizeof(TermId));
    }
    sealed_->row_count += batch_rows_;
    sealed_->has_graphs = sealed_->has_graphs || batch_has_graphs_;
    batch_rows_ = 0;
    batch_has_graphs_ = false;
}

LoadChunk::Pending LoadChunk::prepare(const TermView& term, std::uint32_t scope,
                                      std::string& scratch, int depth) {
    switch (term.kind()) {
        case TermKind::iri:
            if (term.text().empty()) return {default_graph, {}};
            return {unbound, terms_.prepare(term.text(), Tag::iri, {})};
        case TermKind::blank_node:
            scratch.clear();
            append_big_endian(scratch, scope);
            scratch += term.text();
            return {unbound, terms_.prepare(scratch, Tag::blank_node, {})};
        case TermKind::triple:
            return {triple(term.triple(), scope, depth), {}};
        case TermKind::literal:
            break;
    }
    if (const auto id = encode_inline(term)) return {*id, {}};
    const Tag tag = dictionary_tag(term);
    if (tag == Tag::string) return {unbound, terms_.prepare(term.text(), tag, {})};
    scratch.clear();
    append_term_bytes(scratch, term, tag);
    return {unbound, terms_.prepare(scratch, tag, unusual_language(term))};
}

TermId LoadChunk::settle(const Pending& pending, bool as_name) {
    if (pending.cell.bound()) return pending.cell;
    return TermId::of(local_term, terms_.number(pending.key, as_name));
}

TermId LoadChunk::triple(const TripleView& triple, std::uint32_t scope, int depth) {
    if (depth >= Term::max_triple_depth) {
        throw LimitError("triple terms are nested deeper than " +
                         std::to_string(Term::max_triple_depth));
    }
    std::string scratch;
    TripleIds cells;
    cells.subject = settle(prepare(triple.subject, scope, scratch, depth + 1), false);
    cells.predicate = settle(prepare(triple.predicate, scope, scratch, depth + 1), true);
    cells.object = settle(prepare(triple.object, scope, scratch, depth + 1), false);
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

std::unique_ptr<SealedChunk> LoadChunk::seal() {
    settle_waiting();
    end_batch();
    SealedChunk& sealed = *sealed_;
    std::array<std::vector<SortedTerm>, merged_tags> by_tag;
    for (std::size_t tag = 0; tag < merged_tags; ++tag) by_tag[tag].reserve(terms_.count(tag));
    for (std::size_t number = 0; number < terms_.size(); ++number) {
        const ChunkTerms::Record& term = terms_[number];
        by_tag[term.tag].push_back({term.bytes(), term.length, term.number});
    }
    std::vector<std::uint64_t> places(terms_.size());
    std::string records;
    for (std::size_t tag = 0; tag < merged_tags; ++tag) {
        auto& sorted = by_tag[tag];
        sort_terms(sorted);
        auto& range = sealed.tags[tag];
        range.offset = sealed.terms.size();
        range.count = sorted.size();
        std::string_view before;
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            if (i + prefetch_distance < sorted.size()) {
                __builtin_prefetch(sorted[i + prefetch_distance].bytes -
                                   sizeof(ChunkTerms::Record));
                __builtin_prefetch(sorted[i + prefetch_distance].bytes + 40);
            }
            const ChunkTerms::Record& term = terms_[sorted[i].number];
            const std::string_view bytes = sorted[i].view();
            const std::size_t shared = common_prefix(before, bytes);
            records +=
                static_cast<char>((term.is_name != 0 ? 1 : 0) | (term.note_length != 0 ? 2 : 0));
            append_varint(records, shared);
            append_varint(records, bytes.size() - shared);
            records += bytes.substr(shared);
            if (term.note_length != 0) {
                append_varint(records, term.note_length);
                records.append(bytes.data() + bytes.size(), term.note_length);
            }
            if (records.size() >= (std::size_t{64} << 10)) {
                sealed.terms.append(records);
                records.clear();
            }
            places[sorted[i].number] = (std::uint64_t{tag} << 32) | i;
            before = bytes;
        }
        sealed.terms.append(records);
        records.clear();
        range.end = sealed.terms.size();
        sorted = {};
    }
    sealed.term_count = terms_.size();
    sealed.places.append(places.data(), places.size() * 8);
    sealed.triple_count = triples_->numbers.size();
    sealed.greatest_depth = triples_->greatest_depth;
    sealed.triples.append(triples_->words.data(), triples_->words.size() * 8);

    terms_.clear();
    triples_ = std::make_unique<Triples>();
    last_subject_.clear();
    return std::exchange(sealed_, std::make_unique<SealedChunk>(space_));
}

}  // namespace dossier::storage
