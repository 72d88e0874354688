#include "engine/function_arithmetic.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

namespace dossier::engine {

namespace {

using Kind = Cell::Kind;
__extension__ using Wide = __int128;

constexpr std::array<std::int64_t, 19> powers_of_ten = [] {
    std::array<std::int64_t, 19> powers{};
    powers[0] = 1;
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}();

std::optional<Cell> small_decimal(Wide coefficient, int scale) {
    while (scale > 0 &&
           (scale > Cell::max_scale || coefficient > INT64_MAX || coefficient < INT64_MIN) &&
           coefficient % 10 == 0)
        coefficient /= 10, --scale;
    if (scale > Cell::max_scale || coefficient > INT64_MAX || coefficient < INT64_MIN)
        return std::nullopt;
    return Cell::decimal(static_cast<std::int64_t>(coefficient), static_cast<std::uint8_t>(scale));
}

double real_of(const Cell& cell) {
    switch (cell.kind) {
        case Kind::integer:
            return static_cast<double>(cell.number);
        case Kind::decimal:
            // Both exact: one rounding, as correct rounding asks.
            if (cell.number < (std::int64_t{1} << 53) && cell.number > -(std::int64_t{1} << 53))
                return static_cast<double>(cell.number) /
                       static_cast<double>(powers_of_ten[cell.scale]);
            return Decimal::of(Integer(cell.number), cell.scale)->to_double();
        case Kind::float_:
            return static_cast<double>(cell.real_float);
        default:
            return cell.real;
    }
}

float float_of(const Cell& cell) {
    switch (cell.kind) {
        case Kind::integer:
            return static_cast<float>(cell.number);
        case Kind::decimal:
            return Decimal::of(Integer(cell.number), cell.scale)->to_float();
        case Kind::float_:
            return cell.real_float;
        default:
            return static_cast<float>(cell.real);
    }
}

enum class Operation : std::uint8_t { add, subtract, multiply, divide };

template <typename Real>
Real apply(Operation operation, Real a, Real b) {
    switch (operation) {
        case Operation::add:
            return a + b;
        case Operation::subtract:
            return a - b;
        case Operation::multiply:
            return a * b;
        default:
            return a / b;
    }
}

Cell apply_wide(FunctionScope& scope, Operation operation, const Value& a, const Value& b);

// Numbers of arbitrary size, dates and durations.
Cell apply_slowly(FunctionScope& scope, Operation operation, const Cell& a, const Cell& b) {
    return apply_wide(scope, operation, scope.value(a), scope.value(b));
}

Cell from(FunctionScope& scope, std::optional<Decimal> value) {
    return value ? scope.make_value(Value::decimal(std::move(*value))) : Cell{};
}
Cell from(FunctionScope& scope, std::optional<Integer> value) {
    return value ? scope.make_value(Value::integer(std::move(*value))) : Cell{};
}

template <typename Number>
std::optional<Number> apply_exactly(Operation operation, const Number& a, const Number& b) {
    switch (operation) {
        case Operation::add:
            return dossier::add(a, b);
        case Operation::subtract:
            return dossier::subtract(a, b);
        case Operation::multiply:
            return dossier::multiply(a, b);
        default:
            if constexpr (std::is_same_v<Number, Decimal>)
                return dossier::divide(a, b);
            else
                return std::nullopt;
    }
}

Cell apply_numbers(FunctionScope& scope, Operation operation, const Value& a, const Value& b) {
    if (a.kind() == ValueKind::double_ || b.kind() == ValueKind::double_)
        return Cell::of_double(apply(operation, a.to_double(), b.to_double()));
    if (a.kind() == ValueKind::float_ || b.kind() == ValueKind::float_)
        return Cell::of_float(apply(operation, a.to_float(), b.to_float()));
    if (a.kind() == ValueKind::integer && b.kind() == ValueKind::integer &&
        operation != Operation::divide)
        return from(scope, apply_exactly(operation, a.as_integer(), b.as_integer()));
    return from(scope, apply_exactly(operation, a.to_decimal(), b.to_decimal()));
}

// XPath multiplies and divides only durations of months and those of seconds; a plain xsd:duration
// of one sort counts as that sort.
Datatype duration_type(const Value& a, const Duration& result) {
    if (a.datatype() != Datatype::duration) return a.datatype();
    if (result.months() == 0) return Datatype::day_time_duration;
    if (result.seconds() == 0 && result.attoseconds() == 0) return Datatype::year_month_duration;
    return Datatype::duration;
}

Cell from(FunctionScope& scope, const std::optional<Duration>& value, Datatype datatype) {
    return value ? scope.make_value(Value::duration(*value, datatype)) : Cell{};
}
Cell from(FunctionScope& scope, const std::optional<DateTime>& value) {
    return value ? scope.make_value(Value::date_time(*value)) : Cell{};
}

// The factor of a duration; doubles count with their shortest decimal form.
std::optional<Decimal> factor_of(const Value& value) {
    switch (value.kind()) {
        case ValueKind::integer:
        case ValueKind::decimal:
            return value.to_decimal();
        case ValueKind::float_:
        case ValueKind::double_:
            return Decimal::shortest(value.to_double());
        default:
            return std::nullopt;
    }
}

Cell apply_durations(FunctionScope& scope, Operation operation, const Value& a, const Value& b) {
    const Duration& left = a.as_duration();
    if (operation == Operation::divide) return from(scope, divide(left, b.as_duration()));
    if (operation == Operation::multiply) return {};
    const Datatype datatype = a.datatype() == b.datatype() ? a.datatype() : Datatype::duration;
    return from(scope,
                operation == Operation::add ? dossier::add(left, b.as_duration())
                                            : dossier::subtract(left, b.as_duration()),
                datatype);
}

Cell apply_wide(FunctionScope& scope, Operation operation, const Value& a, const Value& b) {
    if (a.is_numeric() && b.is_numeric()) return apply_numbers(scope, operation, a, b);
    const bool time = a.kind() == ValueKind::date_time;
    const bool duration = a.kind() == ValueKind::duration;
    const bool by_time = b.kind() == ValueKind::date_time;
    const bool by_duration = b.kind() == ValueKind::duration;
    if (time && by_duration && operation == Operation::add)
        return from(scope, dossier::add(a.as_date_time(), b.as_duration()));
    if (time && by_duration && operation == Operation::subtract)
        return from(scope, dossier::subtract(a.as_date_time(), b.as_duration()));
    if (duration && by_time && operation == Operation::add)
        return from(scope, dossier::add(b.as_date_time(), a.as_duration()));
    if (time && by_time && operation == Operation::subtract)
        return from(scope, dossier::subtract(a.as_date_time(), b.as_date_time()),
                    Datatype::day_time_duration);
    if (duration && by_duration) return apply_durations(scope, operation, a, b);
    if (duration && b.is_numeric() &&
        (operation == Operation::multiply || operation == Operation::divide)) {
        const auto factor = factor_of(b);
        if (!factor) return {};
        const auto result = operation == Operation::multiply
                                ? dossier::multiply(a.as_duration(), *factor)
                                : dossier::divide(a.as_duration(), *factor);
        return result ? from(scope, result, duration_type(a, *result)) : Cell{};
    }
    if (duration == false && a.is_numeric() && by_duration && operation == Operation::multiply)
        return apply_wide(scope, operation, b, a);
    return {};
}

std::optional<Cell> add_decimals(const Cell& a, const Cell& b, bool subtract) {
    const int scale = std::max(a.scale, b.scale);
    const Wide left = Wide{a.number} * powers_of_ten[static_cast<std::size_t>(scale - a.scale)];
    const Wide right = Wide{b.number} * powers_of_ten[static_cast<std::size_t>(scale - b.scale)];
    return small_decimal(subtract ? left - right : left + right, scale);
}

// The decimals of an integer cell have scale 0, so both kinds are read alike.
std::optional<Cell> apply_small(Operation operation, const Cell& a, const Cell& b) {
    switch (operation) {
        case Operation::add:
        case Operation::subtract:
            return add_decimals(a, b, operation == Operation::subtract);
        case Operation::multiply:
            return small_decimal(Wide{a.number} * b.number, a.scale + b.scale);
        default: {
            // Only where it comes out even; the rest has its own rounding.
            if (b.number == 0 || a.scale != b.scale) return std::nullopt;
            if (a.number == INT64_MIN || a.number % b.number != 0) return std::nullopt;
            return Cell::decimal(a.number / b.number, 0);
        }
    }
}

Cell apply(FunctionScope& scope, Operation operation, const Cell& first, const Cell& second) {
    const Cell a = unpack(first);
    const Cell b = unpack(second);
    if (a.is_error() || b.is_error()) return {};
    if (!a.is_small_number() || !b.is_small_number()) return apply_slowly(scope, operation, a, b);
    if (a.kind == Kind::double_ || b.kind == Kind::double_)
        return Cell::of_double(apply(operation, real_of(a), real_of(b)));
    if (a.kind == Kind::float_ || b.kind == Kind::float_)
        return Cell::of_float(apply(operation, float_of(a), float_of(b)));
    if (a.kind == Kind::integer && b.kind == Kind::integer && operation != Operation::divide) {
        std::int64_t result = 0;
        const bool overflow = operation == Operation::add
                                  ? __builtin_add_overflow(a.number, b.number, &result)
                              : operation == Operation::subtract
                                  ? __builtin_sub_overflow(a.number, b.number, &result)
                                  : __builtin_mul_overflow(a.number, b.number, &result);
        if (!overflow) return Cell::integer(result);
    } else if (const auto result = apply_small(operation, a, b)) {
        return *result;
    }
    return apply_slowly(scope, operation, a, b);
}

// fn:round: half toward positive infinity; keeps -0 and what is integral already.
template <typename Real>
Real round_real(Real value) {
    if (!std::isfinite(value) || value == std::floor(value)) return value;
    const Real down = std::floor(value);
    const Real rounded = value - down >= Real{0.5} ? down + 1 : down;
    return rounded == 0 && std::signbit(value) ? -Real{0} : rounded;
}

// ceiling of a number in (-1, 0) is -0.
template <typename Real>
Real ceiling_real(Real value) {
    return std::ceil(value);
}

// A function that keeps the type: `exact` of a decimal, `real` of doubles and floats; integers stay
// as they are when `integers_stay`.
template <typename Exact, typename Real>
Cell rounding(FunctionScope& scope, const Cell& argument, Exact exact, Real real) {
    const Cell a = unpack(argument);
    switch (a.kind) {
        case Kind::integer:
            return a;
        case Kind::decimal:
            return scope.make_value(
                Value::decimal(exact(*Decimal::of(Integer(a.number), a.scale))));
        case Kind::float_:
            return Cell::of_float(real(a.real_float));
        case Kind::double_:
            return Cell::of_double(real(a.real));
        default:
            break;
    }
    const Value value = scope.value(a);
    switch (value.kind()) {
        case ValueKind::integer:
            return scope.make_value(Value::integer(value.as_integer()));
        case ValueKind::decimal:
            return scope.make_value(Value::decimal(exact(value.as_decimal())));
        case ValueKind::float_:
            return Cell::of_float(real(value.as_float()));
        case ValueKind::double_:
            return Cell::of_double(real(value.as_double()));
        default:
            return {};
    }
}

}  // namespace

Cell add(FunctionScope& scope, const Cell& a, const Cell& b) {
    return apply(scope, Operation::add, a, b);
}
Cell subtract(FunctionScope& scope, const Cell& a, const Cell& b) {
    return apply(scope, Operation::subtract, a, b);
}
Cell multiply(FunctionScope& scope, const Cell& a, const Cell& b) {
    return apply(scope, Operation::multiply, a, b);
}
Cell divide(FunctionScope& scope, const Cell& a, const Cell& b) {
    return apply(scope, Operation::divide, a, b);
}

Cell negate(FunctionScope& scope, const Cell& argument) {
    const Cell a = unpack(argument);
    switch (a.kind) {
        case Kind::integer:
        case Kind::decimal:
            if (a.number != INT64_MIN) {
                Cell result = a;
                result.number = -a.number;
                return result;
            }
            break;
        case Kind::float_:
            return Cell::of_float(-a.real_float);
        case Kind::double_:
            return Cell::of_double(-a.real);
        default:
            break;
    }
    const Value value = scope.value(a);
    switch (value.kind()) {
        case ValueKind::integer:
            return from(scope, dossier::negate(value.as_integer()));
        case ValueKind::decimal:
            return from(scope, dossier::negate(value.as_decimal()));
        case ValueKind::float_:
            return Cell::of_float(-value.as_float());
        case ValueKind::double_:
            return Cell::of_double(-value.as_double());
        case ValueKind::duration:
            return from(scope, dossier::negate(value.as_duration()), value.datatype());
        default:
            return {};
    }
}

Cell affirm(FunctionScope& scope, const Cell& argument) {
    const Cell a = unpack(argument);
    if (a.is_small_number()) return argument;
    return scope.value(a).is_numeric() ? argument : Cell{};
}

Cell absolute(FunctionScope& scope, const Cell& argument) {
    const Cell a = unpack(argument);
    if (a.kind == Kind::float_) return Cell::of_float(std::fabs(a.real_float));
    if (a.kind == Kind::double_) return Cell::of_double(std::fabs(a.real));
    if (a.is_exact_number()) return a.number < 0 ? negate(scope, a) : a;
    const Value value = scope.value(a);
    switch (value.kind()) {
        case ValueKind::integer:
            return from(scope, dossier::absolute(value.as_integer()));
        case ValueKind::decimal:
            return from(scope, dossier::absolute(value.as_decimal()));
        case ValueKind::float_:
            return Cell::of_float(std::fabs(value.as_float()));
        case ValueKind::double_:
            return Cell::of_double(std::fabs(value.as_double()));
        default:
            return {};
    }
}

Cell ceiling(FunctionScope& scope, const Cell& a) {
    return rounding(
        scope, a, [](const Decimal& value) { return dossier::ceiling(value); },
        [](auto value) { return ceiling_real(value); });
}
Cell floor(FunctionScope& scope, const Cell& a) {
    return rounding(
        scope, a, [](const Decimal& value) { return dossier::floor(value); },
        [](auto value) { return std::floor(value); });
}
Cell round(FunctionScope& scope, const Cell& a) {
    return rounding(
        scope, a, [](const Decimal& value) { return dossier::round(value); },
        [](auto value) { return round_real(value); });
}

bool is_number(FunctionScope& scope, const Cell& cell) {
    const Cell plain = unpack(cell);
    return plain.is_small_number() || scope.value(plain).is_numeric();
}

}  // namespace dossier::engine
