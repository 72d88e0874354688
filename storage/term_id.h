#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

// Ids of terms: a 6-bit tag and a 58-bit payload in 64 bits, compared unsigned. The numbers are
// part of the stored format (docs/format.md, format version 1) and never change.

namespace dossier::storage {

enum class Tag : std::uint8_t {
    unbound = 0,
    blank_node = 1,  // store-wide counter
    name = 2,        // predicate and graph IRIs: dense counter; payload 0 is the default graph
    iri = 3,         // 3-7: dictionary; bit 57 of the payload marks the tail
    string = 4,
    language_string = 5,
    directional_string = 6,
    other_literal = 7,      // every other datatype, ill-typed literals too
    dictionary_number = 8,  // numbers that have no inline form; parsed value kept beside
    dictionary_time = 9,    // dates, times, durations without an inline form
    triple = 10,
    boolean = 11,
    integer = 16,  // 16 xsd:integer, 17-28 its subtypes in the order of IntegerType
    last_integer = 28,
    decimal = 29,
    double_scientific = 30,  // written 4.88E1
    double_plain = 31,       // written 48.8
    float_number = 32,
    date_time_zoned_seconds = 33,
    date_time_zoned_milliseconds = 34,
    date_time_utc_microseconds = 35,
    date_time_local = 36,
    date_local = 37,
    date_zoned = 38,
    time_local = 39,
    time_zoned = 40,
    g_year = 41,
    g_year_month = 42,
    computed = 62,  // interned by one query; never stored
};

struct TermId {
    std::uint64_t bits = 0;

    static constexpr int payload_bits = 58;
    static constexpr std::uint64_t payload_mask = (std::uint64_t{1} << payload_bits) - 1;

    static constexpr TermId of(Tag tag, std::uint64_t payload) {
        return {(static_cast<std::uint64_t>(tag) << payload_bits) | (payload & payload_mask)};
    }
    constexpr Tag tag() const { return static_cast<Tag>(bits >> payload_bits); }
    constexpr std::uint64_t payload() const { return bits & payload_mask; }
    constexpr bool bound() const { return bits != 0; }
    // The value and the written form are in the id itself: no dictionary is needed to decode it.
    constexpr bool is_inline() const { return tag() >= Tag::boolean && tag() <= Tag::g_year_month; }

    friend constexpr auto operator<=>(const TermId&, const TermId&) = default;
};
static_assert(sizeof(TermId) == 8);

inline constexpr TermId unbound{};
// The default graph is a graph like any other, with this id.
inline constexpr TermId default_graph = TermId::of(Tag::name, 0);

struct TripleIds {
    TermId subject, predicate, object;
    friend constexpr auto operator<=>(const TripleIds&, const TripleIds&) = default;
};

struct QuadIds {
    TermId subject, predicate, object, graph;
    friend constexpr auto operator<=>(const QuadIds&, const QuadIds&) = default;
};

}  // namespace dossier::storage

template <>
struct std::hash<dossier::storage::TermId> {
    std::size_t operator()(dossier::storage::TermId id) const noexcept {
        std::uint64_t h = id.bits * 0x9E3779B97F4A7C15u;
        return static_cast<std::size_t>(h ^ (h >> 32));
    }
};
