#include "rdf/value.h"

#include <cmath>
#include <limits>
#include <utility>

#include "rdf/floating.h"

namespace dossier {

namespace {

std::optional<bool> parse_boolean(std::string_view text) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    return std::nullopt;
}

bool within(const Integer& value, std::int64_t lowest, std::int64_t highest) {
    return value.fits_int64() && value.int64() >= lowest && value.int64() <= highest;
}

// The ranges of XSD 1.1 section 3.4.13 to 3.4.25.
bool is_in_range(const Integer& value, Datatype subtype) {
    switch (subtype) {
        case Datatype::non_positive_integer:
            return value.sign() <= 0;
        case Datatype::negative_integer:
            return value.sign() < 0;
        case Datatype::long_:
            return value.fits_int64();
        case Datatype::int_:
            return within(value, INT32_MIN, INT32_MAX);
        case Datatype::short_:
            return within(value, INT16_MIN, INT16_MAX);
        case Datatype::byte:
            return within(value, INT8_MIN, INT8_MAX);
        case Datatype::non_negative_integer:
            return value.sign() >= 0;
        case Datatype::unsigned_long: {
            static const Integer highest = *Integer::parse("18446744073709551615");
            return value.sign() >= 0 && value <= highest;
        }
        case Datatype::unsigned_int:
            return within(value, 0, UINT32_MAX);
        case Datatype::unsigned_short:
            return within(value, 0, UINT16_MAX);
        case Datatype::unsigned_byte:
            return within(value, 0, UINT8_MAX);
        case Datatype::positive_integer:
            return value.sign() > 0;
        default:
            return true;
    }
}

// Digits of an integer beyond the limit are known to be well formed; whether its subtype has it is
// known by the sign alone.
bool has_unlimited(Datatype subtype, bool negative) {
    switch (subtype) {
        case Datatype::integer:
            return true;
        case Datatype::non_positive_integer:
        case Datatype::negative_integer:
            return negative;
        case Datatype::non_negative_integer:
        case Datatype::positive_integer:
            return !negative;
        default:
            return false;
    }
}

Value parse_integer(std::string_view text, Datatype subtype) {
    if (auto value = Integer::parse(text)) {
        if (!is_in_range(*value, subtype)) {
            return Value::without_value(ValueKind::ill_typed, subtype);
        }
        return Value::integer(std::move(*value), subtype);
    }
    const bool beyond = is_integer_lexical(text) && has_unlimited(subtype, text[0] == '-');
    return Value::without_value(beyond ? ValueKind::beyond_limits : ValueKind::ill_typed, subtype);
}

// For a value that was not parsed: is the text at least of the datatype's lexical space?
Value unparsed(bool is_lexical, Datatype datatype) {
    return Value::without_value(is_lexical ? ValueKind::beyond_limits : ValueKind::ill_typed,
                                datatype);
}

}  // namespace

Value Value::boolean(bool value) {
    return {ValueKind::boolean, Datatype::boolean, value};
}

Value Value::integer(Integer value, Datatype subtype) {
    return {ValueKind::integer, subtype, std::move(value)};
}

Value Value::decimal(Decimal value) {
    return {ValueKind::decimal, Datatype::decimal, std::move(value)};
}

Value Value::real(double value) {
    return {ValueKind::double_, Datatype::double_, value};
}

Value Value::real_float(float value) {
    return {ValueKind::float_, Datatype::float_, value};
}

Value Value::date_time(DateTime value) {
    return {ValueKind::date_time, value.datatype(), value};
}

Value Value::duration(Duration value, Datatype datatype) {
    return {ValueKind::duration, datatype, value};
}

Value Value::string(std::string value) {
    auto owner = std::make_shared<const std::string>(std::move(value));
    const std::string_view text = *owner;
    return {ValueKind::string, Datatype::string, Text{text, {}, Direction::none, std::move(owner)}};
}

Value Value::borrowed_string(std::string_view value) {
    return {ValueKind::string, Datatype::string, Text{value, {}, Direction::none, nullptr}};
}

Value Value::borrowed_language_string(std::string_view value, std::string_view language,
                                      Direction direction) {
    return {ValueKind::language_string,
            direction == Direction::none ? Datatype::lang_string : Datatype::dir_lang_string,
            Text{value, language, direction, nullptr}};
}

Value Value::without_value(ValueKind kind, Datatype datatype) {
    return {kind, datatype, std::monostate{}};
}

double Value::to_double() const {
    switch (kind_) {
        case ValueKind::integer:
            return as_integer().to_double();
        case ValueKind::decimal:
            return as_decimal().to_double();
        case ValueKind::float_:
            return double{as_float()};
        case ValueKind::double_:
            return as_double();
        default:
            return std::numeric_limits<double>::quiet_NaN();
    }
}

float Value::to_float() const {
    switch (kind_) {
        case ValueKind::integer:
            return as_integer().to_float();
        case ValueKind::decimal:
            return as_decimal().to_float();
        case ValueKind::float_:
            return as_float();
        case ValueKind::double_:
            return static_cast<float>(as_double());
        default:
            return std::numeric_limits<float>::quiet_NaN();
    }
}

Decimal Value::to_decimal() const {
    return kind_ == ValueKind::integer ? Decimal(as_integer()) : as_decimal();
}

std::string_view collapse_white_space(std::string_view text) {
    // No lexical form here allows blanks inside.
    constexpr std::string_view blanks = " \t\n\r";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Value parse_value(std::string_view text, Datatype datatype) {
    if (datatype == Datatype::string) return Value::borrowed_string(text);
    if (datatype == Datatype::unknown) {
        return Value::without_value(ValueKind::unknown_datatype, datatype);
    }
    if (is_integer(datatype)) return parse_integer(text, datatype);
    if (is_date_time(datatype)) {
        if (const auto value = DateTime::parse(text, datatype)) return Value::date_time(*value);
        return unparsed(DateTime::is_lexical(text, datatype), datatype);
    }
    if (is_duration(datatype)) {
        if (const auto value = Duration::parse(text, datatype)) {
            return Value::duration(*value, datatype);
        }
        return unparsed(Duration::is_lexical(text, datatype), datatype);
    }
    switch (datatype) {
        case Datatype::boolean:
            if (const auto value = parse_boolean(text)) return Value::boolean(*value);
            break;
        case Datatype::decimal:
            if (auto value = Decimal::parse(text)) return Value::decimal(std::move(*value));
            return unparsed(is_decimal_lexical(text), datatype);
        case Datatype::double_:
            if (const auto value = parse_double(text)) return Value::real(*value);
            break;
        case Datatype::float_:
            if (const auto value = parse_float(text)) return Value::real_float(*value);
            break;
        default:
            break;  // rdf:langString without a language
    }
    return Value::without_value(ValueKind::ill_typed, datatype);
}

Value parse_value(const TermView& term) {
    if (!term.is_literal()) return {};
    if (!term.language().empty()) {
        return Value::borrowed_language_string(term.text(), term.language(), term.direction());
    }
    return parse_value(term.text(), datatype_of(term.datatype()));
}

void append_lexical(std::string& out, const Value& value) {
    switch (value.kind()) {
        case ValueKind::none:
        case ValueKind::ill_typed:
        case ValueKind::beyond_limits:
        case ValueKind::unknown_datatype:
            return;
        case ValueKind::string:
        case ValueKind::language_string:
            out += value.text();
            return;
        case ValueKind::boolean:
            out += value.as_boolean() ? "true" : "false";
            return;
        case ValueKind::integer:
            value.as_integer().append_to(out);
            return;
        case ValueKind::decimal:
            value.as_decimal().append_to(out);
            return;
        case ValueKind::float_:
            append_float(out, value.as_float());
            return;
        case ValueKind::double_:
            append_double(out, value.as_double());
            return;
        case ValueKind::date_time:
            value.as_date_time().append_to(out);
            return;
        case ValueKind::duration:
            value.as_duration().append_to(out, value.datatype());
            return;
    }
}

Term to_term(const Value& value) {
    if (value.kind() == ValueKind::language_string) {
        return Term::language_literal(std::string(value.text()), std::string(value.language()),
                                      value.direction());
    }
    std::string lexical;
    append_lexical(lexical, value);
    return Term::literal(std::move(lexical), std::string(iri_of(value.datatype())));
}

std::optional<bool> effective_boolean_value(const Value& value) {
    switch (value.kind()) {
        case ValueKind::boolean:
            return value.as_boolean();
        case ValueKind::string:
            return !value.text().empty();
        case ValueKind::integer:
            return value.as_integer().sign() != 0;
        case ValueKind::decimal:
            return value.as_decimal().sign() != 0;
        case ValueKind::float_:
            return value.as_float() != 0 && !std::isnan(value.as_float());
        case ValueKind::double_:
            return value.as_double() != 0 && !std::isnan(value.as_double());
        case ValueKind::beyond_limits:
            // A decimal may be beyond the limits on its fraction; it is not zero either way.
            if (is_numeric(value.datatype())) return true;
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

std::optional<bool> effective_boolean_value(const TermView& term) {
    return effective_boolean_value(parse_value(term));
}

}  // namespace dossier
