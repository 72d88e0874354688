#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <dossier/term.h>

#include "rdf/datatype.h"
#include "rdf/date_time.h"
#include "rdf/decimal.h"
#include "rdf/duration.h"
#include "rdf/integer.h"

namespace dossier {

enum class ValueKind : std::uint8_t {
    none,              // not a literal
    ill_typed,         // the lexical form is not of its (known) datatype
    beyond_limits,     // a value the datatype has and this program does not: too many digits
    unknown_datatype,  // nothing is known about the value
    string,
    language_string,  // with or without direction
    boolean,
    integer,  // datatype() tells the subtype
    decimal,
    float_,
    double_,
    date_time,  // dateTime, date, time and the g types: datatype() tells which
    duration,   // all three
};

// What a literal means. Cheap to copy. Strings are borrowed from the term's text unless made by
// Value::string(std::string): a value of parse_value(term) lives no longer than that text.
class Value {
  public:
    struct Text {
        std::string_view lexical;
        std::string_view language;
        Direction direction = Direction::none;
        std::shared_ptr<const std::string> owner;  // null: borrowed
    };

    Value() = default;  // ValueKind::none

    static Value boolean(bool value);
    static Value integer(Integer value, Datatype subtype = Datatype::integer);
    static Value decimal(Decimal value);
    static Value real(double value);
    static Value real_float(float value);
    static Value date_time(DateTime value);
    static Value duration(Duration value, Datatype datatype = Datatype::duration);
    static Value string(std::string value);                // owns
    static Value borrowed_string(std::string_view value);  // borrows
    static Value borrowed_language_string(std::string_view value, std::string_view language,
                                          Direction direction = Direction::none);
    // For the kinds without a value: ill_typed, beyond_limits, unknown_datatype.
    static Value without_value(ValueKind kind, Datatype datatype);

    ValueKind kind() const { return kind_; }
    Datatype datatype() const { return datatype_; }
    bool is_numeric() const { return kind_ >= ValueKind::integer && kind_ <= ValueKind::double_; }
    // A literal whose value is known.
    bool has_value() const { return kind_ >= ValueKind::string; }

    // Each only for its kind.
    bool as_boolean() const { return std::get<bool>(content_); }
    const Integer& as_integer() const { return std::get<Integer>(content_); }
    const Decimal& as_decimal() const { return std::get<Decimal>(content_); }
    float as_float() const { return std::get<float>(content_); }
    double as_double() const { return std::get<double>(content_); }
    const DateTime& as_date_time() const { return std::get<DateTime>(content_); }
    const Duration& as_duration() const { return std::get<Duration>(content_); }
    // string and language_string
    std::string_view text() const { return std::get<Text>(content_).lexical; }
    std::string_view language() const { return std::get<Text>(content_).language; }
    Direction direction() const { return std::get<Text>(content_).direction; }

    // Numeric promotion (XPath 3.1 appendix B.1); only for numeric kinds, to_decimal() only for
    // integer and decimal.
    double to_double() const;
    float to_float() const;
    Decimal to_decimal() const;

  private:
    template <typename Content>
    Value(ValueKind kind, Datatype datatype, Content&& content)
        : kind_(kind), datatype_(datatype), content_(std::forward<Content>(content)) {}

    ValueKind kind_ = ValueKind::none;
    Datatype datatype_ = Datatype::unknown;
    std::variant<std::monostate, bool, float, double, Integer, Decimal, DateTime, Duration, Text>
        content_;
};

// The value of a term. White space around a lexical form makes it ill-typed: RDF takes the lexical
// space as it is (RDF 1.1 Semantics section 7), without XSD's white space facet. Never throws for
// any text.
Value parse_value(const TermView& term);
// The same for a datatype already looked up; for the ones without language.
Value parse_value(std::string_view lexical, Datatype datatype);

// The text without white space around it: what a cast from a string reads (XPath F&O 3.1 section
// 19.2).
std::string_view collapse_white_space(std::string_view text);

// The literal for a value, in canonical form; only for has_value().
Term to_term(const Value& value);
// Its canonical lexical form.
void append_lexical(std::string& out, const Value& value);

// SPARQL 1.2 section 17.2.2. Nothing: an error. Only booleans, numbers and xsd:string have one:
// not ill-typed ones (false in SPARQL 1.1), and not strings with a language.
std::optional<bool> effective_boolean_value(const TermView& term);
std::optional<bool> effective_boolean_value(const Value& value);

}  // namespace dossier
