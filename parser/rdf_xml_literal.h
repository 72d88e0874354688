#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dossier::rdf_xml {

// A name as XML namespaces have it; the prefix is empty for the default namespace.
struct XmlName {
    std::string_view space;
    std::string_view local;
    std::string_view prefix;

    bool is(std::string_view name_space, std::string_view name) const {
        return local == name && space == name_space;
    }
};

struct XmlAttribute {
    XmlName name;
    std::string_view value;
};

// Writes the content of an element as exclusive canonical XML with comments
// (https://www.w3.org/TR/xml-exc-c14n/): the lexical form of rdf:XMLLiteral.
class XmlLiteralWriter {
  public:
    void begin() {
        text_.clear();
        open_.clear();
        rendered_.clear();
    }
    void start_element(const XmlName& name, const std::vector<XmlAttribute>& attributes);
    void end_element();
    void characters(std::string_view text);
    void comment(std::string_view text);
    void processing_instruction(std::string_view target, std::string_view data);

    const std::string& text() const { return text_; }

  private:
    struct Open {
        std::string name;
        std::size_t rendered;  // how many declarations were in force before it
    };
    // The namespace a prefix is bound to in what has been written; empty when to none.
    std::string_view rendered(std::string_view prefix) const;
    void declare(std::vector<std::pair<std::string_view, std::string_view>>& declarations,
                 const XmlName& name) const;

    std::string text_;
    std::vector<Open> open_;
    std::vector<std::pair<std::string, std::string>> rendered_;  // prefix and namespace
};

}  // namespace dossier::rdf_xml
