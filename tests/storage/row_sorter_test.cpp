#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <random>
#include <vector>

#include <dossier/error.h>

#include "storage/row_sorter.h"

using namespace dossier;
using namespace dossier::storage;

namespace {

std::vector<Row> drain(RowSorter& sorter, std::size_t capacity) {
    std::vector<Row> rows;
    std::vector<std::vector<TermId>> columns(4, std::vector<TermId>(capacity));
    const std::array<TermId*, 4> pointers{columns[0].data(), columns[1].data(), columns[2].data(),
                                          columns[3].data()};
    while (const std::size_t count = sorter.next(pointers, capacity)) {
        for (std::size_t i = 0; i < count; ++i) {
            rows.push_back({columns[0][i], columns[1][i], columns[2][i], columns[3][i]});
        }
    }
    return rows;
}

void add_all(RowSorter& sorter, const std::vector<Row>& rows, std::size_t batch) {
    std::vector<std::vector<TermId>> columns(4, std::vector<TermId>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t column = 0; column < 4; ++column) {
            columns[column][i] = rows[i][column];
        }
    }
    for (std::size_t at = 0; at < rows.size(); at += batch) {
        const std::array<const TermId*, 4> pointers{&columns[0][at], &columns[1][at],
                                                    &columns[2][at], &columns[3][at]};
        sorter.add(pointers, std::min(batch, rows.size() - at));
    }
}

// Kinds: few bits, one word, two words, all bits.
std::vector<Row> random_rows(std::mt19937_64& random, std::size_t count, int kind) {
    std::vector<Row> rows(count);
    for (Row& row : rows) {
        switch (kind) {
            case 0:
                row = {TermId{random() % 50}, TermId{random() % 3}, TermId{random() % 20},
                       TermId{}};
                break;
            case 1:
                row = {TermId::of(Tag::iri, 5000 + random() % 9000),
                       TermId::of(Tag::name, random() % 20),
                       TermId::of(random() % 2 == 0 ? Tag::iri : Tag::string, random() % 100000),
                       default_graph};
                break;
            case 2:
                row = {TermId::of(Tag::iri, random() % (1 << 20)), TermId::of(Tag::name, 1),
                       TermId::of(Tag::integer, random() >> 7),
                       TermId::of(Tag::name, random() % 9)};
                break;
            default:
                row = {TermId{random()}, TermId{random()}, TermId{random()}, TermId{random()}};
        }
    }
    // Some come twice.
    for (std::size_t i = 0; i + 1 < count; i += 17) {
        rows[i] = rows[random() % count];
    }
    return rows;
}

}  // namespace

TEST_CASE("rows come out sorted and distinct, whatever bits vary", "[row_sorter]") {
    std::mt19937_64 random(4);
    for (const std::size_t count : {0, 1, 2, 40, 1000, 70000, 300000}) {
        for (int kind = 0; kind < 4; ++kind) {
            auto rows = random_rows(random, count, kind);
            for (const bool distinct : {true, false}) {
                SortOptions options;
                options.remove_duplicates = distinct;
                RowSorter sorter(options);
                add_all(sorter, rows, 1 + random() % 100000);
                CHECK(sorter.added() == count);
                sorter.sort();
                auto wanted = rows;
                std::sort(wanted.begin(), wanted.end());
                if (distinct) {
                    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
                }
                REQUIRE(drain(sorter, 1 + random() % 5000) == wanted);
            }
        }
    }
}

TEST_CASE("what does not fit the memory goes through files", "[row_sorter]") {
    std::mt19937_64 random(5);
    const auto directory = std::filesystem::temp_directory_path().string();
    for (int kind = 0; kind < 4; ++kind) {
        for (const std::size_t keys : {4, 1}) {
            auto rows = random_rows(random, 700000, kind);
            RowSorter sorter({.memory_bytes = std::size_t{9} << 20,
                              .directory = directory,
                              .remove_duplicates = keys == 4,
                              .key_columns = keys});
            add_all(sorter, rows, 50000);
            sorter.sort();
            if (keys == 4) {
                std::sort(rows.begin(), rows.end());
                rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
            } else {
                std::stable_sort(rows.begin(), rows.end(),
                                 [](const Row& a, const Row& b) { return a[0] < b[0]; });
            }
            REQUIRE(drain(sorter, 4096) == rows);
        }
    }
    RowSorter sorter({.memory_bytes = 1, .directory = "/nowhere"});
    CHECK_THROWS_AS(add_all(sorter, random_rows(random, 200000, 3), 50000), StoreError);
}

TEST_CASE("rows equal in the key columns keep their order", "[row_sorter]") {
    std::mt19937_64 random(6);
    for (int kind = 0; kind < 4; ++kind) {
        for (const std::size_t keys : {1, 2, 3}) {
            auto rows = random_rows(random, 100000, kind);
            RowSorter sorter({.remove_duplicates = false, .key_columns = keys});
            add_all(sorter, rows, 30000);
            sorter.sort();
            std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
                return std::lexicographical_compare(a.begin(), a.begin() + static_cast<int>(keys),
                                                    b.begin(), b.begin() + static_cast<int>(keys));
            });
            REQUIRE(drain(sorter, 4096) == rows);
        }
    }
}

TEST_CASE("rows whose bits are known are packed as they come", "[row_sorter]") {
    std::mt19937_64 random(7);
    const auto directory = std::filesystem::temp_directory_path().string();
    // In the order p, o, s, g.
    const std::array<std::uint8_t, 4> order{1, 2, 0, 3};
    for (int kind = 0; kind < 4; ++kind) {
        for (const std::size_t keys : {4, 1}) {
            for (const std::size_t megabytes : {1000, 7}) {
                auto rows = random_rows(random, 600000, kind);
                RowSorter first({});
                add_all(first, rows, 70000);
                first.sort();
                SortOptions options;
                options.memory_bytes = megabytes << 20U;
                options.directory = directory;
                options.remove_duplicates = keys == 4;
                options.key_columns = keys;
                options.known = {first.packing().reordered(order), rows.size()};
                RowSorter sorter(options);
                for (Row& row : rows) row = {row[1], row[2], row[0], row[3]};
                add_all(sorter, rows, 1 + random() % 100000);
                CHECK(sorter.added() == rows.size());
                sorter.sort();
                if (keys == 4) {
                    std::sort(rows.begin(), rows.end());
                    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
                } else {
                    std::stable_sort(rows.begin(), rows.end(),
                                     [](const Row& a, const Row& b) { return a[0] < b[0]; });
                }
                REQUIRE(drain(sorter, 4096) == rows);
            }
        }
    }
    // Where nothing can be written down there must be no more than was said.
    SortOptions options;
    options.known = {RowPacking(), 1};
    RowSorter one(options);
    one.add(Row{});
    CHECK_THROWS_AS(one.add(Row{}), UsageError);
}

TEST_CASE("sorters that were filled side by side become one", "[row_sorter]") {
    std::mt19937_64 random(8);
    const auto directory = std::filesystem::temp_directory_path().string();
    for (int kind = 0; kind < 4; ++kind) {
        for (const std::size_t megabytes : {1000, 9}) {
            for (const unsigned threads : {1U, 3U}) {
                SortOptions options;
                options.memory_bytes = megabytes << 20U;
                options.directory = directory;
                options.threads = threads;
                RowSorter all(options);
                std::vector<Row> wanted;
                for (const std::size_t count : {300000, 0, 5, 200000}) {
                    const auto rows = random_rows(random, count, kind);
                    wanted.insert(wanted.end(), rows.begin(), rows.end());
                    RowSorter part(options);
                    add_all(part, rows, 40000);
                    all.take(part);
                    CHECK(part.added() == 0);
                }
                CHECK(all.added() == wanted.size());
                all.sort();
                std::sort(wanted.begin(), wanted.end());
                wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
                REQUIRE(drain(all, 4096) == wanted);
            }
        }
    }
}

TEST_CASE("single rows are added too, and nothing after sorting", "[row_sorter]") {
    RowSorter sorter({});
    sorter.add({TermId{2}, TermId{1}, TermId{1}, TermId{1}});
    sorter.add({TermId{1}, TermId{1}, TermId{1}, TermId{1}});
    sorter.sort();
    CHECK_THROWS_AS(sorter.add(Row{}), UsageError);
    CHECK(drain(sorter, 10).size() == 2);
    CHECK_THROWS_AS(RowSorter({.key_columns = 0}), UsageError);
}
