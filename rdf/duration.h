#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rdf/datatype.h"
#include "rdf/decimal.h"

namespace dossier {

// A duration: months, and seconds with a fraction of 18 digits (attoseconds; further digits of a
// lexical form are cut off, as XSD 1.1 section 5.4 allows). All parts have the same sign.
class Duration {
  public:
    constexpr Duration() = default;
    static constexpr Duration of_months(std::int64_t months) { return {months, 0, 0}; }
    static constexpr Duration of_seconds(std::int64_t seconds) { return {0, seconds, 0}; }
    // The parts are brought to one sign; nothing when that is impossible (P1M and -PT1S) or out of
    // range. |attoseconds| < 10^18.
    static std::optional<Duration> of(std::int64_t months, std::int64_t seconds,
                                      std::int64_t attoseconds);

    // Of the lexical form of xsd:duration, xsd:yearMonthDuration or xsd:dayTimeDuration. Nothing
    // when it is not one or out of the range of 64 bits.
    static std::optional<Duration> parse(std::string_view lexical, Datatype datatype);
    static bool is_lexical(std::string_view lexical, Datatype datatype) noexcept;

    std::int64_t months() const { return months_; }
    std::int64_t seconds() const { return seconds_; }          // whole seconds
    std::int64_t attoseconds() const { return attoseconds_; }  // the fraction, times 10^18
    int sign() const;
    Decimal total_seconds() const;  // seconds and fraction

    // Canonical form; zero is "PT0S", for a yearMonthDuration "P0M".
    void append_to(std::string& out, Datatype datatype) const;
    std::string to_string(Datatype datatype) const;

    friend bool operator==(const Duration&, const Duration&) = default;

  private:
    constexpr Duration(std::int64_t months, std::int64_t seconds, std::int64_t attoseconds)
        : months_(months), seconds_(seconds), attoseconds_(attoseconds) {}

    std::int64_t months_ = 0;
    std::int64_t seconds_ = 0;
    std::int64_t attoseconds_ = 0;
};

// XSD 1.1 section 3.3.6.1: the order is partial, P1M and P30D are unordered.
std::partial_ordering compare(const Duration& a, const Duration& b);
// A total order that agrees with compare(), for sorting.
std::strong_ordering compare_totally(const Duration& a, const Duration& b);

// Nothing on overflow, or when months and seconds would differ in sign.
std::optional<Duration> add(const Duration& a, const Duration& b);
std::optional<Duration> subtract(const Duration& a, const Duration& b);
std::optional<Duration> negate(const Duration& a);
// Months are rounded half toward positive infinity, the fraction is cut to attoseconds (XPath
// op:multiply-yearMonthDuration, op:multiply-dayTimeDuration).
std::optional<Duration> multiply(const Duration& a, const Decimal& factor);
std::optional<Duration> divide(const Duration& a, const Decimal& divisor);
// The quotient of two durations of months only or of seconds only; nothing otherwise.
std::optional<Decimal> divide(const Duration& a, const Duration& b);

}  // namespace dossier
