#include "parser/rdf_xml_parser.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

// The limits on entities are declared under the name of the option that the library is built with.
#define XML_DTD
#include <expat.h>
#undef XML_DTD

#include "parser/line_count.h"
#include "parser/rdf_xml_builder.h"
#include "parser/rdf_xml_entities.h"
#include "parser/syntax_failure.h"
#include "rdf/source_text.h"
#include "rdf/unicode.h"

namespace dossier::rdf_xml {

namespace {

// Between the parts of a name. No character of XML 1.0, so no document can write it.
constexpr XML_Char separator = '\x01';

// How much longer than the input its entities may make it, and from which size on that is looked
// at: abbreviated namespaces make a file two or three times longer.
constexpr float max_amplification = 20;
constexpr unsigned long long amplification_floor = 4u << 20;

// expat gives "namespace SEPARATOR local SEPARATOR prefix", "namespace SEPARATOR local" or "local".
XmlName split_name(std::string_view text) {
    XmlName name;
    const std::size_t first = text.find(separator);
    if (first == std::string_view::npos) {
        name.local = text;
        return name;
    }
    name.space = text.substr(0, first);
    name.local = text.substr(first + 1);
    const std::size_t second = name.local.find(separator);
    if (second != std::string_view::npos) {
        name.prefix = name.local.substr(second + 1);
        name.local = name.local.substr(0, second);
    }
    return name;
}

class Parser {
  public:
    Parser(ByteSource& source, const ParseOptions& options, StatementSink& sink)
        : source_(source),
          options_(options),
          sink_(sink),
          source_name_(options.source_name.empty() ? source.name() : options.source_name),
          builder_(options, sink),
          expat_(XML_ParserCreateNS(nullptr, separator)) {
        if (!expat_) throw std::bad_alloc();
        XML_Parser parser = expat_.get();
        XML_SetUserData(parser, this);
        XML_SetReturnNSTriplet(parser, 1);
        XML_SetParamEntityParsing(parser, XML_PARAM_ENTITY_PARSING_NEVER);
        XML_SetBillionLaughsAttackProtectionMaximumAmplification(parser, max_amplification);
        XML_SetBillionLaughsAttackProtectionActivationThreshold(parser, amplification_floor);
        XML_SetElementHandler(parser, on_start, on_end);
        XML_SetCharacterDataHandler(parser, on_characters);
        XML_SetCommentHandler(parser, on_comment);
        XML_SetProcessingInstructionHandler(parser, on_instruction);
        XML_SetStartDoctypeDeclHandler(parser, on_doctype);
        XML_SetEntityDeclHandler(parser, on_entity);
        XML_SetSkippedEntityHandler(parser, on_skipped_entity);
        XML_SetExternalEntityRefHandler(parser, on_external_entity);
        XML_SetStartNamespaceDeclHandler(parser, on_namespace);
    }

    ParseReport run() {
        source_.allow_any_encoding();
        std::size_t step = options_.read_size;
        for (bool at_end = false; !at_end;) {
            if (options_.cancelled && options_.cancelled()) {
                throw Interrupted("loading was cancelled");
            }
            void* buffer = XML_GetBuffer(expat_.get(), static_cast<int>(step));
            if (buffer == nullptr) throw std::bad_alloc();
            const std::size_t count = source_.read(static_cast<char*>(buffer), step);
            at_end = count == 0;
            fed_ += count;
            const XML_Status status =
                XML_ParseBuffer(expat_.get(), static_cast<int>(count), at_end);
            if (thrown_) std::rethrow_exception(thrown_);
            if (status != XML_STATUS_OK) throw well_formedness_error();
            // A tag or the like that has not ended is scanned again with every step: larger steps
            // keep that linear, and the limit keeps it bounded.
            const auto waiting =
                fed_ - static_cast<std::uint64_t>(XML_GetCurrentByteIndex(expat_.get()));
            if (!at_end && waiting > options_.max_literal_bytes + options_.read_size) {
                throw error({nullptr, 1,
                             "what begins here is longer than the limit of " +
                                 std::to_string(options_.max_literal_bytes) +
                                 " bytes (max_literal_bytes)"});
            }
            step = std::max<std::size_t>(options_.read_size,
                                         std::min<std::uint64_t>(waiting, 64u << 20));
        }
        report_.statements = builder_.statements();
        report_.bytes = fed_;
        report_.lines = XML_GetCurrentLineNumber(expat_.get()) - 1;
        return report_;
    }

  private:
    static Parser& self(void* data) { return *static_cast<Parser*>(data); }

    // No exception may pass through expat, which is C: it is kept, and thrown when expat is left.
    template <typename Work>
    void guarded(Work work) noexcept {
        if (thrown_) return;
        try {
            work();
        } catch (const SyntaxFailure& failure) {
            try {
                handle(failure);
            } catch (...) {
                stop();
            }
        } catch (...) {
            stop();
        }
    }
    void stop() noexcept {
        thrown_ = std::current_exception();
        XML_StopParser(expat_.get(), XML_FALSE);
    }

    void handle(const SyntaxFailure& failure) {
        const SyntaxError broken = error(failure);
        if (options_.on_error == OnError::stop || in_doctype_) throw broken;
        ++report_.errors;
        if (options_.max_errors != 0 && report_.errors > options_.max_errors) throw broken;
        if (!sink_.error(broken)) throw broken;
    }

    static void XMLCALL on_start(void* data, const XML_Char* name, const XML_Char** attributes) {
        Parser& parser = self(data);
        parser.guarded([&] {
            parser.in_doctype_ = false;
            parser.attributes_.clear();
            for (const XML_Char** part = attributes; *part != nullptr; part += 2) {
                parser.attributes_.push_back({split_name(part[0]), part[1]});
            }
            const std::size_t depth = parser.builder_.depth() + 1;
            try {
                parser.builder_.start_element(split_name(name), parser.attributes_);
            } catch (const SyntaxFailure& failure) {
                parser.handle(failure);
                parser.builder_.ignore_element(depth);
            }
        });
    }
    static void XMLCALL on_end(void* data, const XML_Char*) {
        Parser& parser = self(data);
        parser.guarded([&] {
            const std::size_t depth = parser.builder_.depth();
            try {
                parser.builder_.end_element();
            } catch (const SyntaxFailure& failure) {
                parser.handle(failure);
                parser.builder_.abandon_element(depth);
            }
        });
    }
    static void XMLCALL on_characters(void* data, const XML_Char* text, int size) {
        Parser& parser = self(data);
        parser.guarded([&] {
            try {
                parser.builder_.characters({text, static_cast<std::size_t>(size)});
            } catch (const SyntaxFailure& failure) {
                parser.handle(failure);
                if (parser.builder_.depth() > 0) {
                    parser.builder_.ignore_element(parser.builder_.depth());
                }
            }
        });
    }
    static void XMLCALL on_comment(void* data, const XML_Char* text) {
        self(data).guarded([&] { self(data).builder_.comment(text); });
    }
    static void XMLCALL on_instruction(void* data, const XML_Char* target, const XML_Char* text) {
        self(data).guarded([&] { self(data).builder_.processing_instruction(target, text); });
    }
    static void XMLCALL on_doctype(void* data, const XML_Char*, const XML_Char* system_id,
                                   const XML_Char* public_id, int) {
        Parser& parser = self(data);
        parser.in_doctype_ = true;
        parser.guarded([&] {
            if (system_id != nullptr || public_id != nullptr) {
                throw SyntaxFailure{nullptr, 1,
                                    "a document type from outside the document is refused",
                                    "delete the DOCTYPE, or declare its entities within it"};
            }
        });
    }
    static void XMLCALL on_entity(void* data, const XML_Char* name, int is_parameter,
                                  const XML_Char* value, int value_length, const XML_Char*,
                                  const XML_Char*, const XML_Char*, const XML_Char*) {
        Parser& parser = self(data);
        parser.guarded([&] {
            if (value == nullptr) {
                throw SyntaxFailure{nullptr, 1,
                                    "the entity '" + std::string(name) +
                                        "' is outside the document, and is refused"};
            }
            if (is_parameter != 0) {
                throw SyntaxFailure{nullptr, 1,
                                    "parameter entities are refused: '" + std::string(name) + "'"};
            }
            parser.entities_.declare(name, {value, static_cast<std::size_t>(value_length)});
        });
    }
    static void XMLCALL on_skipped_entity(void* data, const XML_Char* name, int) {
        Parser& parser = self(data);
        parser.guarded([&] {
            throw parser.error(
                {nullptr, 1, "the entity '" + std::string(name) + "' is not declared"});
        });
    }
    // Never called, as no external entity can be declared; refusing is the last line of defence.
    static int XMLCALL on_external_entity(XML_Parser, const XML_Char*, const XML_Char*,
                                          const XML_Char*, const XML_Char*) {
        return XML_STATUS_ERROR;
    }
    static void XMLCALL on_namespace(void* data, const XML_Char* prefix, const XML_Char* iri) {
        Parser& parser = self(data);
        parser.guarded([&] {
            if (iri != nullptr) {
                parser.sink_.prefix(prefix == nullptr ? std::string_view() : prefix, iri);
            }
        });
    }

    SyntaxError well_formedness_error() {
        const XML_Error code = XML_GetErrorCode(expat_.get());
        SyntaxFailure failure{nullptr, 1, "not well-formed XML: "};
        failure.message += XML_ErrorString(code);
        if (code == XML_ERROR_AMPLIFICATION_LIMIT_BREACH) {
            failure.message = "the entities make the document more than " +
                              std::to_string(static_cast<int>(max_amplification)) +
                              " times longer, which is refused";
        } else if (code == XML_ERROR_UNDEFINED_ENTITY) {
            failure.hint = "'&' itself is written &amp;";
        } else if (code == XML_ERROR_NO_ELEMENTS) {
            failure.message = "there is no XML element in the file";
        }
        return error(failure);
    }

    // At expat's current position, with the line as far as expat still holds it.
    SyntaxError error(const SyntaxFailure& failure) {
        XML_Parser parser = expat_.get();
        int offset = 0;
        int size = 0;
        const char* context = XML_GetInputContext(parser, &offset, &size);
        std::string_view text;
        if (context != nullptr) text = {context, static_cast<std::size_t>(size)};
        auto at = std::min(static_cast<std::size_t>(std::max(offset, 0)), text.size());
        const std::size_t line_begin = begin_of_last_line(text.substr(0, at));
        text.remove_prefix(line_begin);
        at -= line_begin;
        text = text.substr(0, std::min(text.find_first_of("\r\n", at), at + 1024));
        TextOrigin origin{
            source_name_, XML_GetCurrentLineNumber(parser), XML_GetCurrentColumnNumber(parser) + 1,
            static_cast<std::uint64_t>(std::max<XML_Index>(XML_GetCurrentByteIndex(parser), 0))};
        if (is_valid_utf8(text)) {
            origin.column -= std::min(origin.column - 1, count_code_points(text.substr(0, at)));
            origin.offset -= std::min<std::uint64_t>(origin.offset, at);
        } else {
            text = {};  // of another encoding, which a message cannot show
            at = 0;
        }
        return SyntaxError(
            describe_error(text, at, failure.length, failure.message, origin, failure.hint));
    }

    struct Free {
        void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
    };

    ByteSource& source_;
    const ParseOptions& options_;
    StatementSink& sink_;
    std::string source_name_;
    Builder builder_;
    EntityGuard entities_;
    std::unique_ptr<std::remove_pointer_t<XML_Parser>, Free> expat_;
    std::vector<XmlAttribute> attributes_;
    bool in_doctype_ = false;
    std::exception_ptr thrown_;
    std::uint64_t fed_ = 0;
    ParseReport report_;
};

}  // namespace

ParseReport parse(ByteSource& source, const ParseOptions& options, StatementSink& sink) {
    return Parser(source, options, sink).run();
}

}  // namespace dossier::rdf_xml
