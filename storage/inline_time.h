#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rdf/datatype.h"
#include "rdf/date_time.h"
#include "storage/term_id.h"

// Payloads of inline dates and times (tags 33-42).

namespace dossier::storage {

// The id of a dateTime, date, time, gYear or gYearMonth that has an inline form.
std::optional<TermId> encode_time(std::string_view lexical, Datatype datatype);
// Writes the lexical form at `out`, where there is room for 64 characters, and returns its end;
// nullptr for a payload no encoder makes.
char* write_time(TermId id, char* out);
// Its parts; nothing for a payload no encoder makes.
std::optional<DateTime::Parts> time_parts(TermId id);

// The least id of a tag whose value may be at or after an instant, or the greatest that may be at
// or before it.
TermId time_bound(Tag tag, Instant instant, bool upper);

}  // namespace dossier::storage
