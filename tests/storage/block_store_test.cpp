#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include <dossier/error.h>

#include "storage/memory_block_store.h"
#include "storage/rocksdb_block_store.h"

using namespace dossier;
using namespace dossier::storage;

namespace {

class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "dossier-test-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

std::vector<std::string> keys_of(const BlockStore& store, Family family, std::string_view first,
                                 std::string_view limit) {
    std::vector<std::string> keys;
    const auto cursor = store.scan(family, first, limit);
    while (cursor->next()) {
        keys.emplace_back(cursor->key());
    }
    return keys;
}

std::shared_ptr<BlockStore> open_at(const std::string& path, bool create = true) {
    RocksdbOptions options;
    options.path = path;
    options.create = create;
    return open_rocksdb_block_store(options);
}

void check_behaviour(BlockStore& store) {
    SECTION("a written key is found, in its family only") {
        const auto batch = store.batch();
        batch->put(Family::names, "a", "1");
        batch->put(Family::names, "b", "");
        store.write(*batch, true);
        REQUIRE(store.get(Family::names, "a").found());
        CHECK(store.get(Family::names, "a").bytes() == "1");
        CHECK(store.get(Family::names, "b").found());
        CHECK(store.get(Family::names, "b").bytes().empty());
        CHECK_FALSE(store.get(Family::names, "c").found());
        CHECK_FALSE(store.get(Family::tail, "a").found());
    }
    SECTION("many keys are read in one call, in any order, absent ones too") {
        const auto batch = store.batch();
        batch->put(Family::tail, "x", "X");
        batch->put(Family::tail, "y", "Y");
        store.write(*batch, false);
        const std::string_view keys[] = {"y", "absent", "x", "y"};
        PinnedValue values[4];
        store.multi_get(Family::tail, keys, values);
        CHECK(values[0].bytes() == "Y");
        CHECK_FALSE(values[1].found());
        CHECK(values[2].bytes() == "X");
        CHECK(values[3].bytes() == "Y");
    }
    SECTION("a pinned value outlives its being overwritten") {
        auto batch = store.batch();
        batch->put(Family::meta, "k", std::string(5000, 'o'));
        store.write(*batch, false);
        const PinnedValue held = store.get(Family::meta, "k");
        batch = store.batch();
        batch->put(Family::meta, "k", "new");
        store.write(*batch, false);
        CHECK(held.bytes() == std::string(5000, 'o'));
        CHECK(store.get(Family::meta, "k").bytes() == "new");
    }
    SECTION("a scan is bounded by first and limit and sees the state of its call") {
        auto batch = store.batch();
        for (const char* key : {"a", "b", "c", "d"}) {
            batch->put(Family::log, key, key);
        }
        store.write(*batch, false);
        const auto cursor = store.scan(Family::log, "b", "d");
        batch = store.batch();
        batch->put(Family::log, "bb", "later");
        batch->remove(Family::log, "c");
        store.write(*batch, false);
        REQUIRE(cursor->next());
        CHECK(cursor->key() == "b");
        REQUIRE(cursor->next());
        CHECK(cursor->key() == "c");
        CHECK(cursor->value() == "c");
        CHECK_FALSE(cursor->next());
        CHECK(keys_of(store, Family::log, "b", "") == std::vector<std::string>{"b", "bb", "d"});
        CHECK(keys_of(store, Family::log, "", "b") == std::vector<std::string>{"a"});
    }
    SECTION("a range is removed up to its limit") {
        auto batch = store.batch();
        for (const char* key : {"a", "b", "c", "d"}) {
            batch->put(Family::log, key, "");
        }
        batch->remove_range(Family::log, "b", "d");
        store.write(*batch, false);
        CHECK(keys_of(store, Family::log, "", "") == std::vector<std::string>{"a", "d"});
    }
    SECTION("ingested pairs appear at finish, are listed and dropped") {
        for (const char* prefix : {"1", "3", "2"}) {
            const auto ingest = store.begin_ingest(Family::blocks);
            for (int i = 0; i < 10; ++i) {
                ingest->add(std::string(prefix) + std::to_string(i), std::string(3000, 'v'));
            }
            CHECK(keys_of(store, Family::blocks, prefix, std::string(prefix) + "~").empty());
            ingest->finish();
        }
        CHECK(keys_of(store, Family::blocks, "", "").size() == 30);
        REQUIRE(store.list(Family::blocks).size() == 3);
        CHECK(store.list(Family::blocks)[1].first_key == "20");
        CHECK(store.list(Family::blocks)[1].last_key == "29");
        const PinnedValue held = store.get(Family::blocks, "25");
        store.drop(Family::blocks, "2", "3");
        CHECK(store.list(Family::blocks).size() == 2);
        CHECK(keys_of(store, Family::blocks, "", "").size() == 20);
        CHECK(held.bytes().size() == 3000);
        // A file that sticks out of the range loses only the keys inside.
        store.drop(Family::blocks, "15", "2");
        CHECK(keys_of(store, Family::blocks, "1", "2").size() == 5);
    }
    SECTION("an ingest that is not finished leaves nothing") {
        { store.begin_ingest(Family::terms)->add("k", "v"); }
        CHECK_FALSE(store.get(Family::terms, "k").found());
        CHECK(store.list(Family::terms).empty());
        const auto empty = store.begin_ingest(Family::terms);
        CHECK_NOTHROW(empty->finish());
    }
}

}  // namespace

TEST_CASE("a block store in memory", "[block_store]") {
    const auto store = open_memory_block_store();
    CHECK_FALSE(store->persistent());
    CHECK_THROWS_AS(store->checkpoint("/nowhere"), UsageError);
    check_behaviour(*store);
}

TEST_CASE("a block store on disk", "[block_store]") {
    const TemporaryDirectory directory;
    const auto store = open_at(directory / "store");
    CHECK(store->persistent());
    check_behaviour(*store);
}

TEST_CASE("a block store on disk keeps what was written", "[block_store]") {
    const TemporaryDirectory directory;
    {
        const auto store = open_at(directory / "store");
        const auto batch = store->batch();
        batch->put(Family::meta, "k", "v");
        store->write(*batch, true);
        const auto ingest = store->begin_ingest(Family::blocks);
        ingest->add("b", "block");
        ingest->finish();
        store->checkpoint(directory / "copy");
        store->flush();
    }
    for (const char* name : {"store", "copy"}) {
        const auto store = open_at(directory / name, false);
        CHECK(store->get(Family::meta, "k").bytes() == "v");
        CHECK(store->get(Family::blocks, "b").bytes() == "block");
        CHECK(store->verify().empty());
        CHECK(store->bytes_on_disk() > 0);
    }
}

TEST_CASE("values and cursors outlive the block store that gave them", "[block_store]") {
    const TemporaryDirectory directory;
    PinnedValue value;
    std::unique_ptr<KeyCursor> cursor;
    {
        const auto store = open_at(directory / "store");
        const auto batch = store->batch();
        batch->put(Family::meta, "k", "v");
        store->write(*batch, true);
        value = store->get(Family::meta, "k");
        cursor = store->scan(Family::meta, "", "");
    }
    CHECK(value.bytes() == "v");
    CHECK(cursor->next());
    CHECK(cursor->value() == "v");
}

TEST_CASE("opening refuses what is not there or held", "[block_store]") {
    const TemporaryDirectory directory;
    CHECK_THROWS_AS(open_at(directory / "absent", false), StoreError);
    const auto store = open_at(directory / "store");
    CHECK_THROWS_AS(open_at(directory / "store"), Conflict);
}

TEST_CASE("a reader beside the writer catches up", "[block_store]") {
    const TemporaryDirectory directory;
    const auto writer = open_at(directory / "store");
    auto batch = writer->batch();
    batch->put(Family::meta, "k", "1");
    writer->write(*batch, true);
    RocksdbOptions options;
    options.path = directory / "store";
    options.read_only = true;
    const auto reader = open_rocksdb_block_store(options);
    CHECK(reader->read_only());
    CHECK(reader->get(Family::meta, "k").bytes() == "1");
    batch = writer->batch();
    batch->put(Family::meta, "k", "2");
    writer->write(*batch, true);
    const auto ingest = writer->begin_ingest(Family::blocks);
    ingest->add("b", "block");
    ingest->finish();
    reader->catch_up();
    CHECK(reader->get(Family::meta, "k").bytes() == "2");
    CHECK(reader->get(Family::blocks, "b").bytes() == "block");
}
