#include "storage/term_filter.h"

#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <dossier/error.h>

#include "storage/term_bytes.h"

namespace dossier::storage {

namespace {

constexpr int probes = 6;

// Six positions of nine bits within a line, from a second hash.
std::uint64_t positions(std::uint64_t hash) {
    return hash * 0x9E37'79B9'7F4A'7C15u;
}

std::size_t line_of(std::uint64_t hash, std::size_t lines) {
    return static_cast<std::size_t>(((hash >> 32) * lines) >> 32);
}

}  // namespace

std::uint64_t term_hash(std::string_view bytes, Tag tag) {
    // A name and a dictionary IRI are the same term.
    return XXH3_64bits_withSeed(
        bytes.data(), bytes.size(),
        tag == Tag::name ? static_cast<std::uint64_t>(Tag::iri) : static_cast<std::uint64_t>(tag));
}

TermFilter::TermFilter(std::span<const std::uint64_t> hashes) {
    const std::size_t lines = hashes.size() * bits_per_term / (64 * line_words) + 1;
    words_.resize(lines * line_words);
    for (std::uint64_t hash : hashes) {
        std::uint64_t* const line = words_.data() + line_of(hash, lines) * line_words;
        std::uint64_t bits = positions(hash);
        for (int probe = 0; probe < probes; ++probe) {
            bits = (bits << 9) | (bits >> 55);
            line[(bits >> 6) & 7] |= std::uint64_t{1} << (bits & 63);
        }
    }
}

bool TermFilter::may_contain(std::uint64_t hash) const {
    const std::size_t lines = words_.size() / line_words;
    if (lines == 0) return false;
    const std::uint64_t* const line = words_.data() + line_of(hash, lines) * line_words;
    std::uint64_t bits = positions(hash);
    for (int probe = 0; probe < probes; ++probe) {
        bits = (bits << 9) | (bits >> 55);
        if ((line[(bits >> 6) & 7] & (std::uint64_t{1} << (bits & 63))) == 0) return false;
    }
    return true;
}

void TermFilter::append_to(std::string& out, std::uint64_t place) const {
    const std::size_t bytes = words_.size() * 8;
    append_u64(out, XXH3_64bits_withSeed(words_.data(), bytes, place));
    out.append(reinterpret_cast<const char*>(words_.data()), bytes);
}

TermFilter TermFilter::parse(std::string_view stored, std::uint64_t place, std::string_view what) {
    if (stored.size() < 8 || stored.size() % (8 * line_words) != 8 ||
        read_u64(stored.data()) !=
            XXH3_64bits_withSeed(stored.data() + 8, stored.size() - 8, place)) {
        throw StoreError("damaged store: " + std::string(what) + " is not what was written");
    }
    TermFilter filter;
    filter.words_.resize((stored.size() - 8) / 8);
    std::memcpy(filter.words_.data(), stored.data() + 8, stored.size() - 8);
    return filter;
}

}  // namespace dossier::storage
