#pragma once

#include <cstddef>
#include <cstdint>

// 256 values of equal width, packed for decoding two or four at a time without branches: value i
// lies in lane i mod 4 at slot i / 4 (for differences: in lane i / 64 at slot i mod 64), each lane
// is a stream of 64 slots, lowest bits first, and the lanes' 64-bit words stand in turn. Stored,
// format version 1 (docs/format-blocks.md).

namespace dossier::storage::packing {

inline constexpr std::size_t lanes = 4;
inline constexpr std::size_t slots = 64;
inline constexpr std::size_t values = lanes * slots;

// The least width >= `width` there is code for: all up to 24, even ones up to 32, then every
// fourth.
constexpr unsigned stored_width(unsigned width) {
    if (width <= 24) {
        return width;
    }
    return width <= 32 ? (width + 1) / 2 * 2 : (width + 3) / 4 * 4;
}

// Bytes of the first `rows` values in the order by turns; 32 * width for all 256.
constexpr std::size_t packed_bytes(unsigned width, std::size_t rows) {
    const std::size_t used = (rows + lanes - 1) / lanes;
    return (used * width + 63) / 64 * lanes * 8;
}

// Packs values[0 .. rows) minus `base`; writes packed_bytes(width, rows) bytes.
void pack(const std::uint64_t* from, std::size_t rows, std::uint64_t base, unsigned width,
          char* out);
// Packs the differences of 256 values that never fall; the first of each lane is left to the
// caller.
void pack_differences(const std::uint64_t* from, unsigned width, char* out);

// Each writes 256 values and reads 32 * width bytes. `width` must be a stored_width().
void unpack(const char* in, unsigned width, std::uint64_t base, std::uint64_t* out);
// Sums up differences from the first value of each lane.
void unpack_differences(const char* in, unsigned width, const std::uint64_t* lane_firsts,
                        std::uint64_t* out);

// One packed value, without a base.
std::uint64_t unpack_one(const char* in, unsigned width, std::size_t index);

}  // namespace dossier::storage::packing
