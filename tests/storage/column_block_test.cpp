#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include <dossier/error.h>

#include "storage/bit_packing.h"
#include "storage/column_block.h"

using namespace dossier;
using namespace dossier::storage;

namespace {

using Values = std::vector<std::uint64_t>;

constexpr BlockIdentity identity{Permutation::pso, 7, 42};

PinnedValue pinned(std::string bytes) {
    auto owner = std::make_shared<const std::string>(std::move(bytes));
    const std::string_view view = *owner;
    return {owner, view};
}

std::string encode(const std::vector<Values>& columns) {
    std::vector<const std::uint64_t*> pointers;
    for (const Values& column : columns) {
        pointers.push_back(column.data());
    }
    return encode_block(identity, pointers, columns.front().size());
}

void check_round_trip(const std::vector<Values>& columns) {
    const ColumnBlock block(pinned(encode(columns)), identity);
    const std::size_t rows = columns.front().size();
    REQUIRE(block.rows() == rows);
    REQUIRE(block.columns() == columns.size());
    for (std::size_t column = 0; column < columns.size(); ++column) {
        bool same = true;
        for (std::size_t mini = 0; mini < block.minis(); ++mini) {
            // Words after the mini-block must stay as they are.
            Values out(blocks::mini_rows + 1, 0xABCD);
            block.decode(column, mini, out.data());
            const std::size_t size = block.mini_size(mini);
            const std::uint64_t* wanted = columns[column].data() + mini * blocks::mini_rows;
            same = same && std::equal(wanted, wanted + size, out.data()) && out[size] == 0xABCD;
            same = same && block.first(column, mini) == wanted[0];
        }
        CHECK(same);
        bool same_one = true;
        for (std::size_t row = 0; row < rows; row += 1 + row % 7) {
            same_one = same_one && block.value(column, row) == columns[column][row];
        }
        CHECK(same_one);
    }
}

std::mt19937_64& random_bits() {
    static std::mt19937_64 engine(20240607);
    return engine;
}

Values random_column(int kind, std::size_t rows) {
    auto& random = random_bits();
    Values values(rows);
    std::uint64_t last = random() >> 8;
    const std::uint64_t few[] = {random(), random(), random(), 1, ~std::uint64_t{0}};
    for (std::size_t i = 0; i < rows; ++i) {
        switch (kind) {
            case 0:
                values[i] = last;
                break;  // constant
            case 1:
                values[i] = random();
                break;  // full
            case 2:
                values[i] = last + random() % 1000;
                break;  // frame
            case 3:
                values[i] = last += random() % 5;
                break;  // ascending
            case 4:
                values[i] = last -= random() % 50;
                break;  // descending
            case 5:
                values[i] = few[random() % 5];
                break;  // dictionary
            case 6:
                values[i] = last += random() % 40 == 0 ? random() % 9999 : 0;
                break;  // runs
            case 7:     // mixed tags, small payloads
                values[i] = TermId::of(static_cast<Tag>(random() % 40), random() % 5000).bits;
                break;
            case 8:
                values[i] = random() % 2 == 0 ? 0 : ~std::uint64_t{0};
                break;
            case 9:
                values[i] = std::uint64_t{1} << (random() % 64);
                break;
            case 10:
                values[i] = last += random() % 100 == 0 ? random() >> 12 : 1;
                break;
            default:
                values[i] = i * 0x0101010101010101u;
                break;
        }
    }
    return values;
}

}  // namespace

TEST_CASE("every width packs and unpacks", "[column_block]") {
    for (unsigned wanted = 0; wanted <= 64; ++wanted) {
        const unsigned width = packing::stored_width(wanted);
        CHECK(width >= wanted);
        const std::uint64_t mask =
            wanted == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << wanted) - 1;
        Values values(packing::values);
        for (std::uint64_t& value : values) {
            value = random_bits()() & mask;
        }
        values[17] = mask;
        values[255] = mask;
        std::string packed(packing::packed_bytes(width, packing::values), 0);
        const std::uint64_t base = random_bits()();
        Values shifted(values);
        for (std::uint64_t& value : shifted) {
            value += base;
        }
        packing::pack(shifted.data(), packing::values, base, width, packed.data());
        Values out(packing::values);
        packing::unpack(packed.data(), width, base, out.data());
        CHECK(out == shifted);
        for (std::size_t i = 0; i < packing::values; ++i) {
            out[i] = packing::unpack_one(packed.data(), width, i);
        }
        CHECK(out == values);
        Values sums(packing::values);
        std::uint64_t sum = 5;
        for (std::size_t i = 0; i < packing::values; ++i) {
            sums[i] = sum += values[i];
        }
        packing::pack_differences(sums.data(), width, packed.data());
        const std::uint64_t firsts[] = {sums[0], sums[64], sums[128], sums[192]};
        packing::unpack_differences(packed.data(), width, firsts, out.data());
        CHECK(out == sums);
    }
}

TEST_CASE("columns of every shape come back from a block", "[column_block]") {
    for (const std::size_t rows : {1, 2, 3, 63, 64, 65, 255, 256, 257, 511, 1000, 4096, 6144}) {
        for (int kind = 0; kind < 16; kind += 4) {
            check_round_trip({random_column(kind, rows), random_column(kind + 1, rows),
                              random_column(kind + 2, rows), random_column(kind + 3, rows)});
        }
    }
    check_round_trip({random_column(3, 700), random_column(1, 700), random_column(0, 700),
                      random_column(5, 700), random_column(10, 700)});
}

TEST_CASE("regular columns are small in a block", "[column_block]") {
    const Values constant(4096, TermId::of(Tag::name, 9).bits);
    CHECK(encode({constant}).size() < 16 * 16 + 64);
    Values dense(4096);
    for (std::size_t i = 0; i < dense.size(); ++i) {
        dense[i] = TermId::of(Tag::iri, 1000 + i).bits;
    }
    CHECK(encode({dense}).size() < 4096 / 8 + 16 * 40 + 64);
    Values mixed(4096);
    for (std::size_t i = 0; i < mixed.size(); ++i) {
        mixed[i] = TermId::of(i % 3 == 0 ? Tag::iri : Tag::string, i * 7919 % 60000).bits;
    }
    CHECK(encode({mixed}).size() < 4096 * 19 / 8);
    // Integers stand in the middle of their payloads, far from any string.
    for (std::size_t i = 0; i < mixed.size(); ++i) {
        mixed[i] = i % 3 == 0 ? TermId::of(Tag::iri, i * 7919 % 60000).bits
                              : TermId::of(Tag::integer, (std::uint64_t{1} << 57) - i % 100).bits;
    }
    CHECK(encode({mixed}).size() < 4096 * 19 / 8);
}

TEST_CASE("a change of any byte of a block is detected", "[column_block]") {
    const std::string good = encode({random_column(3, 600), random_column(5, 600)});
    CHECK_NOTHROW(ColumnBlock(pinned(good), identity));
    std::size_t undetected = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
        try {
            const ColumnBlock block(pinned(bad), identity);
            ++undetected;
        } catch (const StoreError&) {
            continue;
        }
    }
    CHECK(undetected == 0);
    for (const std::size_t length : {std::size_t{0}, std::size_t{10}, good.size() - 1}) {
        CHECK_THROWS_AS(ColumnBlock(pinned(good.substr(0, length)), identity), StoreError);
    }
}

TEST_CASE("a block in another's place is detected", "[column_block]") {
    const std::string block = encode({random_column(3, 600)});
    for (const BlockIdentity& other :
         {BlockIdentity{Permutation::pos, 7, 42}, BlockIdentity{Permutation::pso, 8, 42},
          BlockIdentity{Permutation::pso, 7, 41}}) {
        CHECK_THROWS_AS(ColumnBlock(pinned(block), other), StoreError);
    }
}

TEST_CASE("bounds in a block equal those of a sorted vector", "[column_block]") {
    auto& random = random_bits();
    for (int round = 0; round < 30; ++round) {
        std::vector<Row> rows(1 + random() % 3000);
        const std::uint64_t spread = 1 + random() % 40;
        for (Row& row : rows) {
            row = {TermId{random() % (spread + 1)}, TermId{random() % 3},
                   TermId::of(static_cast<Tag>(random() % 3), random() % spread),
                   TermId{random() % 2}};
        }
        std::sort(rows.begin(), rows.end());
        std::vector<Values> columns(4, Values(rows.size()));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            for (std::size_t column = 0; column < 4; ++column) {
                columns[column][i] = rows[i][column].bits;
            }
        }
        const ColumnBlock block(pinned(encode(columns)), identity);
        for (int probe = 0; probe < 200; ++probe) {
            Row key = rows[random() % rows.size()];
            key[random() % 4].bits += random() % 3;
            const std::size_t length = random() % 5;
            const auto compare = [&](const Row& a, const Row& b) {
                return std::lexicographical_compare(
                    a.begin(), a.begin() + static_cast<std::ptrdiff_t>(length), b.begin(),
                    b.begin() + static_cast<std::ptrdiff_t>(length));
            };
            const auto lower = std::lower_bound(rows.begin(), rows.end(), key, compare);
            const auto upper = std::upper_bound(rows.begin(), rows.end(), key, compare);
            const std::span<const TermId> prefix(key.data(), length);
            REQUIRE(block.lower_bound(prefix) == static_cast<std::size_t>(lower - rows.begin()));
            REQUIRE(block.upper_bound(prefix) == static_cast<std::size_t>(upper - rows.begin()));
        }
    }
}
