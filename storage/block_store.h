#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The few calls through which the rest of storage/ sees bytes on disk (or in memory): sorted
// families of keys and values. Keys compare as unsigned bytes. Errors are StoreError. All classes
// here are free of business: what a key means is said in docs/format.md.

namespace dossier::storage {

// The families of keys. All exist from creation; the numbers are stored, never change them.
enum class Family : std::uint8_t {
    meta,         // header, roots, intents, reader-visible marks, settings: small, always in memory
    log,          // commit log: headers and chunks
    directory,    // directory pages of the permutations
    blocks,       // column blocks of base generations and of runs; enter by ingest only
    terms,        // front-coded blocks, id -> term; enter by ingest only
    term_index,   // blocks, term -> id; enter by ingest only
    term_filter,  // pages of the filters before term_index; enter by ingest only
    names,        // predicates and graphs, a key per term, both directions
    tail,         // id -> term, a key per term, of commits and small loads
    tail_index,   // term -> id of the tail
    triples,      // triple terms of commits, a key per term, both directions
    values,       // parsed values of dictionary numbers and times
    statistics,   // dated estimates for the planner
    extension,    // none yet; so that an old program can open a store that uses it optionally
};
inline constexpr std::size_t family_count = 14;
std::string_view family_name(Family family);

// A value that stays where it is as long as this handle (or a copy) lives, also after the key is
// overwritten and after the BlockStore is gone: it co-owns the store's core. Cheap to copy.
class PinnedValue {
  public:
    PinnedValue() = default;
    PinnedValue(std::shared_ptr<const void> owner, std::string_view bytes)
        : owner_(std::move(owner)), bytes_(bytes), found_(true) {}

    bool found() const { return found_; }
    explicit operator bool() const { return found_; }
    std::string_view bytes() const { return bytes_; }

  private:
    std::shared_ptr<const void> owner_;
    std::string_view bytes_;
    bool found_ = false;
};

// Entries of a family with keys in [first, limit), ascending, as of the call of scan(). Belongs to
// one thread; keeps the store's core alive.
class KeyCursor {
  public:
    KeyCursor() = default;
    KeyCursor(const KeyCursor&) = delete;
    KeyCursor& operator=(const KeyCursor&) = delete;
    virtual ~KeyCursor() = default;

    // False at the end. Call before the first key(). Throws StoreError when the scan stopped on an
    // error.
    virtual bool next() = 0;
    // Valid until the next call of next().
    virtual std::string_view key() const = 0;
    virtual std::string_view value() const = 0;
};

// Changes that become visible and durable together. Belongs to one thread.
class WriteBatch {
  public:
    WriteBatch() = default;
    WriteBatch(const WriteBatch&) = delete;
    WriteBatch& operator=(const WriteBatch&) = delete;
    virtual ~WriteBatch() = default;

    virtual void put(Family family, std::string_view key, std::string_view value) = 0;
    virtual void remove(Family family, std::string_view key) = 0;
    // Keys in [first, limit).
    virtual void remove_range(Family family, std::string_view first, std::string_view limit) = 0;
    // Approximate size in memory.
    virtual std::size_t bytes() const = 0;
};

// Sorted pairs that enter the store as whole files. Belongs to one thread. Dropped unfinished: the
// files are removed and nothing has happened.
class Ingest {
  public:
    Ingest() = default;
    Ingest(const Ingest&) = delete;
    Ingest& operator=(const Ingest&) = delete;
    virtual ~Ingest() = default;

    // Keys must ascend strictly and must not be in the store.
    virtual void add(std::string_view key, std::string_view value) = 0;
    virtual std::uint64_t bytes() const = 0;
    // Makes all pairs visible at once, durable at return. Syncs the log before, since an
    // ingest bypasses it. With no pairs it does nothing.
    virtual void finish() = 0;
};

// One file of a family that was filled by ingests.
struct IngestedFile {
    std::string first_key, last_key;
    std::uint64_t bytes = 0;
};

// Thread-safe. Whatever it hands out co-owns its core and may outlive it.
class BlockStore {
  public:
    BlockStore() = default;
    BlockStore(const BlockStore&) = delete;
    BlockStore& operator=(const BlockStore&) = delete;
    virtual ~BlockStore() = default;

    // Not found: a handle for which found() is false.
    virtual PinnedValue get(Family family, std::string_view key) const = 0;
    // Keys need not be sorted; sorted ones are faster.
    virtual void multi_get(Family family, std::span<const std::string_view> keys,
                           std::span<PinnedValue> values) const = 0;
    // Keys in [first, limit); an empty limit means to the end of the family.
    virtual std::unique_ptr<KeyCursor> scan(Family family, std::string_view first,
                                            std::string_view limit) const = 0;

    virtual std::unique_ptr<WriteBatch> batch() const = 0;
    // All or nothing. With `sync` durable at return.
    virtual void write(WriteBatch& batch, bool sync) = 0;
    // Makes every write so far durable.
    virtual void sync_log() = 0;

    // Only for blocks, terms, term_index and term_filter.
    virtual std::unique_ptr<Ingest> begin_ingest(Family family) = 0;
    // The files of such a family, ascending by first key.
    virtual std::vector<IngestedFile> list(Family family) const = 0;
    // Drops the files that lie wholly in [first, limit) at once. What cannot be dropped as a file
    // (one that sticks out, or that lies in level 0) is deleted key by key range and leaves the
    // disk later. The caller knows that nobody needs the keys any more; values handed out stay
    // valid.
    virtual void drop(Family family, std::string_view first, std::string_view limit) = 0;

    // Writes memtables to files, so that the next open has no log to replay.
    virtual void flush() = 0;
    // Bytes of all files.
    virtual std::uint64_t bytes_on_disk() const = 0;
    // A consistent copy in a new directory, by hard links where possible. Throws UsageError for a
    // store in memory.
    virtual void checkpoint(const std::string& directory) = 0;
    // Everything its own checksums can see; returns what is wrong, empty when all is well.
    virtual std::vector<std::string> verify() const = 0;

    virtual bool read_only() const = 0;
    virtual bool persistent() const = 0;
    // For a second process that reads: takes in what the writer has done since. Else does nothing.
    virtual void catch_up() = 0;
};

}  // namespace dossier::storage
