#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <dossier/error.h>

#include "parser/sparql_parser.h"
#include "tests/conformance/handler.h"

// Tests of SPARQL's syntax: queries and updates of SPARQL 1.0, 1.1 and 1.2.

namespace dossier::conformance {

namespace {

std::string read_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void parse_action(const Test& test) {
    const std::string path = test.file(mf::action);
    const std::string text = read_text(path);
    sparql::SparqlOptions options;
    options.source = test.name;
    options.base = test.value(mf::action).text();
    options.extensions = false;
    if (path.ends_with(".ru")) {
        sparql::parse_update(text, options);
    } else {
        sparql::parse_query(text, options);
    }
}

Failure accept(const Test& test) {
    try {
        parse_action(test);
    } catch (const SyntaxError& error) {
        return "rejected: " + error.pretty();
    }
    return {};
}

Failure reject(const Test& test) {
    try {
        parse_action(test);
    } catch (const SyntaxError&) {
        return {};
    }
    return "accepted";
}

std::string type(std::string_view name) {
    return std::string(mf::prefix) + std::string(name);
}

const Registration registrations[] = {
    {type("PositiveSyntaxTest"), accept},       {type("PositiveSyntaxTest11"), accept},
    {type("PositiveUpdateSyntaxTest"), accept}, {type("PositiveUpdateSyntaxTest11"), accept},
    {type("NegativeSyntaxTest"), reject},       {type("NegativeSyntaxTest11"), reject},
    {type("NegativeUpdateSyntaxTest"), reject}, {type("NegativeUpdateSyntaxTest11"), reject},
};

}  // namespace

}  // namespace dossier::conformance
