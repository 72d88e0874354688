#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <dossier/export.h>

namespace dossier {

// Prefix names and their IRIs, both ways. Names come without the colon; "" is the empty prefix.
// Copyable; a constant one may be read by any number of threads.
class DOSSIER_EXPORT PrefixMap {
  public:
    PrefixMap();
    PrefixMap(const PrefixMap&);
    PrefixMap(PrefixMap&&) noexcept;
    PrefixMap& operator=(const PrefixMap&);
    PrefixMap& operator=(PrefixMap&&) noexcept;
    ~PrefixMap();

    // Binds or rebinds a name. The name is not checked: is_prefix_name() does.
    void set(std::string name, std::string iri);
    bool remove(std::string_view name);  // false when it was not bound
    void clear();

    // The IRI of a name; nothing when it is not bound. The view lives until the map changes.
    std::optional<std::string_view> find(std::string_view name) const;
    bool contains(std::string_view name) const { return find(name).has_value(); }
    std::size_t size() const { return iri_of_name_.size(); }
    bool empty() const { return iri_of_name_.empty(); }

    // Name to IRI, in the order of names.
    const std::map<std::string, std::string, std::less<>>& entries() const { return iri_of_name_; }

    // `name:local` expanded, escapes in the local part undone. Nothing when the prefix is unknown
    // or there is no colon.
    std::optional<std::string> expand(std::string_view prefixed_name) const;

    // Appends the IRI as a prefixed name of Turtle and SPARQL, by the longest bound IRI whose rest
    // is a legal local name (escaped where the grammar asks for it); among names for one IRI the
    // shortest, then the first. False, and nothing appended, when there is none, or when the rest
    // would need an escaped `/`, `?` or `#`, which reads worse than the whole IRI.
    bool append_shortened(std::string& out, std::string_view iri) const;

    // The built-in list of well-known vocabularies.
    static const PrefixMap& well_known();

  private:
    struct ShorterFirst {
        bool operator()(const std::string& a, const std::string& b) const {
            return a.size() != b.size() ? a.size() < b.size() : a < b;
        }
    };
    void forget(const std::string& name, const std::string& iri);

    std::map<std::string, std::string, std::less<>> iri_of_name_;
    std::map<std::string, std::set<std::string, ShorterFirst>, std::less<>> names_of_iri_;
};

// PN_PREFIX or empty.
DOSSIER_EXPORT bool is_prefix_name(std::string_view name) noexcept;
// Appends `local` as PN_LOCAL with the escapes it needs; false, and nothing appended, when it
// cannot be written so: a blank, a control character, any other character the grammar lacks.
DOSSIER_EXPORT bool append_local_name(std::string& out, std::string_view local);

}  // namespace dossier
