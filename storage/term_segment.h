#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/block_store.h"
#include "storage/front_coding.h"
#include "storage/term_filter.h"
#include "storage/term_id.h"

namespace dossier::storage {

// What the root says about one segment: terms of one tag in byte order, id = base + rank, in
// immutable blocks. A segment may instead be a merged index: it maps terms to ids only, and the
// segments it covers are no longer searched by term.
struct TermSegmentRoot {
    std::uint32_t number = 0;  // part of its keys; never reused
    Tag tag = Tag::unbound;
    bool is_index = false;         // terms -> ids only, with a column of ids
    std::uint32_t covered_by = 0;  // number of the index that answers for it; 0: none
    std::uint64_t base = 0;        // payload of its first term
    std::uint64_t terms = 0;
    std::uint32_t blocks = 0;
    std::uint32_t directory_pages = 0;
    std::uint32_t filter_pages = 0;
    std::uint64_t bytes = 0;  // stored, all parts
    // 256, or 1 where the terms are long: a look at one must not bring 256 of them.
    std::uint32_t block_terms = 256;

    void append_to(std::string& out) const;
    // Reads one from the front of `bytes` and removes it; throws StoreError.
    static TermSegmentRoot parse(std::string_view& bytes);
    friend bool operator==(const TermSegmentRoot&, const TermSegmentRoot&) = default;
};

// The parts of a segment; a byte of the keys.
enum class SegmentPart : std::uint8_t { blocks = 0, directory = 1, filter = 2 };
std::string segment_key(std::uint32_t number, SegmentPart part, std::uint32_t ordinal);
// Says in a checksum where a part belongs.
std::uint64_t segment_place(std::uint32_t number, SegmentPart part, std::uint32_t ordinal);
// Removes all parts of a segment that no root names.
void drop_segment(BlockStore& store, std::uint32_t number);
// Drops all but these: what loads wrote that were never published.
void drop_orphan_segments(BlockStore& store, const std::vector<TermSegmentRoot>& live);
// The greatest number any file of a segment bears, live or left by a load that was cut off.
std::uint32_t greatest_segment_on_disk(const BlockStore& store);

// Decoded blocks of terms, bounded by bytes, the least recently used ones leave. Thread-safe.
class TermBlockCache {
  public:
    explicit TermBlockCache(std::size_t capacity_bytes);
    ~TermBlockCache();
    std::shared_ptr<const DecodedTerms> find(std::uint64_t key);
    void insert(std::uint64_t key, const std::shared_ptr<const DecodedTerms>& block);

  private:
    struct Shard;
    static constexpr std::size_t shard_count = 16;
    std::unique_ptr<Shard[]> shards_;
};

// A segment, read. Its directory comes into memory with the first search by term, a page of its
// filter with the first question it is asked, blocks through the cache. Thread-safe.
class TermSegment {
  public:
    TermSegment(std::shared_ptr<const BlockStore> store, TermSegmentRoot root,
                std::shared_ptr<TermBlockCache> cache);
    ~TermSegment();
    TermSegment(const TermSegment&) = delete;
    TermSegment& operator=(const TermSegment&) = delete;

    const TermSegmentRoot& root() const { return root_; }
    bool contains_payload(std::uint64_t payload) const {
        return payload - root_.base < root_.terms && !root_.is_index;
    }
    std::uint32_t block_of(std::uint64_t payload) const {
        return static_cast<std::uint32_t>((payload - root_.base) / root_.block_terms);
    }
    // The payload of the first term of a block.
    std::uint64_t first_payload(std::uint32_t ordinal) const {
        return root_.base + std::uint64_t{ordinal} * root_.block_terms;
    }
    // The decoded block; `keep`: it enters the cache (a long scan does not ask for that).
    std::shared_ptr<const DecodedTerms> block(std::uint32_t ordinal, bool keep = true) const;

    // The id of a term of this tag.
    std::optional<TermId> find(std::string_view bytes, std::uint64_t hash) const;
    // For ascending searches: `current` keeps the block between calls.
    struct Position {
        std::uint32_t ordinal = 0;
        std::shared_ptr<const DecodedTerms> block;
    };
    std::optional<TermId> find(std::string_view bytes, std::uint64_t hash,
                               Position& position) const;
    // The rank of the first term that is not less than `bytes`; root().terms when all are.
    std::uint64_t lower_bound(std::string_view bytes) const;

    // The id of a term at a place.
    TermId id_at(std::uint32_t ordinal, const DecodedTerms& block, std::size_t index) const {
        return block.has_ids() ? TermId{block.id(index)}
                               : TermId::of(root_.tag, first_payload(ordinal) + index);
    }

    void verify(std::vector<std::string>& problems) const;

  private:
    struct Directory;
    std::string name_of(std::string_view part, std::uint32_t ordinal) const;
    PinnedValue read(SegmentPart part, std::uint32_t ordinal) const;
    const Directory& directory() const;
    const TermFilter& filter(std::uint32_t page) const;
    std::uint32_t block_for(std::string_view bytes) const;

    std::shared_ptr<const BlockStore> store_;
    TermSegmentRoot root_;
    std::shared_ptr<TermBlockCache> cache_;
    mutable std::mutex mutex_;
    mutable std::atomic<const Directory*> directory_{nullptr};
    mutable std::unique_ptr<std::atomic<const TermFilter*>[]> filters_;
};

// Writes segments one after the other, from ascending terms, and makes them part of the block store
// in one go each family. Belongs to one thread. Dropped unfinished: nothing has happened.
class TermSegmentBuilder {
  public:
    // `first_number` and those after it must be new.
    TermSegmentBuilder(std::shared_ptr<BlockStore> store, std::uint32_t first_number);
    ~TermSegmentBuilder();

    void begin(Tag tag, std::uint64_t base, std::uint32_t block_terms = terms_per_block);
    void begin_index(Tag tag);
    // Strictly ascending bytes.
    void add(std::string_view bytes, std::string_view note);
    void add_with_id(std::string_view bytes, TermId id);
    // Of the segment since begin(); none was added: nothing.
    std::optional<TermSegmentRoot> end();

    // Durable at return.
    void finish();
    std::uint32_t next_number() const { return next_number_; }

  private:
    void before_add(std::string_view bytes);
    void end_block();
    void end_page();

    std::shared_ptr<BlockStore> store_;
    std::uint32_t next_number_;
    std::unique_ptr<Ingest> blocks_, directory_, filter_;
    TermSegmentRoot root_;
    FrontCodedBlock block_, page_;
    std::string last_term_, block_start_, stored_;
    std::vector<std::string> pages_;
    std::vector<std::uint64_t> hashes_;
};

}  // namespace dossier::storage
