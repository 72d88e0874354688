#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>

#include <dossier/error.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include "storage/disk_full.h"
#include "storage/recovery.h"
#include "storage/store.h"
#include "store_model.h"

using namespace dossier;
using namespace dossier::storage;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

// A disk that can be filled, and whose syncs of the MANIFEST can fail.
struct Disk {
    std::atomic<bool> full{false};
    std::atomic<bool> tells_free_space{true};
    std::atomic<bool> fails_manifest_syncs{false};
    std::atomic<int> full_after_manifest_syncs{0};
};

class TestFile : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    TestFile(std::unique_ptr<rocksdb::FSWritableFile> file, Disk& disk, bool manifest)
        : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), manifest_(manifest) {}

    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
        if (disk_.full) {
            // A part still finds its place.
            const rocksdb::Slice part(data.data(), data.size() / 2);
            static_cast<void>(FSWritableFileOwnerWrapper::Append(part, options, debug));
            return rocksdb::IOStatus::NoSpace("full");
        }
        return FSWritableFileOwnerWrapper::Append(data, options, debug);
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo&,
                             rocksdb::IODebugContext* debug) override {
        return Append(data, options, debug);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
        return failed() ? rocksdb::IOStatus::IOError("made to fail")
                        : counted(FSWritableFileOwnerWrapper::Sync(options, debug));
    }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* debug) override {
        return failed() ? rocksdb::IOStatus::IOError("made to fail")
                        : counted(FSWritableFileOwnerWrapper::Fsync(options, debug));
    }

  private:
    bool failed() const { return manifest_ && disk_.fails_manifest_syncs; }
    rocksdb::IOStatus counted(rocksdb::IOStatus status) {
        if (manifest_ && disk_.full_after_manifest_syncs > 0) {
            disk_.full = --disk_.full_after_manifest_syncs == 0;
        }
        return status;
    }

    Disk& disk_;
    bool manifest_;
};

class TestFileSystem : public rocksdb::FileSystemWrapper {
  public:
    explicit TestFileSystem(Disk& disk)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}

    const char* Name() const override { return "TestFileSystem"; }
    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                      rocksdb::IODebugContext* debug) override {
        const rocksdb::IOStatus status = target()->NewWritableFile(name, options, result, debug);
        if (status.ok()) {
            const bool manifest = name.find("MANIFEST-") != std::string::npos;
            *result = std::make_unique<TestFile>(std::move(*result), disk_, manifest);
        }
        return status;
    }
    rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                   std::uint64_t* free, rocksdb::IODebugContext* debug) override {
        const rocksdb::IOStatus status = target()->GetFreeSpace(path, options, free, debug);
        if (disk_.full && disk_.tells_free_space) {
            *free = 1000;
        }
        return status;
    }

  private:
    Disk& disk_;
};

std::unique_ptr<rocksdb::Env> environment_on(Disk& disk) {
    return rocksdb::NewCompositeEnv(std::make_shared<TestFileSystem>(disk));
}

// A store on such a disk, and the directory it is in.
struct StoreOnDisk {
    TestDirectory directory;
    const std::string path = directory / "store";
    Disk disk;
    const std::unique_ptr<rocksdb::Env> environment = environment_on(disk);

    std::shared_ptr<Store> open() {
        OpenOptions options;
        options.create = true;
        return open_store_over(path, options, environment.get());
    }
};

// One statement more, with new terms.
void commit_one(Store& store, int number, std::size_t length = 100) {
    const auto transaction = store.begin(60s);
    const std::string name = "http://example.org/s" + std::to_string(number);
    transaction->insert(
        {transaction->intern(TermView::iri(name)),
         transaction->intern_name(TermView::iri("http://example.org/p")),
         transaction->intern(TermView::literal(std::to_string(number) + std::string(length, 'x'))),
         default_graph});
    transaction->commit({});
}

// More than goes into the log.
LoadCounts load_many(Store& store, int number) {
    LoadOptions options;
    options.memory_bytes = std::size_t{16} << 20;
    options.threads = 1;
    const auto load = store.bulk_load(options);
    const auto worker = load->worker();
    for (int i = 0; i < 25'000; ++i) {
        const std::string subject =
            "http://example.org/" + std::to_string(number) + "/" + std::to_string(i);
        worker->add({TermView::iri(subject), TermView::iri("http://example.org/p"),
                     TermView::literal("text"), TermView::iri("http://example.org/g")},
                    0);
    }
    worker->flush();
    return load->finish();
}

void require_whole(const std::string& path, std::uint64_t statements, std::uint64_t commits) {
    const auto store = Store::open(path, {});
    CHECK(store->info().statements == statements);
    CHECK(store->info().commits == commits);
    REQUIRE(store->verify() == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("a load whose list of files cannot be synced leaves a store that opens", "[faults]") {
    StoreOnDisk on;
    {
        const auto store = on.open();
        commit_one(*store, 1);
        on.disk.fails_manifest_syncs = true;
        REQUIRE_THROWS_AS(load_many(*store, 1), StoreError);
        on.disk.fails_manifest_syncs = false;
        REQUIRE_THROWS_AS(commit_one(*store, 2), StoreError);
        CHECK(store->info().statements == 1);
    }
    require_whole(on.path, 1, 1);
}

TEST_CASE("a commit that finds the disk full has not happened, and the next one goes on",
          "[faults]") {
    StoreOnDisk on;
    {
        const auto store = on.open();
        commit_one(*store, 1);
        for (int round = 0; round < 3; ++round) {
            const std::uint64_t commits = store->info().commits;
            on.disk.full = true;
            for (int attempt = 0; attempt < 3; ++attempt) {
                REQUIRE_THROWS_WITH(commit_one(*store, 100, 10'000),
                                    Catch::Contains("the disk is full"));
                CHECK(store->info().commits == commits);
                CHECK(store->info().statements == commits);
                CHECK_FALSE(store->read_only());
            }
            // What a crash at this moment leaves.
            const std::string crashed = on.directory / ("crashed" + std::to_string(round));
            fs::copy(on.path, crashed, fs::copy_options::recursive);
            require_whole(crashed, commits, commits);
            on.disk.full = false;
            commit_one(*store, 10 * round + 2);
            commit_one(*store, 10 * round + 3);
            CHECK(store->info().commits == commits + 2);
            const std::string later = on.directory / ("later" + std::to_string(round));
            fs::copy(on.path, later, fs::copy_options::recursive);
            require_whole(later, commits + 2, commits + 2);
        }
        store->close();
    }
    require_whole(on.path, 7, 7);
}

TEST_CASE("a load that finds the disk full has not happened, and may be done again", "[faults]") {
    StoreOnDisk on;
    {
        const auto store = on.open();
        commit_one(*store, 1);
        for (int round = 0; round < 2; ++round) {
            const StoreInfo before = store->info();
            on.disk.full = true;
            REQUIRE_THROWS_AS(load_many(*store, round), DiskFull);
            CHECK(store->info().bytes_on_disk < before.bytes_on_disk + 100'000);
            CHECK(store->info().commits == before.commits);
            CHECK(store->info().statements == before.statements);
            REQUIRE_THROWS_AS(commit_one(*store, 2), DiskFull);
            on.disk.full = false;
            CHECK(load_many(*store, round).added == 25'000);
            commit_one(*store, 10 + round);
            REQUIRE(store->verify() == std::vector<std::string>{});
        }
    }
    require_whole(on.path, 50'003, 5);
}

TEST_CASE("a store is closed and opened again though the disk stays full", "[faults]") {
    StoreOnDisk on;
    {
        const auto store = on.open();
        commit_one(*store, 1);
        on.disk.full = true;
        REQUIRE_THROWS_AS(commit_one(*store, 2), DiskFull);
        store->close();
    }
    on.disk.full = false;
    require_whole(on.path, 1, 1);
}

TEST_CASE("a disk that fills up in the middle of a write costs no commit", "[faults]") {
    StoreOnDisk on;
    on.disk.tells_free_space = false;
    {
        const auto store = on.open();
        commit_one(*store, 1);
        on.disk.full = true;
        REQUIRE_THROWS_WITH(commit_one(*store, 2, 10'000), Catch::Contains("the disk is full"));
        CHECK(store->read_only());
        CHECK(store->snapshot()->count({}) == 1);
        on.disk.full = false;
        REQUIRE_THROWS_WITH(commit_one(*store, 3), Catch::Contains("open it again"));
        REQUIRE_THROWS_WITH(load_many(*store, 3), Catch::Contains("open it again"));
        store->close();
        const auto again = Store::open(on.path, {});
        CHECK(again->info().commits == 1);
        commit_one(*again, 4);
    }
    require_whole(on.path, 2, 2);
}

TEST_CASE("a store is not opened for writing where the disk is full, but for reading", "[faults]") {
    StoreOnDisk on;
    {
        const auto store = on.open();
        commit_one(*store, 1);
    }
    on.disk.full = true;
    REQUIRE_THROWS_AS(on.open(), DiskFull);
    OpenOptions reading;
    reading.read_only = true;
    CHECK(Store::open(on.path, reading)->info().statements == 1);
    on.disk.full = false;
    commit_one(*on.open(), 2);
    require_whole(on.path, 2, 2);
}

TEST_CASE("what a load wrote before it found the disk full is gone at once, terms too",
          "[faults]") {
    StoreOnDisk on;
    const auto store = on.open();
    commit_one(*store, 1);
    const std::uint64_t before = store->info().bytes_on_disk;
    // Enough new terms for segments, and a disk that fills up when the rows are written.
    LoadOptions options;
    options.threads = 1;
    {
        const auto load = store->bulk_load(options);
        const auto worker = load->worker();
        const std::string text(3'000, 'x');
        for (int i = 0; i < 30'000; ++i) {
            worker->add(
                {TermView::iri("http://example.org/s"), TermView::iri("http://example.org/p"),
                 TermView::literal(text + std::to_string(i)),
                 TermView::iri("http://example.org/g")},
                0);
        }
        worker->flush();
        on.disk.full_after_manifest_syncs = 4;
        REQUIRE_THROWS_AS(load->finish(), DiskFull);
        on.disk.full = false;
    }
    CHECK(store->info().bytes_on_disk < before + 1'000'000);
    commit_one(*store, 2);
    CHECK(store->verify() == std::vector<std::string>{});
}
