#include "rdf/integer.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "rdf/big_integer.h"

namespace dossier {

namespace {

using boost::multiprecision::cpp_int;

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The 64 highest bits of a number beyond 64 bits, the last one set when a lower one is: rounding
// these rounds the number.
std::uint64_t leading_bits(const cpp_int& magnitude, std::size_t bits) {
    const std::size_t shift = bits - 64;
    auto top = static_cast<std::uint64_t>(cpp_int(magnitude >> shift));
    if (boost::multiprecision::lsb(magnitude) < shift) top |= 1U;
    return top;
}

template <typename Real>
Real round_to(const Integer& value) {
    if (value.fits_int64()) return static_cast<Real>(value.int64());
    const cpp_int magnitude = boost::multiprecision::abs(value.big()->value);
    const std::size_t bits = boost::multiprecision::msb(magnitude) + 1;
    Real result = 0;
    if (bits <= 64) {
        result = static_cast<Real>(static_cast<std::uint64_t>(magnitude));
    } else {
        result = std::ldexp(static_cast<Real>(leading_bits(magnitude, bits)),
                            static_cast<int>(bits - 64));
    }
    return value.sign() < 0 ? -result : result;
}

template <typename Operation>
std::optional<Integer> with_big(const Integer& a, const Integer& b, Operation operation) {
    return Integer::of(BigInteger{cpp_int(operation(to_big(a), to_big(b)))});
}

}  // namespace

std::size_t bit_length(const Integer& value) {
    if (value.fits_int64()) {
        const std::int64_t v = value.int64();
        const auto magnitude =
            v < 0 ? 0 - static_cast<std::uint64_t>(v) : static_cast<std::uint64_t>(v);
        return static_cast<std::size_t>(std::bit_width(magnitude));
    }
    return boost::multiprecision::msb(boost::multiprecision::abs(value.big()->value)) + 1;
}

cpp_int big_power_of_ten(std::uint32_t exponent) {
    return boost::multiprecision::pow(cpp_int(10), exponent);
}

std::optional<Integer> Integer::of(BigInteger&& number) {
    cpp_int& value = number.value;
    if (value >= lowest && value <= highest) return Integer(static_cast<std::int64_t>(value));
    if (boost::multiprecision::msb(boost::multiprecision::abs(value)) >= max_integer_bits) {
        return std::nullopt;
    }
    Integer result;
    result.big_ = std::make_shared<const BigInteger>(std::move(number));
    return result;
}

bool is_integer_lexical(std::string_view text) noexcept {
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
    if (text.empty()) return false;
    for (const char c : text) {
        if (!is_digit(c)) return false;
    }
    return true;
}

std::optional<Integer> Integer::parse(std::string_view text) {
    if (!is_integer_lexical(text)) return std::nullopt;
    const bool negative = text[0] == '-';
    if (!is_digit(text[0])) text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    if (text.empty()) return Integer(0);
    if (text.size() <= 18) {
        std::int64_t value = 0;
        for (const char c : text) value = value * 10 + (c - '0');
        return Integer(negative ? -value : value);
    }
    if (text.size() > max_digits) return std::nullopt;
    // Without leading zeros, which Boost would take for an octal number.
    cpp_int value{std::string(text)};
    if (negative) value = -value;
    return of(BigInteger{std::move(value)});
}

std::optional<Integer> Integer::truncate(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    // -2^63 and all below 2^63 fit.
    if (value >= -0x1p63 && value < 0x1p63) return Integer(static_cast<std::int64_t>(value));
    return of(BigInteger{cpp_int(value)});
}

int Integer::sign() const {
    if (!big_) return small_ > 0 ? 1 : small_ < 0 ? -1 : 0;
    return big_->value.sign();
}

double Integer::to_double() const {
    return round_to<double>(*this);
}
float Integer::to_float() const {
    return round_to<float>(*this);
}

void Integer::append_to(std::string& out) const {
    if (big_) {
        out += big_->value.str();
        return;
    }
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, small_).ptr;
    out.append(digits, end);
}

std::string Integer::to_string() const {
    std::string out;
    append_to(out);
    return out;
}

bool operator==(const Integer& a, const Integer& b) {
    if (!a.big_ || !b.big_) return !a.big_ && !b.big_ && a.small_ == b.small_;
    return a.big_ == b.big_ || a.big_->value == b.big_->value;
}

std::strong_ordering operator<=>(const Integer& a, const Integer& b) {
    if (!a.big_ && !b.big_) return a.small_ <=> b.small_;
    // A number beyond 64 bits is beyond every one within.
    if (!a.big_) return 0 <=> b.big_->value.sign();
    if (!b.big_) return a.big_->value.sign() <=> 0;
    return a.big_->value.compare(b.big_->value) <=> 0;
}

std::optional<Integer> add(const Integer& a, const Integer& b) {
    std::int64_t sum = 0;
    if (a.fits_int64() && b.fits_int64() && !__builtin_add_overflow(a.int64(), b.int64(), &sum)) {
        return Integer(sum);
    }
    return with_big(a, b, [](const cpp_int& x, const cpp_int& y) { return cpp_int(x + y); });
}

std::optional<Integer> subtract(const Integer& a, const Integer& b) {
    std::int64_t difference = 0;
    if (a.fits_int64() && b.fits_int64() &&
        !__builtin_sub_overflow(a.int64(), b.int64(), &difference)) {
        return Integer(difference);
    }
    return with_big(a, b, [](const cpp_int& x, const cpp_int& y) { return cpp_int(x - y); });
}

std::optional<Integer> multiply(const Integer& a, const Integer& b) {
    std::int64_t product = 0;
    if (a.fits_int64() && b.fits_int64() &&
        !__builtin_mul_overflow(a.int64(), b.int64(), &product)) {
        return Integer(product);
    }
    // Before the work: repeated squaring must not grow without bound.
    if (bit_length(a) + bit_length(b) > max_integer_bits + 1) return std::nullopt;
    return with_big(a, b, [](const cpp_int& x, const cpp_int& y) { return cpp_int(x * y); });
}

std::optional<Integer> negate(const Integer& a) {
    return subtract(Integer(0), a);
}

std::optional<Integer> absolute(const Integer& a) {
    return a.sign() < 0 ? negate(a) : std::optional<Integer>(a);
}

std::optional<Integer> quotient(const Integer& a, const Integer& b) {
    if (b.is_zero()) return std::nullopt;
    if (a.fits_int64() && b.fits_int64() && !(a.int64() == lowest && b.int64() == -1)) {
        return Integer(a.int64() / b.int64());
    }
    return with_big(a, b, [](const cpp_int& x, const cpp_int& y) { return cpp_int(x / y); });
}

std::optional<Integer> remainder(const Integer& a, const Integer& b) {
    if (b.is_zero()) return std::nullopt;
    if (a.fits_int64() && b.fits_int64()) {
        return Integer(b.int64() == -1 ? 0 : a.int64() % b.int64());
    }
    return with_big(a, b, [](const cpp_int& x, const cpp_int& y) { return cpp_int(x % y); });
}

}  // namespace dossier
