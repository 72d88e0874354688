#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <expat.h>

#include "parser/results_parts.h"

// SPARQL 1.2 Query Results XML Format.

namespace dossier::sparql {
namespace {

// Between namespace and local name; no XML document can hold it.
constexpr XML_Char separator = '\x01';
constexpr std::string_view results_namespace = "http://www.w3.org/2005/sparql-results#\x01";
constexpr std::string_view language_attribute = "http://www.w3.org/XML/1998/namespace\x01lang";
constexpr std::string_view direction_attribute =
    "http://www.w3.org/2005/11/its\x01"
    "dir";

constexpr std::size_t read_size = 64 << 10;

class XmlResults {
  public:
    XmlResults(ByteSource& source, const ResultsOptions& options, ResultsSink& sink)
        : source_(source),
          source_name_(options.source_name.empty() ? source.name() : options.source_name),
          options_(options),
          sink_(sink),
          table_(options, sink),
          parser_(XML_ParserCreateNS(nullptr, separator), &XML_ParserFree) {
        if (!parser_) throw std::bad_alloc();
        XML_SetUserData(parser_.get(), this);
        XML_SetParamEntityParsing(parser_.get(), XML_PARAM_ENTITY_PARSING_NEVER);
        XML_SetElementHandler(parser_.get(), on_start, on_end);
        XML_SetCharacterDataHandler(parser_.get(), on_text);
        XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
    }

    void read();

  private:
    enum class Element : std::uint8_t {
        sparql,
        head,
        variable,
        link,
        results,
        result,
        binding,
        boolean,
        uri,
        bnode,
        literal,
        triple,
        subject,
        predicate,
        object,
    };
    struct PendingTriple {
        std::optional<Term> parts[3];
    };

    // Callbacks of a C library: nothing may be thrown through it.
    template <typename Body>
    static void guarded(void* self, Body body) {
        auto& results = *static_cast<XmlResults*>(self);
        if (results.failure_) return;
        try {
            body(results);
        } catch (...) {
            results.failure_ = std::current_exception();
            XML_StopParser(results.parser_.get(), XML_FALSE);
        }
    }
    static void XMLCALL on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
        guarded(self, [&](XmlResults& results) { results.start(name, attributes); });
    }
    static void XMLCALL on_end(void* self, const XML_Char*) {
        guarded(self, [&](XmlResults& results) { results.finish(); });
    }
    static void XMLCALL on_text(void* self, const XML_Char* text, int length) {
        guarded(self, [&](XmlResults& results) {
            results.text({text, static_cast<std::size_t>(length)});
        });
    }
    static void XMLCALL on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*,
                                   int) {
        guarded(self, [&](XmlResults& results) {
            results.fail("a document type declaration has no place in query results");
        });
    }

    void start(std::string_view name, const XML_Char** attributes);
    void finish();
    void text(std::string_view text);
    Element element_of(std::string_view name) const;
    bool is_child(Element child) const;
    void finish_term(Term term);
    [[noreturn]] void fail(std::string message) const;
    [[noreturn]] void fail_value() const;
    void check(const char* message) const {
        if (message != nullptr) fail(message);
    }

    ByteSource& source_;
    std::string source_name_;
    const ResultsOptions& options_;
    ResultsSink& sink_;
    ResultsTable table_;
    std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser_;
    std::exception_ptr failure_;
    std::vector<Element> open_;
    std::vector<PendingTriple> triples_;
    ResultsValue value_;
    std::string text_;
    std::string binding_;
    std::optional<Term> cell_;
    bool has_boolean_ = false;
};

void XmlResults::fail(std::string message) const {
    SyntaxError::Details details;
    details.source = source_name_;
    details.message = std::move(message);
    details.position.line = XML_GetCurrentLineNumber(parser_.get());
    details.position.column = XML_GetCurrentColumnNumber(parser_.get()) + 1;
    details.position.offset = static_cast<std::uint64_t>(XML_GetCurrentByteIndex(parser_.get()));
    throw SyntaxError(std::move(details));
}

void XmlResults::fail_value() const {
    throw LimitError(source_name_ + ": a value is longer than " +
                     std::to_string(options_.max_value_bytes) + " bytes (limit max_value_bytes)");
}

void XmlResults::read() {
    std::uint64_t fed = 0;
    std::size_t size = 0;
    // An unfinished token (an attribute, a comment) is looked at again with each piece, so pieces
    // grow with it.
    std::size_t unfinished = 0;
    do {
        const std::size_t wanted = std::max<std::size_t>(read_size, unfinished);
        void* buffer = XML_GetBuffer(parser_.get(), static_cast<int>(wanted));
        if (buffer == nullptr) throw std::bad_alloc();
        size = source_.read(static_cast<char*>(buffer), wanted);
        fed += size;
        const XML_Status status = XML_ParseBuffer(parser_.get(), static_cast<int>(size),
                                                  size == 0 ? XML_TRUE : XML_FALSE);
        if (failure_) std::rethrow_exception(failure_);
        if (status != XML_STATUS_OK) {
            fail(std::string("not well-formed XML: ") +
                 XML_ErrorString(XML_GetErrorCode(parser_.get())));
        }
        const auto done = static_cast<std::uint64_t>(XML_GetCurrentByteIndex(parser_.get()));
        unfinished = fed > done ? static_cast<std::size_t>(fed - done) : 0;
        if (unfinished > options_.max_value_bytes + read_size) fail_value();
    } while (size != 0);
    if (!table_.has_begun() && !has_boolean_) fail("expected <results> or <boolean>");
}

XmlResults::Element XmlResults::element_of(std::string_view name) const {
    static constexpr std::pair<std::string_view, Element> names[] = {
        {"sparql", Element::sparql},     {"head", Element::head},
        {"variable", Element::variable}, {"link", Element::link},
        {"results", Element::results},   {"result", Element::result},
        {"binding", Element::binding},   {"boolean", Element::boolean},
        {"uri", Element::uri},           {"bnode", Element::bnode},
        {"literal", Element::literal},   {"triple", Element::triple},
        {"subject", Element::subject},   {"predicate", Element::predicate},
        {"object", Element::object},
    };
    if (name.substr(0, results_namespace.size()) == results_namespace) {
        const std::string_view local = name.substr(results_namespace.size());
        for (const auto& [known, element] : names) {
            if (known == local) return element;
        }
    }
    fail("this element has no place in query results");
}

bool XmlResults::is_child(Element child) const {
    if (open_.empty()) return child == Element::sparql;
    switch (open_.back()) {
        case Element::sparql:
            return child == Element::head || child == Element::results || child == Element::boolean;
        case Element::head:
            return child == Element::variable || child == Element::link;
        case Element::results:
            return child == Element::result;
        case Element::result:
            return child == Element::binding;
        case Element::binding:
        case Element::subject:
        case Element::predicate:
        case Element::object:
            return child >= Element::uri && child <= Element::triple;
        case Element::triple:
            return child >= Element::subject;
        default:
            return false;
    }
}

void XmlResults::start(std::string_view name, const XML_Char** attributes) {
    const Element element = element_of(name);
    if (!is_child(element)) fail("this element stands in the wrong place");
    const auto attribute = [&](std::string_view wanted) -> std::optional<std::string> {
        for (const XML_Char** at = attributes; *at != nullptr; at += 2) {
            if (wanted == at[0]) return std::string(at[1]);
        }
        return std::nullopt;
    };
    text_.clear();
    switch (element) {
        case Element::variable: {
            auto variable = attribute("name");
            if (!variable) fail("a variable has no name");
            if (table_.is_full()) {
                throw LimitError(source_name_ + ": more than " +
                                 std::to_string(options_.max_variables) +
                                 " variables (limit max_variables)");
            }
            check(table_.add_variable(*std::move(variable)));
            break;
        }
        case Element::head:
            if (table_.has_begun() || table_.size() != 0) fail("the head comes once, at first");
            break;
        case Element::results:
            if (table_.has_begun() || has_boolean_) fail("results have rows once, or a boolean");
            table_.begin_rows();
            break;
        case Element::boolean:
            if (table_.has_begun() || has_boolean_) fail("results have rows once, or a boolean");
            break;
        case Element::binding: {
            auto variable = attribute("name");
            if (!variable) fail("a binding has no name");
            binding_ = *std::move(variable);
            cell_.reset();
            break;
        }
        case Element::triple:
            if (triples_.size() >= options_.max_nesting) {
                throw LimitError(source_name_ + ": triple terms nested more deeply than " +
                                 std::to_string(options_.max_nesting) + " (limit max_nesting)");
            }
            triples_.emplace_back();
            break;
        case Element::uri:
        case Element::bnode:
        case Element::literal:
            value_ = {};
            value_.kind = element == Element::uri     ? ResultsValue::Kind::iri
                          : element == Element::bnode ? ResultsValue::Kind::blank_node
                                                      : ResultsValue::Kind::literal;
            if (element == Element::literal) {
                value_.datatype = attribute("datatype");
                value_.language = attribute(language_attribute);
                value_.direction = attribute(direction_attribute);
            }
            break;
        default:
            break;
    }
    open_.push_back(element);
}

void XmlResults::text(std::string_view text) {
    const Element element = open_.empty() ? Element::sparql : open_.back();
    const bool is_value = element == Element::uri || element == Element::bnode ||
                          element == Element::literal || element == Element::boolean;
    if (!is_value) {
        if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
            fail("text stands in the wrong place");
        }
        return;
    }
    if (text_.size() + text.size() > options_.max_value_bytes) {
        fail_value();
    }
    text_ += text;
}

// A whole term, for the binding or the part of a triple term that is open.
void XmlResults::finish_term(Term term) {
    std::optional<Term>* target = &cell_;
    if (open_.back() != Element::binding) {
        const auto part =
            static_cast<std::size_t>(open_.back()) - static_cast<std::size_t>(Element::subject);
        target = &triples_.back().parts[part];
    }
    if (*target) fail("there is more than one term here");
    *target = std::move(term);
}

void XmlResults::finish() {
    const Element element = open_.back();
    open_.pop_back();
    switch (element) {
        case Element::uri:
        case Element::bnode:
        case Element::literal: {
            value_.text = std::move(text_);
            Term term;
            check(make_term(std::move(value_), term));
            finish_term(std::move(term));
            break;
        }
        case Element::triple: {
            PendingTriple pending = std::move(triples_.back());
            triples_.pop_back();
            Term term;
            check(make_triple(std::move(pending.parts[0]), std::move(pending.parts[1]),
                              std::move(pending.parts[2]), term));
            finish_term(std::move(term));
            break;
        }
        case Element::binding:
            if (!cell_) fail("a binding has no value");
            check(table_.set(binding_, *std::move(cell_)));
            cell_.reset();
            break;
        case Element::result:
            table_.end_row();
            break;
        case Element::boolean: {
            const std::size_t first = text_.find_first_not_of(" \t\r\n");
            const std::size_t last = text_.find_last_not_of(" \t\r\n");
            const std::string word =
                first == std::string::npos ? "" : text_.substr(first, last + 1 - first);
            if (word != "true" && word != "false") fail("a boolean is true or false");
            has_boolean_ = true;
            sink_.boolean(word == "true");
            break;
        }
        default:
            break;
    }
}

}  // namespace

void read_xml_results(ByteSource& source, const ResultsOptions& options, ResultsSink& sink) {
    source.allow_any_encoding();
    XmlResults(source, options, sink).read();
}

}  // namespace dossier::sparql
