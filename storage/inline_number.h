#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rdf/datatype.h"

// Payloads of inline numbers (tags 11, 16-32): one pair of functions for each form. The encoders
// return nothing where value and written form do not fit; the writers write at `out`, where there
// is room for 64 characters, return the end, and return nullptr for a payload no encoder makes.

namespace dossier::storage {

std::optional<std::uint64_t> boolean_payload(std::string_view lexical);
char* write_boolean(std::uint64_t payload, char* out);

std::optional<std::uint64_t> integer_payload(std::string_view lexical, Datatype subtype);
char* write_integer(std::uint64_t payload, char* out);

std::optional<std::uint64_t> decimal_payload(std::string_view lexical);
char* write_decimal(std::uint64_t payload, char* out);

// 4.88E1
std::optional<std::uint64_t> scientific_payload(std::string_view lexical);
char* write_scientific(std::uint64_t payload, char* out);
double scientific_value(std::uint64_t payload);

// 48.8
std::optional<std::uint64_t> plain_payload(std::string_view lexical);
char* write_plain(std::uint64_t payload, char* out);
double plain_value(std::uint64_t payload);

std::optional<std::uint64_t> float_payload(std::string_view lexical);
char* write_float(std::uint64_t payload, char* out);
float float_payload_value(std::uint64_t payload);

// The least payload whose value may be >= `value` (or the greatest that may be <= `value`): for
// intervals, rounded outward. Infinities give the ends of the payloads.
std::uint64_t scientific_bound(double value, bool upper);
std::uint64_t plain_bound(double value, bool upper);
std::uint64_t float_bound(float value, bool upper);

}  // namespace dossier::storage
