#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <dossier/error.h>

#include "parser/sparql_parser.h"
#include "parser/sparql_writer.h"

// The parser of SPARQL: whatever the bytes, it gives a statement or a clean error; what it gives,
// written as text, reads back as the same text.

namespace {

using namespace dossier;
using namespace dossier::sparql;

SparqlOptions fuzz_options() {
    SparqlOptions options;
    options.base = "http://base/x";
    options.prefix = [](std::string_view name) -> std::optional<std::string_view> {
        if (name.size() > 2) return std::nullopt;
        return "http://prefix/";
    };
    options.max_nesting = 40;
    return options;
}

void require(bool condition, const std::string& first, const std::string& second) {
    if (condition) return;
    std::fprintf(stderr, "not the same:\n%s\n-----\n%s\n", first.c_str(), second.c_str());
    std::abort();
}

void check_query(const ParsedQuery& parsed) {
    const std::string once = to_text(parsed.query, parsed.symbols);
    // Written out, brackets nest more deeply than they did.
    SparqlOptions options;
    options.max_nesting = 200;
    try {
        const ParsedQuery again = parse_query(once, options);
        const std::string twice = to_text(again.query, again.symbols);
        require(once == twice, once, twice);
    } catch (const SyntaxError& error) {
        require(false, once, error.pretty());
    }
}

void check_update(const ParsedUpdate& parsed) {
    const std::string once = to_text(parsed.operations, parsed.symbols);
    SparqlOptions options;
    options.max_nesting = 200;
    try {
        const ParsedUpdate again = parse_update(once, options);
        const std::string twice = to_text(again.operations, again.symbols);
        require(once == twice, once, twice);
    } catch (const SyntaxError& error) {
        require(false, once, error.pretty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const SparqlOptions options = fuzz_options();
    statement_completeness(text, options);
    try {
        const ParsedStatement statement = parse_statement(text, options);
        if (const auto* query = std::get_if<ParsedQuery>(&statement)) check_query(*query);
        if (const auto* update = std::get_if<ParsedUpdate>(&statement)) check_update(*update);
        if (const auto* pattern = std::get_if<ParsedPattern>(&statement)) {
            check_query(pattern->question);
        }
    } catch (const SyntaxError& error) {
        error.pretty();
        if (error.position().offset > text.size()) std::abort();
    } catch (const LimitError&) {
    }
    return 0;
}
