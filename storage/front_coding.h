#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Blocks of up to 256 ascending byte strings, front-coded and compressed; in a merged index with an
// id for each. The bytes are described in docs/format-terms.md.

namespace dossier::storage {

inline constexpr std::size_t terms_per_block = 256;
// Every so many strings one is stored whole, so that a search may start there.
inline constexpr std::size_t restart_interval = 16;

// Collects strings and makes a block of them. Belongs to one thread.
class FrontCodedBlock {
  public:
    // `note` is kept beside the string (the written form of a language tag); mostly empty.
    void add(std::string_view bytes, std::string_view note = {});
    void add_with_id(std::string_view bytes, std::uint64_t id);

    std::size_t size() const { return count_; }
    bool full() const { return count_ == terms_per_block; }
    std::string_view first() const { return first_; }
    std::string_view last() const { return previous_; }

    // Appends the stored form; `place` (segment and block) is part of the checksum, so that a
    // block in a wrong place is noticed. Empties the block.
    void finish(std::uint64_t place, std::string& out);

  private:
    std::size_t count_ = 0;
    std::string first_, previous_;
    std::string shared_, lengths_, bytes_, notes_;
    std::size_t note_count_ = 0;
    std::vector<std::uint64_t> ids_;
};

// A block taken apart: any string is one look away. Immutable.
class DecodedTerms {
  public:
    // Throws StoreError naming `what` when the bytes are not what finish() made for that place.
    static DecodedTerms decode(std::string_view stored, std::uint64_t place, std::string_view what);

    std::size_t size() const { return offsets_.size() - 1; }
    std::string_view operator[](std::size_t index) const {
        return {bytes_.data() + offsets_[index], offsets_[index + 1] - offsets_[index]};
    }
    // Beside the string; mostly empty.
    std::string_view note(std::size_t index) const;
    bool has_ids() const { return !ids_.empty(); }
    std::uint64_t id(std::size_t index) const { return ids_[index]; }

    // The first string that is not less; size() when all are.
    std::size_t lower_bound(std::string_view bytes, std::size_t from = 0) const;
    std::size_t memory() const;

  private:
    std::vector<std::uint32_t> offsets_;
    std::string bytes_;
    std::vector<std::pair<std::uint32_t, std::string>> notes_;
    std::vector<std::uint64_t> ids_;
};

// Compression with this thread's own context. Stored: 8 bytes checksum over place and the rest, 4
// bytes size before compression, the compressed bytes.
void append_sealed(std::string& out, std::uint64_t place, std::string_view plain);
// Throws StoreError naming `what`.
std::string open_sealed(std::string_view stored, std::uint64_t place, std::string_view what);

}  // namespace dossier::storage
