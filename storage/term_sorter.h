#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace dossier::storage {

// A string to be sorted and the number it bears.
struct SortedTerm {
    const char* bytes = nullptr;
    std::uint32_t length = 0;
    std::uint32_t number = 0;

    std::string_view view() const { return {bytes, length}; }
};

// Sorts by bytes, unsigned; equal strings in any order. Eight bytes at a time, past the prefix that
// a range has in common: IRIs differ late. No recursion.
void sort_terms(std::span<SortedTerm> terms);

}  // namespace dossier::storage
