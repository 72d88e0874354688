#include "parser/sparql_parser.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "parser/sparql_builder.h"
#include "parser/sparql_checks.h"
#include "parser/sparql_hints.h"
#include "parser/sparql_lexical.h"
#include "parser/sparql_scanner.h"
#include "parser/sparql_units.h"
#include "rdf/source_text.h"
#include "rdf/unicode.h"

namespace dossier::sparql {
namespace {

SyntaxError as_syntax_error(std::string_view text, const SparqlOptions& options,
                            ParseFailure failure) {
    TextOrigin origin;
    origin.source = options.source;
    SyntaxError::Details details =
        describe_error(text, std::min(failure.offset, text.size()), failure.length,
                       std::move(failure.message), origin, std::move(failure.hint));
    if (!failure.related_message.empty()) {
        describe_related(details, text, failure.related_offset, failure.related_length,
                         std::move(failure.related_message), origin);
    }
    return SyntaxError(std::move(details));
}

void check_text(std::string_view text, const SparqlOptions& options) {
    constexpr std::size_t greatest = std::size_t{1} << 31;
    const std::size_t most = std::min(options.max_text_bytes, greatest);
    if (text.size() > most) {
        throw LimitError(options.source + ": the text has " + std::to_string(text.size()) +
                         " bytes, more than " + std::to_string(most) + " (limit max_text_bytes)");
    }
    if (const auto invalid = find_invalid_utf8(text)) {
        ParseFailure failure;
        failure.offset = *invalid;
        failure.message = "the text is not valid UTF-8";
        const std::string_view mark = text.substr(0, 2);
        if (mark == "\xFF\xFE" || mark == "\xFE\xFF") failure.hint = "it seems to be UTF-16";
        throw as_syntax_error(text.substr(0, *invalid), options, std::move(failure));
    }
}

// Runs `read` over the text; every error leaves as the library's own.
template <typename Read>
auto read_text(std::string_view text, const SparqlOptions& options, ReadingOf reading, Read read) {
    check_text(text, options);
    Builder builder(text, options);
    grammar::Input in(text.data(), text.data() + text.size(), options.source);
    try {
        return read(in, builder);
    } catch (const tao::pegtl::parse_error& error) {
        Expectation expectation;
        const std::string_view message = error.message();
        expectation.expected = message;
        expectation.offset = error.positions().front().byte;
        expectation.after_triples = expectation.offset == builder.last_triples_end();
        expectation.reading = reading;
        throw as_syntax_error(text, options, explain_unexpected(text, expectation));
    } catch (const ParseFailure& failure) {
        throw as_syntax_error(text, options, failure);
    } catch (const LexicalError& error) {
        ParseFailure failure;
        failure.offset = builder.offset_of(error.at);
        failure.length = error.length;
        failure.message = error.message;
        failure.hint = error.hint;
        throw as_syntax_error(text, options, std::move(failure));
    }
}

ParsedQuery finish_query(Builder& builder, std::string_view text) {
    ParsedQuery parsed;
    parsed.prologue = builder.take_prologue();
    parsed.query = builder.take_query();
    check_query(parsed.query, builder.symbols(), text, builder.options().question);
    parsed.symbols = builder.take_symbols();
    return parsed;
}

ParsedUpdate finish_update(Builder& builder, std::string_view text) {
    ParsedUpdate parsed;
    parsed.prologue = builder.take_prologue();
    parsed.operations = builder.take_operations();
    check_operations(parsed.operations, builder.symbols(), text, builder.options().question);
    parsed.symbols = builder.take_symbols();
    return parsed;
}

StatementKind kind_of_word(std::string_view word) {
    for (const char* name : {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}) {
        if (same_word(word, name)) return StatementKind::query;
    }
    for (const char* name :
         {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}) {
        if (same_word(word, name)) return StatementKind::update;
    }
    return StatementKind::pattern;
}

// Nothing for variables, for `[]`, and for a triple term that no RDF graph can hold.
std::optional<Term> term_of(const Node& node, const Symbols& symbols) {
    if (const auto* constant = std::get_if<Constant>(&node)) return symbols.term(*constant);
    if (const auto* blank = std::get_if<BlankVariable>(&node)) {
        const std::string& label = symbols.blank_nodes[blank->id];
        return label.empty() ? std::nullopt : std::optional(Term::blank_node(label));
    }
    const auto* pattern = std::get_if<TripleTermPattern>(&node);
    if (pattern == nullptr) return std::nullopt;
    const TripleTermParts& parts = symbols.parts(*pattern);
    auto subject = term_of(parts.subject, symbols);
    auto predicate = term_of(parts.predicate, symbols);
    auto object = term_of(parts.object, symbols);
    if (!subject || !predicate || !object) return std::nullopt;
    if (!subject->is_iri() && !subject->is_blank_node()) return std::nullopt;
    return Term::triple(*std::move(subject), *std::move(predicate), *std::move(object));
}

}  // namespace

ParsedQuery parse_query(std::string_view text, const SparqlOptions& options) {
    return read_text(text, options, ReadingOf::query, [&](grammar::Input& in, Builder& builder) {
        grammar::parse_beginning(in, builder);
        grammar::parse_query_rest(in, builder);
        grammar::parse_end(in, builder);
        return finish_query(builder, text);
    });
}

ParsedUpdate parse_update(std::string_view text, const SparqlOptions& options) {
    return read_text(text, options, ReadingOf::update, [&](grammar::Input& in, Builder& builder) {
        grammar::parse_beginning(in, builder);
        grammar::parse_update_rest(in, builder);
        grammar::parse_end(in, builder);
        return finish_update(builder, text);
    });
}

ParsedStatement parse_statement(std::string_view text, const SparqlOptions& options) {
    return read_text(text, options, ReadingOf::statement,
                     [&](grammar::Input& in, Builder& builder) -> ParsedStatement {
                         grammar::parse_beginning(in, builder);
                         const std::size_t offset = builder.offset_of(in.current());
                         const ScannedToken first = scan_token(text, offset);
                         if (first.is(ScannedToken::Kind::end) || text[first.offset] == ';') {
                             grammar::parse_end_after_semicolon(in, builder);
                             return builder.take_prologue();
                         }
                         switch (kind_of_word(text.substr(first.offset, first.length))) {
                             case StatementKind::query:
                                 grammar::parse_query_rest(in, builder);
                                 grammar::parse_end_after_semicolon(in, builder);
                                 return finish_query(builder, text);
                             case StatementKind::update:
                                 grammar::parse_update_rest(in, builder);
                                 grammar::parse_end(in, builder);
                                 return finish_update(builder, text);
                             default:
                                 grammar::parse_bare_pattern(in, builder);
                                 grammar::parse_end_after_semicolon(in, builder);
                                 return ParsedPattern{finish_query(builder, text)};
                         }
                     });
}

Term parse_term(std::string_view text, const SparqlOptions& options) {
    return read_text(
        text, options, ReadingOf::term, [&](grammar::Input& in, Builder& builder) -> Term {
            in.bump(ignored_length(in.current(), in.end()));
            if (!grammar::parse_parameter(in, builder)) {
                builder.fail(builder.offset_of(in.current()), 1,
                             "expected a term: <iri>, prefix:name, \"text\", a number, true, false "
                             "or <<( triple )>>");
            }
            grammar::parse_end(in, builder);
            if (auto term = term_of(builder.node(), builder.symbols())) return *std::move(term);
            builder.fail(0, text.size(), "a term cannot hold variables or nodes without a label");
        });
}

StatementKind statement_kind(std::string_view text) {
    static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    std::size_t offset = text.substr(0, 3) == byte_order_mark ? 3 : 0;
    bool prologue = false;
    while (true) {
        const ScannedToken token = scan_token(text, offset);
        if (token.is(ScannedToken::Kind::end) || text[token.offset] == ';') {
            return prologue ? StatementKind::prologue : StatementKind::empty;
        }
        const std::string_view word = text.substr(token.offset, token.length);
        std::size_t parts = 0;  // tokens of the declaration after its word
        if (same_word(word, "BASE") || same_word(word, "VERSION")) parts = 1;
        if (same_word(word, "PREFIX")) parts = 2;
        if (parts == 0) return kind_of_word(word);
        prologue = true;
        offset = token.end();
        for (; parts != 0; --parts) offset = scan_token(text, offset).end();
    }
}

Completeness statement_completeness(std::string_view text, const SparqlOptions& options) {
    const ScannedEnd end = scan_end(text);
    if (end.last.is(ScannedToken::Kind::end)) {
        return end.semicolon ? Completeness::ended : Completeness::empty;
    }
    if (!end.open.empty() || end.in_string) return Completeness::incomplete;
    const bool is_pattern = statement_kind(text) == StatementKind::pattern;
    if (is_pattern ? end.dot : end.semicolon) return Completeness::ended;
    try {
        parse_statement(text, options);
        return Completeness::complete;
    } catch (const SyntaxError& error) {
        const std::size_t offset = error.position().offset;
        const bool at_end =
            scan_token(text, std::min(offset, text.size())).is(ScannedToken::Kind::end);
        return at_end ? Completeness::incomplete : Completeness::wrong;
    } catch (const Error&) {
        return Completeness::wrong;
    }
}

}  // namespace dossier::sparql
