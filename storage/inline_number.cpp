#include "storage/inline_number.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace dossier::storage {

namespace {

constexpr std::uint64_t bit(int n) {
    return std::uint64_t{1} << n;
}
constexpr std::uint64_t low_bits(int n) {
    return bit(n) - 1;
}

constexpr std::array<std::uint64_t, 19> make_powers() {
    std::array<std::uint64_t, 19> powers{};
    std::uint64_t power = 1;
    for (auto& p : powers) {
        p = power;
        power *= 10;
    }
    return powers;
}
constexpr auto powers_of_ten = make_powers();

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Digits without a leading zero, "0" included, at most 18 of them.
std::optional<std::uint64_t> canonical_digits(std::string_view text) {
    if (text.empty() || text.size() > 18 || (text[0] == '0' && text.size() > 1)) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (char c : text) {
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

char* write_digits(std::uint64_t value, char* out) {
    return std::to_chars(out, out + 20, value).ptr;
}

// Exactly `count` digits, with leading zeros.
char* write_fixed(std::uint64_t value, int count, char* out) {
    for (int i = count - 1; i >= 0; --i) {
        out[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    return out + count;
}

struct IntegerRange {
    std::int64_t low, high;
};

// What of each subtype's value space fits into the payload.
IntegerRange range_of(Datatype subtype) {
    constexpr std::int64_t low = -(std::int64_t{1} << 57);
    constexpr std::int64_t high = (std::int64_t{1} << 57) - 1;
    switch (subtype) {
        case Datatype::non_positive_integer:
            return {low, 0};
        case Datatype::negative_integer:
            return {low, -1};
        case Datatype::int_:
            return {INT32_MIN, INT32_MAX};
        case Datatype::short_:
            return {INT16_MIN, INT16_MAX};
        case Datatype::byte:
            return {INT8_MIN, INT8_MAX};
        case Datatype::non_negative_integer:
        case Datatype::unsigned_long:
            return {0, high};
        case Datatype::unsigned_int:
            return {0, UINT32_MAX};
        case Datatype::unsigned_short:
            return {0, UINT16_MAX};
        case Datatype::unsigned_byte:
            return {0, UINT8_MAX};
        case Datatype::positive_integer:
            return {1, high};
        default:
            return {low, high};
    }
}

}  // namespace

std::optional<std::uint64_t> boolean_payload(std::string_view lexical) {
    if (lexical == "false") return 0;
    if (lexical == "0") return 1;
    if (lexical == "true") return 2;
    if (lexical == "1") return 3;
    return std::nullopt;
}

char* write_boolean(std::uint64_t payload, char* out) {
    constexpr std::string_view forms[] = {"false", "0", "true", "1"};
    if (payload > 3) return nullptr;
    std::memcpy(out, forms[payload].data(), forms[payload].size());
    return out + forms[payload].size();
}

std::optional<std::uint64_t> integer_payload(std::string_view lexical, Datatype subtype) {
    const bool negative = !lexical.empty() && lexical[0] == '-';
    if (negative) lexical.remove_prefix(1);
    const auto magnitude = canonical_digits(lexical);
    if (!magnitude || (negative && *magnitude == 0)) return std::nullopt;
    const auto value =
        negative ? -static_cast<std::int64_t>(*magnitude) : static_cast<std::int64_t>(*magnitude);
    const IntegerRange range = range_of(subtype);
    if (value < range.low || value > range.high) return std::nullopt;
    return static_cast<std::uint64_t>(value + (std::int64_t{1} << 57));
}

char* write_integer(std::uint64_t payload, char* out) {
    const auto value = static_cast<std::int64_t>(payload) - (std::int64_t{1} << 57);
    return std::to_chars(out, out + 20, value).ptr;
}

// (value x 10^7 + 2^54) << 3 | written fraction digits
std::optional<std::uint64_t> decimal_payload(std::string_view lexical) {
    const bool negative = !lexical.empty() && lexical[0] == '-';
    if (negative) lexical.remove_prefix(1);
    const auto point = lexical.find('.');
    const auto whole = canonical_digits(lexical.substr(0, point));
    if (!whole || *whole > (std::uint64_t{1} << 54) / powers_of_ten[7]) return std::nullopt;
    std::uint64_t value = *whole;
    std::size_t fraction_digits = 0;
    if (point != std::string_view::npos) {
        fraction_digits = lexical.size() - point - 1;
        if (fraction_digits == 0 || fraction_digits > 7) return std::nullopt;
        for (char c : lexical.substr(point + 1)) {
            if (!is_digit(c)) return std::nullopt;
            value = value * 10 + static_cast<std::uint64_t>(c - '0');
        }
    }
    value *= powers_of_ten[7 - fraction_digits];
    if (value >= bit(54) || (negative && value == 0)) return std::nullopt;
    const std::uint64_t biased = negative ? bit(54) - value : bit(54) + value;
    return (biased << 3) | fraction_digits;
}

char* write_decimal(std::uint64_t payload, char* out) {
    const auto fraction_digits = static_cast<int>(payload & 7);
    const std::uint64_t biased = payload >> 3;
    const bool negative = biased < bit(54);
    const std::uint64_t value = negative ? bit(54) - biased : biased - bit(54);
    const std::uint64_t divisor = powers_of_ten[static_cast<std::size_t>(7 - fraction_digits)];
    if (value % divisor != 0) return nullptr;
    if (negative) *out++ = '-';
    out = write_digits(value / powers_of_ten[7], out);
    if (fraction_digits > 0) {
        *out++ = '.';
        out = write_fixed(value % powers_of_ten[7] / divisor, fraction_digits, out);
    }
    return out;
}

// Doubles. The magnitude of a number d.ddd x 10^exponent is (exponent + bias) << 47 | its first 14
// digits as an integer of at least 10^13; zero is 0. The order of magnitudes is that of the values.
// A set sign bit above them means positive or zero; below it negative numbers are complemented.

namespace {

constexpr int mantissa_bits = 47;
constexpr int mantissa_digits = 14;
constexpr std::uint64_t least_mantissa = powers_of_ten[13];

struct Layout {
    int exponent_bits;
    int bias;
    int least_exponent, greatest_exponent;
    int form_bits;

    int magnitude_bits() const { return exponent_bits + mantissa_bits; }
};
// Beyond 1e-300 doubles grow coarse, and two decimals of 14 digits could be one double.
constexpr Layout scientific{10, 512, -300, 300, 0};
// The low four bits count the written fraction digits, 0 without a point.
constexpr Layout plain{6, 16, -15, 30, 4};

struct Parts {
    bool negative = false;
    int exponent = 0;
    std::uint64_t mantissa = 0;  // 0 for zero, else 14 digits
    std::uint64_t form = 0;
};

std::uint64_t pack(const Layout& layout, const Parts& parts) {
    std::uint64_t magnitude = 0;
    if (parts.mantissa != 0) {
        magnitude = (static_cast<std::uint64_t>(parts.exponent + layout.bias) << mantissa_bits) |
                    parts.mantissa;
    }
    const int bits = layout.magnitude_bits();
    const std::uint64_t ordered =
        parts.negative ? ~magnitude & low_bits(bits) : magnitude | bit(bits);
    return (ordered << layout.form_bits) | parts.form;
}

std::optional<Parts> unpack(const Layout& layout, std::uint64_t payload) {
    Parts parts;
    parts.form = payload & low_bits(layout.form_bits);
    const std::uint64_t ordered = payload >> layout.form_bits;
    const int bits = layout.magnitude_bits();
    parts.negative = (ordered & bit(bits)) == 0;
    const std::uint64_t magnitude = (parts.negative ? ~ordered : ordered) & low_bits(bits);
    if (magnitude == 0) {
        if (parts.negative) return std::nullopt;
        return parts;
    }
    parts.mantissa = magnitude & low_bits(mantissa_bits);
    parts.exponent = static_cast<int>(magnitude >> mantissa_bits) - layout.bias;
    if (parts.mantissa < least_mantissa || parts.mantissa >= least_mantissa * 10 ||
        parts.exponent < layout.least_exponent || parts.exponent > layout.greatest_exponent) {
        return std::nullopt;
    }
    return parts;
}

double value_of(const Parts& parts) {
    static constexpr double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (parts.mantissa == 0) return 0.0;
    std::uint64_t mantissa = parts.mantissa;
    int exponent = parts.exponent - (mantissa_digits - 1);
    while (exponent < -22 && mantissa % 10 == 0) {
        mantissa /= 10;
        ++exponent;
    }
    double value = 0;
    if (exponent >= -22 && exponent <= 22) {
        // Both factors are exact, so that the one rounding is the correct one.
        const auto exact = static_cast<double>(mantissa);
        value = exponent < 0 ? exact / exact_powers[-exponent] : exact * exact_powers[exponent];
    } else {
        char text[40];
        char* end = write_digits(mantissa, text);
        *end++ = 'e';
        end = std::to_chars(end, text + sizeof text, exponent).ptr;
        std::from_chars(text, end, value);
    }
    return parts.negative ? -value : value;
}

// The significant digits of a mantissa: without trailing zeros.
int significant_digits(std::uint64_t mantissa) {
    int digits = mantissa_digits;
    while (digits > 1 && mantissa % 10 == 0) {
        mantissa /= 10;
        --digits;
    }
    return digits;
}

std::uint64_t bound(const Layout& layout, double value, bool upper) {
    const std::uint64_t form = upper ? low_bits(layout.form_bits) : 0;
    const int bits = layout.magnitude_bits();
    const bool negative = std::signbit(value) && value != 0;
    const double absolute = std::fabs(value);
    const bool away = negative != upper;  // outward means a greater magnitude
    std::uint64_t magnitude = 0;
    if (std::isinf(absolute)) {
        magnitude = low_bits(bits);
    } else if (absolute > 0) {
        char text[40];
        const char* end = std::to_chars(text, text + sizeof text, absolute,
                                        std::chars_format::scientific, mantissa_digits - 1)
                              .ptr;
        std::uint64_t mantissa = 0;
        const char* at = text;
        for (; *at != 'e'; ++at) {
            if (*at != '.') mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
        }
        int exponent = 0;
        at += at[1] == '+' ? 2 : 1;
        std::from_chars(at, end, exponent);
        const int field = exponent + layout.bias;
        if (field < 1) {
            magnitude = away ? bit(mantissa_bits) : 0;
        } else if (field >= (1 << layout.exponent_bits)) {
            magnitude = low_bits(bits);
        } else {
            magnitude = (static_cast<std::uint64_t>(field) << mantissa_bits) | mantissa;
            magnitude = away ? magnitude + 1 : magnitude - 1;
        }
    }
    const std::uint64_t ordered = negative ? ~magnitude & low_bits(bits) : magnitude | bit(bits);
    return (ordered << layout.form_bits) | form;
}

}  // namespace

std::optional<std::uint64_t> scientific_payload(std::string_view lexical) {
    Parts parts;
    const char* at = lexical.data();
    const char* const end = at + lexical.size();
    if (at != end && *at == '-') {
        parts.negative = true;
        ++at;
    }
    // One digit, a point, 1 to 13 digits of which the last is 0 only when it is alone, an exponent.
    if (end - at < 5 || !is_digit(at[0]) || at[1] != '.' || !is_digit(at[2])) return std::nullopt;
    const bool zero = at[0] == '0';
    std::uint64_t mantissa = static_cast<std::uint64_t>(at[0] - '0');
    at += 2;
    int digits = 1;
    while (at != end && is_digit(*at) && digits < mantissa_digits) {
        mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at++ - '0');
        ++digits;
    }
    if (at == end || *at != 'E' || (digits > 2 && at[-1] == '0')) return std::nullopt;
    ++at;
    const bool negative_exponent = at != end && *at == '-';
    if (negative_exponent) ++at;
    const auto exponent = canonical_digits({at, static_cast<std::size_t>(end - at)});
    if (!exponent || (negative_exponent && *exponent == 0)) return std::nullopt;
    if (zero) {
        if (mantissa != 0 || digits != 2 || *exponent != 0 || parts.negative) return std::nullopt;
        return pack(scientific, parts);
    }
    if (*exponent > static_cast<std::uint64_t>(scientific.greatest_exponent)) return std::nullopt;
    parts.exponent = negative_exponent ? -static_cast<int>(*exponent) : static_cast<int>(*exponent);
    parts.mantissa = mantissa * powers_of_ten[static_cast<std::size_t>(mantissa_digits - digits)];
    return pack(scientific, parts);
}

char* write_scientific(std::uint64_t payload, char* out) {
    const auto parts = unpack(scientific, payload);
    if (!parts) return nullptr;
    if (parts->mantissa == 0) {
        std::memcpy(out, "0.0E0", 5);
        return out + 5;
    }
    if (parts->negative) *out++ = '-';
    char digits[mantissa_digits];
    write_fixed(parts->mantissa, mantissa_digits, digits);
    const int count = std::max(2, significant_digits(parts->mantissa));
    *out++ = digits[0];
    *out++ = '.';
    std::memcpy(out, digits + 1, static_cast<std::size_t>(count - 1));
    out += count - 1;
    *out++ = 'E';
    return std::to_chars(out, out + 5, parts->exponent).ptr;
}

double scientific_value(std::uint64_t payload) {
    const auto parts = unpack(scientific, payload);
    return parts ? value_of(*parts) : std::nan("");
}

std::optional<std::uint64_t> plain_payload(std::string_view lexical) {
    Parts parts;
    if (!lexical.empty() && lexical[0] == '-') {
        parts.negative = true;
        lexical.remove_prefix(1);
    }
    const auto point = lexical.find('.');
    const std::string_view whole = lexical.substr(0, point);
    std::string_view fraction;
    if (point != std::string_view::npos) {
        fraction = lexical.substr(point + 1);
        if (fraction.empty() || fraction.size() > 15) return std::nullopt;
    }
    if (whole.empty() || whole.size() > 31 || (whole[0] == '0' && whole.size() > 1)) {
        return std::nullopt;
    }
    parts.form = fraction.size();
    int digits = 0;  // of the mantissa so far; 0 before the first digit that is not 0
    int zeros = 0;   // seen after it and not yet put in
    bool first_found = false;
    int position = static_cast<int>(whole.size()) - 1;  // the exponent of the next digit
    const auto take = [&](std::string_view part) {
        for (char c : part) {
            if (!is_digit(c)) return false;
            if (c == '0') {
                if (first_found) ++zeros;
            } else {
                if (!first_found) {
                    first_found = true;
                    parts.exponent = position;
                    zeros = 0;
                }
                if (digits + zeros + 1 > mantissa_digits) return false;
                parts.mantissa =
                    parts.mantissa * powers_of_ten[static_cast<std::size_t>(zeros + 1)] +
                    static_cast<std::uint64_t>(c - '0');
                digits += zeros + 1;
                zeros = 0;
            }
            --position;
        }
        return true;
    };
    if (!take(whole) || !take(fraction)) return std::nullopt;
    if (!first_found) {
        if (parts.negative) return std::nullopt;
        return pack(plain, parts);
    }
    parts.mantissa *= powers_of_ten[static_cast<std::size_t>(mantissa_digits - digits)];
    return pack(plain, parts);
}

char* write_plain(std::uint64_t payload, char* out) {
    const auto parts = unpack(plain, payload);
    if (!parts) return nullptr;
    const int fraction_digits = static_cast<int>(parts->form);
    if (parts->negative) *out++ = '-';
    char digits[mantissa_digits];
    write_fixed(parts->mantissa, mantissa_digits, digits);
    const int exponent = parts->mantissa == 0 ? 0 : parts->exponent;
    const int significant = significant_digits(parts->mantissa);
    if (parts->mantissa != 0 && significant - 1 - exponent > fraction_digits) return nullptr;
    for (int position = std::max(exponent, 0); position >= -fraction_digits; --position) {
        if (position == -1) *out++ = '.';
        const int index = exponent - position;
        *out++ = index >= 0 && index < mantissa_digits ? digits[index] : '0';
    }
    return out;
}

double plain_value(std::uint64_t payload) {
    const auto parts = unpack(plain, payload);
    return parts ? value_of(*parts) : std::nan("");
}

std::uint64_t scientific_bound(double value, bool upper) {
    return bound(scientific, value, upper);
}

std::uint64_t plain_bound(double value, bool upper) {
    return bound(plain, value, upper);
}

// Floats: the 32 bits in an order-keeping form, then how it is written: 0 the shortest scientific
// form, 1 + n the plain form of the shortest digits with n fraction digits written.

namespace {

constexpr int float_form_bits = 26;
constexpr std::uint64_t greatest_float_form = 1 + 20;

std::uint32_t ordered_bits(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return (bits & 0x8000'0000u) != 0 ? ~bits : bits | 0x8000'0000u;
}

float from_ordered_bits(std::uint32_t ordered) {
    return std::bit_cast<float>((ordered & 0x8000'0000u) != 0 ? ordered & 0x7FFF'FFFFu : ~ordered);
}

}  // namespace

float float_payload_value(std::uint64_t payload) {
    return from_ordered_bits(static_cast<std::uint32_t>(payload >> float_form_bits));
}

char* write_float(std::uint64_t payload, char* out) {
    const float value = float_payload_value(payload);
    const std::uint64_t form = payload & low_bits(float_form_bits);
    if (!std::isfinite(value) || (value == 0 && std::signbit(value)) ||
        form > greatest_float_form) {
        return nullptr;
    }
    char text[24];
    const char* const end =
        std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::scientific)
            .ptr;
    char digits[16];
    int count = 0;
    const char* at = text;
    for (; *at != 'e'; ++at) {
        if (*at != '.') digits[count++] = *at;
    }
    int exponent = 0;
    at += at[1] == '+' ? 2 : 1;
    std::from_chars(at, end, exponent);
    if (value < 0) *out++ = '-';
    if (form == 0) {
        *out++ = digits[0];
        *out++ = '.';
        if (count == 1) *out++ = '0';
        for (int i = 1; i < count; ++i) *out++ = digits[i];
        *out++ = 'E';
        return std::to_chars(out, out + 5, exponent).ptr;
    }
    const int fraction_digits = static_cast<int>(form) - 1;
    if (exponent > 20 || (value != 0 && count - 1 - exponent > fraction_digits)) return nullptr;
    for (int position = std::max(exponent, 0); position >= -fraction_digits; --position) {
        if (position == -1) *out++ = '.';
        const int index = exponent - position;
        *out++ = index >= 0 && index < count ? digits[index] : '0';
    }
    return out;
}

std::optional<std::uint64_t> float_payload(std::string_view lexical) {
    if (lexical.empty() || lexical.size() > 48 || !(is_digit(lexical[0]) || lexical[0] == '-')) {
        return std::nullopt;
    }
    float value = 0;
    const auto [end, error] =
        std::from_chars(lexical.data(), lexical.data() + lexical.size(), value);
    if (error != std::errc{} || end != lexical.data() + lexical.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    std::uint64_t form = 0;
    if (lexical.find_first_of("eE") == std::string_view::npos) {
        const auto point = lexical.find('.');
        form = 1 + (point == std::string_view::npos ? 0 : lexical.size() - point - 1);
        if (form > greatest_float_form) return std::nullopt;
    }
    const std::uint64_t payload =
        (static_cast<std::uint64_t>(ordered_bits(value)) << float_form_bits) | form;
    // The form fits exactly when writing it gives the text back.
    char text[64];
    const char* const written = write_float(payload, text);
    if (written == nullptr ||
        lexical != std::string_view(text, static_cast<std::size_t>(written - text))) {
        return std::nullopt;
    }
    return payload;
}

std::uint64_t float_bound(float value, bool upper) {
    return (static_cast<std::uint64_t>(ordered_bits(value)) << float_form_bits) |
           (upper ? low_bits(float_form_bits) : 0);
}

}  // namespace dossier::storage
