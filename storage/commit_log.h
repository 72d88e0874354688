#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/block_store.h"
#include "storage/changes.h"
#include "storage/dictionary.h"
#include "storage/store_record.h"

// The commit log (docs/format.md): per commit one header and its effective changes, sorted by (s,
// p, o, g), in packed chunks. Each header repeats the hash of the one before. docs/format.md, "The
// commit log".

namespace dossier::storage {

enum class CommitKind : std::uint8_t {
    changes = 0,  // the chunks hold the effective changes
    runs = 1,     // the changes are a run of the spo permutation, named by the root and the header
    base = 2,     // the root was replaced; what changed is the difference of the two states
};

struct CommitHeader {
    std::uint64_t number = 0;
    std::int64_t time = 0;  // microseconds since 1970-01-01T00:00:00Z, strictly rising
    Hash128 previous;       // of the header before; of the store's UUID for the first
    CommitKind kind = CommitKind::changes;
    std::string author, message;
    std::uint64_t inserted = 0, removed = 0;
    std::uint64_t statements = 0;  // in the store after this commit
    std::uint32_t chunks = 0;
    Hash128 content;                   // over the chunks' hashes, in order
    std::uint64_t run_generation = 0;  // kind runs: of the spo permutation
    DictionaryCounters counters;       // after this commit

    std::string encode() const;
    // Throws StoreError.
    static CommitHeader decode(std::string_view record);
};

// Keys in Family::log. The header stands before the chunks, which count from 1.
std::string commit_header_key(std::uint64_t number);
std::string commit_chunk_key(std::uint64_t number, std::uint32_t chunk);

// Packs changes of one commit, ascending by (s, p, o, g) without repetition, into chunks.
std::vector<std::string> encode_chunks(std::span<const Change> changes);
// Appends a chunk's changes as those of commit `number`. Throws StoreError when anything about it
// cannot be what encode_chunks() wrote.
void decode_chunk(std::string_view chunk, std::uint64_t number, std::vector<Change>& changes);
Hash128 hash_of_chunks(std::span<const std::string> chunks);

// Puts a commit into a batch and returns its header's hash. Fills in chunks and content.
Hash128 put_commit(WriteBatch& batch, CommitHeader& header, std::span<const Change> changes);

struct LoggedCommit {
    CommitHeader header;
    Hash128 hash;                 // of the header
    std::vector<Change> changes;  // of kind `changes`; empty when they were not asked for
};

// Reads the commits after number `after`, whose header's hash is `previous`, one by one. Throws
// StoreError, naming the commits concerned, where one is missing, damaged or does not chain.
class CommitLogReader {
  public:
    CommitLogReader(const BlockStore& store, std::uint64_t after, const Hash128& previous,
                    bool with_changes);

    // Nothing after the newest commit.
    std::optional<LoggedCommit> next();

  private:
    void read_chunks(LoggedCommit& commit);

    std::unique_ptr<KeyCursor> cursor_;
    std::uint64_t number_;
    Hash128 previous_;
    bool with_changes_;
    bool ended_ = false;  // else cursor_ stands at the next commit's header
};

}  // namespace dossier::storage
