#include "rdf/iri.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "rdf/unicode.h"

namespace dossier {

namespace {

constexpr std::size_t npos = std::string_view::npos;

constexpr bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Which ASCII characters may stand where (RFC 3986 appendix A). A percent sign is a case of its
// own, everything from 0x80 on is looked at as a code point.
enum Place : std::uint8_t { host = 1, user = 2, path = 4, query = 8, fragment = 16 };

constexpr std::array<std::uint8_t, 128> make_places() {
    std::array<std::uint8_t, 128> table{};
    for (unsigned c = 0; c < 128; ++c) {
        const char letter = static_cast<char>(c);
        if (is_alpha(letter) || is_digit(letter)) table[c] = host | user | path | query | fragment;
    }
    for (const char c :
         {'-', '.', '_', '~', '!', '$', '&', '\'', '(', ')', '*', '+', ',', ';', '='}) {
        table[static_cast<unsigned char>(c)] = host | user | path | query | fragment;
    }
    table[':'] = user | path | query | fragment;
    table['@'] = path | query | fragment;
    table['/'] = path | query | fragment;
    table['?'] = query | fragment;
    return table;
}

constexpr std::array<std::uint8_t, 128> places = make_places();

// RFC 3987 section 2.2.
bool is_ucschar(char32_t c) {
    if (c < 0x10000) {
        return (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) ||
               (c >= 0xFDF0 && c <= 0xFFEF);
    }
    return c < 0xF0000 && (c & 0xFFFFU) <= 0xFFFD && (c < 0xE0000 || c >= 0xE1000);
}

bool is_iprivate(char32_t c) {
    return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && c <= 0xFFFFD) || c >= 0x100000;
}

// The first offset in [begin, end) whose character may not stand there; npos when all may.
std::size_t find_bad(std::string_view text, std::size_t begin, std::size_t end, Place place) {
    for (std::size_t i = begin; i < end;) {
        auto byte = static_cast<unsigned char>(text[i]);
        while (byte < 0x80 && (places[byte] & place) != 0) {
            if (++i == end) return npos;
            byte = static_cast<unsigned char>(text[i]);
        }
        if (byte < 0x80) {
            if (byte == '%' && i + 2 < end && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
                i += 3;
            } else {
                return i;
            }
            continue;
        }
        const std::size_t start = i;
        const char32_t code = next_code_point(text, i);
        const bool private_use = place == query && is_iprivate(code) && (code & 0xFFFEU) != 0xFFFE;
        if (!is_ucschar(code) && !private_use) return start;
    }
    return npos;
}

// Inside the brackets of an IP literal: IPv6 (RFC 4291 section 2.2) or v1.xxx.
bool is_ip_literal(std::string_view text) {
    if (!text.empty() && (text[0] == 'v' || text[0] == 'V')) {
        const std::size_t dot = text.find('.');
        if (dot == npos || dot < 2 || dot + 1 == text.size()) return false;
        for (std::size_t i = 1; i < dot; ++i) {
            if (!is_hex(text[i])) return false;
        }
        for (const char c : text.substr(dot + 1)) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte >= 0x80 || (places[byte] & user) == 0) return false;
        }
        return true;
    }
    int groups = 0;
    bool gap = false;
    std::size_t i = 0;
    if (text.starts_with("::")) {
        gap = true;
        i = 2;
    }
    while (i < text.size()) {
        const std::size_t start = i;
        while (i < text.size() && is_hex(text[i])) ++i;
        if (i < text.size() && text[i] == '.') {
            // The last 32 bits as an IPv4 address.
            std::size_t j = start;
            for (int part = 0; part < 4; ++part) {
                const std::size_t first = j;
                int value = 0;
                while (j < text.size() && is_digit(text[j]) && j - first < 3) {
                    value = value * 10 + (text[j++] - '0');
                }
                if (j == first || value > 255 || (j - first > 1 && text[first] == '0')) {
                    return false;
                }
                if (part < 3 && (j == text.size() || text[j++] != '.')) return false;
            }
            groups += 2;
            return j == text.size() && (gap ? groups < 8 : groups == 8);
        }
        if (i == start || i - start > 4) return false;
        ++groups;
        if (i == text.size()) break;
        if (text[i++] != ':') return false;
        if (i == text.size()) return false;
        if (text[i] == ':') {
            if (gap) return false;
            gap = true;
            ++i;
        }
    }
    return gap ? groups < 8 : groups == 8;
}

// [ userinfo "@" ] host [ ":" port ]
std::size_t find_bad_authority(std::string_view text, std::size_t begin, std::size_t end) {
    const std::string_view authority = text.substr(begin, end - begin);
    std::size_t host_begin = begin;
    if (const std::size_t at = authority.find('@'); at != npos) {
        if (const std::size_t bad = find_bad(text, begin, begin + at, user); bad != npos)
            return bad;
        host_begin = begin + at + 1;
    }
    std::size_t host_end = end;
    if (host_begin < end && text[host_begin] == '[') {
        const std::size_t close = text.substr(0, end).find(']', host_begin);
        if (close == npos) return host_begin;
        if (!is_ip_literal(text.substr(host_begin + 1, close - host_begin - 1))) return host_begin;
        host_end = close + 1;
        if (host_end < end && text[host_end] != ':') return host_end;
    } else {
        if (const std::size_t colon = text.substr(0, end).find(':', host_begin); colon != npos) {
            host_end = colon;
        }
        if (const std::size_t bad = find_bad(text, host_begin, host_end, host); bad != npos) {
            return bad;
        }
    }
    for (std::size_t i = host_end + 1; i < end; ++i) {
        if (!is_digit(text[i])) return i;
    }
    return npos;
}

// After the colon of the scheme; 0 when there is none.
std::size_t scheme_length(std::string_view text) {
    if (text.empty() || !is_alpha(text[0])) return 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ':') return i + 1;
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return 0;
    }
    return 0;
}

// The end of an authority, a path and a query: the first of their delimiters or the end.
std::size_t end_of_authority(std::string_view text, std::size_t i) {
    while (i < text.size() && text[i] != '/' && text[i] != '?' && text[i] != '#') ++i;
    return i;
}
std::size_t end_of_path(std::string_view text, std::size_t i) {
    while (i < text.size() && text[i] != '?' && text[i] != '#') ++i;
    return i;
}
std::size_t end_of_query(std::string_view text, std::size_t i) {
    return std::min(text.find('#', i), text.size());
}

// The parts of a reference as offsets; scheme_end is 0 without a scheme.
struct Components {
    std::size_t scheme_end = 0;
    std::size_t authority_end = 0;
    std::size_t path_end = 0;
    std::size_t query_end = 0;
    bool has_authority() const { return authority_end > scheme_end; }
};

Components split(std::string_view text) {
    Components parts;
    parts.scheme_end = scheme_length(text);
    parts.authority_end = parts.scheme_end;
    if (text.substr(parts.scheme_end).starts_with("//")) {
        parts.authority_end = end_of_authority(text, parts.scheme_end + 2);
    }
    parts.path_end = end_of_path(text, parts.authority_end);
    parts.query_end = parts.path_end;
    if (parts.path_end < text.size() && text[parts.path_end] == '?') {
        parts.query_end = end_of_query(text, parts.path_end);
    }
    return parts;
}

// Appends `segments`, which a slash precedes, to the path that begins at `floor` of `out`.
void append_segments(std::string& out, std::size_t floor, std::string_view segments) {
    for (std::size_t i = 0;;) {
        const std::size_t slash = segments.find('/', i);
        const bool last = slash == npos;
        const std::string_view segment = segments.substr(i, last ? segments.size() - i : slash - i);
        if (segment == ".") {
            if (last) out += '/';
        } else if (segment == "..") {
            const std::size_t previous = out.rfind('/');
            out.resize(previous == npos || previous < floor ? floor : previous);
            if (last) out += '/';
        } else {
            out += '/';
            out += segment;
        }
        if (last) return;
        i = slash + 1;
    }
}

// A path that begins with two slashes must not become an authority.
void guard_double_slash(std::string& out, std::size_t path_begin) {
    if (out.size() > path_begin + 1 && out[path_begin] == '/' && out[path_begin + 1] == '/') {
        out.insert(path_begin, "/.");
    }
}

}  // namespace

std::optional<std::size_t> find_iri_error(std::string_view text, bool relative_allowed) noexcept {
    const Components parts = split(text);
    const auto found = [](std::size_t offset) {
        return offset == npos ? std::nullopt : std::optional<std::size_t>(offset);
    };
    if (parts.scheme_end == 0) {
        if (!relative_allowed) return 0;
        // path-noscheme: no colon in the first segment.
        if (!parts.has_authority()) {
            const std::size_t colon = text.find(':');
            if (colon < text.find('/') && colon < parts.path_end) return colon;
        }
    }
    if (parts.has_authority()) {
        const std::size_t bad = find_bad_authority(text, parts.scheme_end + 2, parts.authority_end);
        if (bad != npos) return bad;
    }
    std::size_t bad = find_bad(text, parts.authority_end, parts.path_end, path);
    if (bad != npos) return bad;
    if (parts.query_end > parts.path_end) {
        bad = find_bad(text, parts.path_end + 1, parts.query_end, query);
        if (bad != npos) return bad;
    }
    if (parts.query_end == text.size()) return std::nullopt;
    return found(find_bad(text, parts.query_end + 1, text.size(), fragment));
}

bool is_valid_iri(std::string_view text) noexcept {
    return !find_iri_error(text, false);
}
bool is_valid_iri_reference(std::string_view text) noexcept {
    return !find_iri_error(text, true);
}
bool is_absolute_iri(std::string_view text) noexcept {
    return scheme_length(text) != 0;
}

void append_without_dot_segments(std::string& out, std::string_view path) {
    while (path.starts_with("../") || path.starts_with("./")) {
        path.remove_prefix(path[1] == '.' ? 3 : 2);
    }
    if (path == "." || path == "..") return;
    const std::size_t floor = out.size();
    if (!path.starts_with('/')) {
        const std::size_t first = std::min(path.find('/'), path.size());
        out += path.substr(0, first);
        path.remove_prefix(first);
        if (path.empty()) return;
    }
    append_segments(out, floor, path.substr(1));
}

BaseIri::BaseIri(std::string iri) : iri_(std::move(iri)) {
    const Components parts = split(iri_);
    if (parts.scheme_end == 0) {
        iri_.clear();
        return;
    }
    scheme_end_ = parts.scheme_end;
    authority_end_ = parts.authority_end;
    path_end_ = parts.path_end;
    query_end_ = parts.query_end;
    directory_ = iri_.substr(0, authority_end_);
    const std::string_view path =
        std::string_view(iri_).substr(authority_end_, path_end_ - authority_end_);
    if (const std::size_t slash = path.rfind('/'); slash != npos) {
        // "/x/" without its last segment, which is empty, is "/x" and a slash.
        std::string normal;
        append_without_dot_segments(normal, path.substr(0, slash + 1));
        directory_has_slash_ = normal.ends_with('/');
        if (directory_has_slash_) normal.pop_back();
        directory_ += normal;
    } else {
        // RFC 3986 section 5.2.3: an empty path after an authority counts as "/".
        directory_has_slash_ = path.empty() && parts.has_authority();
    }
}

bool BaseIri::resolve(std::string_view reference, std::string& out) const {
    out.clear();
    const Components parts = split(reference);
    if (parts.scheme_end != 0) {
        out = reference;
        return true;
    }
    if (is_empty()) return false;
    const std::string_view base = iri_;
    const std::string_view path =
        reference.substr(parts.authority_end, parts.path_end - parts.authority_end);
    if (parts.has_authority()) {
        out += base.substr(0, scheme_end_);
        out += reference.substr(0, parts.authority_end);
        append_without_dot_segments(out, path);
    } else if (path.empty()) {
        out += base.substr(0, parts.query_end > parts.path_end ? path_end_ : query_end_);
    } else {
        if (path.front() == '/') {
            out += base.substr(0, authority_end_);
            append_without_dot_segments(out, path);
        } else if (directory_has_slash_) {
            out += directory_;
            append_segments(out, authority_end_, path);
        } else {
            out += directory_;
            append_without_dot_segments(out, path);
        }
        if (authority_end_ == scheme_end_) guard_double_slash(out, authority_end_);
    }
    out += reference.substr(parts.path_end);
    return true;
}

std::optional<std::string> BaseIri::resolve(std::string_view reference) const {
    std::optional<std::string> out(std::in_place);
    if (!resolve(reference, *out)) out.reset();
    return out;
}

}  // namespace dossier
