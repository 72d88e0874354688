#include "parser/rdf_xml_builder.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "parser/syntax_failure.h"
#include "parser/term_checks.h"
#include "parser/turtle_characters.h"
#include "rdf/language_tag.h"
#include "rdf/unicode.h"
#include "rdf/vocabulary.h"

namespace dossier::rdf_xml {

namespace {

constexpr std::string_view xml_space = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view its_space = "http://www.w3.org/2005/11/its";
// Beyond this, rdf:ID is no longer checked to be unique: the memory must stay bounded.
constexpr std::size_t max_id_bytes = 256u << 20;

constexpr TermView rdf_first = TermView::iri(rdf::first);
constexpr TermView rdf_rest = TermView::iri(rdf::rest);
constexpr TermView rdf_nil = TermView::iri(rdf::nil);
constexpr TermView rdf_type = TermView::iri(rdf::type);

[[noreturn]] void fail(std::string message, std::string hint = {}) {
    throw SyntaxFailure{nullptr, 1, std::move(message), std::move(hint)};
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// RDF 1.2 XML section 6.2: names of the syntax that are neither classes nor properties.
bool is_syntax_name(const XmlName& name) {
    return name.space == rdf::prefix &&
           is_one_of(name.local, {"RDF", "ID", "about", "parseType", "resource", "nodeID",
                                  "datatype", "version", "annotation", "annotationNodeID",
                                  "aboutEach", "aboutEachPrefix", "bagID"});
}

bool is_white_space(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Namespaces in XML, production NCName; what of it XML 1.0 itself allows.
bool is_nc_name(std::string_view name) {
    if (name.empty()) return false;
    for (std::size_t offset = 0; offset < name.size();) {
        const bool first = offset == 0;
        const char32_t c = next_code_point(name, offset);
        if (c < 0x80) {
            const auto byte = static_cast<unsigned>(c);
            if (turtle::is_ascii_letter(byte) || c == '_') continue;
            if (!first && (turtle::is_digit(byte) || c == '-' || c == '.')) continue;
            return false;
        }
        if (first ? !turtle::is_name_start_beyond_ascii(c) : !turtle::is_name_beyond_ascii(c)) {
            return false;
        }
    }
    return true;
}

}  // namespace

Builder::Builder(const ParseOptions& options, StatementSink& sink)
    : options_(options), sink_(sink), bases_{BaseIri(options.base)}, frames_(8) {
    top().kind = Kind::document;
}

// --- terms

void Builder::resolve(std::string_view reference, const Frame& context, std::string& out) {
    if (!options_.lenient && !is_valid_iri_reference(reference)) {
        fail("'" + std::string(reference.substr(0, 200)) + "' is not an IRI",
             "characters such as spaces are written percent-encoded");
    }
    if (!bases_[context.base].resolve(reference, out)) {
        if (!options_.lenient) {
            fail("the IRI '" + std::string(reference.substr(0, 200)) +
                     "' is relative, and there is no base to resolve it",
                 "declare one with xml:base, or give --base");
        }
        out.assign(reference);
    }
    check_iri(out, nullptr, 1, options_);
}

void Builder::resolve_id(std::string_view id, const Frame& context, std::string& out) {
    if (!is_nc_name(id)) fail("the value of rdf:ID is not a name: '" + std::string(id) + "'");
    resolve("#" + std::string(id), context, out);
    if (id_bytes_ > max_id_bytes) return;
    if (!ids_.insert(out).second) {
        fail("rdf:ID '" + std::string(id) + "' is used twice", "rdf:about may repeat an IRI");
    }
    id_bytes_ += out.size() + 64;
}

void Builder::name_iri(const XmlName& name, std::string& out) {
    if (name.space.empty()) {
        fail("the element '" + std::string(name.local) + "' has no namespace");
    }
    out.assign(name.space).append(name.local);
    check_iri(out, nullptr, 1, options_);
}

void Builder::named_blank_node(std::string_view id, HeldTerm& term) {
    if (!is_nc_name(id)) fail("the name of a blank node is not a name: '" + std::string(id) + "'");
    check_label_length(id.size(), nullptr, options_);
    term.begin_blank_node().append(options_.blank_node_scope).append(id);
}

void Builder::fresh_blank_node(HeldTerm& term) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, next_label_++).ptr;
    term.begin_blank_node().append(options_.blank_node_scope).append(1, '.').append(digits, end);
}

TermView Builder::text_literal(std::string_view text, const Frame& context) const {
    if (context.language.empty()) return TermView::literal(text);
    return TermView::language_literal(text, context.language,
                                      context.version_1_2 ? context.direction : Direction::none);
}

// --- statements

void Builder::emit(const TermView& subject, const TermView& predicate, const TermView& object) {
    // Within parseType="Triple" the statement is not asserted: it is the triple term.
    for (std::size_t i = depth_; i > 0; --i) {
        Frame& frame = frames_[i];
        // A triple term that is complete has its own statement to make.
        if (frame.kind != Kind::triple_property || frame.has_object) continue;
        if (++frame.triples > 1) {
            fail("the content of parseType=\"Triple\" makes more than one triple");
        }
        HeldTerm parts[3];
        parts[0].assign(subject);
        parts[1].assign(predicate);
        parts[2].assign(object);
        frame.object.set_triple(parts[0], parts[1], parts[2]);
        return;
    }
    sink_.statement({subject, predicate, object, TermView::iri(options_.default_graph)});
    ++statements_;
}

// The statement of a property element, and what rdf:ID and rdf:annotation say of it (sections 7.3
// and 7.4).
void Builder::finish_statement(Frame& property, const TermView& subject, const TermView& object) {
    const TermView predicate = property.predicate.view();
    emit(subject, predicate, object);
    if (!property.reification.empty()) {
        const TermView statement = TermView::iri(property.reification);
        emit(statement, rdf_type, TermView::iri(rdf::statement));
        emit(statement, TermView::iri(rdf::subject), subject);
        emit(statement, TermView::iri(rdf::predicate), predicate);
        emit(statement, TermView::iri(rdf::object), object);
    }
    if (property.has_reifier) {
        const TripleView triple{subject, predicate, object};
        emit(property.reifier.view(), TermView::iri(rdf::reifies), TermView::triple(triple));
    }
}

void Builder::emit_property_attributes(const TermView& subject, const Frame& context,
                                       const std::vector<XmlAttribute>& attributes) {
    for (const XmlAttribute& attribute : attributes) {
        if (attribute.name.is(rdf::prefix, "type")) {
            resolve(attribute.value, context, scratch_);
            emit(subject, rdf_type, TermView::iri(scratch_));
        } else {
            name_iri(attribute.name, scratch_iri_);
            check_literal_length(attribute.value.size(), nullptr, options_);
            emit(subject, TermView::iri(scratch_iri_), text_literal(attribute.value, context));
        }
    }
}

// --- frames

Builder::Frame& Builder::push(Kind kind) {
    // What nests once in other formats takes two elements, a property and the node in it, and the
    // outermost statement stands in three: triple terms may be as deep here as elsewhere.
    if (depth_ >= 2 * options_.max_nesting + 3) {
        fail("nodes and their properties are nested deeper than the limit of " +
             std::to_string(options_.max_nesting) + " (max_nesting)");
    }
    ++depth_;
    if (depth_ == frames_.size()) frames_.emplace_back();
    Frame& frame = top();
    const Frame& outer = below();
    frame.kind = kind;
    frame.base = outer.base;
    frame.language = outer.language;
    frame.direction = outer.direction;
    frame.version_1_2 = outer.version_1_2;
    frame.next_member = 1;
    frame.is_resource_content = false;
    frame.has_object = false;
    frame.text.clear();
    frame.datatype.clear();
    frame.reification.clear();
    frame.has_reifier = false;
    frame.triples = 0;
    return frame;
}

// xml:base, xml:lang, its:dir and rdf:version hold for the element and all in it.
void Builder::inherit(Frame& frame, const std::vector<XmlAttribute>& attributes) {
    for (const XmlAttribute& attribute : attributes) {
        if (attribute.name.is(xml_space, "lang")) {
            if (!attribute.value.empty() && !options_.lenient &&
                !is_language_tag(attribute.value)) {
                fail("'" + std::string(attribute.value.substr(0, 200)) + "' is not a language tag");
            }
            check_label_length(attribute.value.size(), nullptr, options_);
            frame.language.assign(attribute.value);
        } else if (attribute.name.is(xml_space, "base")) {
            resolve(attribute.value, frame, scratch_);
            // Bases of elements that are closed are forgotten.
            bases_.resize(frame.base + 1);
            bases_.emplace_back(scratch_);
            frame.base = bases_.size() - 1;
            sink_.base(scratch_);
        } else if (attribute.name.is(its_space, "dir")) {
            frame.direction = attribute.value == "ltr"   ? Direction::left_to_right
                              : attribute.value == "rtl" ? Direction::right_to_left
                                                         : Direction::none;
        } else if (attribute.name.is(rdf::prefix, "version")) {
            frame.version_1_2 = attribute.value.starts_with("1.2");
        }
    }
}

void Builder::start_element(const XmlName& name, const std::vector<XmlAttribute>& attributes) {
    switch (top().kind) {
        case Kind::ignored:
            push(Kind::ignored);
            return;
        case Kind::literal_property:
        case Kind::literal_content:
            push(Kind::literal_content);
            literal_.start_element(name, attributes);
            check_literal_length(literal_.text().size(), nullptr, options_);
            return;
        case Kind::document:
            if (name.is(rdf::prefix, "RDF")) {
                inherit(push(Kind::rdf), attributes);
                return;
            }
            start_node(name, attributes);
            return;
        case Kind::rdf:
            start_node(name, attributes);
            return;
        case Kind::node:
            start_property(name, attributes);
            return;
        case Kind::property:
            if (top().has_object) fail("a property element can hold one node element only");
            if (!is_white_space(top().text)) fail("an element cannot stand beside text here");
            start_node(name, attributes);
            return;
        case Kind::triple_property:
            if (top().has_object) fail("parseType=\"Triple\" can hold one node element only");
            start_node(name, attributes);
            return;
        case Kind::collection_property:
            start_node(name, attributes);
            return;
        case Kind::empty_property:
            fail("this property element has its value in attributes and must be empty");
    }
}

void Builder::end_element() {
    switch (top().kind) {
        case Kind::node:
            end_node();
            return;
        case Kind::property:
        case Kind::empty_property:
        case Kind::collection_property:
        case Kind::literal_property:
        case Kind::triple_property:
            end_property();
            return;
        case Kind::literal_content:
            literal_.end_element();
            break;
        case Kind::document:
        case Kind::rdf:
        case Kind::ignored:
            break;
    }
    --depth_;
}

void Builder::characters(std::string_view text) {
    Frame& frame = top();
    switch (frame.kind) {
        case Kind::ignored:
            return;
        case Kind::literal_property:
        case Kind::literal_content:
            literal_.characters(text);
            check_literal_length(literal_.text().size(), nullptr, options_);
            return;
        case Kind::property:
            if (frame.has_object && !is_white_space(text)) {
                fail("text cannot stand beside an element here");
            }
            frame.text.append(text);
            check_literal_length(frame.text.size(), nullptr, options_);
            return;
        case Kind::empty_property:
            if (!is_white_space(text)) {
                fail("this property element has its value in attributes and must be empty");
            }
            return;
        default:
            if (!is_white_space(text)) {
                fail("text cannot stand here", "text is the content of a property element");
            }
    }
}

void Builder::comment(std::string_view text) {
    if (top().kind != Kind::literal_property && top().kind != Kind::literal_content) return;
    literal_.comment(text);
    check_literal_length(literal_.text().size(), nullptr, options_);
}

void Builder::processing_instruction(std::string_view target, std::string_view data) {
    if (top().kind != Kind::literal_property && top().kind != Kind::literal_content) return;
    literal_.processing_instruction(target, data);
    check_literal_length(literal_.text().size(), nullptr, options_);
}

void Builder::ignore_element(std::size_t depth) {
    depth_ = depth - 1;
    push(Kind::ignored);
}

// --- section 7.2.11: node elements

struct Builder::NodeAttributes {
    std::optional<std::string_view> id;
    std::optional<std::string_view> node_id;
    std::optional<std::string_view> about;
    std::vector<XmlAttribute> properties;
};

struct Builder::PropertyAttributes {
    std::optional<std::string_view> id;
    std::optional<std::string_view> node_id;
    std::optional<std::string_view> resource;
    std::optional<std::string_view> datatype;
    std::optional<std::string_view> parse_type;
    std::optional<std::string_view> annotation;
    std::optional<std::string_view> annotation_node_id;
    std::vector<XmlAttribute> properties;
};

namespace {

// The local name where an attribute is one of the syntax's. Section 6.1.4: ID, about, resource,
// parseType and type may come without a namespace. Nothing for xml:*, its:* and rdf:version, whose
// meaning is inherited.
enum class AttributeRole { inherited, syntax, property };

AttributeRole role_of(const XmlAttribute& attribute, std::string_view& local, XmlName& name) {
    name = attribute.name;
    if (name.space == xml_space || name.space == its_space || name.is(rdf::prefix, "version")) {
        return AttributeRole::inherited;
    }
    if (name.space.empty()) {
        if (name.local.size() >= 3 && (name.local[0] | 0x20) == 'x' &&
            (name.local[1] | 0x20) == 'm' && (name.local[2] | 0x20) == 'l') {
            return AttributeRole::inherited;  // reserved by XML
        }
        if (!is_one_of(name.local, {"ID", "about", "resource", "parseType", "type"})) {
            fail("the attribute '" + std::string(name.local) + "' has no namespace",
                 "as in rdf:" + std::string(name.local));
        }
        name.space = rdf::prefix;
    }
    local = name.local;
    if (is_syntax_name(name)) return AttributeRole::syntax;
    if (name.is(rdf::prefix, "li") || name.is(rdf::prefix, "Description")) {
        fail("rdf:" + std::string(name.local) + " cannot be an attribute");
    }
    return AttributeRole::property;
}

// Puts property attributes aside; `take(local, value)` is given those of the syntax and says
// whether they may stand here.
template <typename Take>
void sort_attributes(const std::vector<XmlAttribute>& attributes,
                     std::vector<XmlAttribute>& properties, const Take& take) {
    for (const XmlAttribute& attribute : attributes) {
        std::string_view local;
        XmlName full;
        switch (role_of(attribute, local, full)) {
            case AttributeRole::inherited:
                break;
            case AttributeRole::property:
                properties.push_back({full, attribute.value});
                break;
            case AttributeRole::syntax:
                if (!take(local, attribute.value)) {
                    fail("rdf:" + std::string(local) + " cannot be an attribute here");
                }
        }
    }
}

}  // namespace

void Builder::start_node(const XmlName& name, const std::vector<XmlAttribute>& attributes) {
    if (is_syntax_name(name) || name.is(rdf::prefix, "li")) {
        fail("rdf:" + std::string(name.local) + " cannot be a node element");
    }
    NodeAttributes found;
    sort_attributes(attributes, found.properties, [&](std::string_view local, const auto& value) {
        if (local == "ID") {
            found.id = value;
        } else if (local == "nodeID") {
            found.node_id = value;
        } else if (local == "about") {
            found.about = value;
        } else {
            return false;
        }
        return true;
    });
    if (found.id.has_value() + found.node_id.has_value() + found.about.has_value() > 1) {
        fail("of rdf:ID, rdf:nodeID and rdf:about a node element can have one only");
    }

    Frame& node = push(Kind::node);
    inherit(node, attributes);
    if (found.id) {
        resolve_id(*found.id, node, node.subject.begin_iri());
    } else if (found.node_id) {
        named_blank_node(*found.node_id, node.subject);
    } else if (found.about) {
        resolve(*found.about, node, node.subject.begin_iri());
    } else {
        fresh_blank_node(node.subject);
    }
    if (!name.is(rdf::prefix, "Description")) {
        name_iri(name, scratch_iri_);
        emit(node.subject.view(), rdf_type, TermView::iri(scratch_iri_));
    }
    emit_property_attributes(node.subject.view(), node, found.properties);
}

void Builder::end_node() {
    Frame& node = top();
    --depth_;
    if (node.is_resource_content) return;
    Frame& outer = top();
    if (outer.kind == Kind::collection_property) {
        add_list_item(outer, node.subject.view());
    } else if (outer.kind == Kind::property) {
        swap(outer.object, node.subject);
        outer.has_object = true;
    } else if (outer.kind == Kind::triple_property) {
        if (outer.triples != 1) fail("the content of parseType=\"Triple\" makes no triple");
        outer.has_object = true;
    }
}

// --- sections 7.2.14 to 7.2.21: property elements

void Builder::start_property(const XmlName& name, const std::vector<XmlAttribute>& attributes) {
    if (is_syntax_name(name) || name.is(rdf::prefix, "Description")) {
        fail("rdf:" + std::string(name.local) + " cannot be a property element");
    }
    PropertyAttributes found;
    sort_attributes(attributes, found.properties, [&](std::string_view local, const auto& value) {
        if (local == "ID") {
            found.id = value;
        } else if (local == "nodeID") {
            found.node_id = value;
        } else if (local == "resource") {
            found.resource = value;
        } else if (local == "datatype") {
            found.datatype = value;
        } else if (local == "parseType") {
            found.parse_type = value;
        } else if (local == "annotation") {
            found.annotation = value;
        } else if (local == "annotationNodeID") {
            found.annotation_node_id = value;
        } else {
            return false;
        }
        return true;
    });
    const bool has_value_attribute = found.resource || found.node_id || !found.properties.empty();
    if (found.parse_type && (has_value_attribute || found.datatype)) {
        fail("beside rdf:parseType there can be no other value");
    }
    if (found.datatype && has_value_attribute) fail("beside rdf:datatype there must be text");
    if (found.resource && found.node_id) {
        fail("of rdf:resource and rdf:nodeID a property element can have one only");
    }
    if (found.annotation && found.annotation_node_id) {
        fail("of rdf:annotation and rdf:annotationNodeID a property element can have one only");
    }

    Frame& property = push(Kind::property);
    inherit(property, attributes);
    if (name.is(rdf::prefix, "li")) {
        property.predicate.begin_iri()
            .assign(rdf::prefix)
            .append("_")
            .append(std::to_string(below().next_member++));
    } else {
        name_iri(name, property.predicate.begin_iri());
    }
    if (found.id) resolve_id(*found.id, property, property.reification);
    if (found.annotation) {
        resolve(*found.annotation, property, property.reifier.begin_iri());
        property.has_reifier = true;
    }
    if (found.annotation_node_id) {
        named_blank_node(*found.annotation_node_id, property.reifier);
        property.has_reifier = true;
    }
    if (found.datatype) {
        resolve(*found.datatype, property, property.datatype);
        check_datatype(property.datatype, nullptr, 1);
    }
    if (found.parse_type) {
        start_parse_type(property, *found.parse_type);
        return;
    }
    if (!has_value_attribute) return;
    property.kind = Kind::empty_property;
    if (found.resource) {
        resolve(*found.resource, property, property.object.begin_iri());
    } else if (found.node_id) {
        named_blank_node(*found.node_id, property.object);
    } else {
        fresh_blank_node(property.object);
    }
    emit_property_attributes(property.object.view(), property, found.properties);
}

void Builder::start_parse_type(Frame& property, std::string_view parse_type) {
    if (parse_type == "Resource") {
        // The element is property and node at once: its statement is made now, and what follows is
        // the content of the node.
        fresh_blank_node(property.object);
        finish_statement(property, below().subject.view(), property.object.view());
        swap(property.subject, property.object);
        property.kind = Kind::node;
        property.is_resource_content = true;
    } else if (parse_type == "Collection") {
        property.kind = Kind::collection_property;
        property.object.set_iri(rdf::nil);
    } else if (parse_type == "Triple") {
        // Section 7.2.22: without rdf:version="1.2" the element says nothing.
        property.kind = property.version_1_2 ? Kind::triple_property : Kind::ignored;
    } else {
        // Any other value is read as "Literal" (section 7.2.20).
        property.kind = Kind::literal_property;
        literal_.begin();
    }
}

void Builder::add_list_item(Frame& collection, const TermView& item) {
    if (!collection.has_object) {
        fresh_blank_node(collection.list_node);
        collection.object.set_blank_node(collection.list_node.text());
        collection.has_object = true;
    } else {
        HeldTerm next;
        fresh_blank_node(next);
        emit(collection.list_node.view(), rdf_rest, next.view());
        swap(collection.list_node, next);
    }
    emit(collection.list_node.view(), rdf_first, item);
}

void Builder::end_property() {
    Frame& property = top();
    TermView object = property.object.view();
    switch (property.kind) {
        case Kind::property:
            if (property.has_object) {
                if (!property.datatype.empty()) fail("beside rdf:datatype there must be text");
                break;
            }
            object = property.datatype.empty()
                         ? text_literal(property.text, property)
                         : TermView::literal(property.text, property.datatype);
            break;
        case Kind::literal_property:
            object = TermView::literal(literal_.text(), rdf::xml_literal);
            break;
        case Kind::collection_property:
            if (property.has_object) emit(property.list_node.view(), rdf_rest, rdf_nil);
            break;
        case Kind::triple_property:
            if (!property.has_object) fail("parseType=\"Triple\" needs a node element");
            break;
        default:
            break;
    }
    const std::size_t outer = depth_ - 1;
    finish_statement(property, frames_[outer].subject.view(), object);
    --depth_;
}

}  // namespace dossier::rdf_xml
