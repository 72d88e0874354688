#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/function_table.h"
#include "rdf/date_time.h"
#include "rdf/vocabulary.h"

// Functions on dates and times: SPARQL 1.1 section 17.4.5. Besides xsd:dateTime they take the other
// date and time types where these have the property that is asked for.

namespace dossier::engine {

namespace {

using Arguments = std::span<const Cell>;

bool has_year(Datatype datatype) {
    return datatype == Datatype::date_time || datatype == Datatype::date ||
           datatype == Datatype::g_year || datatype == Datatype::g_year_month;
}
bool has_month(Datatype datatype) {
    return datatype == Datatype::date_time || datatype == Datatype::date ||
           datatype == Datatype::g_year_month || datatype == Datatype::g_month ||
           datatype == Datatype::g_month_day;
}
bool has_day(Datatype datatype) {
    return datatype == Datatype::date_time || datatype == Datatype::date ||
           datatype == Datatype::g_month_day || datatype == Datatype::g_day;
}
bool has_time(Datatype datatype) {
    return datatype == Datatype::date_time || datatype == Datatype::time;
}

template <typename Property>
Cell property_of(FunctionScope& scope, const Cell& cell, bool (*has_property)(Datatype),
                 Property&& property) {
    const Value value = scope.value(cell);
    if (value.kind() != ValueKind::date_time) return {};
    const DateTime& time = value.as_date_time();
    return has_property(time.datatype()) ? property(time) : Cell{};
}

Cell year(FunctionScope& scope, Arguments arguments) {
    return property_of(scope, arguments[0], has_year,
                       [](const DateTime& time) { return Cell::integer(time.year()); });
}
Cell month(FunctionScope& scope, Arguments arguments) {
    return property_of(scope, arguments[0], has_month,
                       [](const DateTime& time) { return Cell::integer(time.month()); });
}
Cell day(FunctionScope& scope, Arguments arguments) {
    return property_of(scope, arguments[0], has_day,
                       [](const DateTime& time) { return Cell::integer(time.day()); });
}
Cell hours(FunctionScope& scope, Arguments arguments) {
    return property_of(scope, arguments[0], has_time,
                       [](const DateTime& time) { return Cell::integer(time.hours()); });
}
Cell minutes(FunctionScope& scope, Arguments arguments) {
    return property_of(scope, arguments[0], has_time,
                       [](const DateTime& time) { return Cell::integer(time.minutes()); });
}
Cell seconds(FunctionScope& scope, Arguments arguments) {
    return property_of(scope, arguments[0], has_time, [&](const DateTime& time) {
        return scope.make_value(Value::decimal(time.seconds()));
    });
}
Cell timezone(FunctionScope& scope, Arguments arguments) {
    return property_of(
        scope, arguments[0], [](Datatype) { return true; },
        [&](const DateTime& time) {
            const auto zone = time.timezone();
            return zone ? scope.make_value(Value::duration(*zone, Datatype::day_time_duration))
                        : Cell{};
        });
}
Cell tz(FunctionScope& scope, Arguments arguments) {
    return property_of(
        scope, arguments[0], [](Datatype) { return true; },
        [&](const DateTime& time) { return scope.make_string(time.tz()); });
}

// One moment for the whole execution, in UTC.
Cell now(FunctionScope& scope, Arguments) {
    if (scope.context() == nullptr) return {};
    const auto since = scope.context()->now().time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(since - seconds);
    const auto time =
        DateTime::at(Instant{seconds.count(), rest.count() * std::int64_t{1'000'000'000'000}}, 0);
    return time ? scope.make_value(Value::date_time(*time)) : Cell{};
}

template <std::optional<DateTime> (*bound)(const DateTime&)>
Cell interval_bound(FunctionScope& scope, Arguments arguments) {
    const Value value = scope.value(arguments[0]);
    if (value.kind() != ValueKind::date_time) return {};
    const auto time = bound(value.as_date_time());
    return time ? scope.make_value(Value::date_time(*time)) : Cell{};
}

}  // namespace

ScalarEntry date_function(ExpressionOperator op) {
    using Op = ExpressionOperator;
    switch (op) {
        case Op::year:
            return {year, true};
        case Op::month:
            return {month, true};
        case Op::day:
            return {day, true};
        case Op::hours:
            return {hours, true};
        case Op::minutes:
            return {minutes, true};
        case Op::seconds:
            return {seconds, true};
        case Op::timezone:
            return {timezone, true};
        case Op::tz:
            return {tz, true};
        case Op::now:
            return {now, false};
        default:
            return {};
    }
}

ScalarEntry date_function(std::string_view iri) {
    if (!iri.starts_with(dos::prefix)) return {};
    const std::string_view name = iri.substr(dos::prefix.size());
    if (name == "start") return {interval_bound<interval_start>, true};
    if (name == "end") return {interval_bound<interval_end>, true};
    return {};
}

}  // namespace dossier::engine
