#include "parser/statement_parser.h"

#include "parser/ntriples_parser.h"
#include "parser/rdf_xml_parser.h"
#include "parser/turtle_parser.h"

namespace dossier {

StatementSink::~StatementSink() = default;
void StatementSink::prefix(std::string_view, std::string_view) {}
void StatementSink::base(std::string_view) {}
bool StatementSink::error(const SyntaxError&) {
    return true;
}

ParseReport parse_statements(ByteSource& source, Format format, const ParseOptions& options,
                             StatementSink& sink) {
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
    ntriples::Parser parser(format, options, sink, options.source_name);
    parser.parse(block);
    return parser.report();
}

}  // namespace dossier
