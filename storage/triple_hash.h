#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/term_id.h"

namespace dossier::storage {

// For hash tables of triple terms by their parts.
struct TripleHash {
    std::size_t operator()(const TripleIds& triple) const noexcept {
        std::uint64_t hash = triple.subject.bits;
        hash = (hash ^ (hash >> 32)) * 0x9E37'79B9'7F4A'7C15u + triple.predicate.bits;
        hash = (hash ^ (hash >> 32)) * 0x9E37'79B9'7F4A'7C15u + triple.object.bits;
        return hash ^ (hash >> 29);
    }
};

}  // namespace dossier::storage
