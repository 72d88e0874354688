#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <dossier/term.h>

#include "parser/held_term.h"
#include "parser/rdf_xml_literal.h"
#include "parser/statement_parser.h"
#include "rdf/iri.h"

namespace dossier::rdf_xml {

// RDF 1.2 XML Syntax, section 7: elements and text to statements. Streaming: a statement leaves as
// soon as its object is known. Failures are thrown as SyntaxFailure without a place.
class Builder {
  public:
    Builder(const ParseOptions& options, StatementSink& sink);

    void start_element(const XmlName& name, const std::vector<XmlAttribute>& attributes);
    void end_element();
    void characters(std::string_view text);
    // Kept within XML literals, ignored elsewhere.
    void comment(std::string_view text);
    void processing_instruction(std::string_view target, std::string_view data);

    // How many elements are open.
    std::size_t depth() const { return depth_; }
    // With OnError::skip, after start_element or what is within has thrown: the element whose depth
    // this is, is left out with all that is still to come in it.
    void ignore_element(std::size_t depth);
    // After end_element has thrown at this depth.
    void abandon_element(std::size_t depth) { depth_ = depth - 1; }

    std::uint64_t statements() const { return statements_; }

  private:
    enum class Kind {
        document,
        rdf,                  // rdf:RDF
        node,                 // a node element, or the content of parseType="Resource"
        property,             // whose content decides between resource and literal
        empty_property,       // whose attributes decided
        collection_property,  // parseType="Collection"
        literal_property,     // parseType="Literal"
        literal_content,      // within one
        triple_property,      // parseType="Triple"
        ignored,
    };

    struct Frame {
        Kind kind = Kind::document;
        std::size_t base = 0;  // which of bases_
        std::string language;
        Direction direction = Direction::none;
        bool version_1_2 = false;

        HeldTerm subject;                  // of a node
        std::uint64_t next_member = 1;     // rdf:li
        bool is_resource_content = false;  // of parseType="Resource"
        HeldTerm predicate;                // of a property
        HeldTerm object;                   // of a property, when it is known
        bool has_object = false;
        std::string text;  // of a property
        std::string datatype;
        std::string reification;  // the IRI of rdf:ID, or empty
        HeldTerm reifier;         // rdf:annotation, rdf:annotationNodeID
        bool has_reifier = false;
        HeldTerm list_node;         // of a collection: its last node
        std::uint64_t triples = 0;  // of a triple property: how many its content made
    };

    struct NodeAttributes;
    struct PropertyAttributes;

    Frame& top() { return frames_[depth_]; }
    Frame& below() { return frames_[depth_ - 1]; }
    Frame& push(Kind kind);
    void inherit(Frame& frame, const std::vector<XmlAttribute>& attributes);

    void start_node(const XmlName& name, const std::vector<XmlAttribute>& attributes);
    void start_property(const XmlName& name, const std::vector<XmlAttribute>& attributes);
    void start_parse_type(Frame& property, std::string_view parse_type);
    void end_node();
    void end_property();
    void add_list_item(Frame& collection, const TermView& item);
    void emit_property_attributes(const TermView& subject, const Frame& context,
                                  const std::vector<XmlAttribute>& attributes);
    void finish_statement(Frame& property, const TermView& subject, const TermView& object);
    void emit(const TermView& subject, const TermView& predicate, const TermView& object);

    void resolve(std::string_view reference, const Frame& context, std::string& out);
    void resolve_id(std::string_view id, const Frame& context, std::string& out);
    void name_iri(const XmlName& name, std::string& out);
    void named_blank_node(std::string_view id, HeldTerm& term);
    void fresh_blank_node(HeldTerm& term);
    TermView text_literal(std::string_view text, const Frame& context) const;

    const ParseOptions& options_;
    StatementSink& sink_;
    std::vector<BaseIri> bases_;
    std::vector<Frame> frames_;
    std::size_t depth_ = 0;
    XmlLiteralWriter literal_;
    std::set<std::string, std::less<>> ids_;  // the IRIs made of rdf:ID, each allowed once
    std::size_t id_bytes_ = 0;
    std::uint64_t next_label_ = 1;
    std::uint64_t statements_ = 0;
    std::string scratch_;
    std::string scratch_iri_;
};

}  // namespace dossier::rdf_xml
