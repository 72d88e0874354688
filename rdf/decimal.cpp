#include "rdf/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

#include "rdf/big_integer.h"

namespace dossier {

namespace {

using boost::multiprecision::cpp_int;

constexpr std::uint32_t max_scale = Integer::max_digits;
// 10^18 is the highest power of ten in an int64; the product of two int64 and of one with it stays
// within 128 bits.
constexpr std::uint32_t small_power = 18;

constexpr std::array<std::int64_t, small_power + 1> make_powers() {
    std::array<std::int64_t, small_power + 1> powers{};
    std::int64_t power = 1;
    for (std::int64_t& entry : powers) {
        entry = power;
        power = power <= 100'000'000'000'000'000 ? power * 10 : power;
    }
    return powers;
}
constexpr std::array<std::int64_t, small_power + 1> powers = make_powers();

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool both_small(const Decimal& a, const Decimal& b) {
    return a.coefficient().fits_int64() && b.coefficient().fits_int64();
}

cpp_int big_from(Int128 value) {
    const bool negative = value < 0;
    // Well defined for the lowest value too.
    __extension__ using Unsigned128 = unsigned __int128;
    const Unsigned128 magnitude = negative ? Unsigned128{0} - static_cast<Unsigned128>(value)
                                           : static_cast<Unsigned128>(value);
    cpp_int result = static_cast<std::uint64_t>(magnitude >> 64U);
    result <<= 64U;
    result += static_cast<std::uint64_t>(magnitude);
    return negative ? cpp_int(-result) : result;
}

std::optional<Decimal> make(Int128 coefficient, std::uint32_t scale) {
    if (coefficient >= INT64_MIN && coefficient <= INT64_MAX) {
        return Decimal::of(Integer(static_cast<std::int64_t>(coefficient)), scale);
    }
    auto big = Integer::of(BigInteger{big_from(coefficient)});
    return big ? Decimal::of(std::move(*big), scale) : std::nullopt;
}

std::optional<Decimal> make(cpp_int coefficient, std::uint32_t scale) {
    auto integer = Integer::of(BigInteger{std::move(coefficient)});
    return integer ? Decimal::of(std::move(*integer), scale) : std::nullopt;
}

// Both coefficients brought to one scale.
struct Aligned {
    cpp_int a;
    cpp_int b;
    std::uint32_t scale;
};

Aligned align(const Decimal& a, const Decimal& b) {
    Aligned pair{to_big(a.coefficient()), to_big(b.coefficient()), std::max(a.scale(), b.scale())};
    if (a.scale() < pair.scale) pair.a *= big_power_of_ten(pair.scale - a.scale());
    if (b.scale() < pair.scale) pair.b *= big_power_of_ten(pair.scale - b.scale());
    return pair;
}

// a and b as 128-bit numbers of one scale; false when they may not fit.
bool align_small(const Decimal& a, const Decimal& b, Int128& x, Int128& y) {
    if (!both_small(a, b)) return false;
    x = a.coefficient().int64();
    y = b.coefficient().int64();
    if (a.scale() < b.scale()) {
        if (b.scale() - a.scale() > small_power) return false;
        x *= powers[b.scale() - a.scale()];
    } else {
        if (a.scale() - b.scale() > small_power) return false;
        y *= powers[a.scale() - b.scale()];
    }
    return true;
}

// Decimal digits of the magnitude, or one more; 1 for 0.
std::int64_t digit_estimate(const Integer& value) {
    return static_cast<std::int64_t>(bit_length(value) * 30'103 / 100'000) + 1;
}

// The exact number of digits of a small number.
std::int64_t digit_count(std::int64_t value) {
    std::int64_t digits = 1;
    for (value /= 10; value != 0; value /= 10) ++digits;
    return digits;
}

std::int64_t digit_count(const Integer& value) {
    if (value.fits_int64()) return digit_count(value.int64());
    const std::int64_t estimate = digit_estimate(value);
    const bool fewer = boost::multiprecision::abs(value.big()->value) <
                       big_power_of_ten(static_cast<std::uint32_t>(estimate - 1));
    return fewer ? estimate - 1 : estimate;
}

// The integer part toward zero, and what was cut off: its sign, and how it compares with a half.
struct Cut {
    Integer whole;
    int rest_sign = 0;
    std::strong_ordering rest_to_half = std::strong_ordering::less;
};

Cut cut(const Decimal& value) {
    if (value.is_integer()) return {value.coefficient()};
    if (value.coefficient().fits_int64() && value.scale() <= small_power) {
        const std::int64_t power = powers[value.scale()];
        const std::int64_t whole = value.coefficient().int64() / power;
        const std::int64_t rest = value.coefficient().int64() % power;
        return {Integer(whole), rest > 0 ? 1 : -1, 2 * std::abs(rest) <=> power};
    }
    const cpp_int power = big_power_of_ten(value.scale());
    cpp_int whole;
    cpp_int rest;
    boost::multiprecision::divide_qr(to_big(value.coefficient()), power, whole, rest);
    const cpp_int twice = 2 * boost::multiprecision::abs(rest);
    // The whole part is never larger than the coefficient, so it is within the limits.
    return {*Integer::of(BigInteger{std::move(whole)}), value.sign(), twice.compare(power) <=> 0};
}

Decimal moved(const Integer& whole, std::int64_t by) {
    if (by == 0) return whole;
    // Next to a number that was cut, hence far from the limit.
    return *add(whole, Integer(by));
}

template <typename Real>
Real from_text(const Decimal& value) {
    // from_chars rounds correctly for any number of digits.
    std::string text;
    value.coefficient().append_to(text);
    text += "e-" + std::to_string(value.scale());
    Real result = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), result);
    if (end.ec == std::errc::result_out_of_range) {
        const bool tiny = digit_estimate(value.coefficient()) < std::int64_t{value.scale()};
        const Real extreme = tiny ? Real{0} : std::numeric_limits<Real>::infinity();
        return value.sign() < 0 ? -extreme : extreme;
    }
    return result;
}

}  // namespace

std::optional<Decimal> Decimal::of(Integer coefficient, std::uint32_t scale) {
    Decimal result;
    if (coefficient.fits_int64()) {
        std::int64_t value = coefficient.int64();
        if (value == 0) return result;
        while (scale > 0 && value % 10 == 0) {
            value /= 10;
            --scale;
        }
        coefficient = Integer(value);
    } else if (scale > 0) {
        // Zeros at the end by powers 2^k, so that many of them cost few divisions. A number has at
        // most as many as factors of two.
        cpp_int value = coefficient.big()->value;
        const std::uint32_t most = std::min<std::uint32_t>(
            scale, static_cast<std::uint32_t>(
                       boost::multiprecision::lsb(boost::multiprecision::abs(value))));
        std::uint32_t step = 1;
        while (step <= most / 2) step *= 2;
        bool changed = false;
        cpp_int whole;
        cpp_int rest;
        for (; most > 0 && step > 0; step /= 2) {
            if (step > scale) continue;
            boost::multiprecision::divide_qr(value, big_power_of_ten(step), whole, rest);
            if (!rest.is_zero()) continue;
            value.swap(whole);
            scale -= step;
            changed = true;
        }
        if (changed) coefficient = *Integer::of(BigInteger{std::move(value)});
    }
    if (scale > max_scale) return std::nullopt;
    result.coefficient_ = std::move(coefficient);
    result.scale_ = scale;
    return result;
}

bool is_decimal_lexical(std::string_view text) noexcept {
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
    std::size_t digits = 0;
    bool point = false;
    for (const char c : text) {
        if (is_digit(c)) {
            ++digits;
        } else if (c == '.' && !point) {
            point = true;
        } else {
            return false;
        }
    }
    return digits > 0;
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
    if (!is_decimal_lexical(text)) return std::nullopt;
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos) {
        auto integer = Integer::parse(text);
        return integer ? std::optional<Decimal>(std::move(*integer)) : std::nullopt;
    }
    std::string_view fraction = text.substr(point + 1);
    // Trailing zeros carry no value and shall not count against the limits.
    while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
    if (fraction.size() > max_scale) return std::nullopt;
    std::string digits;
    digits.reserve(point + fraction.size() + 1);
    digits += text.substr(0, point);
    digits += fraction;
    if (digits.empty() || !is_digit(digits.back())) digits += '0';
    if (fraction.empty()) {
        auto integer = Integer::parse(digits);
        return integer ? std::optional<Decimal>(std::move(*integer)) : std::nullopt;
    }
    auto coefficient = Integer::parse(digits);
    if (!coefficient) return std::nullopt;
    return of(std::move(*coefficient), static_cast<std::uint32_t>(fraction.size()));
}

std::optional<Decimal> Decimal::exactly(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    if (value == std::trunc(value)) {
        auto whole = Integer::truncate(value);
        return whole ? std::optional<Decimal>(std::move(*whole)) : std::nullopt;
    }
    // value = mantissa x 2^-k = mantissa x 5^k / 10^k, with an odd mantissa in lowest terms.
    int exponent = 0;
    auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(value, &exponent), 53));
    int k = 53 - exponent;
    while (mantissa % 2 == 0) {
        mantissa /= 2;
        --k;
    }
    const auto scale = static_cast<std::uint32_t>(k);
    return make(cpp_int(mantissa * boost::multiprecision::pow(cpp_int(5), scale)), scale);
}

std::optional<Decimal> Decimal::shortest(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    char buffer[32];
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
    const std::size_t e = text.find('e');
    auto mantissa = parse(text.substr(0, e));
    int exponent = 0;
    const std::size_t first = text[e + 1] == '+' ? e + 2 : e + 1;
    std::from_chars(text.data() + first, text.data() + text.size(), exponent);
    if (exponent <= 0) {
        return of(mantissa->coefficient_, mantissa->scale_ + static_cast<std::uint32_t>(-exponent));
    }
    return multiply(*mantissa, *make(big_power_of_ten(static_cast<std::uint32_t>(exponent)), 0));
}

double Decimal::to_double() const {
    if (is_integer()) return coefficient_.to_double();
    // Both exact as doubles, so that the division rounds once.
    static constexpr double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    constexpr std::int64_t exact = std::int64_t{1} << 53U;
    if (scale_ < std::size(exact_powers) && coefficient_.fits_int64() &&
        coefficient_.int64() <= exact && coefficient_.int64() >= -exact) {
        return static_cast<double>(coefficient_.int64()) / exact_powers[scale_];
    }
    return from_text<double>(*this);
}

float Decimal::to_float() const {
    return is_integer() ? coefficient_.to_float() : from_text<float>(*this);
}

Integer Decimal::truncate() const {
    return cut(*this).whole;
}

void Decimal::append_to(std::string& out) const {
    if (is_integer()) {
        coefficient_.append_to(out);
        return;
    }
    const std::string digits = coefficient_.to_string();
    const std::size_t sign = digits[0] == '-' ? 1 : 0;
    const std::size_t count = digits.size() - sign;
    out.append(digits, 0, sign);
    if (count <= scale_) {
        out += "0.";
        out.append(scale_ - count, '0');
        out.append(digits, sign);
    } else {
        out.append(digits, sign, count - scale_);
        out += '.';
        out.append(digits, sign + count - scale_);
    }
}

std::string Decimal::to_string() const {
    std::string out;
    append_to(out);
    return out;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
    if (a.scale_ == b.scale_) return a.coefficient_ <=> b.coefficient_;
    if (a.sign() != b.sign()) return a.sign() <=> b.sign();
    Int128 x = 0;
    Int128 y = 0;
    if (align_small(a, b, x, y)) return x <=> y;
    // Digits before the point, known up to one, decide most cases without large powers of ten.
    const std::int64_t places_a = digit_estimate(a.coefficient_) - std::int64_t{a.scale_};
    const std::int64_t places_b = digit_estimate(b.coefficient_) - std::int64_t{b.scale_};
    if (places_a > places_b + 1) return a.sign() <=> 0;
    if (places_b > places_a + 1) return 0 <=> a.sign();
    const Aligned pair = align(a, b);
    return pair.a.compare(pair.b) <=> 0;
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b) {
    Int128 x = 0;
    Int128 y = 0;
    if (align_small(a, b, x, y)) return make(x + y, std::max(a.scale(), b.scale()));
    Aligned pair = align(a, b);
    return make(cpp_int(pair.a + pair.b), pair.scale);
}

std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) {
    Int128 x = 0;
    Int128 y = 0;
    if (align_small(a, b, x, y)) return make(x - y, std::max(a.scale(), b.scale()));
    Aligned pair = align(a, b);
    return make(cpp_int(pair.a - pair.b), pair.scale);
}

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) {
    if (both_small(a, b)) {
        return make(Int128{a.coefficient().int64()} * b.coefficient().int64(),
                    a.scale() + b.scale());
    }
    auto product = multiply(a.coefficient(), b.coefficient());
    return product ? Decimal::of(std::move(*product), a.scale() + b.scale()) : std::nullopt;
}

std::optional<Decimal> divide(const Decimal& a, const Decimal& b) {
    if (b.sign() == 0) return std::nullopt;
    if (a.sign() == 0) return Decimal();
    // The quotient has at least 10^(places - 1): enough fractional digits for 18 significant ones.
    const std::int64_t places = (digit_count(a.coefficient()) - std::int64_t{a.scale()}) -
                                (digit_count(b.coefficient()) - std::int64_t{b.scale()});
    const std::int64_t digits =
        std::max({std::int64_t{Decimal::division_digits}, std::int64_t{a.scale()},
                  std::int64_t{Decimal::division_digits} - places});
    if (digits > std::int64_t{max_scale}) return std::nullopt;
    // a / b x 10^digits = a.coefficient x 10^shift / b.coefficient
    const std::int64_t shift = digits + std::int64_t{b.scale()} - std::int64_t{a.scale()};
    const auto scale = static_cast<std::uint32_t>(digits);
    if (both_small(a, b) && shift <= std::int64_t{small_power}) {
        const Int128 dividend =
            Int128{a.coefficient().int64()} * powers[static_cast<std::size_t>(shift)];
        const Int128 divisor = b.coefficient().int64();
        Int128 whole = dividend / divisor;
        const Int128 rest = dividend % divisor;
        const Int128 twice = rest < 0 ? -2 * rest : 2 * rest;
        const Int128 magnitude = divisor < 0 ? -divisor : divisor;
        if (twice > magnitude || (twice == magnitude && whole % 2 != 0)) {
            whole += (dividend < 0) == (divisor < 0) ? 1 : -1;
        }
        return make(whole, scale);
    }
    if (shift > std::int64_t{2 * max_scale}) return std::nullopt;
    const cpp_int divisor = to_big(b.coefficient());
    cpp_int dividend = to_big(a.coefficient());
    dividend *= big_power_of_ten(static_cast<std::uint32_t>(shift));
    cpp_int whole;
    cpp_int rest;
    boost::multiprecision::divide_qr(dividend, divisor, whole, rest);
    const int half = cpp_int(2 * boost::multiprecision::abs(rest))
                         .compare(cpp_int(boost::multiprecision::abs(divisor)));
    if (half > 0 || (half == 0 && boost::multiprecision::bit_test(
                                      cpp_int(boost::multiprecision::abs(whole)), 0))) {
        whole += a.sign() == b.sign() ? 1 : -1;
    }
    return make(std::move(whole), scale);
}

std::optional<Decimal> negate(const Decimal& a) {
    auto coefficient = negate(a.coefficient());
    return coefficient ? Decimal::of(std::move(*coefficient), a.scale()) : std::nullopt;
}

std::optional<Decimal> absolute(const Decimal& a) {
    return a.sign() < 0 ? negate(a) : std::optional<Decimal>(a);
}

Decimal round(const Decimal& a) {
    const Cut parts = cut(a);
    if (parts.rest_sign > 0 && parts.rest_to_half >= 0) return moved(parts.whole, 1);
    if (parts.rest_sign < 0 && parts.rest_to_half > 0) return moved(parts.whole, -1);
    return parts.whole;
}

Decimal floor(const Decimal& a) {
    const Cut parts = cut(a);
    return moved(parts.whole, parts.rest_sign < 0 ? -1 : 0);
}

Decimal ceiling(const Decimal& a) {
    const Cut parts = cut(a);
    return moved(parts.whole, parts.rest_sign > 0 ? 1 : 0);
}

std::partial_ordering compare_exactly(const Decimal& a, double b) {
    if (std::isnan(b)) return std::partial_ordering::unordered;
    // Rounding never reverses an order, so only equal doubles need a closer look.
    const double rounded = a.to_double();
    if (rounded != b) return rounded <=> b;
    if (std::isinf(b)) return b > 0 ? std::partial_ordering::less : std::partial_ordering::greater;
    return a <=> *Decimal::exactly(b);
}

std::partial_ordering compare_exactly(const Integer& a, double b) {
    return compare_exactly(Decimal(a), b);
}

}  // namespace dossier
