#include "storage/term_bytes.h"

#include <bit>
#include <cstring>

#include <dossier/error.h>

#include "rdf/language_tag.h"

namespace dossier::storage {

static_assert(std::endian::native == std::endian::little, "stored numbers are copied as they are");

namespace {

void refuse_zero(std::string_view text, const char* what) {
    if (text.find('\0') != std::string_view::npos) {
        throw UsageError(std::string(what) + " with a character U+0000 cannot be stored");
    }
}

}  // namespace

void append_term_bytes(std::string& out, const TermView& term, Tag tag) {
    switch (tag) {
        case Tag::language_string:
        case Tag::directional_string:
            refuse_zero(term.language(), "a language tag");
            append_normalised_language(out, term.language());
            out += '\0';
            if (tag == Tag::directional_string) {
                out += term.direction() == Direction::left_to_right ? 'l' : 'r';
            }
            break;
        case Tag::other_literal:
        case Tag::dictionary_number:
        case Tag::dictionary_time: {
            const std::string_view datatype = term.datatype();
            refuse_zero(datatype, "a datatype IRI");
            out += datatype;
            out += '\0';
            break;
        }
        default:
            break;
    }
    out += term.text();
}

std::optional<TermView> parse_term_bytes(Tag tag, std::string_view bytes,
                                         std::string_view written_language) {
    switch (tag) {
        case Tag::name:
        case Tag::iri:
            return TermView::iri(bytes);
        case Tag::string:
            return TermView::literal(bytes);
        default:
            break;
    }
    const auto zero = bytes.find('\0');
    if (zero == std::string_view::npos) return std::nullopt;
    const std::string_view head = bytes.substr(0, zero);
    std::string_view text = bytes.substr(zero + 1);
    switch (tag) {
        case Tag::language_string:
            return TermView::language_literal(text,
                                              written_language.empty() ? head : written_language);
        case Tag::directional_string: {
            if (text.empty() || (text[0] != 'l' && text[0] != 'r')) return std::nullopt;
            const Direction direction =
                text[0] == 'l' ? Direction::left_to_right : Direction::right_to_left;
            text.remove_prefix(1);
            return TermView::language_literal(
                text, written_language.empty() ? head : written_language, direction);
        }
        case Tag::other_literal:
        case Tag::dictionary_number:
        case Tag::dictionary_time:
            return TermView::literal(text, head);
        default:
            return std::nullopt;
    }
}

std::string_view unusual_language(const TermView& term) {
    for (char c : term.language()) {
        if (c >= 'A' && c <= 'Z') return term.language();
    }
    return {};
}

void append_varint(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    out += static_cast<char>(value);
}

bool read_varint(std::string_view& bytes, std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

void append_u32(std::string& out, std::uint32_t value) {
    char bytes[4];
    std::memcpy(bytes, &value, 4);
    out.append(bytes, 4);
}

void append_u64(std::string& out, std::uint64_t value) {
    char bytes[8];
    std::memcpy(bytes, &value, 8);
    out.append(bytes, 8);
}

std::uint32_t read_u32(const char* at) {
    std::uint32_t value;
    std::memcpy(&value, at, 4);
    return value;
}

std::uint64_t read_u64(const char* at) {
    std::uint64_t value;
    std::memcpy(&value, at, 8);
    return value;
}

void append_big_endian(std::string& out, std::uint32_t value) {
    append_u32(out, __builtin_bswap32(value));
}
void append_big_endian(std::string& out, std::uint64_t value) {
    append_u64(out, __builtin_bswap64(value));
}
std::uint32_t read_big_endian_u32(const char* at) {
    return __builtin_bswap32(read_u32(at));
}
std::uint64_t read_big_endian_u64(const char* at) {
    return __builtin_bswap64(read_u64(at));
}

}  // namespace dossier::storage
