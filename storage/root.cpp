#include "storage/root.h"

#include <random>

#include <dossier/error.h>

namespace dossier::storage {

namespace {

enum HeaderField : std::uint16_t {
    magic_field = 1,
    version_field = 2,
    uuid_field = 3,
    epoch_field = 4,
    required_field = 5,
    optional_field = 6,
    created_field = 7,
};
constexpr std::string_view magic = "dossier store";

enum RootField : std::uint16_t {
    number_field = 1,
    header_hash_field = 2,
    time_field = 3,
    statements_field = 4,
    permutations_field = 5,
    dictionary_field = 6,
    graphs_field = 7,
    log_generations_field = 8,
};

enum IntentField : std::uint16_t {
    generations_field = 1,
    pages_field = 2,
};

}  // namespace

Uuid make_uuid() {
    std::random_device random;
    Uuid uuid{};
    for (std::size_t i = 0; i < uuid.size(); i += 4) {
        const std::uint32_t bits = random();
        for (std::size_t byte = 0; byte < 4; ++byte) {
            uuid[i + byte] = static_cast<std::uint8_t>(bits >> (8 * byte));
        }
    }
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0F) | 0x40);  // version 4: random
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3F) | 0x80);  // the variant of RFC 9562
    return uuid;
}

std::string to_string(const Uuid& uuid) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += digits[uuid[i] >> 4];
        text += digits[uuid[i] & 0x0F];
    }
    return text;
}

std::string StoreHeader::encode() const {
    RecordWriter record;
    record.add(magic_field, magic);
    record.add_u64(version_field, version);
    record.add(uuid_field,
               std::string_view(reinterpret_cast<const char*>(uuid.data()), uuid.size()));
    record.add_u64(epoch_field, epoch);
    record.add_u64(required_field, required_features);
    record.add_u64(optional_field, optional_features);
    record.add_u64(created_field, static_cast<std::uint64_t>(created));
    return record.finish();
}

StoreHeader StoreHeader::decode(std::string_view bytes) {
    const RecordReader record(bytes, "the store's header");
    if (record.bytes(magic_field) != magic) {
        throw StoreError("this is not a Dossier store");
    }
    StoreHeader header;
    const std::uint64_t version = record.u64(version_field);
    if (version > format_version) {
        throw StoreError("the store has format version " + std::to_string(version) +
                         "; this program reads up to " + std::to_string(format_version));
    }
    header.version = static_cast<std::uint32_t>(version);
    header.required_features = record.u64(required_field);
    if ((header.required_features & ~known_required_features) != 0) {
        throw StoreError("the store uses features that this program does not know (flags " +
                         std::to_string(header.required_features) + ")");
    }
    ByteReader uuid(record.bytes(uuid_field), "the store's header");
    for (std::uint8_t& byte : header.uuid) {
        byte = uuid.u8();
    }
    header.epoch = record.u64(epoch_field);
    header.optional_features = record.u64(optional_field);
    header.created = static_cast<std::int64_t>(record.u64(created_field));
    return header;
}

Hash128 StoreHeader::first_hash() const {
    return hash_of(std::string_view(reinterpret_cast<const char*>(uuid.data()), uuid.size()));
}

std::string StoreRoot::encode() const {
    RecordWriter record;
    record.add_u64(number_field, number);
    record.add_hash(header_hash_field, header_hash);
    record.add_u64(time_field, static_cast<std::uint64_t>(time));
    record.add_u64(statements_field, statements);
    std::string bytes;
    for (const PermutationRoot& permutation : permutations) {
        permutation.encode(bytes);
    }
    record.add(permutations_field, bytes);
    record.add(dictionary_field, dictionary);
    bytes.clear();
    for (const auto& [graph, count] : graphs) {
        append_u64(bytes, graph.bits);
        append_u64(bytes, count);
    }
    record.add(graphs_field, bytes);
    bytes.clear();
    for (const std::uint64_t generation : log_generations) {
        append_u64(bytes, generation);
    }
    record.add(log_generations_field, bytes);
    return record.finish();
}

StoreRoot StoreRoot::decode(std::string_view bytes) {
    const RecordReader record(bytes, "the store's root");
    StoreRoot root;
    root.number = record.u64(number_field);
    root.header_hash = record.hash(header_hash_field);
    root.time = static_cast<std::int64_t>(record.u64(time_field));
    root.statements = record.u64(statements_field);
    std::string_view permutations = record.bytes(permutations_field);
    while (!permutations.empty()) {
        root.permutations.push_back(PermutationRoot::decode(permutations));
    }
    root.dictionary = record.bytes(dictionary_field);
    ByteReader graphs(record.bytes(graphs_field), "the store's root");
    while (!graphs.empty()) {
        const TermId graph{graphs.u64()};
        root.graphs.emplace_back(graph, graphs.u64());
    }
    ByteReader generations(record.bytes(log_generations_field), "the store's root");
    while (!generations.empty()) {
        root.log_generations.push_back(generations.u64());
    }
    return root;
}

std::string Intent::encode() const {
    RecordWriter record;
    record.add_u64(generations_field, generations);
    record.add_u64(pages_field, pages);
    return record.finish();
}

Intent Intent::decode(std::string_view bytes) {
    const RecordReader record(bytes, "the store's intent record");
    Intent intent;
    intent.generations = record.u64(generations_field);
    intent.pages = record.u64(pages_field);
    return intent;
}

}  // namespace dossier::storage
