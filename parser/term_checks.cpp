#include "parser/term_checks.h"

#include <optional>
#include <string>

#include "parser/syntax_failure.h"
#include "parser/turtle_characters.h"
#include "rdf/iri.h"
#include "rdf/language_tag.h"
#include "rdf/vocabulary.h"

namespace dossier {

namespace {

using turtle::ByteClass;
using turtle::is_ascii_letter;
using turtle::is_digit;
using turtle::make_byte_class;

constexpr ByteClass host_class = make_byte_class(
    [](unsigned c) { return is_ascii_letter(c) || is_digit(c) || c == '.' || c == '-'; });
constexpr ByteClass plain_class = make_byte_class([](unsigned c) {
    return is_ascii_letter(c) || is_digit(c) ||
           (c != 0 && c < 0x80 &&
            std::string_view("-._~!$&'()*+,;=:@/?").find(static_cast<char>(c)) !=
                std::string_view::npos);
});

bool all_of(std::string_view text, const ByteClass& allowed) {
    for (const char c : text) {
        if (!allowed[static_cast<std::uint8_t>(c)]) return false;
    }
    return true;
}

// Most IRIs by far: http, a plain host, and nothing that needs a second look. The full check costs
// several times as much.
bool is_plain_http_iri(std::string_view iri) {
    if (!iri.starts_with("http")) return false;
    iri.remove_prefix(4);
    if (iri.starts_with('s')) iri.remove_prefix(1);
    if (!iri.starts_with("://")) return false;
    iri.remove_prefix(3);
    std::size_t host = 0;
    while (host < iri.size() && host_class[static_cast<std::uint8_t>(iri[host])]) ++host;
    if (host == 0) return false;
    iri.remove_prefix(host);
    if (iri.empty()) return true;
    if (iri.front() != '/' && iri.front() != '?' && iri.front() != '#') return false;
    const std::size_t fragment = iri.find('#');
    if (fragment == std::string_view::npos) return all_of(iri, plain_class);
    return all_of(iri.substr(0, fragment), plain_class) &&
           all_of(iri.substr(fragment + 1), plain_class);
}

}  // namespace

void check_iri(std::string_view iri, const char* at, std::size_t written,
               const ParseOptions& options) {
    if (iri.size() > options.max_iri_bytes) {
        throw SyntaxFailure{at, 1,
                            "this IRI is longer than the limit of " +
                                std::to_string(options.max_iri_bytes) + " bytes (max_iri_bytes)"};
    }
    if (options.lenient || is_plain_http_iri(iri) || is_valid_iri(iri)) return;
    if (!is_absolute_iri(iri)) {
        throw SyntaxFailure{at, written, "this IRI is relative, and there is no base to resolve it",
                            "give a base IRI, or write the IRI with its scheme"};
    }
    const std::optional<std::size_t> error = find_iri_error(iri, false);
    throw SyntaxFailure{
        at, written,
        "this is not an IRI as RFC 3987 has them" +
            (error && *error < iri.size() ? " (character " + std::to_string(*error + 1) + ")"
                                          : std::string()),
        "it can be taken as it is with --lenient"};
}

void check_datatype(std::string_view datatype, const char* at, std::size_t written) {
    if (datatype == rdf::lang_string || datatype == rdf::dir_lang_string) {
        throw SyntaxFailure{
            at, written, "a literal of this datatype needs a language",
            datatype == rdf::lang_string ? "as in \"text\"@en" : "as in \"text\"@en--ltr"};
    }
}

LanguageTag split_language_tag(std::string_view lang_dir, const ParseOptions& options) {
    LanguageTag tag{lang_dir.substr(1), Direction::none};
    const std::size_t dashes = tag.language.find("--");
    if (dashes != std::string_view::npos) {
        const std::string_view direction = tag.language.substr(dashes + 2);
        tag.language = tag.language.substr(0, dashes);
        if (direction == "ltr") {
            tag.direction = Direction::left_to_right;
        } else if (direction == "rtl") {
            tag.direction = Direction::right_to_left;
        } else {
            throw SyntaxFailure{direction.data(), direction.size(),
                                "a base direction is ltr or rtl, in small letters"};
        }
    }
    check_label_length(tag.language.size(), lang_dir.data(), options);
    if (!options.lenient && !is_language_tag(tag.language)) {
        throw SyntaxFailure{lang_dir.data(), lang_dir.size(), "this is not a language tag",
                            "the parts of a tag have at most eight letters and digits"};
    }
    return tag;
}

void check_literal_length(std::size_t bytes, const char* at, const ParseOptions& options) {
    if (bytes > options.max_literal_bytes) {
        throw SyntaxFailure{at, 1,
                            "this literal is longer than the limit of " +
                                std::to_string(options.max_literal_bytes) +
                                " bytes (max_literal_bytes)"};
    }
}

void check_label_length(std::size_t bytes, const char* at, const ParseOptions& options) {
    if (bytes > options.max_iri_bytes) {
        throw SyntaxFailure{at, 1,
                            "this name is longer than the limit of " +
                                std::to_string(options.max_iri_bytes) + " bytes (max_iri_bytes)"};
    }
}

}  // namespace dossier
