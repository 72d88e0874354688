#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <dossier/error.h>

#include "storage/store_files.h"
#include "storage/store_lock.h"

using namespace dossier;
using namespace dossier::storage;
namespace fs = std::filesystem;

namespace {

// A directory that goes with the test.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = (fs::temp_directory_path() / "dossier-test-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryDirectory() { fs::remove_all(path_); }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

void write_file(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}

mode_t mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

}  // namespace

TEST_CASE("a store's directory is absent, begun, then present", "[store_files]") {
    const TemporaryDirectory directory;
    const StoreFiles files(directory / "museum/");
    CHECK(files.path() == directory / "museum");
    CHECK(files.name() == "museum");
    CHECK(files.inspect() == DirectoryState::absent);
    const Uuid uuid = make_uuid();
    files.begin_creation(uuid);
    CHECK(files.inspect() == DirectoryState::begun);
    files.finish_creation(uuid);
    CHECK(files.inspect() == DirectoryState::present);
    CHECK(mode_of(files.path()) == 0700);
    CHECK(mode_of(files.path() + "/dossier") == 0600);

    // Somebody who found nothing a moment ago does not begin it anew.
    files.begin_creation(make_uuid());
    CHECK(files.inspect() == DirectoryState::present);
}

TEST_CASE("an empty directory may become a store, one with files not", "[store_files]") {
    const TemporaryDirectory directory;
    fs::create_directory(directory / "empty");
    CHECK(StoreFiles(directory / "empty").inspect() == DirectoryState::absent);
    // A process was killed before its mark got its name.
    const std::string unfinished = directory / "empty/dossier.6f1c1f1e-4c6e-4b0e-9a53-0f7b3f6f3a55";
    write_file(unfinished, "Dossier st");
    CHECK(StoreFiles(directory / "empty").inspect() == DirectoryState::absent);
    StoreFiles(directory / "empty").clear_temporary_files();
    CHECK_FALSE(fs::exists(unfinished));
    write_file(directory / "empty/CURRENT", "MANIFEST-000001\n");
    CHECK_THROWS_WITH(StoreFiles(directory / "empty").inspect(),
                      Catch::Matchers::Contains("something else"));
    write_file(directory / "file", "");
    CHECK_THROWS_WITH(StoreFiles(directory / "file").inspect(),
                      Catch::Matchers::Contains("not a directory"));
}

TEST_CASE("a newer format, a damaged mark and a strange one are refused", "[store_files]") {
    const TemporaryDirectory directory;
    const StoreFiles files(directory / "store");
    files.begin_creation(make_uuid());
    files.finish_creation(make_uuid());
    const std::string mark = files.path() + "/dossier";
    write_file(mark, "Dossier store\nformat 2\nuuid x\ncomplete\n");
    CHECK_THROWS_WITH(files.inspect(), Catch::Matchers::Contains("format version 2"));
    write_file(mark, "Dossier store\nformat 1\nuuid x\nbroken\n");
    CHECK_THROWS_WITH(files.inspect(), Catch::Matchers::Contains("damaged"));
    write_file(mark, "");
    CHECK_THROWS_AS(files.inspect(), StoreError);
    write_file(mark, "A diary\n");
    CHECK_THROWS_AS(files.inspect(), StoreError);
    fs::remove(mark);
    ::mkfifo(mark.c_str(), 0600);
    CHECK_THROWS_AS(files.inspect(), StoreError);
    fs::remove(mark);
    fs::create_symlink("/etc/passwd", mark);
    CHECK_THROWS_AS(files.inspect(), StoreError);
}

TEST_CASE("the watermark survives the loss of either slot", "[store_files]") {
    const TemporaryDirectory directory;
    const StoreFiles files(directory / "store");
    files.begin_creation(make_uuid());
    CHECK_FALSE(files.watermark());
    for (std::uint64_t number = 1; number <= 5; ++number) {
        files.write_watermark({number, {number, 7}}, number % 2 == 0);
        REQUIRE(files.watermark());
        CHECK(files.watermark()->number == number);
        CHECK(files.watermark()->header_hash == Hash128{number, 7});
    }
    const std::string path = files.path() + "/durable";
    CHECK(fs::file_size(path) == 128);
    CHECK(mode_of(path) == 0600);
    std::string bytes(128, '\0');
    std::ifstream(path, std::ios::binary).read(bytes.data(), 128);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
        write_file(path, damaged);
        REQUIRE(files.watermark());
        CHECK((files.watermark()->number == 5 || files.watermark()->number == 4));
    }
    write_file(path, bytes.substr(0, 70));
    REQUIRE(files.watermark());
    write_file(path, "");
    CHECK_FALSE(files.watermark());
}

TEST_CASE("temporary files are removed with what is in them", "[store_files]") {
    const TemporaryDirectory directory;
    const StoreFiles files(directory / "store");
    files.begin_creation(make_uuid());
    files.clear_temporary_files();
    const std::string temporary = files.make_temporary_directory();
    CHECK(files.make_temporary_directory() == temporary);
    fs::create_directory(temporary + "/deep");
    write_file(temporary + "/deep/file", "x");
    files.clear_temporary_files();
    CHECK(fs::is_empty(temporary));
}

TEST_CASE("a second writer is told who holds the store", "[store_lock]") {
    const TemporaryDirectory directory;
    fs::create_directory(directory / "museum");
    {
        const StoreLock lock(directory / "museum", "museum");
        CHECK_THROWS_WITH(StoreLock(directory / "museum", "museum"),
                          Catch::Matchers::Contains("in this process"));
        const pid_t child = ::fork();
        if (child == 0) {
            int result = 1;
            try {
                const StoreLock second(directory / "museum", "museum");
            } catch (const Conflict& error) {
                const std::string expected = "store 'museum' is open for writing in process " +
                                             std::to_string(::getppid()) + " (storage_test); " +
                                             "reading is possible with --read-only";
                result = error.what() == expected ? 0 : 2;
            }
            ::_exit(result);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
    }
    CHECK_NOTHROW(StoreLock(directory / "museum", "museum"));
}

TEST_CASE("the lock goes with its process, however that ends", "[store_lock]") {
    const TemporaryDirectory directory;
    fs::create_directory(directory / "museum");
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const StoreLock lock(directory / "museum", "museum");
        static_cast<void>(!::write(pipe_ends[1], "x", 1));
        ::pause();
        ::_exit(0);
    }
    char byte = 0;
    REQUIRE(::read(pipe_ends[0], &byte, 1) == 1);
    CHECK_THROWS_AS(StoreLock(directory / "museum", "museum"), Conflict);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK_NOTHROW(StoreLock(directory / "museum", "museum"));
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
}
