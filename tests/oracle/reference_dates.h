#pragma once

#include <optional>
#include <string>

#include <dossier/term.h>

#include "tests/oracle/reference_numbers.h"

// Dates and times of XSD 1.1, as seven properties and as seconds of one time line.

namespace dossier::oracle {

struct Moment {
    bool has_time = true;  // xsd:dateTime; else xsd:date
    Whole year;
    int month = 1, day = 1, hour = 0, minute = 0;
    Fraction second = 0;
    std::optional<int> zone;  // minutes east of Greenwich
    std::string zone_text;

    Fraction instant() const;  // without a zone: as if it was UTC
};

// Nothing for what is neither an xsd:dateTime nor an xsd:date, ill-typed ones included.
std::optional<Moment> moment_of(const Term& term);
std::optional<Moment> moment_of(std::string text, bool has_time);  // as a cast reads it
Term term_of(const Moment& moment);                                // in canonical form

// -1, 0, 1; nothing where one has a zone, the other none and 14 hours may decide. Both are of one
// datatype.
std::optional<int> compare_moments(const Moment& a, const Moment& b);

// Minutes of an xsd:dayTimeDuration as TIMEZONE makes them.
std::optional<int> zone_minutes(const Term& term);

}  // namespace dossier::oracle
