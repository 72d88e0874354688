#pragma once

#include <cstdint>
#include <string_view>

namespace dossier {

// The datatypes whose values the program understands. A literal of any other datatype is a term
// like any other, but its value is unknown (xsd:hexBinary and friends included).
enum class Datatype : std::uint8_t {
    unknown,
    string,
    lang_string,
    dir_lang_string,
    boolean,
    decimal,
    // xsd:integer and its twelve subtypes, contiguous.
    integer,
    non_positive_integer,
    negative_integer,
    long_,
    int_,
    short_,
    byte,
    non_negative_integer,
    unsigned_long,
    unsigned_int,
    unsigned_short,
    unsigned_byte,
    positive_integer,
    float_,
    double_,
    date_time,
    date_time_stamp,  // a dateTime that must have a zone
    date,
    time,
    g_year,
    g_year_month,
    g_month,
    g_month_day,
    g_day,
    duration,
    year_month_duration,
    day_time_duration,
};

// The datatype with this IRI, Datatype::unknown when it is none of them. Constant time.
Datatype datatype_of(std::string_view iri) noexcept;
// The IRI of a datatype, empty for Datatype::unknown.
std::string_view iri_of(Datatype datatype) noexcept;

constexpr bool is_integer(Datatype datatype) {
    return datatype >= Datatype::integer && datatype <= Datatype::positive_integer;
}
constexpr bool is_numeric(Datatype datatype) {
    return datatype >= Datatype::decimal && datatype <= Datatype::double_;
}
// dateTime, date, time and the g types.
constexpr bool is_date_time(Datatype datatype) {
    return datatype >= Datatype::date_time && datatype <= Datatype::g_day;
}
constexpr bool is_duration(Datatype datatype) {
    return datatype >= Datatype::duration && datatype <= Datatype::day_time_duration;
}

}  // namespace dossier
