#pragma once

#include <optional>
#include <string>
#include <string_view>

// Lexical forms of xsd:double and xsd:float, independent of any locale.

namespace dossier {

// Of the lexical space (without white space around): digits with an optional point and exponent,
// INF, +INF, -INF, NaN. Correctly rounded; beyond the range infinity or zero. Nothing for other
// text, hexadecimal and "inf" included.
std::optional<double> parse_double(std::string_view lexical) noexcept;
std::optional<float> parse_float(std::string_view lexical) noexcept;

// XSD's canonical form with the fewest digits that read back: "1.0E0", "-1.5E-7", "INF", "NaN".
void append_double(std::string& out, double value);
void append_float(std::string& out, float value);

// What XPath's cast to xs:string gives (XPath F&O 3.1 section 19.1.2.2), SPARQL's STR of a computed
// number: "1", "0.5" within [1e-6, 1e6), the canonical form outside.
void append_double_as_string(std::string& out, double value);
void append_float_as_string(std::string& out, float value);

}  // namespace dossier
