#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dossier {

// RFC 3987: an IRI with a scheme. Only what the generic syntax asks; no scheme's own rules. UTF-8
// is expected to be valid (rdf/unicode.h); malformed sequences are errors here too.
bool is_valid_iri(std::string_view text) noexcept;
// An IRI or a relative reference.
bool is_valid_iri_reference(std::string_view text) noexcept;
// The offset of the first byte that makes it invalid; nothing when it is valid.
std::optional<std::size_t> find_iri_error(std::string_view text, bool relative_allowed) noexcept;

// Begins with a scheme and a colon.
bool is_absolute_iri(std::string_view text) noexcept;

// The base IRI relative references are resolved against, taken apart once. Copyable.
class BaseIri {
  public:
    BaseIri() = default;  // no base: only absolute references resolve
    // `iri` must be absolute: else is_empty() is true. Its fragment is dropped on use.
    explicit BaseIri(std::string iri);

    bool is_empty() const { return iri_.empty(); }
    const std::string& iri() const { return iri_; }

    // RFC 3986 section 5.2, strict; linear in the lengths. `reference` is expected to be valid.
    // False (and `out` empty) when it is relative and there is no base.
    // An absolute reference is kept as it is written: dot segments in it are not removed, for RDF
    // compares IRIs by their characters (RDF 1.2 Concepts section 3.2).
    bool resolve(std::string_view reference, std::string& out) const;
    std::optional<std::string> resolve(std::string_view reference) const;

  private:
    std::string iri_;
    std::size_t scheme_end_ = 0;     // after ':'
    std::size_t authority_end_ = 0;  // after the authority; scheme_end_ when there is none
    std::size_t path_end_ = 0;
    std::size_t query_end_ = 0;
    // What a relative path is appended to: scheme, authority and the path up to its last slash,
    // without dot segments and that slash.
    std::string directory_;
    bool directory_has_slash_ = false;
};

// RFC 3986 section 5.2.4, in linear time.
void append_without_dot_segments(std::string& out, std::string_view path);

}  // namespace dossier
