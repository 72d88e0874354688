#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dossier/term.h>

#include "storage/block_store.h"
#include "storage/inline_term.h"
#include "storage/snapshot.h"
#include "storage/term_id.h"
#include "storage/term_segment.h"

// Terms <-> ids for everything that is not inline. Append-only: an id, once given, means its term
// for ever, so that readers of any commit share one dictionary and need no snapshot of it. What is
// not published yet may be found early, which harms nobody: no visible statement uses it.

namespace dossier::storage {

class BlockCache;
class TripleDictionary;

// The tags with terms in segments or in the tail: iri to dictionary_time.
inline constexpr std::size_t dictionary_tags = 7;
inline constexpr std::uint64_t tail_bit = std::uint64_t{1} << 57;

// The tag of a term without an inline form, were it new: `name` for an IRI if `as_name`. Undefined
// for blank nodes and triple terms.
Tag dictionary_tag(const TermView& term, bool as_name = false);

// The next payloads to give. Counters only grow, gaps are allowed; written with every commit that
// gives ids, so that a recovery takes the greatest of root and log.
struct DictionaryCounters {
    std::uint64_t blank_nodes = 0;
    std::uint64_t names = 1;                                // 0 is the default graph
    std::array<std::uint64_t, dictionary_tags> segments{};  // by tag - 3, without the tail bit
    std::array<std::uint64_t, dictionary_tags> tail{};
    std::uint64_t triples = 0;

    static constexpr std::size_t serialised_size = 8 * (3 + 2 * dictionary_tags);
    void append_to(std::string& out) const;
    // Throws StoreError when `bytes` is too short; reads serialised_size bytes from its front.
    static DictionaryCounters parse(std::string_view bytes);
    void raise_to(const DictionaryCounters& other);  // the greater of each
    friend bool operator==(const DictionaryCounters&, const DictionaryCounters&) = default;
};

// What the store's root says about the dictionary.
struct DictionaryRoot {
    DictionaryCounters counters;
    std::uint32_t next_segment = 1;
    std::vector<TermSegmentRoot> segments;
    std::string triples;  // TripleDictionary's own part

    std::string serialise() const;
    static DictionaryRoot parse(std::string_view bytes);  // throws StoreError
};

// An entry to put into the block store, in the batch that publishes what uses it.
struct TermEntry {
    Family family = Family::tail;
    std::string key, value;
};

// A term to look up: its bytes (storage/term_bytes.h) within a tag, and where its id goes.
struct TermKey {
    std::string_view bytes;
    Tag tag = Tag::unbound;
    std::size_t number = 0;

    friend bool operator<(const TermKey& a, const TermKey& b) {
        return a.tag != b.tag ? a.tag < b.tag : a.bytes < b.bytes;
    }
};

// Thread-safe. What changes ids (new_*, publish) belongs to the holder of the writer's right.
class Dictionary {
  public:
    // `cache_bytes` bounds decoded term blocks. `blocks`: the store's cache of column blocks, which
    // the triple terms share; without one they have a small one of their own.
    Dictionary(std::shared_ptr<BlockStore> store, const DictionaryRoot& root,
               std::size_t cache_bytes, std::shared_ptr<BlockCache> blocks = nullptr);
    ~Dictionary();
    Dictionary(const Dictionary&) = delete;
    Dictionary& operator=(const Dictionary&) = delete;

    // As in Snapshot. Triple terms are looked up by components.
    std::optional<TermId> find(const TermView& term) const;
    void find_all(std::span<const TermView> terms, std::span<TermId> ids) const;
    // The same for ascending keys (an IRI under the tag iri, also where it is a name).
    void find_sorted(std::span<const TermKey> wanted, std::span<TermId> ids) const;
    Term term(TermId id) const;
    void terms(std::span<const TermId> ids, const Snapshot::TermVisitor& visit) const;

    TripleDictionary& triples();
    const TripleDictionary& triples() const;

    // The root to be written with the next publish: counters as given so far, segments as
    // published.
    DictionaryRoot root() const;
    // Takes over the segments and counters of a root that has become durable (a finished load).
    void publish(const DictionaryRoot& root);
    // Counters found in the log by recovery or by a reader's catch-up.
    void raise_counters(const DictionaryCounters& counters);
    DictionaryCounters counters() const;
    // How many terms there are: in segments, names, tail (gaps counted).
    std::uint64_t term_count() const;

    // The ids of all strings (tag string) that begin with a prefix, as intervals of segments, and
    // one by one those of the tail. Exact, by code point.
    void prefix_ids(std::string_view prefix, Tag tag, std::vector<IdInterval>& intervals,
                    std::vector<TermId>& ids) const;

    // Every block read, decoded and compared with its neighbours and with the search by term;
    // messages about what is wrong.
    void verify(std::vector<std::string>& problems) const;

  private:
    friend class NewTerms;
    friend class TermLoader;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// The terms that one transaction adds. Belongs to the holder of the writer's right; find, term and
// terms may be called from other threads at the same time (its snapshots do).
class NewTerms {
  public:
    explicit NewTerms(std::shared_ptr<Dictionary> dictionary);
    ~NewTerms();

    // The id of a term: inline, known, or new. `as_name`: used as predicate or graph. Throws
    // UsageError for a blank node whose label is not one of the store's.
    TermId intern(const TermView& term, bool as_name = false);
    TermId intern_triple(const TripleIds& triple);
    TermId new_blank_node();

    // As Dictionary's, with the own terms on top.
    std::optional<TermId> find(const TermView& term) const;
    void find_all(std::span<const TermView> terms, std::span<TermId> ids) const;
    Term term(TermId id) const;
    void terms(std::span<const TermId> ids, const Snapshot::TermVisitor& visit) const;
    std::optional<TermId> find_triple(const TripleIds& triple) const;
    TripleIds triple(TermId id) const;
    // New triple terms, in the order they were given ids, but for the first `from`.
    std::vector<std::pair<TripleIds, TermId>> new_triples(std::size_t from) const;
    std::size_t triple_count() const;  // of new ones

    // What they take, about.
    std::size_t bytes() const;

    // The entries for the commit's batch, beside its log chunks; together with counters() they make
    // the new terms durable. Call once, at commit.
    std::vector<TermEntry> entries() const;
    DictionaryCounters counters() const;
    // Tells the dictionary that the batch was written, before the next transaction begins.
    void written();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dossier::storage
