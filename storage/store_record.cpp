#include "storage/store_record.h"

#include <algorithm>
#include <string>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <dossier/error.h>

#include "storage/bytes.h"

namespace dossier::storage {

namespace {

template <typename Unsigned>
Unsigned little_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(Unsigned); i > 0; --i) {
        value = (value << 8) | static_cast<unsigned char>(bytes[i - 1]);
    }
    return static_cast<Unsigned>(value);
}

template <typename Unsigned>
Unsigned big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
        value = (value << 8) | static_cast<unsigned char>(bytes[i]);
    }
    return static_cast<Unsigned>(value);
}

constexpr std::size_t checksum_size = 8;

}  // namespace

Hash128 hash_of(std::string_view bytes) {
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    return {hash.high64, hash.low64};
}

void append_hash(std::string& out, const Hash128& hash) {
    append_u64(out, hash.high);
    append_u64(out, hash.low);
}

void append_key_u32(std::string& out, std::uint32_t value) {
    bytes::append_big(out, value);
}
void append_key_u64(std::string& out, std::uint64_t value) {
    bytes::append_big(out, value);
}
std::uint64_t read_key_u64(std::string_view bytes) {
    return big_endian<std::uint64_t>(bytes);
}
std::uint32_t read_key_u32(std::string_view bytes) {
    return big_endian<std::uint32_t>(bytes);
}

void ByteReader::damaged() const {
    throw StoreError(std::string(what_) + " is damaged");
}

std::string_view ByteReader::take(std::uint64_t length) {
    if (length > bytes_.size()) {
        damaged();
    }
    const std::string_view taken = bytes_.substr(0, static_cast<std::size_t>(length));
    bytes_.remove_prefix(static_cast<std::size_t>(length));
    return taken;
}

std::uint8_t ByteReader::u8() {
    return static_cast<std::uint8_t>(take(1)[0]);
}
std::uint16_t ByteReader::u16() {
    return little_endian<std::uint16_t>(take(2));
}
std::uint32_t ByteReader::u32() {
    return little_endian<std::uint32_t>(take(4));
}
std::uint64_t ByteReader::u64() {
    return little_endian<std::uint64_t>(take(8));
}

Hash128 ByteReader::hash() {
    const std::uint64_t high = u64();
    return {high, u64()};
}

std::uint64_t ByteReader::varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const std::uint64_t byte = u8();
        const std::uint64_t part = byte & 0x7F;
        if (shift == 63 && part > 1) {
            damaged();
        }
        value |= part << shift;
        if ((byte & 0x80) == 0) {
            return value;
        }
    }
    damaged();
}

void RecordWriter::add(std::uint16_t field, std::string_view bytes) {
    if (bytes.size() > 0xFFFF'FFFFu) {
        throw StoreError("a record's field is larger than 4 GiB");
    }
    bytes::append_little(bytes_, field);
    append_u32(bytes_, static_cast<std::uint32_t>(bytes.size()));
    bytes_.append(bytes);
}

void RecordWriter::add_u64(std::uint16_t field, std::uint64_t value) {
    std::string bytes;
    append_u64(bytes, value);
    add(field, bytes);
}

void RecordWriter::add_hash(std::uint16_t field, const Hash128& hash) {
    std::string bytes;
    append_hash(bytes, hash);
    add(field, bytes);
}

std::string RecordWriter::finish() {
    append_u64(bytes_, XXH3_64bits(bytes_.data(), bytes_.size()));
    return std::move(bytes_);
}

RecordReader::RecordReader(std::string_view record, std::string_view what) : what_(what) {
    if (record.size() < checksum_size) {
        throw StoreError(what_ + " is damaged: it is cut off");
    }
    std::string_view fields = record.substr(0, record.size() - checksum_size);
    const auto checksum = little_endian<std::uint64_t>(record.substr(fields.size()));
    if (XXH3_64bits(fields.data(), fields.size()) != checksum) {
        throw StoreError(what_ + " is damaged: its checksum is wrong");
    }
    ByteReader reader(fields, what_);
    while (!reader.empty()) {
        const std::uint16_t number = reader.u16();
        const std::uint32_t length = reader.u32();
        fields_.push_back({number, reader.take(length)});
    }
}

bool RecordReader::has(std::uint16_t field) const {
    return std::any_of(fields_.begin(), fields_.end(),
                       [field](const Field& f) { return f.number == field; });
}

std::string_view RecordReader::bytes(std::uint16_t field) const {
    for (const Field& candidate : fields_) {
        if (candidate.number == field) {
            return candidate.bytes;
        }
    }
    throw StoreError(what_ + " is damaged: field " + std::to_string(field) + " is missing");
}

std::uint64_t RecordReader::u64(std::uint16_t field) const {
    ByteReader reader(bytes(field), what_);
    const std::uint64_t value = reader.u64();
    if (!reader.empty()) {
        reader.damaged();
    }
    return value;
}

Hash128 RecordReader::hash(std::uint16_t field) const {
    ByteReader reader(bytes(field), what_);
    const Hash128 value = reader.hash();
    if (!reader.empty()) {
        reader.damaged();
    }
    return value;
}

std::string_view RecordReader::bytes_or(std::uint16_t field, std::string_view absent) const {
    return has(field) ? bytes(field) : absent;
}

std::uint64_t RecordReader::u64_or(std::uint16_t field, std::uint64_t absent) const {
    return has(field) ? u64(field) : absent;
}

}  // namespace dossier::storage
