#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dossier {

struct BigInteger;  // rdf/big_integer.h

// An integer of any size up to max_digits decimal digits. Values that fit 64 bits cost nothing; the
// others share an immutable number, so that a copy is cheap. Operations whose result would have
// more digits than the limit return nothing: to SPARQL that is an expression error.
class Integer {
  public:
    static constexpr std::size_t max_digits = 16'384;

    constexpr Integer() = default;
    constexpr Integer(std::int64_t value) : small_(value) {}  // NOLINT: a plain number is one

    // Of `[+-]?[0-9]+`. Nothing when the text is something else or has too many digits (leading
    // zeros do not count); is_integer_lexical() tells which.
    static std::optional<Integer> parse(std::string_view lexical);
    // Of a number of BigInteger's kind; nothing beyond the limit.
    static std::optional<Integer> of(BigInteger&& value);
    // The integer part, exactly; nothing for NaN and infinities.
    static std::optional<Integer> truncate(double value);

    bool fits_int64() const { return !big_; }
    // Undefined unless fits_int64().
    std::int64_t int64() const { return small_; }
    std::optional<std::int64_t> to_int64() const {
        return big_ ? std::nullopt : std::optional<std::int64_t>(small_);
    }
    // -1, 0 or 1.
    int sign() const;
    bool is_zero() const { return !big_ && small_ == 0; }

    // Correctly rounded (to nearest, ties to even); infinite beyond the range.
    double to_double() const;
    float to_float() const;
    // Canonical: no leading zeros, no plus.
    std::string to_string() const;
    void append_to(std::string& out) const;

    friend bool operator==(const Integer& a, const Integer& b);
    friend std::strong_ordering operator<=>(const Integer& a, const Integer& b);

    // The number behind a value beyond 64 bits, null for the others.
    const BigInteger* big() const { return big_.get(); }

  private:
    std::int64_t small_ = 0;
    std::shared_ptr<const BigInteger> big_;  // only for values that do not fit small_
};

// `[+-]?[0-9]+`
bool is_integer_lexical(std::string_view text) noexcept;

std::optional<Integer> add(const Integer& a, const Integer& b);
std::optional<Integer> subtract(const Integer& a, const Integer& b);
std::optional<Integer> multiply(const Integer& a, const Integer& b);
std::optional<Integer> negate(const Integer& a);
std::optional<Integer> absolute(const Integer& a);
// Truncating toward zero, as XPath's idiv and mod; nothing for a division by zero. The remainder
// has the sign of the dividend.
std::optional<Integer> quotient(const Integer& a, const Integer& b);
std::optional<Integer> remainder(const Integer& a, const Integer& b);

}  // namespace dossier
