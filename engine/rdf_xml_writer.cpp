#include "engine/rdf_xml_writer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <dossier/error.h>

#include "parser/turtle_characters.h"
#include "rdf/unicode.h"
#include "rdf/vocabulary.h"

namespace dossier::engine {

namespace {

constexpr std::string_view xml_space = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view xmlns_space = "http://www.w3.org/2000/xmlns/";
constexpr std::string_view its_space = "http://www.w3.org/2005/11/its";

// Namespaces declared in place that are remembered, so that each keeps its prefix.
constexpr std::size_t most_names = 10'000;

// RDF 1.2 XML section 6.2: what a property element cannot be called. rdf:li would be counted.
constexpr std::array<std::string_view, 15> forbidden{"RDF",         "ID",
                                                     "about",       "parseType",
                                                     "resource",    "nodeID",
                                                     "datatype",    "version",
                                                     "li",          "annotation",
                                                     "Description", "annotationNodeID",
                                                     "aboutEach",   "aboutEachPrefix",
                                                     "bagID"};

[[noreturn]] void refuse(std::string what, std::string_view why) {
    throw QueryError("RDF/XML cannot hold " + what + ": " + std::string(why));
}

std::string quoted(std::string_view iri) {
    constexpr std::size_t most = 200;
    std::string text = "<";
    text += iri.substr(0, offset_of_code_point(iri, most));
    if (text.size() <= iri.size()) text += "...";
    return text + ">";
}

// XML 1.0 production Char; the text is valid UTF-8.
bool has_no_place_in_xml(std::string_view text, std::size_t i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20) return c != '\t' && c != '\n' && c != '\r';
    return c == 0xEF &&
           (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF");
}

// Text of an element, or (white space, too) the value of an attribute.
void append_xml(std::string& out, std::string_view text, bool attribute) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char* entity = nullptr;
        switch (text[i]) {
            case '<':
                entity = "&lt;";
                break;
            case '>':
                entity = "&gt;";
                break;
            case '&':
                entity = "&amp;";
                break;
            case '\r':
                entity = "&#13;";
                break;
            case '"':
                if (attribute) entity = "&quot;";
                break;
            case '\n':
                if (attribute) entity = "&#10;";
                break;
            case '\t':
                if (attribute) entity = "&#9;";
                break;
            default:
                if (has_no_place_in_xml(text, i)) {
                    std::size_t offset = i;
                    const auto code = static_cast<unsigned>(next_code_point(text, offset));
                    constexpr const char* digits = "0123456789ABCDEF";
                    std::string number;
                    for (int shift = 12; shift >= 0; shift -= 4)
                        number += digits[(code >> shift) & 15u];
                    refuse("the character U+" + number,
                           "XML 1.0 has no way to write it; other formats have");
                }
        }
        if (entity == nullptr) continue;
        out.append(text, begin, i - begin).append(entity);
        begin = i + 1;
    }
    out.append(text, begin);
}

// The letters of XML 1.0 up to its fourth edition, on which all parsers agree; not all scripts.
bool is_letter_everywhere(char32_t c) {
    static constexpr std::array<std::pair<char32_t, char32_t>, 35> ranges{{
        {'A', 'Z'},       {'_', '_'},       {'a', 'z'},       {0xC0, 0xD6},     {0xD8, 0xF6},
        {0xF8, 0x131},    {0x134, 0x13E},   {0x141, 0x148},   {0x14A, 0x17E},   {0x180, 0x1C3},
        {0x1CD, 0x1F0},   {0x1F4, 0x1F5},   {0x1FA, 0x217},   {0x250, 0x2A8},   {0x388, 0x38A},
        {0x38E, 0x3A1},   {0x3A3, 0x3CE},   {0x401, 0x40C},   {0x40E, 0x44F},   {0x451, 0x45C},
        {0x45E, 0x481},   {0x531, 0x556},   {0x561, 0x586},   {0x5D0, 0x5EA},   {0x621, 0x63A},
        {0x641, 0x64A},   {0x671, 0x6B7},   {0x905, 0x939},   {0x1E00, 0x1E9B}, {0x1EA0, 0x1EF9},
        {0x3041, 0x3094}, {0x30A1, 0x30FA}, {0x3105, 0x312C}, {0x4E00, 0x9FA5}, {0xAC00, 0xD7A3},
    }};
    const auto after =
        std::upper_bound(ranges.begin(), ranges.end(), c,
                         [](char32_t a, const auto& range) { return a < range.first; });
    return after != ranges.begin() && c <= std::prev(after)->second;
}

// What may stand in a name, and what may begin one; by the fourth edition or by the fifth.
bool is_name_character(char32_t c, bool fifth_edition) {
    if (c == '-' || c == '.' || (c >= '0' && c <= '9')) return true;
    if (c < 0x80 || !fifth_edition) return is_letter_everywhere(c);
    return turtle::is_name_beyond_ascii(c);
}
bool is_name_start(char32_t c, bool fifth_edition) {
    if (c < 0x80 || !fifth_edition) return is_letter_everywhere(c);
    return turtle::is_name_start_beyond_ascii(c);
}

bool is_name(std::string_view text) {
    for (std::size_t offset = 0; offset < text.size();) {
        const bool first = offset == 0;
        const char32_t c = next_code_point(text, offset);
        if (first ? !is_name_start(c, true) : !is_name_character(c, true)) return false;
    }
    return !text.empty();
}

bool begins_with_xml(std::string_view text) {
    return text.size() >= 3 && (text[0] | 0x20) == 'x' && (text[1] | 0x20) == 'm' &&
           (text[2] | 0x20) == 'l';
}

// The longest name at the end of the IRI whose rest may be a namespace.
std::optional<std::size_t> split_at(std::string_view iri, bool fifth_edition) {
    std::optional<std::size_t> found;
    for (std::size_t offset = 0; offset < iri.size();) {
        const std::size_t begin = offset;
        const char32_t c = next_code_point(iri, offset);
        if (!is_name_character(c, fifth_edition))
            found.reset();
        else if (!found && begin > 0 && is_name_start(c, fifth_edition) &&
                 iri.substr(0, begin) != xmlns_space && iri.substr(0, begin) != xml_space)
            found = begin;
    }
    return found;
}

// An rdf:nodeID is a name of XML, a label need not be one. Those that are, and do not begin with
// the sign of those that are not, stay.
void append_node_id(std::string& out, std::string_view label) {
    if (is_name(label) && label[0] != '_') {
        out += label;
        return;
    }
    constexpr const char* digits = "0123456789abcdef";
    out += '_';
    for (const char c : label) {
        const auto byte = static_cast<unsigned char>(c);
        if (turtle::is_ascii_letter(byte) || turtle::is_digit(byte))
            out += c;
        else
            out.append(1, '_').append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
}

}  // namespace

std::optional<std::size_t> xml_name_split(std::string_view iri) {
    const auto found = split_at(iri, false);
    return found ? found : split_at(iri, true);
}

RdfXmlWriter::RdfXmlWriter(std::ostream& out, const Prefixes& prefixes) : StatementWriter(out) {
    buffer_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF xmlns:rdf=\"";
    buffer_.append(rdf::prefix).append(1, '"');
    declared_.set("rdf", std::string(rdf::prefix));
    root_names_.emplace(rdf::prefix, "rdf");
    for (const auto& [name, iri] : prefixes) {
        // A prefix that is taken or no name, or a namespace that XML has for itself, is left out.
        // The empty one is XML's default namespace, which holds for elements.
        if (declared_.contains(name) || !(name.empty() || is_name(name)) || begins_with_xml(name) ||
            iri.empty() || iri == xml_space || iri == xmlns_space)
            continue;
        const std::size_t size = buffer_.size();
        buffer_.append("\n    xmlns").append(name.empty() ? "" : ":").append(name).append("=\"");
        try {
            append_xml(buffer_, iri, true);
        } catch (const QueryError&) {
            buffer_.resize(size);
            continue;
        }
        buffer_ += '"';
        declared_.set(name, iri);
        root_names_.emplace(iri, name);
    }
    buffer_ += ">\n";
}

std::string_view RdfXmlWriter::prefix_of(std::string_view space) {
    const auto known = names_.find(space);
    if (known != names_.end()) return known->second;
    if (names_.size() == most_names) names_.clear();
    std::string name;
    do {
        name = "ns" + std::to_string(next_name_++);
    } while (declared_.contains(name));
    return names_.emplace(space, std::move(name)).first->second;
}

void RdfXmlWriter::append_name(std::string& name, std::string& declaration, std::string_view iri) {
    const auto split = xml_name_split(iri);
    if (!split)
        refuse("the predicate " + quoted(iri),
               "its IRI does not end with a name of XML, which its element would need");
    if (iri.starts_with(rdf::prefix) &&
        std::find(forbidden.begin(), forbidden.end(), iri.substr(rdf::prefix.size())) !=
            forbidden.end())
        refuse("the predicate " + quoted(iri), "it is a word of the syntax itself");
    // A namespace of the root may end elsewhere than where we would cut.
    for (std::size_t cut = *split; cut < iri.size(); ++cut) {
        if (!is_name(iri.substr(cut))) continue;
        const auto found = root_names_.find(iri.substr(0, cut));
        if (found == root_names_.end()) continue;
        if (!found->second.empty()) name.append(found->second).append(1, ':');
        name.append(iri.substr(cut));
        return;
    }
    const std::string_view space = iri.substr(0, *split);
    const std::string_view prefix = prefix_of(space);
    name.append(prefix).append(1, ':').append(iri.substr(*split));
    declaration.append(" xmlns:").append(prefix).append("=\"");
    append_xml(declaration, space, true);
    declaration += '"';
}

void RdfXmlWriter::append_node_start(const TermView& subject) {
    if (subject.is_blank_node()) {
        buffer_ += "<rdf:Description rdf:nodeID=\"";
        append_node_id(buffer_, subject.text());
    } else if (subject.is_iri()) {
        buffer_ += "<rdf:Description rdf:about=\"";
        append_xml(buffer_, subject.text(), true);
    } else {
        refuse("this statement", "its subject is neither an IRI nor a blank node");
    }
    buffer_ += "\">";
}

// Triple terms nest at most as deep as Term::max_triple_depth.
void RdfXmlWriter::append_property(const TermView& predicate, const TermView& object,
                                   bool version_told, std::size_t indent) {
    std::string name, declaration;
    append_name(name, declaration, predicate.text());
    buffer_.append(indent, ' ').append(1, '<').append(name).append(declaration);
    const bool version_1_2 =
        object.is_triple() || (object.is_literal() && object.direction() != Direction::none);
    if (version_1_2 && !version_told) buffer_ += " rdf:version=\"1.2\"";
    switch (object.kind()) {
        case TermKind::iri:
            buffer_ += " rdf:resource=\"";
            append_xml(buffer_, object.text(), true);
            buffer_ += "\"/>\n";
            return;
        case TermKind::blank_node:
            buffer_ += " rdf:nodeID=\"";
            append_node_id(buffer_, object.text());
            buffer_ += "\"/>\n";
            return;
        case TermKind::triple:
            buffer_ += " rdf:parseType=\"Triple\">\n";
            buffer_.append(indent + 1, ' ');
            append_node_start(object.triple().subject);
            buffer_ += '\n';
            append_property(object.triple().predicate, object.triple().object, true, indent + 2);
            buffer_.append(indent + 1, ' ').append("</rdf:Description>\n");
            buffer_.append(indent, ' ');
            break;
        case TermKind::literal:
            if (!object.language().empty()) {
                buffer_ += " xml:lang=\"";
                append_xml(buffer_, object.language(), true);
                buffer_ += '"';
                if (version_1_2) {
                    buffer_.append(" xmlns:its=\"").append(its_space);
                    buffer_ += "\" its:version=\"2.0\" its:dir=\"";
                    buffer_ += object.direction() == Direction::left_to_right ? "ltr\"" : "rtl\"";
                }
            } else if (object.datatype() != xsd::string) {
                buffer_ += " rdf:datatype=\"";
                append_xml(buffer_, object.datatype(), true);
                buffer_ += '"';
            }
            buffer_ += '>';
            append_xml(buffer_, object.text(), false);
            break;
    }
    buffer_.append("</").append(name).append(">\n");
}

void RdfXmlWriter::append(const QuadView& quad) {
    const std::size_t size = buffer_.size();
    const bool same_subject = has_subject_ && quad.subject == subject_.view();
    try {
        if (!same_subject) {
            if (has_subject_) buffer_ += "</rdf:Description>\n";
            append_node_start(quad.subject);
            buffer_ += '\n';
        }
        append_property(quad.predicate, quad.object, false, 2);
    } catch (...) {
        buffer_.resize(size);  // nothing of a statement that cannot be written
        throw;
    }
    if (same_subject) return;
    subject_ = Term(quad.subject);
    has_subject_ = true;
}

void RdfXmlWriter::end() {
    if (has_subject_) buffer_ += "</rdf:Description>\n";
    buffer_ += "</rdf:RDF>\n";
}

}  // namespace dossier::engine
