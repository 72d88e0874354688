#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "storage/term_bytes.h"

namespace dossier::storage {

// The number of bytes two strings have in common at their beginnings; eight at a time.
inline std::size_t common_prefix(std::string_view a, std::string_view b) {
    const std::size_t limit = std::min(a.size(), b.size());
    std::size_t n = 0;
    while (n + 8 <= limit) {
        const std::uint64_t difference = read_u64(a.data() + n) ^ read_u64(b.data() + n);
        if (difference != 0) return n + static_cast<std::size_t>(__builtin_ctzll(difference)) / 8;
        n += 8;
    }
    while (n < limit && a[n] == b[n]) ++n;
    return n;
}

}  // namespace dossier::storage
