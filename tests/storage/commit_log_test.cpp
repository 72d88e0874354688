#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include <dossier/error.h>

#include "storage/commit_log.h"
#include "storage/memory_block_store.h"
#include "storage/root.h"

using namespace dossier;
using namespace dossier::storage;

namespace {

std::vector<Change> random_changes(std::mt19937_64& random, std::size_t count,
                                   std::uint64_t number) {
    const auto id = [&random](std::uint64_t range) {
        const auto tag = static_cast<Tag>(3 + random() % 30);
        return TermId::of(tag, random() % range);
    };
    std::vector<Change> changes;
    for (std::size_t i = 0; i < count; ++i) {
        const QuadIds quad{id(20), TermId::of(Tag::name, 1 + random() % 4),
                           id(TermId::payload_mask),
                           random() % 3 == 0 ? TermId::of(Tag::name, random() % 9) : default_graph};
        changes.push_back({quad, Version::of(number, random() % 2 == 0)});
    }
    std::sort(changes.begin(), changes.end());
    changes.erase(std::unique(changes.begin(), changes.end(),
                              [](const Change& a, const Change& b) { return a.quad == b.quad; }),
                  changes.end());
    return changes;
}

CommitHeader header_of(std::uint64_t number, const Hash128& previous) {
    CommitHeader header;
    header.number = number;
    header.time = 1'700'000'000'000'000 + static_cast<std::int64_t>(number);
    header.previous = previous;
    header.author = "ann";
    return header;
}

// A log of `commits` commits; returns their changes.
std::vector<std::vector<Change>> write_log(BlockStore& store, std::size_t commits,
                                           std::size_t changes, std::mt19937_64& random) {
    std::vector<std::vector<Change>> written;
    Hash128 previous{1, 2};
    for (std::uint64_t number = 1; number <= commits; ++number) {
        written.push_back(random_changes(random, changes, number));
        CommitHeader header = header_of(number, previous);
        const auto batch = store.batch();
        previous = put_commit(*batch, header, written.back());
        store.write(*batch, false);
    }
    return written;
}

}  // namespace

TEST_CASE("packed changes come back as they were", "[commit_log]") {
    std::mt19937_64 random(7);
    for (const std::size_t count : {0, 1, 2, 17, 5000, 90'000}) {
        const std::vector<Change> changes = random_changes(random, count, 42);
        std::vector<Change> back;
        for (const std::string& chunk : encode_chunks(changes)) {
            CHECK(chunk.size() <= (std::size_t{1} << 20));
            decode_chunk(chunk, 42, back);
        }
        CHECK(back == changes);
    }
}

TEST_CASE("changes that differ only in the graph are packed too", "[commit_log]") {
    std::vector<Change> changes;
    for (std::uint64_t graph = 0; graph < 5; ++graph) {
        changes.push_back({{TermId::of(Tag::iri, 1), TermId::of(Tag::name, 1),
                            TermId::of(Tag::iri, 2), TermId::of(Tag::name, graph)},
                           Version::of(3, graph % 2 == 0)});
    }
    std::vector<Change> back;
    for (const std::string& chunk : encode_chunks(changes)) {
        decode_chunk(chunk, 3, back);
    }
    CHECK(back == changes);
}

TEST_CASE("a chunk with any byte changed is refused", "[commit_log]") {
    std::mt19937_64 random(11);
    const std::string chunk = encode_chunks(random_changes(random, 20, 1)).front();
    for (std::size_t i = 0; i < chunk.size(); ++i) {
        std::string damaged = chunk;
        damaged[i] = static_cast<char>(damaged[i] ^ (1 << (random() % 8)));
        std::vector<Change> back;
        CHECK_THROWS_AS(decode_chunk(damaged, 1, back), StoreError);
    }
    for (std::size_t length = 0; length < chunk.size(); ++length) {
        std::vector<Change> back;
        CHECK_THROWS_AS(decode_chunk(std::string_view(chunk).substr(0, length), 1, back),
                        StoreError);
    }
}

TEST_CASE("a commit's header keeps every field", "[commit_log]") {
    CommitHeader header = header_of(9, {3, 4});
    header.kind = CommitKind::runs;
    header.message = "une façade";
    header.inserted = 12;
    header.removed = 5;
    header.statements = 99;
    header.chunks = 2;
    header.content = {5, 6};
    header.run_generation = 77;
    header.counters.blank_nodes = 8;
    header.counters.triples = 3;
    const CommitHeader back = CommitHeader::decode(header.encode());
    CHECK(back.number == 9);
    CHECK(back.time == header.time);
    CHECK(back.previous == header.previous);
    CHECK(back.kind == CommitKind::runs);
    CHECK(back.author == "ann");
    CHECK(back.message == "une façade");
    CHECK(back.inserted == 12);
    CHECK(back.removed == 5);
    CHECK(back.statements == 99);
    CHECK(back.chunks == 2);
    CHECK(back.content == header.content);
    CHECK(back.run_generation == 77);
    CHECK(back.counters == header.counters);
}

TEST_CASE("the log is read commit by commit from any number", "[commit_log]") {
    std::mt19937_64 random(5);
    const auto store = open_memory_block_store();
    const auto written = write_log(*store, 20, 30, random);
    CommitLogReader reader(*store, 0, {1, 2}, true);
    Hash128 tenth;
    for (std::uint64_t number = 1; number <= 20; ++number) {
        const auto commit = reader.next();
        REQUIRE(commit);
        CHECK(commit->header.number == number);
        CHECK(commit->changes == written[number - 1]);
        if (number == 10) {
            tenth = commit->hash;
        }
    }
    CHECK_FALSE(reader.next());

    CommitLogReader later(*store, 10, tenth, true);
    CHECK(later.next()->header.number == 11);
}

TEST_CASE("a log with a gap, a strange header or a missing chunk is refused", "[commit_log]") {
    std::mt19937_64 random(6);
    const auto store = open_memory_block_store();
    write_log(*store, 5, 30, random);
    const auto read_all = [&store] {
        CommitLogReader reader(*store, 0, {1, 2}, true);
        std::size_t commits = 0;
        while (reader.next()) {
            ++commits;
        }
        return commits;
    };
    REQUIRE(read_all() == 5);
    const auto batch = store->batch();

    SECTION("a commit is missing") {
        batch->remove(Family::log, commit_header_key(3));
        batch->remove(Family::log, commit_chunk_key(3, 1));
    }
    SECTION("a header is missing") {
        batch->remove(Family::log, commit_header_key(3));
    }
    SECTION("a chunk is missing") {
        batch->remove(Family::log, commit_chunk_key(3, 1));
    }
    SECTION("a chunk is another commit's") {
        batch->put(Family::log, commit_chunk_key(3, 1),
                   store->get(Family::log, commit_chunk_key(2, 1)).bytes());
    }
    SECTION("there is a chunk too many") {
        batch->put(Family::log, commit_chunk_key(3, 2),
                   store->get(Family::log, commit_chunk_key(3, 1)).bytes());
    }
    SECTION("a header does not chain") {
        CommitHeader header = header_of(3, {9, 9});
        put_commit(*batch, header, random_changes(random, 3, 3));
    }
    store->write(*batch, false);
    CHECK_THROWS_AS(read_all(), StoreError);
}

TEST_CASE("a log whose first commits are gone is refused", "[commit_log]") {
    std::mt19937_64 random(6);
    const auto store = open_memory_block_store();
    write_log(*store, 3, 3, random);
    CommitLogReader reader(*store, 0, {7, 7}, true);
    CHECK_THROWS_AS(reader.next(), StoreError);
}
