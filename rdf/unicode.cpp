#include "rdf/unicode.h"

#include <cstring>
#include <limits>

#include <unicode/casemap.h>
#include <unicode/normalizer2.h>

#include <dossier/error.h>

namespace dossier {

namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080U;

unsigned byte_at(std::string_view text, std::size_t i) noexcept {
    return static_cast<unsigned char>(text[i]);
}

bool is_continuation(unsigned byte) noexcept {
    return (byte & 0xC0U) == 0x80U;
}

// The length of the well-formed sequence at i, or 0. `available` tells how many of its bytes are
// well-formed when the text ends within it (Unicode 15 table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t i, std::size_t& available) noexcept {
    const unsigned lead = byte_at(text, i);
    available = 1;
    if (lead < 0x80) return 1;
    std::size_t length = 0;
    unsigned lowest = 0x80;
    unsigned highest = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        if (lead == 0xE0) lowest = 0xA0;   // overlong
        if (lead == 0xED) highest = 0x9F;  // surrogates
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        if (lead == 0xF0) lowest = 0x90;   // overlong
        if (lead == 0xF4) highest = 0x8F;  // above U+10FFFF
    } else {
        available = 0;
        return 0;
    }
    if (i + 1 == text.size()) return 0;
    if (const unsigned second = byte_at(text, i + 1); second < lowest || second > highest) {
        available = 0;
        return 0;
    }
    for (available = 2; available < length; ++available) {
        if (i + available == text.size()) return 0;
        if (!is_continuation(byte_at(text, i + available))) {
            available = 0;
            return 0;
        }
    }
    return length;
}

// The first position from i on that is not ASCII.
std::size_t skip_ascii(std::string_view text, std::size_t i) noexcept {
    while (i + 8 <= text.size()) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + i, 8);
        if ((word & high_bits) != 0) break;
        i += 8;
    }
    while (i < text.size() && byte_at(text, i) < 0x80) ++i;
    return i;
}

icu::StringPiece piece(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
        throw LimitError("a string of more than 2 GB cannot be mapped (limit literal)");
    }
    return {text.data(), static_cast<std::int32_t>(text.size())};
}

void check(UErrorCode status, const char* what) {
    if (U_FAILURE(status)) throw LimitError(std::string(what) + ": " + u_errorName(status));
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) noexcept {
    std::size_t i = 0;
    while ((i = skip_ascii(text, i)) < text.size()) {
        std::size_t available = 0;
        const std::size_t length = sequence_length(text, i, available);
        if (length == 0) return i;
        i += length;
    }
    return std::nullopt;
}

std::size_t incomplete_utf8_suffix(std::string_view text) noexcept {
    for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
        const std::size_t start = text.size() - back;
        if (is_continuation(byte_at(text, start))) continue;
        std::size_t available = 0;
        const bool complete = sequence_length(text, start, available) != 0;
        return !complete && available == back ? back : 0;
    }
    return 0;
}

char32_t next_code_point(std::string_view text, std::size_t& offset) noexcept {
    std::size_t available = 0;
    const std::size_t length = sequence_length(text, offset, available);
    if (length == 0) {
        ++offset;
        return replacement_character;
    }
    char32_t code = byte_at(text, offset);
    if (length > 1) code &= 0xFFU >> (length + 1);
    for (std::size_t i = 1; i < length; ++i) {
        code = (code << 6U) | (byte_at(text, offset + i) & 0x3FU);
    }
    offset += length;
    return code;
}

void append_utf8(std::string& out, char32_t code) {
    const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | (code >> 6U));
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3FU));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

std::size_t count_code_points(std::string_view text) noexcept {
    std::size_t count = 0;
    for (const char c : text) {
        count += static_cast<std::size_t>(!is_continuation(static_cast<unsigned char>(c)));
    }
    return count;
}

std::size_t offset_of_code_point(std::string_view text, std::size_t n) noexcept {
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        if (is_continuation(byte_at(text, i))) continue;
        if (n == 0) break;
        --n;
    }
    return i;
}

std::string_view substring(std::string_view text, std::size_t first, std::size_t length) noexcept {
    text.remove_prefix(offset_of_code_point(text, first));
    return text.substr(0, offset_of_code_point(text, length));
}

std::string to_upper(std::string_view text) {
    std::string out;
    if (skip_ascii(text, 0) == text.size()) {
        out.assign(text);
        for (char& c : out) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        }
        return out;
    }
    icu::StringByteSink<std::string> sink(&out);
    UErrorCode status = U_ZERO_ERROR;
    icu::CaseMap::utf8ToUpper("", 0, piece(text), sink, nullptr, status);
    check(status, "upper case");
    return out;
}

std::string to_lower(std::string_view text) {
    std::string out;
    if (skip_ascii(text, 0) == text.size()) {
        out.assign(text);
        for (char& c : out) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        return out;
    }
    icu::StringByteSink<std::string> sink(&out);
    UErrorCode status = U_ZERO_ERROR;
    icu::CaseMap::utf8ToLower("", 0, piece(text), sink, nullptr, status);
    check(status, "lower case");
    return out;
}

std::string to_nfc(std::string_view text) {
    std::string out;
    if (skip_ascii(text, 0) == text.size()) return out.assign(text);
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* normalizer = icu::Normalizer2::getNFCInstance(status);
    check(status, "normalisation");
    icu::StringByteSink<std::string> sink(&out);
    normalizer->normalizeUTF8(0, piece(text), sink, nullptr, status);
    check(status, "normalisation");
    return out;
}

}  // namespace dossier
