#pragma once

#include <cstdint>

// The proleptic Gregorian calendar, with a year 0.

namespace dossier {

inline constexpr std::int64_t seconds_per_day = 86'400;
inline constexpr std::int64_t attoseconds_per_second = 1'000'000'000'000'000'000;

template <typename Number>
constexpr Number floor_divide(Number dividend, Number divisor) {
    const Number quotient = dividend / divisor;
    return quotient * divisor > dividend ? quotient - 1 : quotient;
}

constexpr bool is_leap_year(std::int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_in_month(std::int64_t year, int month) {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

// Days from 1970-01-01 to a date. Eras of 400 years, years that begin in March so that the leap day
// comes last. Number is int64_t, or wider for years beyond 10^15.
template <typename Number>
constexpr Number days_before(Number year, int month, int day) {
    const Number shifted = month <= 2 ? year - 1 : year;
    const Number era = floor_divide<Number>(shifted, 400);
    const auto year_of_era = static_cast<std::int64_t>(shifted - era * 400);
    const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 719'468;
}

struct CivilDate {
    std::int64_t year;
    int month;
    int day;
};

// The date that many days after 1970-01-01.
constexpr CivilDate civil_date(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = floor_divide<std::int64_t>(days, 146'097);
    const std::int64_t day_of_era = days - era * 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t march_month = (5 * day_of_year + 2) / 153;
    const int day = static_cast<int>(day_of_year - (153 * march_month + 2) / 5 + 1);
    const int month = static_cast<int>(march_month < 10 ? march_month + 3 : march_month - 9);
    return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

}  // namespace dossier
