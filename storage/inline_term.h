#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <dossier/term.h>

#include "rdf/datatype.h"
#include "rdf/date_time.h"
#include "storage/term_id.h"

// Literals whose value and written form fit into the 58-bit payload of an id (tags 11 and 16-42).
// Within one tag, ids are ordered as the values are; equal values are ordered by their written
// form. The payloads are part of the stored format: docs/format-terms.md.

namespace dossier::storage {

// The id of a literal in a form that fits, nothing for every other term. Never allocates.
std::optional<TermId> encode_inline(const TermView& term);
// The same for a datatype already looked up.
std::optional<TermId> encode_inline(std::string_view lexical, Datatype datatype);

// Room for the lexical form of any inline term.
using InlineText = std::array<char, 64>;

// The term of an inline id; its text lives in `text`. Throws StoreError for a payload that
// encode_inline() never makes (damage).
TermView decode_inline(TermId id, InlineText& text);
// Only the lexical form, and only the datatype.
std::string_view decode_lexical(TermId id, InlineText& text);
Datatype inline_datatype(TermId id);

// Values from ids, without a detour over text. Each only for the tags named.
bool boolean_value(TermId id);                     // boolean
constexpr std::int64_t integer_value(TermId id) {  // integer to last_integer
    return static_cast<std::int64_t>(id.payload()) - (std::int64_t{1} << 57);
}
constexpr bool is_inline_integer(TermId id) {
    return id.tag() >= Tag::integer && id.tag() <= Tag::last_integer;
}
constexpr std::int64_t decimal_scale = 10'000'000;
// The value times decimal_scale.
constexpr std::int64_t decimal_value(TermId id) {  // decimal
    return static_cast<std::int64_t>(id.payload() >> 3) - (std::int64_t{1} << 54);
}
double double_value(TermId id);  // double_scientific, double_plain
float float_value(TermId id);    // float_number
// date_time_zoned_seconds to g_year_month.
DateTime date_time_value(TermId id);

// Whether ids of two tags can be `=` or `<` to one another in SPARQL: both numbers (8, 16-32), both
// of one date or time type ... Used with the intervals below.
constexpr bool is_numeric(Tag tag) {
    return tag == Tag::dictionary_number || (tag >= Tag::integer && tag <= Tag::float_number);
}
constexpr bool is_time(Tag tag) {
    return tag == Tag::dictionary_time ||
           (tag >= Tag::date_time_zoned_seconds && tag <= Tag::g_year_month);
}

// Ids from first to last, both inclusive.
struct IdInterval {
    TermId first, last;
    friend bool operator==(const IdInterval&, const IdInterval&) = default;
};

// Every number between two values, both inclusive. `low` is rounded down and `high` up where the
// bound itself is not a double; infinities stand for no bound.
struct NumericRange {
    double low;
    double high;
    bool float_bound = false;  // a bound is an xsd:float: other numbers are rounded to compare
};

// The intervals, ascending, that together hold the id of every number that a SPARQL comparison
// finds in the range (and of a few it does not: rounded outward under type promotion). Tag 8 is a
// whole interval: its values are in the dictionary.
std::vector<IdInterval> intervals_of(const NumericRange& range);

// Every value of one datatype of dates and times between two instants (as DateTime::instant() has
// them, values without a zone as in UTC), both inclusive; nullopt: no bound. Rounded outward; tag 9
// is a whole interval. `datatype` is one of is_date_time().
std::vector<IdInterval> intervals_of(Datatype datatype, std::optional<Instant> low,
                                     std::optional<Instant> high);

// All ids of a tag.
constexpr IdInterval all_of(Tag tag) {
    return {TermId::of(tag, 0), TermId::of(tag, TermId::payload_mask)};
}

}  // namespace dossier::storage
