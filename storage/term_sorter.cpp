#include "storage/term_sorter.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace dossier::storage {

namespace {

struct Range {
    std::size_t first, limit;
    std::uint32_t depth;  // the bytes before are equal
};

// What decides between two terms that agree before a depth: eight bytes, zeros behind the end; then
// how many of them there are, 9 standing for more.
struct Key {
    std::uint64_t bytes;
    SortedTerm term;
};

std::uint64_t load_key(const SortedTerm& term, std::uint32_t depth) {
    std::uint64_t key = 0;
    const std::uint32_t left = term.length - depth;
    if (left >= 8) {
        std::memcpy(&key, term.bytes + depth, 8);
        return __builtin_bswap64(key);
    }
    std::memcpy(&key, term.bytes + depth, left);
    return __builtin_bswap64(key);
}

std::uint32_t common_prefix(const SortedTerm& a, const SortedTerm& b, std::uint32_t from,
                            std::uint32_t limit) {
    limit = std::min({limit, a.length, b.length});
    while (from + 8 <= limit) {
        std::uint64_t x, y;
        std::memcpy(&x, a.bytes + from, 8);
        std::memcpy(&y, b.bytes + from, 8);
        if (x != y) return from + static_cast<std::uint32_t>(__builtin_ctzll(x ^ y)) / 8;
        from += 8;
    }
    while (from < limit && a.bytes[from] == b.bytes[from]) ++from;
    return from;
}

bool less_from(const SortedTerm& a, const SortedTerm& b, std::uint32_t depth) {
    return a.view().substr(depth) < b.view().substr(depth);
}

}  // namespace

void sort_terms(std::span<SortedTerm> terms) {
    constexpr std::size_t small = 12;
    std::vector<Range> pending{{0, terms.size(), 0}};
    std::vector<Key> keys;
    while (!pending.empty()) {
        const Range range = pending.back();
        pending.pop_back();
        const std::size_t count = range.limit - range.first;
        SortedTerm* const at = terms.data() + range.first;
        if (count < 2) continue;
        if (count <= small) {
            std::sort(at, at + count, [&](const SortedTerm& a, const SortedTerm& b) {
                return less_from(a, b, range.depth);
            });
            continue;
        }
        std::uint32_t depth = UINT32_MAX;
        for (std::size_t i = 1; i < count && depth > range.depth; ++i) {
            depth = common_prefix(at[0], at[i], range.depth, depth);
        }
        keys.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            if (i + 12 < count) __builtin_prefetch(at[i + 12].bytes + depth);
            keys[i] = {load_key(at[i], depth), at[i]};
        }
        std::sort(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count),
                  [&](const Key& a, const Key& b) {
                      if (a.bytes != b.bytes) return a.bytes < b.bytes;
                      return std::min(a.term.length - depth, 9u) <
                             std::min(b.term.length - depth, 9u);
                  });
        for (std::size_t i = 0; i < count; ++i) at[i] = keys[i].term;
        // Terms that agree in all eight bytes and go on are sorted by what follows.
        for (std::size_t i = 0; i < count;) {
            std::size_t end = i + 1;
            while (end < count && keys[end].bytes == keys[i].bytes) ++end;
            std::size_t longer = i;
            while (longer < end && at[longer].length - depth <= 8) ++longer;
            if (end - longer > 1) {
                pending.push_back({range.first + longer, range.first + end, depth + 8});
            }
            i = end;
        }
    }
}

}  // namespace dossier::storage
