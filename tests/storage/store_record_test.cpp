#include <catch2/catch.hpp>

#include <limits>

#include <dossier/error.h>

#include "storage/root.h"
#include "storage/store_record.h"

using namespace dossier;
using namespace dossier::storage;

TEST_CASE("a record gives back its fields and skips unknown ones", "[store_record]") {
    RecordWriter writer;
    writer.add_u64(1, 42);
    writer.add(999, "from a later version");
    writer.add(2, "text");
    writer.add_hash(3, {1, 2});
    const std::string bytes = writer.finish();
    const RecordReader reader(bytes, "a record");
    CHECK(reader.u64(1) == 42);
    CHECK(reader.bytes(2) == "text");
    CHECK(reader.hash(3) == Hash128{1, 2});
    CHECK_FALSE(reader.has(4));
    CHECK(reader.u64_or(4, 7) == 7);
    CHECK(reader.bytes_or(4, "x") == "x");
    CHECK_THROWS_AS(reader.bytes(4), StoreError);
    CHECK_THROWS_AS(reader.u64(2), StoreError);
}

TEST_CASE("a record with any bit changed or cut anywhere is refused", "[store_record]") {
    RecordWriter writer;
    writer.add_u64(1, 42);
    writer.add(2, "text");
    const std::string bytes = writer.finish();
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        std::string damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        CHECK_THROWS_AS(RecordReader(damaged, "a record"), StoreError);
    }
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        CHECK_THROWS_AS(RecordReader(std::string_view(bytes).substr(0, length), "a record"),
                        StoreError);
    }
}

TEST_CASE("varints hold every 64-bit number and refuse more", "[store_record]") {
    for (const std::uint64_t value :
         {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{1} << 35,
          std::numeric_limits<std::uint64_t>::max()}) {
        std::string bytes;
        append_varint(bytes, value);
        ByteReader reader(bytes, "a number");
        CHECK(reader.varint() == value);
        CHECK(reader.empty());
    }
    const std::string too_long = std::string(9, '\xFF') + '\x02';
    CHECK_THROWS_AS(ByteReader(too_long, "a number").varint(), StoreError);
    const std::string endless(20, '\xFF');
    CHECK_THROWS_AS(ByteReader(endless, "a number").varint(), StoreError);
    CHECK_THROWS_AS(ByteReader("\x80", "a number").varint(), StoreError);
}

TEST_CASE("the store's header is refused where it must be", "[root]") {
    StoreHeader header;
    header.uuid = make_uuid();
    header.epoch = 3;
    header.optional_features = 1u << 5;
    const StoreHeader back = StoreHeader::decode(header.encode());
    CHECK(back.uuid == header.uuid);
    CHECK(back.epoch == 3);
    CHECK(back.optional_features == header.optional_features);
    CHECK(back.first_hash() == header.first_hash());

    header.version = format_version + 1;
    CHECK_THROWS_WITH(StoreHeader::decode(header.encode()),
                      Catch::Matchers::Contains("format version 2"));
    header.version = format_version;
    header.required_features = 4;
    CHECK_THROWS_WITH(StoreHeader::decode(header.encode()), Catch::Matchers::Contains("features"));
}

TEST_CASE("UUIDs are random ones and written in five groups", "[root]") {
    const std::string text = to_string(make_uuid());
    CHECK(text.size() == 36);
    CHECK(text[14] == '4');
    CHECK(text != to_string(make_uuid()));
}

TEST_CASE("the root keeps every part", "[root]") {
    StoreRoot root;
    root.number = 5;
    root.header_hash = {8, 9};
    root.time = 123;
    root.statements = 17;
    root.dictionary = "bytes of another room";
    root.graphs = {{default_graph, 10}, {TermId::of(Tag::name, 4), 7}};
    root.log_generations = {3, 9};
    const StoreRoot back = StoreRoot::decode(root.encode());
    CHECK(back.number == 5);
    CHECK(back.header_hash == root.header_hash);
    CHECK(back.time == 123);
    CHECK(back.statements == 17);
    CHECK(back.dictionary == root.dictionary);
    CHECK(back.graphs == root.graphs);
    CHECK(back.log_generations == root.log_generations);
}
