#pragma once

#include <cstdint>
#include <string_view>

#include "parser/statement_parser.h"

namespace dossier::ntriples {

// Parses blocks of whole lines of one file in turn, so that limits on errors hold for the file.
class Parser {
  public:
    // All must outlive the parser. `source_name` is for messages.
    Parser(Format format, const ParseOptions& options, StatementSink& sink,
           std::string_view source_name);

    void parse(const LineBlock& block);
    const ParseReport& report() const { return report_; }

  private:
    template <typename Statement>
    void parse_lines(const LineBlock& block);
    void handle(const SyntaxError& error);

    Format format_;
    const ParseOptions& options_;
    StatementSink& sink_;
    std::string_view source_name_;
    ParseReport report_;
};

// The whole of a source.
ParseReport parse(ByteSource& source, Format format, const ParseOptions& options,
                  StatementSink& sink);

}  // namespace dossier::ntriples
