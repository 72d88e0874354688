#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/scan.h"
#include "storage/term_id.h"

namespace dossier::storage {

class BlockCache;
class BlockStore;

// Triple terms <-> ids: (s, p, o) -> id in three corner orders, and id -> (s, p, o). Not data: rows
// outlive the statements that use them, so a pattern over them always joins a visible statement.
// Triple terms of commits have a key each and are held in memory until a load, or fold(), makes
// them part of the blocks. Thread-safe; what adds belongs to the holder of the writer's right.
class TripleDictionary {
  public:
    // `root` is what serialise() gave; empty for a new store. `cache`: of the store's column
    // blocks.
    TripleDictionary(std::shared_ptr<BlockStore> store, std::shared_ptr<BlockCache> cache,
                     std::string_view root);
    ~TripleDictionary();
    TripleDictionary(const TripleDictionary&) = delete;
    TripleDictionary& operator=(const TripleDictionary&) = delete;

    std::optional<TermId> find(const TripleIds& triple) const;
    // For many; ids are `unbound` where there is none.
    void find_all(std::span<const TripleIds> triples, std::span<TermId> ids) const;
    TripleIds triple(TermId id) const;  // throws StoreError for an id never given
    void triples(std::span<const TermId> ids, std::span<TripleIds> out) const;

    // Permutations triple_spo, triple_pos, triple_osp; the last column is the id.
    std::unique_ptr<RowCursor> scan(const ScanRequest& request) const;
    std::uint64_t count(const ScanRequest& request) const;
    std::uint64_t estimate(const ScanRequest& request) const;
    std::uint64_t size() const;
    // How many are held in memory: a reason to fold.
    std::uint64_t unfolded() const;

    std::string serialise() const;

    // Rows whose entries are in the block store from now on, ascending by id.
    void added(std::span<const std::pair<TripleIds, TermId>> rows);
    // Rows that another process, or a log that is replayed, has put into the block store.
    void catch_up();

    // Writes blocks that hold what is here and `rows` (ascending by id, all above the ids so far),
    // durable at return, and returns the root to publish; nothing is visible before.
    std::string fold(std::span<const std::pair<TripleIds, TermId>> rows = {});
    // Takes over a root that has become durable, and drops the blocks that only older ones name
    // once nobody reads them; those of a fold that was never published, too.
    void publish(std::string_view root);
    // Drops what neither the root nor a reader needs. Only for the writer.
    void drop_unused();

    void verify(std::vector<std::string>& problems) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// The entry of a triple term in the family `triples`.
std::string triple_key(TermId id);
std::string triple_value(const TripleIds& triple);

}  // namespace dossier::storage
