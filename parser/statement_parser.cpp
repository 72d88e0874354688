#include "parser/statement_parser.h"

#include "parser/ntriples_parser.h"
#include "parser/rdf_xml_parser.h"
#include "parser/turtle_parser.h"

namespace dossier {

namespace {

// What nests is parsed by recursion.
void check_options(const ParseOptions& options) {
    constexpr std::size_t most = 10'000;
    if (options.max_nesting > most) {
        throw UsageError("max_nesting can be " + std::to_string(most) + " at most");
    }
}

}  // namespace

StatementSink::~StatementSink() = default;
void StatementSink::prefix(std::string_view, std::string_view) {}
void StatementSink::base(std::string_view) {}
bool StatementSink::error(const SyntaxError&) {
    return true;
}

ParseReport parse_statements(ByteSource& source, Format format, const ParseOptions& options,
                             StatementSink& sink) {
    check_options(options);
    switch (format) {
        case Format::ntriples:
        case Format::nquads:
            return ntriples::parse(source, format, options, sink);
        case Format::turtle:
        case Format::trig:
            return turtle::parse(source, format, options, sink);
        case Format::rdf_xml:
            return rdf_xml::parse(source, options, sink);
    }
    throw UsageError("no such format");
}

ParseReport parse_line_block(const LineBlock& block, Format format, const ParseOptions& options,
                             StatementSink& sink) {
    if (format != Format::ntriples && format != Format::nquads) {
        throw UsageError("only N-Triples and N-Quads can be parsed in blocks of lines");
    }
    check_options(options);
    ntriples::Parser parser(format, options, sink, options.source_name);
    parser.parse(block);
    return parser.report();
}

}  // namespace dossier
