#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <dossier/term.h>

#include "storage/bulk_load_spool.h"
#include "storage/large_buffer.h"
#include "storage/term_id.h"

// Part of a load: statements whose terms have numbers that count within the chunk only. A map of
// all terms of a load would not be bounded memory; chunks are merged afterwards, term by term in
// order.

namespace dossier::storage {

// Ids within a chunk. Cells of its rows are inline ids, or one of these.
constexpr Tag local_term = static_cast<Tag>(63);    // payload: number of the term
constexpr Tag local_triple = static_cast<Tag>(61);  // payload: number of the triple term

// Tags of what is merged by bytes: blank nodes (scope, big-endian, and label) and 3-9.
constexpr std::size_t merged_tags = 10;

// A full chunk: its terms sorted.
struct SealedChunk {
    explicit SealedChunk(const std::shared_ptr<SpoolSpace>& space);

    // The terms of one tag in byte order: flags (bit 0: name, bit 1: a note follows), the length
    // shared with the term before, the length of the rest, the rest, [length of the note, note].
    struct TagRange {
        std::uint64_t offset = 0, end = 0;
        std::uint64_t count = 0;
    };
    std::array<TagRange, merged_tags> tags;
    Spool terms;
    // For each number of a term its tag and place within the tag's terms: tag << 32 | place.
    Spool places;
    std::uint64_t term_count = 0;
    // Triple terms in the order they were met, components first: four words each, the nesting depth
    // and three cells.
    Spool triples;
    std::uint64_t triple_count = 0;
    std::uint64_t greatest_depth = 0;
    // Rows, in batches: how many and (1) whether there is a fourth column, then the columns.
    static constexpr std::size_t row_batch = 4'096;
    Spool rows;
    std::uint64_t row_count = 0;
    bool has_graphs = false;
    // Filled by the merge: the ids of each tag's terms in order.
    std::vector<Spool> ids;
    // Filled afterwards: the ids of the triple terms.
    std::vector<TermId> triple_ids;
};

// The distinct terms of a chunk and their numbers. Belongs to one thread.
class ChunkTerms {
  public:
    // A term to look up: hash it first, and its place in the map comes near while others are dealt
    // with.
    struct Key {
        std::string_view bytes, note;
        Tag tag = Tag::unbound;
        std::uint32_t hash = 0;
    };
    // What precedes the bytes of a term in memory; the note follows them.
    struct Record {
        std::uint32_t number;
        std::uint32_t length;
        std::uint32_t note_length;
        std::uint8_t tag;
        std::uint8_t is_name;
        std::uint16_t reserved;

        const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
        std::string_view view() const { return {bytes(), length}; }
    };

    ChunkTerms();

    Key prepare(std::string_view bytes, Tag tag, std::string_view note) const;
    // Asks for the memory of the record, once its place in the map has come near.
    void approach(const Key& key) const {
        const Slot slot = slots_[key.hash & (slots_.size() - 1)];
        if (slot.hash == key.hash && slot.place != 0) __builtin_prefetch(at(slot.place - 1));
    }
    std::uint32_t number(const Key& key, bool as_name);
    std::size_t size() const { return places_.size(); }
    const Record& operator[](std::size_t number) const { return *at(places_[number]); }
    std::size_t count(std::size_t tag) const { return counts_[tag]; }
    std::size_t memory() const;
    void clear();

  private:
    struct Slot {
        std::uint32_t hash;
        std::uint32_t place;  // of the record, in units of 8 bytes, + 1; 0: free
    };
    static constexpr std::size_t block_bytes = std::size_t{1} << 20;
    // So many at once, when there are many already: for huge pages.
    static constexpr std::size_t most_blocks = 16;

    Record* at(std::uint32_t place) const {
        const std::uint64_t offset = std::uint64_t{place} * 8;
        return reinterpret_cast<Record*>(blocks_[offset / block_bytes] + offset % block_bytes);
    }
    std::uint32_t allocate(std::size_t bytes);
    void grow();

    std::vector<LargeBuffer<char>> memory_;
    std::vector<char*> blocks_;  // where each stretch of block_bytes is
    std::uint64_t used_ = 0;     // of the stretches
    LargeBuffer<Slot> slots_;
    std::vector<std::uint32_t> places_;  // by number
    std::array<std::size_t, merged_tags> counts_{};
};

// A chunk being filled. Belongs to one thread.
class LoadChunk {
  public:
    explicit LoadChunk(std::shared_ptr<SpoolSpace> space);
    ~LoadChunk();

    void add(const QuadView& quad, std::uint32_t scope);
    std::uint64_t rows() const { return sealed_->row_count + batch_rows_ + waiting_; }
    // Without the rows, which are in the spool.
    std::size_t memory() const;
    // Sorts and writes everything out; the chunk is empty afterwards.
    std::unique_ptr<SealedChunk> seal();

  private:
    // A cell that is settled, or the key of its term.
    struct Pending {
        TermId cell;
        ChunkTerms::Key key;
    };
    // A statement whose terms are being looked up, while others are taken in: subject, predicate,
    // object, graph.
    struct WaitingRow {
        std::array<Pending, 4> cells;
        bool same_subject = false;  // as the row before
    };
    static constexpr std::size_t most_waiting = 16;
    static constexpr std::size_t waiting_bytes = std::size_t{16} << 10;
    void settle_waiting();
    // Copies what the keys of a row mean, so that it may wait; false when there is no room.
    bool hold(WaitingRow& row);
    Pending prepare(const TermView& term, std::uint32_t scope, std::string& scratch, int depth);
    TermId settle(const Pending& pending, bool as_name);
    TermId triple(const TripleView& triple, std::uint32_t scope, int depth);
    void end_batch();

    const std::shared_ptr<SpoolSpace> space_;
    ChunkTerms terms_;
    struct Triples;
    std::unique_ptr<Triples> triples_;
    std::unique_ptr<SealedChunk> sealed_;  // has the rows so far
    std::array<std::vector<TermId>, 4> columns_;
    std::size_t batch_rows_ = 0;
    bool batch_has_graphs_ = false;
    std::string subject_scratch_, predicate_scratch_, object_scratch_, graph_scratch_;
    std::array<WaitingRow, most_waiting> rows_waiting_;
    std::size_t waiting_ = 0;
    std::unique_ptr<char[]> held_;  // waiting_bytes
    std::size_t held_size_ = 0;
    // Statements come subject by subject: an IRI, empty when it was none.
    std::string last_subject_;
    TermId last_subject_cell_;
};

}  // namespace dossier::storage
