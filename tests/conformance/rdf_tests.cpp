#include <map>
#include <sstream>
#include <string>

#include <dossier/error.h>
#include <dossier/term_writer.h>

#include "engine/statement_writer.h"
#include "parser/byte_source.h"
#include "parser/format.h"
#include "tests/conformance/handler.h"
#include "tests/conformance/isomorphism.h"

// Tests of the formats of statements: syntax, evaluation, canonical form.

namespace dossier::conformance {

namespace {

constexpr std::string_view rdft = "http://www.w3.org/ns/rdftest#";

Graph read_action(const Test& test, Format format) {
    const std::string iri(test.value(mf::action).text());
    return read_graph(test.file(mf::action), format, iri);
}

Failure accept(const Test& test, Format format) {
    read_action(test, format);
    return {};
}

Failure reject(const Test& test, Format format) {
    try {
        read_action(test, format);
    } catch (const SyntaxError&) {
        return {};
    }
    return "accepted";
}

std::string as_text(const Graph& graph) {
    std::string text;
    for (const Quad& quad : graph.quads()) {
        text += "    ";
        append_nquads_line(text, {quad.subject.view(), quad.predicate.view(), quad.object.view(),
                                  quad.graph.view()});
    }
    return text;
}

// Labels that any file may have: those the parser makes up are of no format.
Term with_plain_labels(const Term& term, std::map<std::string, std::string, std::less<>>& labels) {
    if (term.is_blank_node()) {
        const auto [label, added] = labels.try_emplace(std::string(term.text()));
        if (added) label->second = "b" + std::to_string(labels.size());
        return Term::blank_node(label->second);
    }
    if (!term.is_triple()) return term;
    return Term::triple(with_plain_labels(term.subject(), labels),
                        with_plain_labels(term.predicate(), labels),
                        with_plain_labels(term.object(), labels));
}

// What a graph is after it was written in a format and read again.
Failure write_and_read(const Graph& graph, DataFormat format, Format same_format) {
    std::ostringstream out;
    const auto writer =
        engine::StatementWriter::make(format, out, {{"rdf", "urn:not-rdf:"}, {"ex", "http://e"}});
    try {
        std::map<std::string, std::string, std::less<>> labels;
        for (const Quad& quad : graph.quads()) {
            const Term subject = with_plain_labels(quad.subject, labels);
            const Term object = with_plain_labels(quad.object, labels);
            const Term name = with_plain_labels(quad.graph, labels);
            writer->write({subject.view(), quad.predicate.view(), object.view(), name.view()});
        }
    } catch (const QueryError&) {
        return {};  // RDF/XML cannot hold every statement
    }
    writer->finish();
    const Graph again = parse_graph(out.str(), same_format, {});
    if (is_isomorphic(graph, again)) return {};
    return "different after it was written and read again\n  written:\n" + out.str() + "  read:\n" +
           as_text(again);
}

Failure evaluate(const Test& test, Format format) {
    const Graph actual = read_action(test, format);
    const Format result_format = has_graphs(format) ? Format::nquads : Format::ntriples;
    const Graph expected = read_graph(test.file(mf::result), result_format, {});
    if (is_isomorphic(actual, expected)) {
        if (Failure failure = write_and_read(actual, DataFormat::trig, Format::trig);
            !failure.empty())
            return failure;
        if (has_graphs(format)) return {};
        return write_and_read(actual, DataFormat::rdf_xml, Format::rdf_xml);
    }
    return "different statements\n  expected:\n" + as_text(expected) + "  actual:\n" +
           as_text(actual);
}

// RDF 1.2 N-Triples and N-Quads, canonical form: one statement a line with single spaces. The order
// of lines and the names of blank nodes are as in the file.
std::string canonical(const Graph& graph) {
    std::string text;
    for (const Quad& quad : graph.quads()) {
        append_canonical_ntriples(text, quad.subject.view());
        text += ' ';
        append_canonical_ntriples(text, quad.predicate.view());
        text += ' ';
        append_canonical_ntriples(text, quad.object.view());
        if (!quad.graph.text().empty()) {
            text += ' ';
            append_canonical_ntriples(text, quad.graph.view());
        }
        text += " .\n";
    }
    return text;
}

std::string read_text(const std::string& path) {
    const auto source = open_file(path);
    std::string text;
    char block[4096];
    while (const std::size_t count = source->read(block, sizeof block)) text.append(block, count);
    return text;
}

Failure canonicalise(const Test& test, Format format) {
    const std::string actual = canonical(read_action(test, format));
    const std::string expected = read_text(test.file(mf::result));
    if (actual == expected) return {};
    return "different text\n  expected:\n" + expected + "  actual:\n" + actual;
}

struct FormatTests {
    FormatTests(const std::string& kind, Format format) {
        const std::string type = std::string(rdft) + "Test" + kind;
        const auto with = [format](Failure (*run)(const Test&, Format)) {
            return [format, run](const Test& test) { return run(test, format); };
        };
        Registration(type + "PositiveSyntax", with(accept));
        Registration(type + "NegativeSyntax", with(reject));
        Registration(type + "NegativeEval", with(reject));
        Registration(type + "PositiveC14N", with(canonicalise));
        Registration(type + "Eval", with(evaluate));
    }
};

const FormatTests ntriples_tests("NTriples", Format::ntriples);
const FormatTests nquads_tests("NQuads", Format::nquads);
const FormatTests turtle_tests("Turtle", Format::turtle);
const FormatTests trig_tests("Trig", Format::trig);
const FormatTests xml_tests("XML", Format::rdf_xml);

}  // namespace

}  // namespace dossier::conformance
