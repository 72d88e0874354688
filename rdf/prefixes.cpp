#include <dossier/prefixes.h>

#include <algorithm>
#include <utility>

#include "rdf/unicode.h"
#include "rdf/vocabulary.h"

namespace dossier {

namespace {

constexpr bool is_digit(char32_t c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Turtle's PN_CHARS_BASE.
bool is_name_letter(char32_t c) {
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c < 0x2000) {
        return (c >= 0xC0 && c <= 0x2FF && c != 0xD7 && c != 0xF7) || (c >= 0x370 && c != 0x37E);
    }
    return c == 0x200C || c == 0x200D || (c >= 0x2070 && c <= 0x218F) ||
           (c >= 0x2C00 && c <= 0x2FEF) || (c >= 0x3001 && c <= 0xD7FF) ||
           (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFFD) ||
           (c >= 0x10000 && c <= 0xEFFFF);
}

// PN_CHARS
bool is_name_character(char32_t c) {
    return is_name_letter(c) || is_digit(c) || c == '_' || c == '-' || c == 0xB7 ||
           (c >= 0x300 && c <= 0x36F) || c == 0x203F || c == 0x2040;
}

// What PN_LOCAL_ESC escapes and a local name cannot hold otherwise.
bool needs_escape(char32_t c) {
    return c < 0x80 && std::string_view("~!$&'()*+,;=/?#@%").find(static_cast<char>(c)) !=
                           std::string_view::npos;
}

}  // namespace

PrefixMap::PrefixMap() = default;
PrefixMap::PrefixMap(const PrefixMap&) = default;
PrefixMap::PrefixMap(PrefixMap&&) noexcept = default;
PrefixMap& PrefixMap::operator=(const PrefixMap&) = default;
PrefixMap& PrefixMap::operator=(PrefixMap&&) noexcept = default;
PrefixMap::~PrefixMap() = default;

void PrefixMap::forget(const std::string& name, const std::string& iri) {
    const auto names = names_of_iri_.find(iri);
    names->second.erase(name);
    if (names->second.empty()) names_of_iri_.erase(names);
}

void PrefixMap::set(std::string name, std::string iri) {
    const auto [entry, inserted] = iri_of_name_.try_emplace(name, iri);
    if (!inserted) {
        if (entry->second == iri) return;
        forget(name, entry->second);
        entry->second = iri;
    }
    names_of_iri_[std::move(iri)].insert(std::move(name));
}

bool PrefixMap::remove(std::string_view name) {
    const auto entry = iri_of_name_.find(name);
    if (entry == iri_of_name_.end()) return false;
    forget(entry->first, entry->second);
    iri_of_name_.erase(entry);
    return true;
}

void PrefixMap::clear() {
    iri_of_name_.clear();
    names_of_iri_.clear();
}

std::optional<std::string_view> PrefixMap::find(std::string_view name) const {
    const auto entry = iri_of_name_.find(name);
    if (entry == iri_of_name_.end()) return std::nullopt;
    return entry->second;
}

std::optional<std::string> PrefixMap::expand(std::string_view prefixed_name) const {
    const std::size_t colon = prefixed_name.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto iri = find(prefixed_name.substr(0, colon));
    if (!iri) return std::nullopt;
    std::string out(*iri);
    for (std::size_t i = colon + 1; i < prefixed_name.size(); ++i) {
        if (prefixed_name[i] == '\\' && i + 1 < prefixed_name.size()) ++i;
        out += prefixed_name[i];
    }
    return out;
}

bool PrefixMap::append_shortened(std::string& out, std::string_view iri) const {
    // Every bound IRI that begins `iri` also begins each key between the two in byte order; so the
    // common beginning with the nearest key below bounds where the next candidate can lie.
    std::string_view candidate = iri;
    for (;;) {
        auto entry = names_of_iri_.upper_bound(candidate);
        if (entry == names_of_iri_.begin()) return false;
        --entry;
        const std::string_view bound = entry->first;
        if (!candidate.starts_with(bound)) {
            const auto end =
                std::mismatch(bound.begin(), bound.end(), candidate.begin(), candidate.end());
            candidate = candidate.substr(0, static_cast<std::size_t>(end.first - bound.begin()));
            continue;
        }
        const std::string_view rest = iri.substr(bound.size());
        // A shorter bound IRI leaves a longer rest, with the same characters in it.
        if (rest.find_first_of("/?#") != std::string_view::npos) return false;
        const std::size_t before = out.size();
        out += *entry->second.begin();
        out += ':';
        if (append_local_name(out, rest)) return true;
        out.resize(before);
        if (bound.empty()) return false;
        candidate = bound.substr(0, bound.size() - 1);
    }
}

bool is_prefix_name(std::string_view name) noexcept {
    if (name.empty()) return true;
    if (!is_valid_utf8(name)) return false;
    std::size_t i = 0;
    if (!is_name_letter(next_code_point(name, i))) return false;
    while (i < name.size()) {
        const char32_t c = next_code_point(name, i);
        if (!is_name_character(c) && (c != '.' || i == name.size())) return false;
    }
    return true;
}

bool append_local_name(std::string& out, std::string_view local) {
    const std::size_t before = out.size();
    std::size_t i = 0;
    while (i < local.size()) {
        const std::size_t start = i;
        const char32_t c = next_code_point(local, i);
        const bool first = start == 0;
        bool escape = false;
        if (c == '.') {
            escape = first || i == local.size();
        } else if (c == '-') {
            escape = first;
        } else if (c == '%') {
            // %41 may stand as it is; a lone percent sign needs the escape.
            escape = !(i + 1 < local.size() && is_hex(local[i]) && is_hex(local[i + 1]));
        } else if (needs_escape(c)) {
            escape = true;
        } else if (c == replacement_character && i == start + 1) {
            out.resize(before);
            return false;  // not UTF-8
        } else if (c != ':' &&
                   !(first ? is_name_letter(c) || is_digit(c) || c == '_' : is_name_character(c))) {
            out.resize(before);
            return false;
        }
        if (escape) out += '\\';
        out.append(local, start, i - start);
    }
    return true;
}

const PrefixMap& PrefixMap::well_known() {
    static const PrefixMap map = [] {
        constexpr std::pair<std::string_view, std::string_view> entries[] = {
            {"bd", "http://www.bigdata.com/rdf#"},
            {"brick", "https://brickschema.org/schema/Brick#"},
            {"csvw", "http://www.w3.org/ns/csvw#"},
            {"dc", "http://purl.org/dc/elements/1.1/"},
            {"dcam", "http://purl.org/dc/dcam/"},
            {"dcat", "http://www.w3.org/ns/dcat#"},
            {"dcmitype", "http://purl.org/dc/dcmitype/"},
            {"dcterms", "http://purl.org/dc/terms/"},
            {"doap", "http://usefulinc.com/ns/doap#"},
            {"dos", dos::prefix},
            {"foaf", "http://xmlns.com/foaf/0.1/"},
            {"geo", "http://www.w3.org/2003/01/geo/wgs84_pos#"},
            {"geosparql", "http://www.opengis.net/ont/geosparql#"},
            {"odrl", "http://www.w3.org/ns/odrl/2/"},
            {"org", "http://www.w3.org/ns/org#"},
            {"owl", owl::prefix},
            {"p", "http://www.wikidata.org/prop/"},
            {"pq", "http://www.wikidata.org/prop/qualifier/"},
            {"prof", "http://www.w3.org/ns/dx/prof/"},
            {"prov", prov::prefix},
            {"ps", "http://www.wikidata.org/prop/statement/"},
            {"qb", "http://purl.org/linked-data/cube#"},
            {"rdf", rdf::prefix},
            {"rdfs", rdfs::prefix},
            {"schema", "https://schema.org/"},
            {"sh", "http://www.w3.org/ns/shacl#"},
            {"skos", "http://www.w3.org/2004/02/skos/core#"},
            {"sosa", "http://www.w3.org/ns/sosa/"},
            {"ssn", "http://www.w3.org/ns/ssn/"},
            {"time", "http://www.w3.org/2006/time#"},
            {"vann", "http://purl.org/vocab/vann/"},
            {"void", "http://rdfs.org/ns/void#"},
            {"wd", "http://www.wikidata.org/entity/"},
            {"wdt", "http://www.wikidata.org/prop/direct/"},
            {"wikibase", "http://wikiba.se/ontology#"},
            {"xml", "http://www.w3.org/XML/1998/namespace"},
            {"xsd", xsd::prefix},
        };
        PrefixMap list;
        for (const auto& [name, iri] : entries) list.set(std::string(name), std::string(iri));
        return list;
    }();
    return map;
}

}  // namespace dossier
