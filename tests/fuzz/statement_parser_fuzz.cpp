#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dossier/error.h>
#include <dossier/term_writer.h>

#include "parser/statement_parser.h"

// The parser of the format FUZZED_FORMAT: whatever the bytes, it gives statements or a clean error,
// and the properties below hold.

namespace {

using namespace dossier;

constexpr Format fuzzed_format = Format::FUZZED_FORMAT;

struct Outcome final : StatementSink {
    std::vector<std::string> lines;
    std::optional<SyntaxError::Details> failure;  // what ended the parse
    bool limit_reached = false;
    std::size_t skipped = 0;

    void statement(const QuadView& quad) override {
        std::string line;
        append_nquads_line(line, quad);
        lines.push_back(std::move(line));
    }
    bool error(const SyntaxError&) override {
        ++skipped;
        return true;
    }
};

Outcome run(std::string_view text, Format format, const ParseOptions& options) {
    Outcome outcome;
    ByteSourceOptions source_options;
    source_options.decompress = false;
    const auto source = open_memory(text, "input", source_options);
    try {
        parse_statements(*source, format, options, outcome);
    } catch (const SyntaxError& error) {
        outcome.failure = error.details();
    } catch (const LimitError&) {
        outcome.limit_reached = true;
    } catch (const InputError&) {  // another encoding
        outcome.limit_reached = true;
    }
    return outcome;
}

void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t read_size = data[0] % 16u + 1;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

    ParseOptions options;
    options.base = "http://base.example/a/b";
    // Generated labels then are of a form that can be written: "x.1".
    options.blank_node_scope = "x";
    options.max_literal_bytes = 1 << 16;
    const Outcome whole = run(text, fuzzed_format, options);
    if (whole.failure) {
        require(whole.failure->position.offset <= text.size(), "the error is within the input");
        require(whole.failure->position.line >= 1 && whole.failure->position.column >= 1,
                "lines and columns count from 1");
        require(!whole.failure->message.empty(), "an error says what it is");
    }

    ParseOptions stepwise = options;
    stepwise.read_size = read_size;
    const Outcome in_steps = run(text, fuzzed_format, stepwise);
    require(in_steps.lines == whole.lines, "the same statements in steps as at once");
    require(in_steps.failure.has_value() == whole.failure.has_value(), "the same failure in steps");
    if (whole.failure) {
        // expat may find an error of well-formedness earlier or later in a token.
        require(fuzzed_format == Format::rdf_xml ||
                    (in_steps.failure->message == whole.failure->message &&
                     in_steps.failure->position.offset == whole.failure->position.offset &&
                     in_steps.failure->position.line == whole.failure->position.line &&
                     in_steps.failure->position.column == whole.failure->position.column),
                "the same error in steps");
    }

    ParseOptions skipping = stepwise;
    skipping.on_error = OnError::skip;
    const Outcome skipped = run(text, fuzzed_format, skipping);
    require(!skipped.failure || fuzzed_format == Format::rdf_xml, "skipping ends at no error");
    if (!whole.failure && !whole.limit_reached) {
        require(skipped.skipped == 0 && skipped.lines == whole.lines,
                "sound input is the same when errors are skipped");
    }

    if (!whole.failure && !whole.limit_reached) {
        ParseOptions lenient = options;
        lenient.lenient = true;
        require(run(text, fuzzed_format, lenient).lines == whole.lines,
                "what strict parsing accepts, lenient parsing reads alike");
        std::string written;
        for (const std::string& line : whole.lines) {
            if (line.find(". ") != line.size() - 2 && fuzzed_format == Format::rdf_xml) return 0;
            written += line;
        }
        const Outcome again = run(written, Format::nquads, {});
        require(!again.failure && again.lines == whole.lines, "what is written is read back");
    }
    return 0;
}
