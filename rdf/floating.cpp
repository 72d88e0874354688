#include "rdf/floating.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace dossier {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// [+-]? ([0-9]+ (. [0-9]*)? | . [0-9]+) ([eE] [+-]? [0-9]+)?
bool is_number(std::string_view text) noexcept {
    std::size_t i = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
    std::size_t digits = 0;
    for (; i < text.size() && is_digit(text[i]); ++i) ++digits;
    if (i < text.size() && text[i] == '.') {
        for (++i; i < text.size() && is_digit(text[i]); ++i) ++digits;
    }
    if (digits == 0) return false;
    if (i == text.size()) return true;
    if (text[i] != 'e' && text[i] != 'E') return false;
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    const std::size_t exponent = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > exponent && i == text.size();
}

// For text whose magnitude is outside the type's range: is it too large rather than too small?
// The place of the first digit other than zero and the exponent together decide.
bool is_too_large(std::string_view text) noexcept {
    std::size_t i = text[0] == '-' ? 1 : 0;
    std::int64_t place = 0;  // decimal places from the point to the leading digit
    bool leading_found = false;
    bool after_point = false;
    for (; i < text.size() && (is_digit(text[i]) || text[i] == '.'); ++i) {
        if (text[i] == '.') {
            after_point = true;
        } else if (leading_found) {
            if (!after_point) ++place;
        } else {
            if (after_point) --place;
            leading_found = text[i] != '0';
        }
    }
    if (i == text.size()) return place > 0;
    ++i;
    const bool negative = text[i] == '-';
    if (!is_digit(text[i])) ++i;
    std::int64_t exponent = 0;
    constexpr std::int64_t enough = 1'000'000'000'000'000;
    for (; i < text.size(); ++i) {
        if (exponent < enough) exponent = exponent * 10 + (text[i] - '0');
    }
    return place + (negative ? -exponent : exponent) > 0;
}

template <typename Real>
std::optional<Real> parse(std::string_view text) noexcept {
    constexpr Real infinity = std::numeric_limits<Real>::infinity();
    if (text == "INF" || text == "+INF") return infinity;
    if (text == "-INF") return -infinity;
    if (text == "NaN") return std::numeric_limits<Real>::quiet_NaN();
    if (!is_number(text)) return std::nullopt;
    if (text[0] == '+') text.remove_prefix(1);
    Real value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc::result_out_of_range) {
        value = is_too_large(text) ? infinity : Real{0};
        return text[0] == '-' ? -value : value;
    }
    return value;
}

// Scientific notation as to_chars gives it ("1.5e-07") in XSD's form ("1.5E-7", "1.0E0").
template <typename Real>
void append_canonical(std::string& out, Real value) {
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::isinf(value)) {
        out += value < 0 ? "-INF" : "INF";
        return;
    }
    char buffer[64];
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
    const std::size_t e = text.find('e');
    out += text.substr(0, e);
    if (text.substr(0, e).find('.') == std::string_view::npos) out += ".0";
    out += 'E';
    std::string_view exponent = text.substr(e + 1);
    if (exponent.front() == '-') out += '-';
    exponent.remove_prefix(1);
    while (exponent.size() > 1 && exponent.front() == '0') exponent.remove_prefix(1);
    out += exponent;
}

template <typename Real>
void append_as_string(std::string& out, Real value) {
    const Real magnitude = std::fabs(value);
    if (value == 0) {
        out += std::signbit(value) ? "-0" : "0";
    } else if (magnitude >= Real(1e-6L) && magnitude < Real(1e6L)) {
        char buffer[64];
        const auto end =
            std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr;
        out.append(buffer, end);
    } else {
        append_canonical(out, value);
    }
}

}  // namespace

std::optional<double> parse_double(std::string_view lexical) noexcept {
    return parse<double>(lexical);
}
std::optional<float> parse_float(std::string_view lexical) noexcept {
    return parse<float>(lexical);
}

void append_double(std::string& out, double value) {
    append_canonical(out, value);
}
void append_float(std::string& out, float value) {
    append_canonical(out, value);
}
void append_double_as_string(std::string& out, double value) {
    append_as_string(out, value);
}
void append_float_as_string(std::string& out, float value) {
    append_as_string(out, value);
}

}  // namespace dossier
