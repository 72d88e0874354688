#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/function_strings.h"
#include "engine/function_table.h"
#include "rdf/datatype.h"
#include "rdf/floating.h"
#include "rdf/vocabulary.h"

// Constructor functions: SPARQL 1.1 section 17.5 and the casting rules of XPath F&O 3.1 section 19.
// They make values, so results are canonical.

namespace dossier::engine {

namespace {

std::optional<Integer> integer_of(const Value& value) {
    switch (value.kind()) {
        case ValueKind::boolean:
            return Integer(value.as_boolean() ? 1 : 0);
        case ValueKind::integer:
            return value.as_integer();
        case ValueKind::decimal:
            return value.as_decimal().truncate();
        case ValueKind::float_:
            return Integer::truncate(static_cast<double>(value.as_float()));
        case ValueKind::double_:
            return Integer::truncate(value.as_double());
        default:
            return std::nullopt;
    }
}

std::optional<Decimal> decimal_of(const Value& value) {
    switch (value.kind()) {
        case ValueKind::boolean:
            return Decimal(value.as_boolean() ? 1 : 0);
        case ValueKind::integer:
        case ValueKind::decimal:
            return value.to_decimal();
        case ValueKind::float_:
            return Decimal::exactly(static_cast<double>(value.as_float()));
        case ValueKind::double_:
            return Decimal::exactly(value.as_double());
        default:
            return std::nullopt;
    }
}

// Whether a number is of an integer type: its lexical form tells.
bool is_of(const Integer& number, Datatype datatype) {
    return parse_value(number.to_string(), datatype).kind() == ValueKind::integer;
}

Cell to_boolean(FunctionScope&, const Value& value) {
    switch (value.kind()) {
        case ValueKind::boolean:
            return Cell::boolean(value.as_boolean());
        case ValueKind::integer:
            return Cell::boolean(!value.as_integer().is_zero());
        case ValueKind::decimal:
            return Cell::boolean(value.as_decimal().sign() != 0);
        case ValueKind::float_:
            return Cell::boolean(value.as_float() != 0 && !std::isnan(value.as_float()));
        case ValueKind::double_:
            return Cell::boolean(value.as_double() != 0 && !std::isnan(value.as_double()));
        default:
            return {};
    }
}

Cell to_integer(FunctionScope& scope, const Value& value, Datatype datatype) {
    auto number = integer_of(value);
    if (!number) return {};
    if (datatype != Datatype::integer && !is_of(*number, datatype)) return {};
    return scope.make_value(Value::integer(std::move(*number), datatype));
}

Cell to_decimal(FunctionScope& scope, const Value& value) {
    auto number = decimal_of(value);
    return number ? scope.make_value(Value::decimal(std::move(*number))) : Cell{};
}

Cell to_float(const Value& value) {
    if (value.kind() == ValueKind::boolean) return Cell::of_float(value.as_boolean() ? 1.0F : 0.0F);
    return value.is_numeric() ? Cell::of_float(value.to_float()) : Cell{};
}

Cell to_double(const Value& value) {
    if (value.kind() == ValueKind::boolean) return Cell::of_double(value.as_boolean() ? 1.0 : 0.0);
    return value.is_numeric() ? Cell::of_double(value.to_double()) : Cell{};
}

// Which types of dates and times a type can be cast to (the table of section 19.1).
bool can_become(Datatype from, Datatype to) {
    if (from == to) return true;
    if (from == Datatype::date_time) return is_date_time(to);
    return from == Datatype::date && to != Datatype::time;
}

Cell to_date_time(FunctionScope& scope, const Value& value, Datatype datatype) {
    if (value.kind() != ValueKind::date_time) return {};
    const DateTime& time = value.as_date_time();
    if (!can_become(time.datatype(),
                    datatype == Datatype::date_time_stamp ? Datatype::date_time : datatype))
        return {};
    // What the target lacks is ignored; a date begins at midnight.
    const auto made = DateTime::of(datatype, time.parts());
    if (!made) return {};
    return scope.make_value(Value::date_time(*made));
}

Cell to_duration(FunctionScope& scope, const Value& value, Datatype datatype) {
    if (value.kind() != ValueKind::duration) return {};
    const Duration& duration = value.as_duration();
    std::optional<Duration> made = duration;
    if (datatype == Datatype::year_month_duration)
        made = Duration::of_months(duration.months());
    else if (datatype == Datatype::day_time_duration)
        made = Duration::of(0, duration.seconds(), duration.attoseconds());
    return made ? scope.make_value(Value::duration(*made, datatype)) : Cell{};
}

// Section 19.1.2.2; known values in canonical form, what has none as it is written.
Cell to_string(FunctionScope& scope, const Cell& cell) {
    const TermView& term = *scope.term(cell);
    if (term.is_iri()) return scope.borrow_string(term.text());
    if (!term.is_literal() || !term.language().empty()) return {};
    if (is_plain_string(term)) return cell;
    const Value value = scope.value(cell);
    if (value.kind() == ValueKind::ill_typed) return {};
    if (!value.has_value()) return scope.borrow_string(term.text());
    std::string text;
    if (value.kind() == ValueKind::double_)
        append_double_as_string(text, value.as_double());
    else if (value.kind() == ValueKind::float_)
        append_float_as_string(text, value.as_float());
    else
        append_lexical(text, value);
    return scope.make_string(text);
}

Cell cast_value(FunctionScope& scope, const Value& value, Datatype datatype) {
    if (is_integer(datatype)) return to_integer(scope, value, datatype);
    if (is_date_time(datatype)) return to_date_time(scope, value, datatype);
    if (is_duration(datatype)) return to_duration(scope, value, datatype);
    switch (datatype) {
        case Datatype::boolean:
            return to_boolean(scope, value);
        case Datatype::decimal:
            return to_decimal(scope, value);
        case Datatype::float_:
            return to_float(value);
        case Datatype::double_:
            return to_double(value);
        default:
            return {};
    }
}

template <Datatype datatype>
Cell cast(FunctionScope& scope, std::span<const Cell> arguments) {
    const Cell& cell = arguments[0];
    if constexpr (datatype == Datatype::string) {
        return to_string(scope, cell);
    } else {
        Value value = scope.value(cell);
        if (value.kind() == ValueKind::string) {
            // A string is read as the target's lexical form.
            value = parse_value(collapse_white_space(value.text()), datatype);
            if (!value.has_value()) return {};
            return scope.make_value(std::move(value));
        }
        return cast_value(scope, value, datatype);
    }
}

template <Datatype... datatypes>
ScalarEntry find_cast(Datatype wanted) {
    ScalarEntry entry;
    ((datatypes == wanted ? void(entry = {cast<datatypes>, true}) : void()), ...);
    return entry;
}

}  // namespace

ScalarEntry cast_function(std::string_view iri) {
    using D = Datatype;
    return find_cast<D::string, D::boolean, D::decimal, D::integer, D::non_positive_integer,
                     D::negative_integer, D::long_, D::int_, D::short_, D::byte,
                     D::non_negative_integer, D::unsigned_long, D::unsigned_int, D::unsigned_short,
                     D::unsigned_byte, D::positive_integer, D::float_, D::double_, D::date_time,
                     D::date_time_stamp, D::date, D::time, D::g_year, D::g_year_month, D::g_month,
                     D::g_month_day, D::g_day, D::duration, D::year_month_duration,
                     D::day_time_duration>(datatype_of(iri));
}

}  // namespace dossier::engine
