#pragma once

#include <compare>
#include <cstdint>

#include <dossier/term.h>

#include "rdf/value.h"

// SPARQL's comparisons (SPARQL 1.1 section 17.3, SPARQL 1.2 section 17.3). Identity of terms is
// operator== of Term.

namespace dossier {

// The answer of a comparison; an error is a value.
enum class Truth : std::uint8_t { no, yes, error };

constexpr Truth to_truth(bool value) {
    return value ? Truth::yes : Truth::no;
}
constexpr Truth negate(Truth value) {
    return value == Truth::error ? Truth::error : to_truth(value == Truth::no);
}

// `=`. The same term is equal (but NaN is not). Numbers compare after promotion, strings by code
// point, language strings with their tags' case ignored, dates by XSD's partial order
// (indeterminate: error), durations by value. Values of different known families are unequal. A
// literal that is ill-typed or of an unknown datatype compares with another literal as an error,
// unless that one has a language: then they are unequal (W3C open-world tests). Triple terms by
// component. `!=` is negate().
Truth equal(const TermView& a, const TermView& b);
// The same with the values at hand: va and vb are parse_value() of a and b.
Truth equal(const TermView& a, const Value& va, const TermView& b, const Value& vb);
// For two values (has_value()) without terms.
Truth equal(const Value& a, const Value& b);

// `<`: numbers, strings, booleans, one datatype of dates, durations; an error for all else. `>` is
// less(b, a). `<=` and `>=` have their own function, for NaN and indeterminate dates.
Truth less(const TermView& a, const TermView& b);
Truth less(const Value& a, const Value& b);
Truth less_or_equal(const TermView& a, const TermView& b);
Truth less_or_equal(const Value& a, const Value& b);

// The order of ORDER BY, MIN and MAX: unbound (null) < blank nodes < IRIs < literals < triple
// terms. A strict weak order over everything that agrees with less() wherever that has an answer
// and promotion loses nothing. Literals by family: booleans, numbers (by exact value across types,
// NaN first), text (by code point; then without language first, by tag, by direction), dates by
// datatype and time line, durations, the rest by datatype IRI and lexical form. Equivalent are only
// equal values of one family; for a total order add the identity of terms.
std::weak_ordering order_by_compare(const TermView* a, const TermView* b);
// With the values at hand.
std::weak_ordering order_by_compare(const TermView& a, const Value& va, const TermView& b,
                                    const Value& vb);

}  // namespace dossier
