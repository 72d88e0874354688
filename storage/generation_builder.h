#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/block_store.h"
#include "storage/directory.h"
#include "storage/row.h"

namespace dossier::storage {

// The blocks that were written, in row order.
struct Generation {
    std::vector<DirectoryEntry> entries;
    std::uint64_t rows = 0;
    std::uint64_t distinct_triples = 0;
    RowSum sum;
    std::uint64_t bytes = 0;
};

// Sorted rows to column blocks of about 4,096 rows, ingested as one generation of one permutation
// (triple terms too: the id is the fourth column). Belongs to one thread. Dropped before finish():
// nothing has happened. The generation number must be new (from a synced intent record).
class GenerationBuilder {
  public:
    enum class Content : std::uint8_t {
        rows,     // base rows, strictly ascending
        changes,  // of runs: (row, version), strictly ascending
    };

    GenerationBuilder(std::shared_ptr<BlockStore> store, Permutation permutation,
                      std::uint64_t generation, Content content = Content::rows);
    ~GenerationBuilder();
    GenerationBuilder(const GenerationBuilder&) = delete;
    GenerationBuilder& operator=(const GenerationBuilder&) = delete;

    // Appends rows given as four columns in the permutation's order. Throws UsageError when they do
    // not ascend.
    void add(std::span<const TermId* const> columns, std::size_t rows);
    // For Content::changes: the same with versions[i] belonging to row i.
    void add(std::span<const TermId* const> columns, const Version* versions, std::size_t rows);
    void add(std::span<const Row> rows);

    // When the blocks replace a part of a directory: the row before the first one, for the counts
    // of distinct triples. Call before the first add().
    void continue_after(const Row& row);
    // Ends the block that is being filled, so that the next row starts one.
    void end_block();

    std::uint64_t rows() const;
    // Blocks ended so far.
    std::size_t blocks() const;
    // Writes the last block, ingests; durable at return.
    Generation finish();

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

// The key of a block in Family::blocks: permutation, generation, ordinal, big-endian.
std::string block_key(Permutation permutation, std::uint64_t generation, std::uint32_t ordinal);
// All keys of a generation are in [block_key(p, g, 0), block_key(p, g + 1, 0)).
void drop_generation(BlockStore& store, Permutation permutation, std::uint64_t generation);
// The generations of a permutation that have files, ascending; not all need be live.
std::vector<std::uint64_t> list_generations(const BlockStore& store, Permutation permutation);

}  // namespace dossier::storage
