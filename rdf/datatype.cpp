#include "rdf/datatype.h"

#include "rdf/vocabulary.h"

namespace dossier {

namespace {

// The XML Schema names by length, so that one or two comparisons decide.
Datatype of_schema_name(std::string_view name) noexcept {
    const auto is = [name](std::string_view candidate) { return name == candidate; };
    switch (name.size()) {
        case 3:
            return is("int") ? Datatype::int_ : Datatype::unknown;
        case 4:
            if (is("date")) return Datatype::date;
            if (is("long")) return Datatype::long_;
            if (is("time")) return Datatype::time;
            if (is("byte")) return Datatype::byte;
            return is("gDay") ? Datatype::g_day : Datatype::unknown;
        case 5:
            if (is("gYear")) return Datatype::g_year;
            if (is("float")) return Datatype::float_;
            return is("short") ? Datatype::short_ : Datatype::unknown;
        case 6:
            if (is("string")) return Datatype::string;
            if (is("double")) return Datatype::double_;
            return is("gMonth") ? Datatype::g_month : Datatype::unknown;
        case 7:
            if (is("integer")) return Datatype::integer;
            if (is("decimal")) return Datatype::decimal;
            return is("boolean") ? Datatype::boolean : Datatype::unknown;
        case 8:
            if (is("dateTime")) return Datatype::date_time;
            return is("duration") ? Datatype::duration : Datatype::unknown;
        case 9:
            return is("gMonthDay") ? Datatype::g_month_day : Datatype::unknown;
        case 10:
            return is("gYearMonth") ? Datatype::g_year_month : Datatype::unknown;
        case 11:
            return is("unsignedInt") ? Datatype::unsigned_int : Datatype::unknown;
        case 12:
            if (is("unsignedLong")) return Datatype::unsigned_long;
            return is("unsignedByte") ? Datatype::unsigned_byte : Datatype::unknown;
        case 13:
            if (is("dateTimeStamp")) return Datatype::date_time_stamp;
            return is("unsignedShort") ? Datatype::unsigned_short : Datatype::unknown;
        case 15:
            if (is("positiveInteger")) return Datatype::positive_integer;
            if (is("negativeInteger")) return Datatype::negative_integer;
            return is("dayTimeDuration") ? Datatype::day_time_duration : Datatype::unknown;
        case 17:
            return is("yearMonthDuration") ? Datatype::year_month_duration : Datatype::unknown;
        case 18:
            if (is("nonNegativeInteger")) return Datatype::non_negative_integer;
            return is("nonPositiveInteger") ? Datatype::non_positive_integer : Datatype::unknown;
        default:
            return Datatype::unknown;
    }
}

}  // namespace

Datatype datatype_of(std::string_view iri) noexcept {
    if (iri.starts_with(xsd::prefix)) return of_schema_name(iri.substr(xsd::prefix.size()));
    if (iri == rdf::lang_string) return Datatype::lang_string;
    if (iri == rdf::dir_lang_string) return Datatype::dir_lang_string;
    return Datatype::unknown;
}

std::string_view iri_of(Datatype datatype) noexcept {
    switch (datatype) {
        case Datatype::unknown:
            break;
        case Datatype::string:
            return xsd::string;
        case Datatype::lang_string:
            return rdf::lang_string;
        case Datatype::dir_lang_string:
            return rdf::dir_lang_string;
        case Datatype::boolean:
            return xsd::boolean;
        case Datatype::decimal:
            return xsd::decimal;
        case Datatype::integer:
            return xsd::integer;
        case Datatype::non_positive_integer:
            return xsd::non_positive_integer;
        case Datatype::negative_integer:
            return xsd::negative_integer;
        case Datatype::long_:
            return xsd::long_;
        case Datatype::int_:
            return xsd::int_;
        case Datatype::short_:
            return xsd::short_;
        case Datatype::byte:
            return xsd::byte;
        case Datatype::non_negative_integer:
            return xsd::non_negative_integer;
        case Datatype::unsigned_long:
            return xsd::unsigned_long;
        case Datatype::unsigned_int:
            return xsd::unsigned_int;
        case Datatype::unsigned_short:
            return xsd::unsigned_short;
        case Datatype::unsigned_byte:
            return xsd::unsigned_byte;
        case Datatype::positive_integer:
            return xsd::positive_integer;
        case Datatype::float_:
            return xsd::float_;
        case Datatype::double_:
            return xsd::double_;
        case Datatype::date_time:
            return xsd::date_time;
        case Datatype::date_time_stamp:
            return xsd::date_time_stamp;
        case Datatype::date:
            return xsd::date;
        case Datatype::time:
            return xsd::time;
        case Datatype::g_year:
            return xsd::g_year;
        case Datatype::g_year_month:
            return xsd::g_year_month;
        case Datatype::g_month:
            return xsd::g_month;
        case Datatype::g_month_day:
            return xsd::g_month_day;
        case Datatype::g_day:
            return xsd::g_day;
        case Datatype::duration:
            return xsd::duration;
        case Datatype::year_month_duration:
            return xsd::year_month_duration;
        case Datatype::day_time_duration:
            return xsd::day_time_duration;
    }
    return {};
}

}  // namespace dossier
