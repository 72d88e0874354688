#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/term_bytes.h"

// Records of the store that must outlive many versions of the program: a list of numbered fields,
// each with its length, and a checksum over all. A reader skips fields it does not know, so a newer
// version may add some; what an old one must not overlook is named in the required feature flags of
// the store's header instead. docs/format.md, "Records".

namespace dossier::storage {

// A 128-bit hash (XXH3), compared as bytes.
struct Hash128 {
    std::uint64_t high = 0, low = 0;
    friend bool operator==(const Hash128&, const Hash128&) = default;
};
Hash128 hash_of(std::string_view bytes);

void append_hash(std::string& out, const Hash128& hash);
// Big-endian, for keys.
void append_key_u32(std::string& out, std::uint32_t value);
void append_key_u64(std::string& out, std::uint64_t value);
std::uint64_t read_key_u64(std::string_view bytes);  // the first 8 bytes, which must be there
std::uint32_t read_key_u32(std::string_view bytes);  // the first 4 bytes, which must be there

// Reads values from the front of some bytes; throws StoreError, naming `what`, where they end
// early.
class ByteReader {
  public:
    ByteReader(std::string_view bytes, std::string_view what) : bytes_(bytes), what_(what) {}

    bool empty() const { return bytes_.empty(); }
    std::string_view rest() const { return bytes_; }
    std::uint8_t u8();
    std::uint16_t u16();
    std::uint32_t u32();
    std::uint64_t u64();
    Hash128 hash();
    std::uint64_t varint();
    std::string_view take(std::uint64_t length);
    [[noreturn]] void damaged() const;

  private:
    std::string_view bytes_;
    std::string_view what_;
};

class RecordWriter {
  public:
    void add(std::uint16_t field, std::string_view bytes);
    void add_u64(std::uint16_t field, std::uint64_t value);
    void add_hash(std::uint16_t field, const Hash128& hash);
    // The record: fields and checksum.
    std::string finish();

  private:
    std::string bytes_;
};

// The fields of a record. Throws StoreError, naming `what`, when the checksum or a length is wrong.
class RecordReader {
  public:
    RecordReader(std::string_view record, std::string_view what);

    bool has(std::uint16_t field) const;
    // Throws StoreError where the field is missing or has another length.
    std::string_view bytes(std::uint16_t field) const;
    std::uint64_t u64(std::uint16_t field) const;
    Hash128 hash(std::uint16_t field) const;
    // The value, or what stands for it in records of versions that did not write it.
    std::string_view bytes_or(std::uint16_t field, std::string_view absent) const;
    std::uint64_t u64_or(std::uint16_t field, std::uint64_t absent) const;

  private:
    struct Field {
        std::uint16_t number;
        std::string_view bytes;
    };
    std::vector<Field> fields_;
    std::string what_;
};

}  // namespace dossier::storage
