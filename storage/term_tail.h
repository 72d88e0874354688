#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/block_store.h"
#include "storage/term_id.h"

// Terms with a key each: what commits and small loads add (families tail and tail_index), and names
// (family names). docs/format-terms.md has the bytes.

namespace dossier::storage {

struct TermEntry;

// The tail's entry for id -> term.
std::string tail_key(TermId id);
std::string tail_value(std::string_view bytes, std::string_view note);
struct TailTerm {
    std::string_view bytes, note;
};
// Throws StoreError.
TailTerm parse_tail_value(std::string_view value, TermId id);

// The entry for term -> id: short terms are the key themselves; long ones share a key with all that
// begin alike and hash alike, so the ids found there are candidates.
std::string tail_index_key(std::string_view bytes, Tag tag);
bool is_exact_key(std::string_view bytes);
std::string name_key(std::uint64_t payload);
std::string name_index_key(std::string_view iri);
void append_candidate(std::string& value, TermId id);
std::vector<TermId> candidates(std::string_view value);

struct BytesHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view bytes) const noexcept;
};

// Names that have a key each. A few names are in nearly every question, so all of them are kept in
// memory while they are few; else the ones in use. Thread-safe.
class NameTable {
  public:
    explicit NameTable(std::shared_ptr<const BlockStore> store);

    // `limit`: the names counter; what is in the store below it and not here yet is read.
    std::optional<TermId> find(std::string_view iri, std::uint64_t limit) const;
    // Copies the IRI; false when there is no such name.
    bool term(std::uint64_t payload, std::string& iri) const;
    // Names whose entries have just been written.
    void add(std::uint64_t payload, std::string_view iri);

  private:
    static constexpr std::uint64_t most_in_memory = 65'536;
    void read_up_to(std::uint64_t limit) const;

    std::shared_ptr<const BlockStore> store_;
    mutable std::shared_mutex mutex_;
    mutable boost::unordered_flat_map<std::uint64_t, std::string> iris_;
    mutable boost::unordered_flat_map<std::string, std::uint64_t, BytesHash, std::equal_to<>>
        payloads_;
    mutable std::uint64_t read_through_ = 0;  // every name below it is in memory, if complete_
    mutable bool complete_ = true;
};

}  // namespace dossier::storage
