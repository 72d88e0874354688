#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rdf/integer.h"

namespace dossier {

// An xsd:decimal: coefficient / 10^scale, exact, in lowest terms (the coefficient does not end in 0
// unless the scale is 0), so that one value has one representation. Coefficient and scale are
// limited to Integer::max_digits digits; operations beyond return nothing. Never through double.
class Decimal {
  public:
    // Division gives at least this many fractional and significant digits.
    static constexpr std::uint32_t division_digits = 18;

    constexpr Decimal() = default;
    Decimal(Integer value) : coefficient_(std::move(value)) {}  // NOLINT: exact
    Decimal(std::int64_t value) : coefficient_(value) {}        // NOLINT: exact
    // coefficient / 10^scale; nothing beyond the limits.
    static std::optional<Decimal> of(Integer coefficient, std::uint32_t scale);

    // Of `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)`. Nothing when the text is something else or beyond
    // the limits; is_decimal_lexical() tells which.
    static std::optional<Decimal> parse(std::string_view lexical);
    // The value of a finite double or float exactly (0.1 has 55 fractional digits); nothing for
    // NaN and infinities. XPath's cast to xs:decimal.
    static std::optional<Decimal> exactly(double value);
    // The shortest decimal that reads back as the same double: what people mean by 0.1.
    static std::optional<Decimal> shortest(double value);

    const Integer& coefficient() const { return coefficient_; }
    std::uint32_t scale() const { return scale_; }
    bool is_integer() const { return scale_ == 0; }
    int sign() const { return coefficient_.sign(); }

    // Correctly rounded, ties to even.
    double to_double() const;
    float to_float() const;
    // The integer part, toward zero.
    Integer truncate() const;

    // Canonical form of XSD 1.1 for xsd:decimal: "1" for an integer, else digits on both sides of
    // the point: "-0.5".
    std::string to_string() const;
    void append_to(std::string& out) const;

    friend bool operator==(const Decimal& a, const Decimal& b) = default;
    friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

  private:
    Integer coefficient_;
    std::uint32_t scale_ = 0;
};

bool is_decimal_lexical(std::string_view text) noexcept;

std::optional<Decimal> add(const Decimal& a, const Decimal& b);
std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
// Exact where the quotient ends within division_digits (or the dividend's own) fractional digits,
// otherwise rounded half to even; nothing for a division by zero.
std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
std::optional<Decimal> negate(const Decimal& a);
std::optional<Decimal> absolute(const Decimal& a);
// To an integer: fn:round (half toward positive infinity), fn:floor, fn:ceiling.
Decimal round(const Decimal& a);
Decimal floor(const Decimal& a);
Decimal ceiling(const Decimal& a);

// Exact comparison with a double, unordered for NaN. (SPARQL's operators promote instead; ORDER BY
// compares exactly, for promotion is not transitive.)
std::partial_ordering compare_exactly(const Decimal& a, double b);
std::partial_ordering compare_exactly(const Integer& a, double b);

}  // namespace dossier
