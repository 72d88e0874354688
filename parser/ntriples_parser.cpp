#include "parser/ntriples_parser.h"

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "parser/line_count.h"
#include "parser/ntriples_grammar.h"
#include "parser/syntax_failure.h"
#include "parser/term_checks.h"
#include "rdf/source_text.h"

namespace dossier::ntriples {

namespace {

// The statement of the current line. Its terms are views into the block; where escapes had to be
// undone, into `unescaped`.
struct LineState {
    explicit LineState(const ParseOptions& parse_options) : options(parse_options) {
        frames.reserve(8);
        frames.emplace_back();
    }

    const ParseOptions& options;
    std::vector<TripleView> frames;   // the statement, and triple terms begun within each other
    std::deque<TripleView> triples;   // triple terms that are complete
    std::deque<std::string> strings;  // text that differs from what is written
    TermView graph;
    bool complete = false;
    // Texts of IRIs that passed the checks lately, by position: neighbours often repeat them.
    std::array<std::string_view, 3> checked;

    void reset() {
        frames.resize(1);
        graph = TermView();
        complete = false;
        if (!triples.empty()) triples.clear();
        if (!strings.empty()) strings.clear();
    }

    TripleView& triple() { return frames.back(); }

    std::string_view unescape(std::string_view text) {
        if (!turtle::has_escape(text)) return text;
        turtle::append_unescaped(strings.emplace_back(), text);
        return strings.back();
    }

    std::string_view unescape_iri(std::string_view token) {
        if (!turtle::has_escape(token)) return token.substr(1, token.size() - 2);
        turtle::append_unescaped_iri(strings.emplace_back(), token);
        return strings.back();
    }

    // `token` with its brackets; `position` 0 to 2 selects the neighbour to compare with.
    std::string_view iri(std::string_view token, std::size_t position) {
        const std::string_view written = token.substr(1, token.size() - 2);
        if (!written.empty() && written == checked[position]) return written;
        const std::string_view iri = unescape_iri(token);
        check_iri(iri, token.data(), token.size(), options);
        if (iri.data() == written.data()) checked[position] = written;
        return iri;
    }

    TermView label(std::string_view token) {
        check_label_length(token.size(), token.data(), options);
        const std::string_view name = token.substr(2);
        if (options.blank_node_scope.empty()) return TermView::blank_node(name);
        strings.emplace_back(options.blank_node_scope).append(name);
        return TermView::blank_node(strings.back());
    }
};

template <typename Rule>
struct action : pegtl::nothing<Rule> {};

template <>
struct action<subject_iri> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        state.triple().subject = TermView::iri(state.iri(in.string_view(), 0));
    }
};
template <>
struct action<subject_label> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        state.triple().subject = state.label(in.string_view());
    }
};
template <>
struct action<predicate> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        state.triple().predicate = TermView::iri(state.iri(in.string_view(), 1));
    }
};
template <>
struct action<object_iri> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        state.triple().object = TermView::iri(state.iri(in.string_view(), 2));
    }
};
template <>
struct action<object_label> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        state.triple().object = state.label(in.string_view());
    }
};
template <>
struct action<lexical_form> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        const std::string_view token = in.string_view();
        check_literal_length(token.size() - 2, token.data(), state.options);
        state.triple().object =
            TermView::literal(state.unescape(token.substr(1, token.size() - 2)));
    }
};
template <>
struct action<datatype> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        const std::string_view token = in.string_view();
        const std::string_view iri = state.iri(token, 2);
        check_datatype(iri, token.data(), token.size());
        state.triple().object = TermView::literal(state.triple().object.text(), iri);
    }
};
template <>
struct action<language> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        const LanguageTag tag = split_language_tag(in.string_view(), state.options);
        state.triple().object =
            TermView::language_literal(state.triple().object.text(), tag.language, tag.direction);
    }
};
template <>
struct action<triple_term_begin> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        if (state.frames.size() > state.options.max_nesting) {
            throw SyntaxFailure{in.begin(), 3,
                                "triple terms are nested deeper than the limit of " +
                                    std::to_string(state.options.max_nesting) + " (max_nesting)"};
        }
        state.frames.emplace_back();
    }
};
template <>
struct action<triple_term_end> {
    static void apply0(LineState& state) {
        state.triples.push_back(state.triple());
        state.frames.pop_back();
        state.triple().object = TermView::triple(state.triples.back());
    }
};
template <>
struct action<graph_iri> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        const std::string_view token = in.string_view();
        const std::string_view iri = state.unescape_iri(token);
        check_iri(iri, token.data(), token.size(), state.options);
        state.graph = TermView::iri(iri);
    }
};
template <>
struct action<graph_label> {
    template <typename Input>
    static void apply(const Input& in, LineState& state) {
        state.graph = state.label(in.string_view());
    }
};
template <>
struct action<dot> {
    static void apply0(LineState& state) { state.complete = true; }
};

// What was expected, in words. A rule that can fail behind a commitment must have its words.
template <typename Rule>
constexpr const char* expected = nullptr;
template <>
constexpr const char* expected<subject> =
    "expected the subject of a triple term: an IRI in '<>' or a blank node";
template <>
constexpr const char* expected<predicate> = "expected the predicate, an IRI in '<>'";
template <>
constexpr const char* expected<object> =
    "expected the object: an IRI in '<>', a blank node, a literal in '\"' or a triple term '<<( "
    ")>>'";
template <>
constexpr const char* expected<datatype> = "expected a datatype, an IRI in '<>', after '^^'";
template <>
constexpr const char* expected<triple_term_end> = "expected ')>>' to close the triple term";
template <>
constexpr const char* expected<dot> = "expected '.' at the end of the statement";
template <>
constexpr const char* expected<versionSpecifier> = "expected a version in '\"' after VERSION";
template <>
constexpr const char* expected<line_content<triple>> =
    "expected a statement that begins with an IRI in '<>' or a blank node";
template <>
constexpr const char* expected<line_content<quad>> = expected<line_content<triple>>;
template <>
constexpr const char* expected<line_end> =
    "expected the end of the line: each statement has its own";

template <typename Rule>
std::string hint_for(const char* at, const char* end) {
    if constexpr (std::is_same_v<Rule, dot>) {
        if (at == end || *at == '\n' || *at == '\r') return "the final '.' is missing";
        if (at[-1] == '"') return "a '\"' inside a string is written \\\"";
        if (*at == '<' || *at == '_') return "a fourth term is for N-Quads (.nq)";
    }
    if constexpr (std::is_same_v<Rule, line_content<triple>> ||
                  std::is_same_v<Rule, line_content<quad>>) {
        if (*at == '@' || *at == 'P' || *at == 'p') return "prefixes are for Turtle (.ttl)";
    }
    return {};
}

template <typename Rule>
struct control : pegtl::normal<Rule> {
    template <typename Input, typename... States>
    [[noreturn]] static void raise(const Input& in, States&&...) {
        if constexpr (expected<Rule> != nullptr) {
            throw SyntaxFailure{in.current(), 1, expected<Rule>,
                                hint_for<Rule>(in.current(), in.end())};
        } else {
            // Rules that cannot fail (`blanks`) and those that only forward to others.
            throw SyntaxFailure{in.current(), 1, "this cannot stand here"};
        }
    }
};

}  // namespace

Parser::Parser(Format format, const ParseOptions& options, StatementSink& sink,
               std::string_view source_name)
    : format_(format), options_(options), sink_(sink), source_name_(source_name) {}

void Parser::handle(const SyntaxError& error) {
    if (options_.on_error == OnError::stop) throw error;
    ++report_.errors;
    if (options_.max_errors != 0 && report_.errors > options_.max_errors) throw error;
    if (!sink_.error(error)) throw error;
}

template <typename Statement>
void Parser::parse_lines(const LineBlock& block) {
    pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf_crlf, const char*> in(
        block.text.data(), block.text.data() + block.text.size(), "");
    LineState state(options_);
    const TermView default_graph = TermView::iri(options_.default_graph);
    const char* counted_to = block.text.data();  // for messages: lines before it are counted
    std::uint64_t line_number = block.first_line;
    const auto text_between = [](const char* begin, const char* end) {
        return std::string_view(begin, static_cast<std::size_t>(end - begin));
    };

    while (!in.empty()) {
        const char* line_begin = in.current();
        state.reset();
        try {
            pegtl::parse<line<Statement>, action, control>(in, state);
        } catch (const SyntaxFailure& failure) {
            // A line may begin with the line ends of empty ones; the message wants the last.
            line_number += count_line_ends(text_between(counted_to, line_begin));
            counted_to = line_begin;
            std::string_view line_text = text_between(line_begin, in.end());
            const auto at = static_cast<std::size_t>(failure.at - line_begin);
            const std::size_t line_stop = line_text.find_first_of("\r\n", at);
            line_text = line_text.substr(0, line_stop);
            const TextOrigin origin{
                source_name_, line_number, 1,
                block.first_byte + static_cast<std::uint64_t>(line_begin - block.text.data())};
            handle(SyntaxError(describe_error(line_text, at, failure.length, failure.message,
                                              origin, failure.hint)));
            // Lost is the rest of the line, from where the failing token begins.
            std::string_view rest = text_between(in.current(), in.end());
            in.bump(std::min(rest.find_first_of("\r\n"), rest.size()));
            rest = text_between(in.current(), in.end());
            in.bump(std::min(rest.find_first_not_of("\r\n"), rest.size()));
            continue;
        }
        if (state.complete) {
            const TripleView& triple = state.frames.front();
            const bool in_default = state.graph.is_iri() && state.graph.text().empty();
            sink_.statement({triple.subject, triple.predicate, triple.object,
                             in_default ? default_graph : state.graph});
            ++report_.statements;
        }
    }
    report_.bytes += block.text.size();
    report_.lines += count_line_ends(block.text);
}

void Parser::parse(const LineBlock& block) {
    if (format_ == Format::nquads) {
        parse_lines<quad>(block);
    } else {
        parse_lines<triple>(block);
    }
}

ParseReport parse(ByteSource& source, Format format, const ParseOptions& options,
                  StatementSink& sink) {
    // A line with its longest literal, its IRIs, and room for white space.
    const std::size_t max_line_bytes =
        options.max_literal_bytes + 4 * options.max_iri_bytes + (1u << 20);
    Parser parser(format, options, sink,
                  options.source_name.empty() ? source.name() : options.source_name);
    LineBlockReader reader(source, options.read_size, max_line_bytes);
    std::string buffer;
    LineBlock block;
    while (reader.next(buffer, block)) {
        if (options.cancelled && options.cancelled()) throw Interrupted("loading was cancelled");
        parser.parse(block);
    }
    return parser.report();
}

}  // namespace dossier::ntriples
