#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <dossier/term.h>

#include "storage/bulk_load_spool.h"
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
    // Rows: three columns of cells in batches of row_batch (the last one shorter), with named
    // graphs four.
    static constexpr std::size_t row_batch = 8'192;
    Spool rows;
    std::uint64_t row_count = 0;
    bool has_graphs = false;
    // Filled by the merge: the ids of each tag's terms in order.
    std::vector<Spool> ids;
    // Filled afterwards: the ids of the triple terms.
    std::vector<TermId> triple_ids;
};

// A chunk being filled. Belongs to one thread.
class LoadChunk {
  public:
    LoadChunk();
    ~LoadChunk();

    void add(const QuadView& quad, std::uint32_t scope);
    std::uint64_t rows() const { return row_count_; }
    std::size_t memory() const;
    // Sorts and writes everything out; the chunk is empty afterwards.
    std::unique_ptr<SealedChunk> seal(const std::shared_ptr<SpoolSpace>& space);

  private:
    struct LocalTerm {
        std::uint64_t offset = 0;  // of its bytes in the arena
        std::uint32_t length = 0;
        std::uint32_t note_length = 0;  // the note follows the bytes
        std::uint8_t tag = 0;
        bool is_name = false;
    };
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t number = 0;  // + 1; 0: free
    };

    TermId cell(const TermView& term, std::uint32_t scope, bool as_name, int depth);
    TermId local(std::string_view bytes, Tag tag, bool as_name, std::string_view note);
    TermId triple(const TripleView& triple, std::uint32_t scope, int depth);
    void grow();

    std::string arena_;
    std::vector<LocalTerm> terms_;
    std::vector<Slot> slots_;
    struct Triples;
    std::unique_ptr<Triples> triples_;
    std::array<std::vector<TermId>, 4> columns_;
    std::uint64_t row_count_ = 0;
    bool has_graphs_ = false;
    std::string scratch_;
    TermId last_subject_;  // statements come subject by subject
};

}  // namespace dossier::storage
