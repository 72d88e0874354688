#include "storage/commit_log.h"

#include <bit>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <dossier/error.h>

namespace dossier::storage {

namespace {

// Fields of a commit header (docs/format.md).
enum Field : std::uint16_t {
    number_field = 1,
    time_field = 2,
    previous_field = 3,
    kind_field = 4,
    author_field = 5,
    message_field = 6,
    inserted_field = 7,
    removed_field = 8,
    statements_field = 9,
    chunks_field = 10,
    content_field = 11,
    run_generation_field = 12,
    counters_field = 13,
};

// The first byte of a packed change.
constexpr std::uint8_t insert_bit = 0x01;
constexpr std::uint8_t same_graph_bit = 0x02;
constexpr int leading_shift = 2;  // 2 bits: how many of s, p, o are those of the change before
constexpr std::uint8_t known_bits = 0x0F;

// A change takes at most 1 + 4 * 10 bytes.
constexpr std::size_t most_chunk_bytes = std::size_t{1} << 20;
constexpr std::size_t most_change_bytes = 41;
constexpr std::size_t checksum_size = 8;

// The tag in the low bits, so that small payloads are short as varints.
std::uint64_t rotated(TermId id) {
    return std::rotl(id.bits, 64 - TermId::payload_bits);
}
TermId unrotated(std::uint64_t bits) {
    return {std::rotr(bits, 64 - TermId::payload_bits)};
}

using Columns = std::array<TermId, 3>;

Columns columns_of(const QuadIds& quad) {
    return {quad.subject, quad.predicate, quad.object};
}

void append_change(std::string& out, const Change& change, const QuadIds& before) {
    const Columns now = columns_of(change.quad);
    const Columns then = columns_of(before);
    std::size_t leading = 0;
    while (leading < 3 && now[leading] == then[leading]) {
        ++leading;
    }
    const bool same_graph = change.quad.graph == before.graph;
    out.push_back(static_cast<char>((change.version.insert() ? insert_bit : 0) |
                                    (same_graph ? same_graph_bit : 0) |
                                    static_cast<int>(leading << leading_shift)));
    if (leading < 3) {
        append_varint(out, now[leading].bits - then[leading].bits);
    }
    for (std::size_t column = leading + 1; column < 3; ++column) {
        append_varint(out, rotated(now[column]));
    }
    if (!same_graph) {
        append_varint(out, rotated(change.quad.graph));
    }
}

constexpr QuadIds before_the_first{unbound, unbound, unbound, default_graph};

std::string commits_from(std::uint64_t first) {
    return "commit " + std::to_string(first) + " and those after it";
}

}  // namespace

std::string CommitHeader::encode() const {
    RecordWriter record;
    record.add_u64(number_field, number);
    record.add_u64(time_field, static_cast<std::uint64_t>(time));
    record.add_hash(previous_field, previous);
    record.add_u64(kind_field, static_cast<std::uint64_t>(kind));
    if (!author.empty()) {
        record.add(author_field, author);
    }
    if (!message.empty()) {
        record.add(message_field, message);
    }
    record.add_u64(inserted_field, inserted);
    record.add_u64(removed_field, removed);
    record.add_u64(statements_field, statements);
    record.add_u64(chunks_field, chunks);
    record.add_hash(content_field, content);
    if (kind == CommitKind::runs) {
        record.add_u64(run_generation_field, run_generation);
    }
    std::string counter_bytes;
    counters.append_to(counter_bytes);
    record.add(counters_field, counter_bytes);
    return record.finish();
}

CommitHeader CommitHeader::decode(std::string_view bytes) {
    const RecordReader record(bytes, "a commit's header");
    CommitHeader header;
    header.number = record.u64(number_field);
    header.time = static_cast<std::int64_t>(record.u64(time_field));
    header.previous = record.hash(previous_field);
    const std::uint64_t kind = record.u64(kind_field);
    if (kind > static_cast<std::uint64_t>(CommitKind::base)) {
        throw StoreError("a commit's header has a kind that this version does not know");
    }
    header.kind = static_cast<CommitKind>(kind);
    header.author = record.bytes_or(author_field, "");
    header.message = record.bytes_or(message_field, "");
    header.inserted = record.u64(inserted_field);
    header.removed = record.u64(removed_field);
    header.statements = record.u64(statements_field);
    const std::uint64_t chunks = record.u64(chunks_field);
    if (chunks >= 0xFFFF'FFFFu) {
        throw StoreError("a commit's header is damaged: its number of chunks is impossible");
    }
    header.chunks = static_cast<std::uint32_t>(chunks);
    header.content = record.hash(content_field);
    header.run_generation = record.u64_or(run_generation_field, 0);
    header.counters = DictionaryCounters::parse(record.bytes(counters_field));
    return header;
}

std::string commit_header_key(std::uint64_t number) {
    return commit_chunk_key(number, 0);
}

std::string commit_chunk_key(std::uint64_t number, std::uint32_t chunk) {
    std::string key;
    append_key_u64(key, number);
    append_key_u32(key, chunk);
    return key;
}

std::vector<std::string> encode_chunks(std::span<const Change> changes) {
    std::vector<std::string> chunks;
    for (std::size_t i = 0; i < changes.size();) {
        std::string packed;
        packed.reserve(std::min(most_chunk_bytes, (changes.size() - i) * 24));
        QuadIds before = before_the_first;
        while (i < changes.size() &&
               packed.size() + most_change_bytes + checksum_size <= most_chunk_bytes) {
            append_change(packed, changes[i], before);
            before = changes[i].quad;
            ++i;
        }
        append_u64(packed, XXH3_64bits(packed.data(), packed.size()));
        chunks.push_back(std::move(packed));
    }
    return chunks;
}

void decode_chunk(std::string_view chunk, std::uint64_t number, std::vector<Change>& changes) {
    const std::string what = "a chunk of changes of commit " + std::to_string(number);
    if (chunk.size() < checksum_size) {
        throw StoreError(what + " is damaged");
    }
    const std::string_view packed = chunk.substr(0, chunk.size() - checksum_size);
    ByteReader checksum(chunk.substr(packed.size()), what);
    if (checksum.u64() != XXH3_64bits(packed.data(), packed.size())) {
        throw StoreError(what + " is damaged: its checksum is wrong");
    }
    ByteReader reader(packed, what);
    QuadIds before = before_the_first;
    while (!reader.empty()) {
        const std::uint8_t flags = reader.u8();
        const auto leading = static_cast<std::size_t>(flags >> leading_shift);
        const bool same_graph = (flags & same_graph_bit) != 0;
        if ((flags & ~known_bits) != 0 || (leading == 3 && same_graph)) {
            reader.damaged();
        }
        Columns columns = columns_of(before);
        if (leading < 3) {
            columns[leading].bits += reader.varint();
        }
        for (std::size_t column = leading + 1; column < 3; ++column) {
            columns[column] = unrotated(reader.varint());
        }
        const TermId graph = same_graph ? before.graph : unrotated(reader.varint());
        const QuadIds quad{columns[0], columns[1], columns[2], graph};
        const bool first = before == before_the_first;
        if (!first && quad <= before) {
            reader.damaged();
        }
        changes.push_back({quad, Version::of(number, (flags & insert_bit) != 0)});
        before = quad;
    }
}

Hash128 hash_of_chunks(std::span<const std::string> chunks) {
    std::string hashes;
    for (const std::string& chunk : chunks) {
        append_hash(hashes, hash_of(chunk));
    }
    return hash_of(hashes);
}

Hash128 put_commit(WriteBatch& batch, CommitHeader& header, std::span<const Change> changes) {
    const std::vector<std::string> chunks = encode_chunks(changes);
    header.chunks = static_cast<std::uint32_t>(chunks.size());
    header.content = hash_of_chunks(chunks);
    const std::string record = header.encode();
    batch.put(Family::log, commit_header_key(header.number), record);
    for (std::uint32_t i = 0; i < header.chunks; ++i) {
        batch.put(Family::log, commit_chunk_key(header.number, i + 1), chunks[i]);
    }
    return hash_of(record);
}

CommitLogReader::CommitLogReader(const BlockStore& store, std::uint64_t after,
                                 const Hash128& previous, bool with_changes)
    : cursor_(store.scan(Family::log, commit_header_key(after + 1), {})),
      number_(after),
      previous_(previous),
      with_changes_(with_changes) {
    ended_ = !cursor_->next();
}

std::optional<LoggedCommit> CommitLogReader::next() {
    if (ended_) {
        return std::nullopt;
    }
    const std::uint64_t expected = number_ + 1;
    if (cursor_->key() != commit_header_key(expected)) {
        throw StoreError("the commit log is damaged: the header of commit " +
                         std::to_string(expected) + " is missing; this concerns " +
                         commits_from(expected));
    }
    LoggedCommit commit;
    commit.hash = hash_of(cursor_->value());
    try {
        commit.header = CommitHeader::decode(cursor_->value());
    } catch (const StoreError& error) {
        throw StoreError("the commit log is damaged: " + std::string(error.what()) +
                         "; this concerns " + commits_from(expected));
    }
    if (commit.header.number != expected || commit.header.previous != previous_) {
        throw StoreError("the commit log is damaged: the header of commit " +
                         std::to_string(expected) + " does not follow the one before it");
    }
    read_chunks(commit);
    number_ = expected;
    previous_ = commit.hash;
    return commit;
}

void CommitLogReader::read_chunks(LoggedCommit& commit) {
    const std::uint64_t number = commit.header.number;
    std::string hashes;
    for (std::uint32_t chunk = 1; chunk <= commit.header.chunks; ++chunk) {
        if (!cursor_->next() || cursor_->key() != commit_chunk_key(number, chunk)) {
            throw StoreError("the commit log is damaged: commit " + std::to_string(number) +
                             " lacks a chunk of its changes");
        }
        append_hash(hashes, hash_of(cursor_->value()));
        if (with_changes_) {
            decode_chunk(cursor_->value(), number, commit.changes);
        }
    }
    if (hash_of(hashes) != commit.header.content) {
        throw StoreError("the commit log is damaged: the changes of commit " +
                         std::to_string(number) + " are not those its header names");
    }
    // What follows must be the next header; another chunk of this commit is not.
    ended_ = !cursor_->next();
}

}  // namespace dossier::storage
