#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <dossier/term.h>

#include "storage/term_id.h"

// A dictionary term as one byte string, unique within its tag, by which segments are sorted and the
// tail is keyed:
//   name, iri            the IRI
//   string               the text
//   language_string      language in lower case, 0x00, text
//   directional_string   language in lower case, 0x00, 'l' or 'r', text
//   other_literal, dictionary_number, dictionary_time    datatype IRI, 0x00, text
// Language tags that differ in case only are one tag: the written form of the first one seen is
// kept beside the bytes.

namespace dossier::storage {

// Appends the bytes. Throws UsageError for a language tag or a datatype with a 0x00 in it.
void append_term_bytes(std::string& out, const TermView& term, Tag tag);

// The term of such bytes, a view into them; `written_language` replaces the language when it is not
// empty. Nothing for bytes that are not of that form (damage).
std::optional<TermView> parse_term_bytes(Tag tag, std::string_view bytes,
                                         std::string_view written_language = {});

// The language tag as written, where it is not in lower case; else empty.
std::string_view unusual_language(const TermView& term);

void append_varint(std::string& out, std::uint64_t value);
// Reads one from the front of `bytes` and removes it; false when there is none.
bool read_varint(std::string_view& bytes, std::uint64_t& value);

void append_u32(std::string& out, std::uint32_t value);  // little-endian
void append_u64(std::string& out, std::uint64_t value);
std::uint32_t read_u32(const char* at);
std::uint64_t read_u64(const char* at);
void append_big_endian(std::string& out, std::uint32_t value);
void append_big_endian(std::string& out, std::uint64_t value);
std::uint32_t read_big_endian_u32(const char* at);
std::uint64_t read_big_endian_u64(const char* at);

}  // namespace dossier::storage
