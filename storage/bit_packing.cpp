#include "storage/bit_packing.h"

#include <array>
#include <cstring>
#include <utility>

namespace dossier::storage::packing {
namespace {

// Two lanes in a vector of the baseline; wider vectors gain nothing here, since stores to the
// caller's columns are the limit.
using Pair = std::uint64_t __attribute__((vector_size(16)));
using UnalignedPair = std::uint64_t __attribute__((vector_size(16), aligned(1), may_alias));

inline Pair load(const char* from) {
    return *reinterpret_cast<const UnalignedPair*>(from);
}
inline void store(std::uint64_t* to, Pair value) {
    *reinterpret_cast<UnalignedPair*>(to) = value;
}

// Slot `slot` of the two lanes whose words start at `in`.
template <unsigned width>
[[gnu::always_inline]] inline Pair slot_pair(const char* in, unsigned slot) {
    const unsigned bit = slot * width;
    const unsigned word = bit / 64;
    const unsigned shift = bit % 64;
    Pair value = load(in + word * 32) >> shift;
    if (shift + width > 64) {
        value |= load(in + word * 32 + 32) << (64 - shift);
    }
    if (shift + width != 64) {
        constexpr std::uint64_t mask =
            width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (width % 64)) - 1;
        value &= Pair{mask, mask};
    }
    return value;
}

template <unsigned width>
struct Plain {
    static void run(const char* in, std::uint64_t base, std::uint64_t* out) {
        const Pair bases{base, base};
#pragma GCC unroll 64
        for (unsigned slot = 0; slot < slots; ++slot) {
            store(out + slot * 4, slot_pair<width>(in, slot) + bases);
            store(out + slot * 4 + 2, slot_pair<width>(in + 16, slot) + bases);
        }
    }
};

template <unsigned width>
struct Differences {
    // Two lanes at a time, two slots at a time: the two pairs are turned into two rows of each
    // lane.
    static void run_pair(const char* in, Pair sum, std::uint64_t* out) {
#pragma GCC unroll 32
        for (unsigned slot = 0; slot < slots; slot += 2) {
            const Pair first = sum + slot_pair<width>(in, slot);
            sum = first + slot_pair<width>(in, slot + 1);
            store(out + slot, __builtin_shuffle(first, sum, Pair{0, 2}));
            store(out + slots + slot, __builtin_shuffle(first, sum, Pair{1, 3}));
        }
    }
    static void run(const char* in, const std::uint64_t* firsts, std::uint64_t* out) {
        run_pair(in, Pair{firsts[0], firsts[1]}, out);
        run_pair(in + 16, Pair{firsts[2], firsts[3]}, out + 2 * slots);
    }
};

template <template <unsigned> class Kernel, typename Argument>
using Table = std::array<void (*)(const char*, Argument, std::uint64_t*), 65>;

template <template <unsigned> class Kernel, typename Argument, std::size_t... widths>
constexpr Table<Kernel, Argument> make_table(std::index_sequence<widths...>) {
    return {&Kernel<stored_width(widths)>::run...};
}

constexpr auto plain_table = make_table<Plain, std::uint64_t>(std::make_index_sequence<65>());
constexpr auto differences_table =
    make_table<Differences, const std::uint64_t*>(std::make_index_sequence<65>());

void put_bits(std::uint64_t* words, std::size_t lane, unsigned width, std::size_t slot,
              std::uint64_t value) {
    const std::size_t bit = slot * width;
    const std::size_t word = bit / 64 * lanes + lane;
    const unsigned shift = bit % 64;
    words[word] |= value << shift;
    if (shift + width > 64) {
        words[word + lanes] |= value >> (64 - shift);
    }
}

}  // namespace

void pack(const std::uint64_t* from, std::size_t rows, std::uint64_t base, unsigned width,
          char* out) {
    if (width == 0) {
        return;
    }
    std::array<std::uint64_t, lanes * 64> words;
    const std::size_t bytes = packed_bytes(width, rows);
    std::memset(words.data(), 0, bytes);
    for (std::size_t row = 0; row < rows; ++row) {
        put_bits(words.data(), row % lanes, width, row / lanes, from[row] - base);
    }
    std::memcpy(out, words.data(), bytes);
}

void pack_differences(const std::uint64_t* from, unsigned width, char* out) {
    if (width == 0) {
        return;
    }
    std::array<std::uint64_t, lanes * 64> words;
    const std::size_t bytes = packed_bytes(width, values);
    std::memset(words.data(), 0, bytes);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        const std::uint64_t* lane_from = from + lane * slots;
        for (std::size_t slot = 1; slot < slots; ++slot) {
            put_bits(words.data(), lane, width, slot, lane_from[slot] - lane_from[slot - 1]);
        }
    }
    std::memcpy(out, words.data(), bytes);
}

void unpack(const char* in, unsigned width, std::uint64_t base, std::uint64_t* out) {
    plain_table[width](in, base, out);
}

void unpack_differences(const char* in, unsigned width, const std::uint64_t* lane_firsts,
                        std::uint64_t* out) {
    differences_table[width](in, lane_firsts, out);
}

std::uint64_t unpack_one(const char* in, unsigned width, std::size_t index) {
    if (width == 0) {
        return 0;
    }
    const std::size_t bit = index / lanes * width;
    const char* word = in + (bit / 64 * lanes + index % lanes) * 8;
    const unsigned shift = bit % 64;
    std::uint64_t value = 0;
    std::memcpy(&value, word, 8);
    value >>= shift;
    if (shift + width > 64) {
        std::uint64_t next = 0;
        std::memcpy(&next, word + lanes * 8, 8);
        value |= next << (64 - shift);
    }
    return width == 64 ? value : value & ((std::uint64_t{1} << width) - 1);
}

}  // namespace dossier::storage::packing
