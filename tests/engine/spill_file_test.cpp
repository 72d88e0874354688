#include "engine/spill_file.h"
#include <catch2/catch.hpp>

#include <dossier/dossier.h>
#include <dossier/error.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

using namespace dossier;
using namespace dossier::engine;

namespace {

constexpr std::uint64_t no_limit = UINT64_MAX;

std::string read_all(const SpillFile& file, std::uint64_t begin, std::uint64_t end) {
    std::string out(end - begin, '\0');
    SpillReader reader(file, begin, end, 1000);
    REQUIRE(reader.read(out.data(), out.size()) == out.size());
    REQUIRE(reader.at_end());
    return out;
}

}  // namespace

TEST_CASE("sequences that are written in turn read back from any place", "[spill]") {
    SpillSpace space("", no_limit);
    std::mt19937 random(7);
    std::vector<std::unique_ptr<SpillFile>> files;
    std::vector<std::string> expected(20);
    for (std::size_t i = 0; i < expected.size(); ++i)
        files.push_back(std::make_unique<SpillFile>(space, std::size_t{1} << (10 + i % 6)));
    for (int piece = 0; piece < 4'000; ++piece) {
        const std::size_t at = random() % files.size();
        std::string bytes(random() % (at == 0 ? 6'000 : 300), '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        files[at]->write(bytes.data(), bytes.size());
        expected[at] += bytes;
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        // Half are read with their last bytes still in memory.
        if (i % 2 == 0) files[i]->finish();
        REQUIRE(files[i]->size() == expected[i].size());
        CHECK((read_all(*files[i], 0, files[i]->size()) == expected[i]));
        for (int part = 0; part < 20; ++part) {
            const std::uint64_t begin = random() % expected[i].size();
            const std::uint64_t end = begin + random() % (expected[i].size() - begin + 1);
            CHECK((read_all(*files[i], begin, end) == expected[i].substr(begin, end - begin)));
        }
    }
    files.clear();
    CHECK(space.used() == 0);
}

TEST_CASE("what fits a buffer needs no file", "[spill]") {
    SpillSpace space("/nonexistent", no_limit);
    SpillFile file(space, 4'096);
    const std::string text = "a few bytes";
    file.write(text.data(), text.size());
    CHECK(read_all(file, 0, file.size()) == text);
    CHECK(space.used() == 0);
    const std::string much(10'000, 'x');
    CHECK_THROWS_AS(file.write(much.data(), much.size()), StoreError);
}

TEST_CASE("the limit of temporary files counts what is held at once", "[spill]") {
    SpillSpace space("", 100'000);
    const std::string bytes(60'000, 'x');
    for (int i = 0; i < 5; ++i) {
        SpillFile file(space, 1'000);
        file.write(bytes.data(), bytes.size());
        CHECK(space.used() == 60'000);
    }
    SpillFile first(space, 1'000), second(space, 1'000);
    first.write(bytes.data(), bytes.size());
    CHECK_THROWS_AS(second.write(bytes.data(), bytes.size()), LimitError);
    CHECK(space.used() <= 100'000);
}

TEST_CASE("ten joins that spill at once need few open files", "[spill]") {
    Store store = Store::in_memory();
    std::string data;
    for (int i = 0; i < 3'000; ++i)
        for (int p = 0; p < 11; ++p)
            data += fmt::format("<urn:s{}> <urn:p{}> <urn:s{}> .\n", i, p, (i * 7 + p) % 3'000);
    store.load_text(data, DataFormat::ntriples);
    std::string query = "SELECT (COUNT(*) AS ?n) { ";
    for (int p = 0; p < 11; ++p)
        query += fmt::format("{{ SELECT DISTINCT ?v{} ?v{} {{ ?v{} <urn:p{}> ?v{} }} }} ", p, p + 1,
                             p, p, p + 1);
    query += "}";
    rlimit before;
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit few{64, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
    QueryOptions options;
    options.memory = 600'000;
    std::int64_t count = -1;
    std::string error;
    try {
        for (const Row& row : store.query(query, options)) count = row.get<std::int64_t>(0);
    } catch (const std::exception& caught) {
        error = caught.what();
    }
    setrlimit(RLIMIT_NOFILE, &before);
    CHECK(error == "");
    CHECK(count == 3'000);
}
