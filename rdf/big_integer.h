#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include "rdf/integer.h"

// Behind Integer and Decimal; include it in their .cpp files only, for it is heavy.

namespace dossier {

struct BigInteger {
    boost::multiprecision::cpp_int value;
};

__extension__ using Int128 = __int128;

// The number of any integer.
inline boost::multiprecision::cpp_int to_big(const Integer& value) {
    return value.big() != nullptr ? value.big()->value
                                  : boost::multiprecision::cpp_int(value.int64());
}

// Bits of the magnitude, 0 for 0.
std::size_t bit_length(const Integer& value);
// No value of Integer has more.
inline constexpr std::size_t max_integer_bits = 54'427;  // 16,384 digits

// 10^exponent
boost::multiprecision::cpp_int big_power_of_ten(std::uint32_t exponent);

}  // namespace dossier
