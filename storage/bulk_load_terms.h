#pragma once

#include <array>
#include <memory>
#include <stop_token>
#include <vector>

#include "storage/bulk_load_chunk.h"
#include "storage/dictionary.h"

namespace dossier::storage {

// Gives the terms of sealed chunks their ids: merges them in byte order, looks the known ones up,
// writes the new ones into segments (few: into entries for the tail), and leaves in each chunk the
// ids of its terms.
class TermMerge {
  public:
    TermMerge(std::shared_ptr<Dictionary> dictionary, std::shared_ptr<BlockStore> store,
              std::vector<std::unique_ptr<SealedChunk>>& chunks, std::stop_token stop);

    // On up to `threads` threads, a tag each. Segments are durable at return and named by root().
    void run(unsigned threads);

    // Drops the segments again: nothing is published that names them.
    void abandon();

    DictionaryRoot& root() { return root_; }
    std::vector<TermEntry>& entries() { return entries_; }
    // The id for what merge() left in a chunk, after run().
    TermId settled(std::size_t tag, TermId id) const;

  private:
    struct Job;
    void merge(Job& job);
    // Triple terms, by nesting depth and then by (s, p, o).
    void merge_triples();

    std::shared_ptr<Dictionary> dictionary_;
    std::shared_ptr<BlockStore> store_;
    std::vector<std::unique_ptr<SealedChunk>>& chunks_;
    std::stop_token stop_;
    DictionaryRoot root_;
    std::uint32_t first_segment_ = 0, segments_ = 0;  // those made here
    std::vector<TermEntry> entries_;
    std::array<TermId, merged_tags> first_new_{}, first_long_{};
    TermId first_name_;
};

// The ids of a chunk's cells, once its terms and triple terms have theirs.
class CellIds {
  public:
    CellIds(const SealedChunk& chunk, const TermMerge& merge);
    TermId operator()(TermId cell) const {
        if (cell.tag() == local_term) return terms_[cell.payload()];
        if (cell.tag() == local_triple) return (*triples_)[cell.payload()];
        return cell;
    }

  private:
    LargeBuffer<TermId> terms_;
    const std::vector<TermId>* triples_;
};

void throw_if_stopped(const std::stop_token& stop);

}  // namespace dossier::storage
