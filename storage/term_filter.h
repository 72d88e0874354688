#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/term_id.h"

// A filter before the search by term: about 10 bits a term, one cache line touched a question,
// about one wrong yes in a hundred, never a wrong no. One page covers the terms of one directory
// page.

namespace dossier::storage {

std::uint64_t term_hash(std::string_view bytes, Tag tag);

class TermFilter {
  public:
    static constexpr std::size_t bits_per_term = 10;

    TermFilter() = default;
    explicit TermFilter(std::span<const std::uint64_t> hashes);

    bool may_contain(std::uint64_t hash) const;
    std::size_t memory() const { return words_.size() * 8; }

    // The stored form: checksum with the place, then the words.
    void append_to(std::string& out, std::uint64_t place) const;
    static TermFilter parse(std::string_view stored, std::uint64_t place, std::string_view what);

  private:
    static constexpr std::size_t line_words = 8;
    std::vector<std::uint64_t> words_;  // lines of 512 bits
};

}  // namespace dossier::storage
