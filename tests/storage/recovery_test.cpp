#include <catch2/catch.hpp>

#include <fstream>

#include <dossier/error.h>

#include "storage/log_scan.h"
#include "storage/store.h"
#include "storage/store_files.h"
#include "store_model.h"

using namespace dossier;
using namespace dossier::storage;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

// A copy of a store while it is open: what a crash of the process leaves behind, with `commits`
// commits in the log.
void make_crashed_store(const TestDirectory& directory, const std::string& name, int commits) {
    OpenOptions options;
    options.create = true;
    const std::string original = directory / (name + "-original");
    const auto store = Store::open(original, options);
    for (int i = 0; i < commits; ++i) {
        const auto transaction = store->begin(60s);
        transaction->insert(
            {transaction->intern(TermView::iri("http://example.org/s" + std::to_string(i))),
             transaction->intern_name(TermView::iri("http://example.org/p")),
             transaction->intern(TermView::literal(std::string(300, 'x'))), default_graph});
        transaction->commit({});
    }
    fs::copy(original, directory / name, fs::copy_options::recursive);
    // As if the machine had been off before the watermark was written.
    fs::remove(directory / (name + "/durable"));
}

std::string log_file(const std::string& store) {
    std::string found;
    for (const auto& entry : fs::directory_iterator(store + "/blocks")) {
        if (entry.path().extension() == ".log" && fs::file_size(entry.path()) > 0) {
            REQUIRE(found.empty());
            found = entry.path().string();
        }
    }
    REQUIRE_FALSE(found.empty());
    return found;
}

void flip_byte(const std::string& path, std::uint64_t offset) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(static_cast<char>(byte ^ 0x20));
}

}  // namespace

TEST_CASE("after a crash every commit in the log is there", "[recovery]") {
    const TestDirectory directory;
    make_crashed_store(directory, "store", 20);
    CHECK_FALSE(find_log_damage(directory / "store/blocks"));
    const auto store = Store::open(directory / "store", {});
    CHECK(store->info().commits == 20);
    CHECK(store->verify() == std::vector<std::string>{});
}

TEST_CASE("a torn end of the log costs the last commit at most", "[recovery]") {
    const TestDirectory directory;
    make_crashed_store(directory, "whole", 20);
    for (const std::uint64_t missing : {1, 5, 40, 200}) {
        fs::remove_all(directory / "store");
        fs::copy(directory / "whole", directory / "store", fs::copy_options::recursive);
        const std::string log = log_file(directory / "store");
        fs::resize_file(log, fs::file_size(log) - missing);
        const auto store = Store::open(directory / "store", {});
        CHECK(store->info().commits == 19);
        CHECK(store->info().statements == 19);
        CHECK(store->verify() == std::vector<std::string>{});
    }
}

TEST_CASE("a last record that is damaged is a torn end too", "[recovery]") {
    const TestDirectory directory;
    make_crashed_store(directory, "store", 20);
    const std::string log = log_file(directory / "store");
    flip_byte(log, fs::file_size(log) - 20);
    const auto damage = find_log_damage(directory / "store/blocks");
    REQUIRE(damage);
    CHECK_FALSE(damage->records_follow);
    CHECK(damage->last_commit_before == 19);
    std::string said;
    OpenOptions options;
    options.log = [&said](std::string_view message) { said += std::string(message) + "\n"; };
    const auto store = Store::open(directory / "store", options);
    CHECK(store->info().commits == 19);
}

TEST_CASE("damage in the middle of the log is refused and nothing is changed", "[recovery]") {
    const TestDirectory directory;
    make_crashed_store(directory, "store", 200);
    const std::string log = log_file(directory / "store");
    const std::uint64_t size = fs::file_size(log);
    const std::uint64_t place = size / 2;
    flip_byte(log, place);
    const auto damage = find_log_damage(directory / "store/blocks");
    REQUIRE(damage);
    CHECK(damage->file == fs::path(log).filename().string());
    CHECK(damage->records_follow);
    CHECK(damage->offset <= place);
    CHECK(damage->last_commit_before > 50);
    CHECK(damage->last_commit_before < 150);
    CHECK(damage->last_commit_after == 200);

    const std::string expected = "the log file " + damage->file + " is damaged at offset " +
                                 std::to_string(damage->offset) +
                                 " and whole records follow it: commits from " +
                                 std::to_string(damage->last_commit_before + 1) + " to 200";
    for (int attempt = 0; attempt < 2; ++attempt) {
        CHECK_THROWS_WITH(Store::open(directory / "store", {}),
                          Catch::Matchers::Contains(expected));
        CHECK(fs::file_size(log) == size);
    }

    OpenOptions options;
    options.accept_loss = true;
    std::string said;
    options.log = [&said](std::string_view message) { said += std::string(message) + "\n"; };
    {
        const auto store = Store::open(directory / "store", options);
        CHECK(store->info().commits == damage->last_commit_before);
        CHECK(store->verify() == std::vector<std::string>{});
        CHECK_THAT(said, Catch::Matchers::Contains(expected));
    }
    CHECK(Store::open(directory / "store", {})->info().commits == damage->last_commit_before);
}

TEST_CASE("commits that the watermark knows and the log lacks are missed", "[recovery]") {
    const TestDirectory directory;
    make_crashed_store(directory, "store", 20);
    StoreFiles(directory / "store").write_watermark({25, {1, 2}}, true);
    CHECK_THROWS_WITH(Store::open(directory / "store", {}),
                      Catch::Matchers::Contains("lost commits 21 to 25"));
    OpenOptions options;
    options.accept_loss = true;
    CHECK(Store::open(directory / "store", options)->info().commits == 20);
    CHECK(Store::open(directory / "store", {})->info().commits == 20);

    make_crashed_store(directory, "other", 20);
    StoreFiles(directory / "other").write_watermark({20, {1, 2}}, true);
    CHECK_THROWS_WITH(Store::open(directory / "other", {}),
                      Catch::Matchers::Contains("two copies"));
}

TEST_CASE("a closed store with a damaged file is refused or found out, never believed",
          "[recovery]") {
    const TestDirectory directory;
    Model model;
    {
        OpenOptions options;
        options.create = true;
        const auto store = Store::open(directory / "whole", options);
        RandomQuads random(3);
        for (int round = 0; round < 3; ++round) {
            const auto transaction = store->begin(60s);
            for (int i = 0; i < 4100; ++i) {
                QuadIds quad = random.quad(*transaction, true);
                quad.object = transaction->intern(TermView::literal(std::to_string(i * round)));
                transaction->insert(quad);
                model.insert(quad);
            }
            transaction->commit({});
        }
        store->close();
    }
    std::mt19937_64 random(9);
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(directory / "whole/blocks")) {
        const std::string extension = entry.path().extension().string();
        if (entry.is_regular_file() && fs::file_size(entry.path()) > 0 &&
            entry.path().filename() != "LOG" && extension != ".old") {
            files.push_back(entry.path().filename().string());
        }
    }
    for (int flip = 0; flip < 60; ++flip) {
        fs::remove_all(directory / "store");
        fs::copy(directory / "whole", directory / "store", fs::copy_options::recursive);
        const std::string file = directory / ("store/blocks/" + files[random() % files.size()]);
        const std::uint64_t offset = random() % fs::file_size(file);
        CAPTURE(file, offset);
        flip_byte(file, offset);
        // Detected at open, by the first read or by the check; or harmless.
        try {
            const auto store = Store::open(directory / "store", {});
            const std::string differs = difference(*store->snapshot(), model);
            const bool found_out = !store->verify().empty();
            CHECK((differs.empty() || found_out));
        } catch (const StoreError&) {
            SUCCEED();
        }
    }
}
