#include "parser/rdf_xml_literal.h"

#include <algorithm>

namespace dossier::rdf_xml {

namespace {

void append_name(std::string& out, const XmlName& name) {
    if (!name.prefix.empty()) out.append(name.prefix).append(1, ':');
    out.append(name.local);
}

// Canonical XML section 2.3.
void append_escaped(std::string& out, std::string_view text, bool in_attribute) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += in_attribute ? ">" : "&gt;";
                break;
            case '"':
                out += in_attribute ? "&quot;" : "\"";
                break;
            case '\t':
                out += in_attribute ? "&#x9;" : "\t";
                break;
            case '\n':
                out += in_attribute ? "&#xA;" : "\n";
                break;
            case '\r':
                out += "&#xD;";
                break;
            default:
                out += c;
        }
    }
}

}  // namespace

std::string_view XmlLiteralWriter::rendered(std::string_view prefix) const {
    for (auto declared = rendered_.rbegin(); declared != rendered_.rend(); ++declared) {
        if (declared->first == prefix) return declared->second;
    }
    return {};
}

void XmlLiteralWriter::declare(
    std::vector<std::pair<std::string_view, std::string_view>>& declarations,
    const XmlName& name) const {
    if (name.prefix == "xml" || rendered(name.prefix) == name.space) return;
    const std::pair<std::string_view, std::string_view> declaration{name.prefix, name.space};
    if (std::find(declarations.begin(), declarations.end(), declaration) == declarations.end()) {
        declarations.push_back(declaration);
    }
}

void XmlLiteralWriter::start_element(const XmlName& name,
                                     const std::vector<XmlAttribute>& attributes) {
    // Declared is what this element and its attributes use and no element around it has declared.
    std::vector<std::pair<std::string_view, std::string_view>> declarations;
    declare(declarations, name);
    for (const XmlAttribute& attribute : attributes) {
        if (!attribute.name.prefix.empty()) declare(declarations, attribute.name);
    }
    std::sort(declarations.begin(), declarations.end());
    std::vector<const XmlAttribute*> sorted;
    for (const XmlAttribute& attribute : attributes) sorted.push_back(&attribute);
    std::sort(sorted.begin(), sorted.end(), [](const XmlAttribute* a, const XmlAttribute* b) {
        return std::pair(a->name.space, a->name.local) < std::pair(b->name.space, b->name.local);
    });

    Open open{{}, rendered_.size()};
    append_name(open.name, name);
    text_.append(1, '<').append(open.name);
    for (const auto& [prefix, space] : declarations) {
        text_ += prefix.empty() ? " xmlns" : " xmlns:";
        text_.append(prefix).append("=\"");
        append_escaped(text_, space, true);
        text_ += '"';
        rendered_.emplace_back(prefix, space);
    }
    for (const XmlAttribute* attribute : sorted) {
        text_ += ' ';
        append_name(text_, attribute->name);
        text_ += "=\"";
        append_escaped(text_, attribute->value, true);
        text_ += '"';
    }
    text_ += '>';
    open_.push_back(std::move(open));
}

void XmlLiteralWriter::end_element() {
    text_.append("</").append(open_.back().name).append(1, '>');
    rendered_.resize(open_.back().rendered);
    open_.pop_back();
}

void XmlLiteralWriter::characters(std::string_view text) {
    append_escaped(text_, text, false);
}

void XmlLiteralWriter::comment(std::string_view text) {
    text_.append("<!--").append(text).append("-->");
}

void XmlLiteralWriter::processing_instruction(std::string_view target, std::string_view data) {
    text_.append("<?").append(target);
    if (!data.empty()) text_.append(1, ' ').append(data);
    text_ += "?>";
}

}  // namespace dossier::rdf_xml
