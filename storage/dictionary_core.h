#pragma once

#include <array>
#include <compare>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/block_cache.h"
#include "storage/block_store.h"
#include "storage/dictionary.h"
#include "storage/term_segment.h"
#include "storage/term_tail.h"
#include "storage/triple_dictionary.h"

// What Dictionary and NewTerms share.

namespace dossier::storage {

// The segments of one root. Immutable.
struct DictionarySegments {
    DictionarySegments(const DictionaryRoot& root, const std::shared_ptr<const BlockStore>& store,
                       const std::shared_ptr<TermBlockCache>& cache,
                       const DictionarySegments* before);

    // Null when no segment holds it.
    const TermSegment* holding(TermId id) const;

    std::vector<std::shared_ptr<const TermSegment>> all;
    std::array<std::vector<std::shared_ptr<const TermSegment>>, 16> by_id;    // ascending by base
    std::array<std::vector<std::shared_ptr<const TermSegment>>, 16> by_term;  // to be searched
};

struct Dictionary::Impl {
    Impl(std::shared_ptr<BlockStore> block_store, const DictionaryRoot& first_root,
         std::size_t cache_bytes, std::shared_ptr<BlockCache> block_cache);

    DictionaryCounters counters() const;
    std::shared_ptr<const DictionarySegments> state() const;
    std::optional<TermId> find_bytes(std::string_view bytes, Tag tag) const;
    std::optional<TermId> find_in_tail(std::string_view bytes, Tag tag) const;
    // Of the ids an index entry gives, the one whose term is this.
    std::optional<TermId> choose(std::string_view bytes, std::string_view found) const;
    static bool has_tail(const DictionaryCounters& now, Tag tag);

    const std::shared_ptr<BlockStore> store;
    const std::shared_ptr<TermBlockCache> cache;
    NameTable names;
    std::unique_ptr<TripleDictionary> triples;

    mutable std::mutex mutex;  // of what follows
    DictionaryRoot root;       // its counters are the newest
    std::shared_ptr<const DictionarySegments> segments;
};

[[noreturn]] void throw_unknown_id(TermId id);
std::optional<TermId> blank_node_id(std::string_view label, std::uint64_t limit);
TermView blank_node_term(TermId id, InlineText& text);

}  // namespace dossier::storage
