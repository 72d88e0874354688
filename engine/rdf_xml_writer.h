#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/statement_writer.h"

namespace dossier::engine {

// RDF 1.2 XML Syntax, the plain part of it: a node element for statements of one subject that
// follow each other, a property element for each. What RDF 1.1 lacks is marked where it stands
// (rdf:version on the property element), so that other documents are RDF 1.1. Namespaces are
// declared where they are used, but for those of `prefixes`: nothing is known of what is to come.
//
// XML cannot hold every statement: a predicate must end with a name of XML and not be a word of the
// syntax, and most control characters do not exist. Such a statement throws QueryError.
class RdfXmlWriter final : public StatementWriter {
  public:
    RdfXmlWriter(std::ostream& out, const Prefixes& prefixes);

  private:
    void append(const QuadView& quad) override;
    void end() override;

    void append_property(const TermView& predicate, const TermView& object, bool version_told,
                         std::size_t indent);
    void append_node_start(const TermView& subject);
    // The name of an element, and its namespace's declaration where that is needed.
    void append_name(std::string& name, std::string& declaration, std::string_view iri);
    std::string_view prefix_of(std::string_view space);

    PrefixMap declared_;                                          // at the root
    std::map<std::string, std::string, std::less<>> root_names_;  // namespace to prefix
    std::map<std::string, std::string, std::less<>> names_;       // of those declared in place
    std::uint64_t next_name_ = 1;
    bool has_subject_ = false;
    Term subject_;
};

// Where an IRI is cut into namespace and local name for an element of XML: the offset of the local
// name; nothing where there is no such place.
std::optional<std::size_t> xml_name_split(std::string_view iri);

}  // namespace dossier::engine
