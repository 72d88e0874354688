#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "storage/bulk_load.h"
#include "storage/bulk_load_chunk.h"
#include "storage/bulk_load_terms.h"
#include "storage/row.h"

namespace dossier::storage {

class RowSorter;

// The rows of a load, sorted once: by (s, p, o, g). Each further permutation is made from another
// by one stable sort of one column: spo -> pso -> ops -> sop, spo -> osp -> pos, and the graph
// first of spo, pos and osp.
class LoadRows {
  public:
    struct Settings {
        std::size_t memory_bytes = 0;
        std::string directory;
        unsigned threads = 1;
        std::stop_token stop;
        std::vector<TermId> emptied_graphs;  // ascending
    };
    LoadRows(LoadTarget& target, Settings settings);
    ~LoadRows();

    // Takes the rows of the chunks, which are given back as they are done with.
    void collect(std::vector<std::unique_ptr<SealedChunk>>& chunks, const TermMerge& merge);
    // Hands all permutations to the target.
    void write(LoadTarget::Shape shape, bool named_graphs);
    // The rows that leave with their graphs, where the target does not make a new base.
    void write_removed(LoadTarget::Shape shape);

    std::uint64_t added() const { return added_; }      // new in the store
    std::uint64_t written() const { return written_; }  // rows given to the target in spo

  private:
    struct Node;
    struct Emitter;
    class SpoRows;
    class MergedRows;
    class RemovedRows;
    void collect(const SealedChunk& chunk, const TermMerge& merge, RowSorter& sorter) const;
    std::unique_ptr<Node> plan(Permutation permutation, const std::vector<Permutation>& wanted);

    LoadTarget& target_;
    Settings settings_;
    std::unique_ptr<Node> root_;
    std::uint64_t added_ = 0, written_ = 0;
    std::vector<Row> removed_;
};

}  // namespace dossier::storage
