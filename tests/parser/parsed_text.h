#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <dossier/error.h>
#include <dossier/term_writer.h>

#include "parser/statement_parser.h"

// Parses a text and keeps what came out, for tests.

namespace dossier::test {

struct ParsedText : StatementSink {
    std::vector<std::string> lines;  // N-Quads without line ends
    std::vector<std::string> prefixes;
    std::vector<SyntaxError> errors;
    ParseReport report;

    void statement(const QuadView& quad) override {
        std::string line;
        append_nquads_line(line, quad);
        line.pop_back();
        lines.push_back(std::move(line));
    }
    void prefix(std::string_view name, std::string_view iri) override {
        prefixes.push_back(std::string(name) + ": <" + std::string(iri) + ">");
    }
    bool error(const SyntaxError& error) override {
        errors.push_back(error);
        return true;
    }
};

// Counts only, for large inputs.
struct CountingSink : StatementSink {
    std::size_t count = 0;
    std::size_t errors = 0;
    void statement(const QuadView&) override { ++count; }
    bool error(const SyntaxError&) override {
        ++errors;
        return true;
    }
};

inline ParsedText parse_text(std::string_view text, Format format,
                             const ParseOptions& options = {}) {
    const auto source = open_memory(text, "input");
    ParsedText parsed;
    parsed.report = parse_statements(*source, format, options, parsed);
    return parsed;
}

// The error that ends the parse; fails the test when there is none.
inline SyntaxError::Details parse_error(std::string_view text, Format format,
                                        const ParseOptions& options = {}) {
    try {
        parse_text(text, format, options);
    } catch (const SyntaxError& error) {
        return error.details();
    }
    throw std::runtime_error("no error in: " + std::string(text.substr(0, 200)));
}

inline std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    text.reserve(part.size() * times);
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
}

}  // namespace dossier::test
