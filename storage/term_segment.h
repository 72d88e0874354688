#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/term_id.h"

namespace dossier::storage {

// What the root says about one segment: terms of one tag in byte order, id = base + rank, in
// immutable blocks. A segment may instead be a merged index: it maps terms to ids only, and the
// segments it covers are no longer searched by term.
struct TermSegmentRoot {
    std::uint32_t number = 0;  // part of its keys; never reused
    Tag tag = Tag::unbound;
    bool is_index = false;         // terms -> ids only, with a column of ids
    std::uint32_t covered_by = 0;  // number of the index that answers for it; 0: none
    std::uint64_t base = 0;        // payload of its first term
    std::uint64_t terms = 0;
    std::uint32_t blocks = 0;
    std::uint32_t directory_pages = 0;
    std::uint32_t filter_pages = 0;
    std::uint64_t bytes = 0;  // stored, all parts

    void append_to(std::string& out) const;
    // Reads one from the front of `bytes` and removes it; throws StoreError.
    static TermSegmentRoot parse(std::string_view& bytes);
};

}  // namespace dossier::storage
