#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <dossier/dossier.h>

#include "parser/format.h"
#include "tests/conformance/handler.h"
#include "tests/conformance/isomorphism.h"
#include "tests/conformance/result_table.h"

// Tests of what queries and updates do, through the public interface, on a store in memory. Results
// are written by the library in the format in which they are expected, and read back.

namespace dossier::conformance {

namespace {

constexpr std::string_view qt = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#";
constexpr std::string_view ut = "http://www.w3.org/2009/sparql/tests/test-update#";
constexpr std::string_view label = "http://www.w3.org/2000/01/rdf-schema#label";

std::string name_in(std::string_view vocabulary, std::string_view name) {
    return std::string(vocabulary) + std::string(name);
}

std::string read_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

DataFormat data_format(const std::string& path) {
    switch (format_from_path(path).value_or(Format::turtle)) {
        case Format::ntriples:
            return DataFormat::ntriples;
        case Format::nquads:
            return DataFormat::nquads;
        case Format::trig:
            return DataFormat::trig;
        case Format::rdf_xml:
            return DataFormat::rdf_xml;
        case Format::turtle:
            break;
    }
    return DataFormat::turtle;
}

void load(Store& store, const Test& test, const Term& file, const std::optional<Term>& graph) {
    const std::string path = test.folder->path_of(file.text()).string();
    LoadOptions options;
    options.format = data_format(path);
    options.base = file.text();
    options.graph = graph;
    store.load_file(path, options);
}

// The data that a test begins with, or an update ends with: `description` has properties `data` and
// `graphData`. A named graph is a file under its own IRI, or one with a label that is the name.
template <typename Add>
void for_each_graph(const Test& test, const Term& description, std::string_view vocabulary,
                    Add add) {
    const Graph& manifest = *test.manifest;
    for (const Term& file : manifest.objects(description, name_in(vocabulary, "data"))) {
        add(file, std::optional<Term>());
    }
    for (const Term& data : manifest.objects(description, name_in(vocabulary, "graphData"))) {
        const auto file = manifest.object(data, name_in(vocabulary, "graph"));
        if (!file) {
            add(data, std::optional<Term>(data));
            continue;
        }
        const auto name = manifest.object(data, label);
        add(*file, name ? Term::iri(std::string(name->text())) : *file);
    }
}

void load_data(Store& store, const Test& test, const Term& description,
               std::string_view vocabulary) {
    for_each_graph(test, description, vocabulary,
                   [&](const Term& file, const std::optional<Term>& graph) {
                       load(store, test, file, graph);
                   });
}

// A query that names its dataset itself finds the files beside it as named graphs.
void load_folder(Store& store, const Test& test, const Term& query) {
    const std::filesystem::path folder = test.folder->path_of(query.text()).parent_path();
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() != ".ttl" || !name.starts_with("data")) continue;
        const Term file = Term::iri(test.folder->iri_of(entry.path()));
        load(store, test, file, file);
    }
}

// Stores in memory stand for the endpoints that a test describes; an endpoint has the others as its
// own.
void add_endpoints(Store& store, const Test& test, const Term& action) {
    auto endpoints = std::make_shared<std::map<std::string, Store, std::less<>>>();
    for (const Term& data : test.manifest->objects(action, name_in(qt, "serviceData"))) {
        Store endpoint = Store::in_memory();
        load_data(endpoint, test, data, qt);
        const auto name = test.manifest->object(data, name_in(qt, "endpoint"));
        if (!name) throw std::runtime_error("qt:serviceData without an endpoint");
        endpoints->emplace(std::string(name->text()), std::move(endpoint));
    }
    // Those inside hold the map weakly: it holds them.
    const auto answer = [](const std::map<std::string, Store, std::less<>>& known,
                           const ServiceRequest& request, const ServiceRow& add) {
        const auto found = known.find(request.endpoint);
        if (found == known.end()) throw std::runtime_error("there is no such endpoint");
        for (const Row& row : found->second.query(request.query)) {
            std::vector<std::optional<Term>> terms;
            for (const std::string& name : request.variables) {
                if (row.bound(name))
                    terms.emplace_back(Term(row[name]));
                else
                    terms.emplace_back();
            }
            add(terms);
        }
    };
    const std::weak_ptr<const std::map<std::string, Store, std::less<>>> inner = endpoints;
    for (auto& [name, endpoint] : *endpoints)
        endpoint.set_service_handler(
            [inner, answer](const ServiceRequest& request, const ServiceRow& add) {
                answer(*inner.lock(), request, add);
            });
    store.set_service_handler(
        [endpoints, answer](const ServiceRequest& request, const ServiceRow& add) {
            answer(*endpoints, request, add);
        });
}

template <typename Statements>
Graph collect(Statements statements) {
    Graph graph;
    while (statements.next()) {
        const QuadView quad = statements.statement();
        graph.add({Term(quad.subject), Term(quad.predicate), Term(quad.object), Term(quad.graph)});
    }
    return graph;
}

std::string as_lines(const Graph& graph) {
    std::string text;
    for (const Quad& quad : graph.quads()) {
        text += "    " + quad.subject.to_string() + " " + quad.predicate.to_string() + " " +
                quad.object.to_string() + " " + quad.graph.to_string() + "\n";
    }
    return text;
}

Failure compare(const Graph& expected, const Graph& actual) {
    if (is_isomorphic(expected, actual)) return {};
    return "different statements\n  expected:\n" + as_lines(expected) + "  actual:\n" +
           as_lines(actual);
}

Failure compare(const ResultTable& expected, const ResultTable& actual) {
    if (same_results(expected, actual)) return {};
    return "different results\n  expected:\n" + as_text(expected) + "  actual:\n" + as_text(actual);
}

ResultFormat result_format(sparql::ResultsFormat format) {
    switch (format) {
        case sparql::ResultsFormat::json:
            return ResultFormat::json;
        case sparql::ResultsFormat::xml:
            return ResultFormat::xml;
        case sparql::ResultsFormat::tsv:
            return ResultFormat::tsv;
        case sparql::ResultsFormat::csv:
            break;
    }
    return ResultFormat::csv;
}

std::string written(const Query& query, ResultFormat format) {
    std::ostringstream out;
    query.write(format, out);
    return out.str();
}

ResultTable table_of_rows(const Query& query) {
    ResultTable table;
    if (query.form() == QueryForm::ask) {
        table.boolean = query.ask();
        return table;
    }
    table.variables = query.variables();
    Rows rows = query.rows();
    while (rows.next()) {
        ResultTable::Row row;
        for (std::size_t i = 0; i < table.variables.size(); ++i) {
            if (rows.row().bound(i)) row.emplace(table.variables[i], Term(rows.row()[i]));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

// Whether the whole query has ORDER BY: behind its last brace.
bool is_ordered(const std::string& query) {
    std::string end = query.substr(std::min(query.rfind('}'), query.size()));
    for (char& c : end) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return end.find("ORDER") != std::string::npos;
}

Failure evaluate_query(const Test& test) {
    Store store = Store::in_memory();
    const Term action = test.value(mf::action);
    const Term query_file = test.manifest->object(action, name_in(qt, "query")).value_or(action);
    load_data(store, test, action, qt);
    add_endpoints(store, test, action);
    const bool has_endpoints = !test.manifest->objects(action, name_in(qt, "serviceData")).empty();
    if (store.size() == 0 && !has_endpoints &&
        test.manifest->objects(action, name_in(qt, "data")).empty()) {
        load_folder(store, test, query_file);
    }
    QueryOptions options;
    options.base = query_file.text();
    const std::string text = read_text(test.folder->path_of(query_file.text()).string());
    const Query query = store.prepare(text, options);

    const std::string result = test.file(mf::result);
    const std::string result_iri(test.value(mf::result).text());
    if (query.form() == QueryForm::construct || query.form() == QueryForm::describe) {
        const Format format = format_from_path(result).value_or(Format::turtle);
        return compare(read_graph(result, format, result_iri), collect(query.graph()));
    }
    ResultTable expected;
    ResultTable actual;
    const std::string extension = result.substr(result.rfind('.') + 1);
    if (const auto format = sparql::results_format_of_name(extension)) {
        expected = read_results_file(result, *format);
        actual = read_results_text(written(query, result_format(*format)), *format);
    } else {
        const Format rdf = format_from_path(result).value_or(Format::turtle);
        expected = read_rdf_results(read_graph(result, rdf, result_iri));
        actual = table_of_rows(query);
    }
    expected.ordered = expected.ordered || is_ordered(text);
    const auto cardinality =
        test.manifest->object(test.node, name_in(mf::prefix, "resultCardinality"));
    expected.reduced = cardinality && cardinality->text() == name_in(mf::prefix, "LaxCardinality");
    return compare(expected, actual);
}

Failure evaluate_update(const Test& test) {
    Store store = Store::in_memory();
    const Term action = test.value(mf::action);
    load_data(store, test, action, ut);
    const Term request = test.manifest->object(action, name_in(ut, "request")).value_or(action);
    QueryOptions options;
    options.base = request.text();
    store.update(read_text(test.folder->path_of(request.text()).string()), options);

    Graph expected;
    for_each_graph(test, test.value(mf::result), ut,
                   [&](const Term& file, const std::optional<Term>& graph) {
                       const std::string path = test.folder->path_of(file.text()).string();
                       const Format format = format_from_path(path).value_or(Format::turtle);
                       const Graph data = read_graph(path, format, std::string(file.text()));
                       for (Quad quad : data.quads()) {
                           if (graph) quad.graph = *graph;
                           expected.add(std::move(quad));
                       }
                   });
    std::ostringstream dump;
    store.dump(DataFormat::nquads, dump);
    return compare(expected, parse_graph(dump.str(), Format::nquads, {}));
}

const Registration registrations[] = {
    {name_in(mf::prefix, "QueryEvaluationTest"), evaluate_query},
    {name_in(mf::prefix, "CSVResultFormatTest"), evaluate_query},
    {name_in(mf::prefix, "UpdateEvaluationTest"), evaluate_update},
};

}  // namespace

}  // namespace dossier::conformance
