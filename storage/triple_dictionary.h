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

class BlockStore;

// Triple terms <-> ids: (s, p, o) -> id in three corner orders, and id -> (s, p, o). Not data: rows
// outlive the statements that use them, so a pattern over them always joins a visible statement.
// Thread-safe; what adds belongs to the holder of the writer's right.
class TripleDictionary {
  public:
    // `root` is what serialise() gave; empty for a new store.
    TripleDictionary(std::shared_ptr<BlockStore> store, std::string_view root,
                     std::uint64_t next_id);
    ~TripleDictionary();

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

    std::string serialise() const;

    // Rows whose entries are in the block store from now on, with ids from next_id on, ascending.
    void added(std::span<const std::pair<TripleIds, TermId>> rows);

    void verify(std::vector<std::string>& problems) const;

  private:
    friend class Dictionary;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dossier::storage
