#include <dossier/term_writer.h>

#include <array>
#include <cstdint>

#include <dossier/prefixes.h>

#include "rdf/language_tag.h"
#include "rdf/vocabulary.h"

namespace dossier {

namespace {

constexpr char hexadecimal[] = "0123456789ABCDEF";

enum Escape : std::uint8_t { keep, by_name, by_code, look_further };

// What a byte of a quoted string needs. U+FFFE and U+FFFF (EF BF BE, EF BF BF) are not characters
// of XML 1.1, which canonical N-Triples escapes by code.
constexpr std::array<Escape, 256> make_string_escapes() {
    std::array<Escape, 256> table{};
    for (unsigned c = 0; c < 0x20; ++c) table[c] = by_code;
    for (const char c : {'\t', '\b', '\n', '\r', '\f', '"', '\\'}) {
        table[static_cast<unsigned char>(c)] = by_name;
    }
    table[0x7F] = by_code;
    table[0xEF] = look_further;
    return table;
}

constexpr std::array<bool, 256> make_iri_escapes() {
    std::array<bool, 256> table{};
    for (unsigned c = 0; c <= 0x20; ++c) table[c] = true;
    for (const char c : {'<', '>', '"', '{', '}', '|', '^', '`', '\\'}) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}

constexpr std::array<Escape, 256> string_escapes = make_string_escapes();
constexpr std::array<bool, 256> iri_escapes = make_iri_escapes();

void append_code(std::string& out, unsigned code) {
    const char escape[] = {'\\',
                           'u',
                           hexadecimal[code >> 12U & 0xFU],
                           hexadecimal[code >> 8U & 0xFU],
                           hexadecimal[code >> 4U & 0xFU],
                           hexadecimal[code & 0xFU]};
    out.append(escape, sizeof escape);
}

char short_name(char c) {
    switch (c) {
        case '\t':
            return 't';
        case '\b':
            return 'b';
        case '\n':
            return 'n';
        case '\r':
            return 'r';
        case '\f':
            return 'f';
        default:
            return c;
    }
}

void append_language(std::string& out, const TermView& term, bool canonical) {
    out += '@';
    if (canonical) {
        append_normalised_language(out, term.language());
    } else {
        out += term.language();
    }
    if (term.direction() == Direction::left_to_right) out += "--ltr";
    if (term.direction() == Direction::right_to_left) out += "--rtl";
}

void append_in_ntriples(std::string& out, const TermView& term, bool canonical) {
    switch (term.kind()) {
        case TermKind::iri:
            append_iri_reference(out, term.text());
            return;
        case TermKind::blank_node:
            out += "_:";
            out += term.text();
            return;
        case TermKind::literal: {
            append_quoted_string(out, term.text());
            if (!term.language().empty()) {
                append_language(out, term, canonical);
            } else if (const std::string_view datatype = term.datatype(); datatype != xsd::string) {
                out += "^^";
                append_iri_reference(out, datatype);
            }
            return;
        }
        case TermKind::triple:
            break;
    }
    const TripleView& triple = term.triple();
    out += "<<( ";
    append_in_ntriples(out, triple.subject, canonical);
    out += ' ';
    append_in_ntriples(out, triple.predicate, canonical);
    out += ' ';
    append_in_ntriples(out, triple.object, canonical);
    out += " )>>";
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::size_t skip_digits(std::string_view text, std::size_t i) {
    while (i < text.size() && is_digit(text[i])) ++i;
    return i;
}

// Whether Turtle's grammar reads the text, standing bare, as this datatype: INTEGER [+-]?[0-9]+,
// DECIMAL [+-]?[0-9]*\.[0-9]+, DOUBLE with an exponent and a digit before it.
bool is_bare_number(std::string_view text, std::string_view datatype) {
    std::size_t i = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
    const std::size_t whole_start = i;
    i = skip_digits(text, i);
    const std::size_t whole = i - whole_start;
    if (datatype == xsd::integer) return whole > 0 && i == text.size();
    std::size_t fraction = 0;
    const bool point = i < text.size() && text[i] == '.';
    if (point) {
        const std::size_t start = ++i;
        i = skip_digits(text, i);
        fraction = i - start;
    }
    if (datatype == xsd::decimal) return point && fraction > 0 && i == text.size();
    if (whole + fraction == 0 || i == text.size() || (text[i] != 'e' && text[i] != 'E')) {
        return false;
    }
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    const std::size_t exponent = i;
    i = skip_digits(text, i);
    return i > exponent && i == text.size();
}

bool is_bare(std::string_view text, std::string_view datatype) {
    // Only the four datatypes have a bare form; their IRIs differ in length from most others.
    if (datatype == xsd::integer || datatype == xsd::decimal || datatype == xsd::double_) {
        return is_bare_number(text, datatype);
    }
    return datatype == xsd::boolean && (text == "true" || text == "false");
}

void append_iri_shortened(std::string& out, std::string_view iri, const PrefixMap* prefixes) {
    if (prefixes == nullptr || !prefixes->append_shortened(out, iri)) {
        append_iri_reference(out, iri);
    }
}

}  // namespace

void append_quoted_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t run = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const Escape escape = string_escapes[static_cast<unsigned char>(text[i])];
        if (escape == keep) continue;
        if (escape == look_further) {
            if (i + 2 >= text.size() || text[i + 1] != '\xBF' ||
                (text[i + 2] != '\xBE' && text[i + 2] != '\xBF')) {
                continue;
            }
            out.append(text, run, i - run);
            append_code(out, text[i + 2] == '\xBE' ? 0xFFFEU : 0xFFFFU);
            i += 2;
        } else {
            out.append(text, run, i - run);
            if (escape == by_name) {
                out += '\\';
                out += short_name(text[i]);
            } else {
                append_code(out, static_cast<unsigned char>(text[i]));
            }
        }
        run = i + 1;
    }
    out.append(text, run, text.size() - run);
    out += '"';
}

void append_iri_reference(std::string& out, std::string_view iri) {
    out += '<';
    std::size_t run = 0;
    for (std::size_t i = 0; i < iri.size(); ++i) {
        if (!iri_escapes[static_cast<unsigned char>(iri[i])]) continue;
        out.append(iri, run, i - run);
        append_code(out, static_cast<unsigned char>(iri[i]));
        run = i + 1;
    }
    out.append(iri, run, iri.size() - run);
    out += '>';
}

void append_ntriples(std::string& out, const TermView& term) {
    append_in_ntriples(out, term, false);
}

void append_canonical_ntriples(std::string& out, const TermView& term) {
    append_in_ntriples(out, term, true);
}

void append_turtle(std::string& out, const TermView& term, const PrefixMap* prefixes) {
    if (term.is_iri()) {
        append_iri_shortened(out, term.text(), prefixes);
    } else if (term.is_literal() && term.language().empty()) {
        const std::string_view datatype = term.datatype();
        if (is_bare(term.text(), datatype)) {
            out += term.text();
            return;
        }
        append_quoted_string(out, term.text());
        if (datatype != xsd::string) {
            out += "^^";
            append_iri_shortened(out, datatype, prefixes);
        }
    } else if (term.is_triple()) {
        const TripleView& triple = term.triple();
        out += "<<( ";
        append_turtle(out, triple.subject, prefixes);
        out += ' ';
        append_turtle(out, triple.predicate, prefixes);
        out += ' ';
        append_turtle(out, triple.object, prefixes);
        out += " )>>";
    } else {
        append_in_ntriples(out, term, false);
    }
}

void append_ntriples_line(std::string& out, const TripleView& triple) {
    append_ntriples(out, triple.subject);
    out += ' ';
    append_ntriples(out, triple.predicate);
    out += ' ';
    append_ntriples(out, triple.object);
    out += " .\n";
}

void append_nquads_line(std::string& out, const QuadView& quad) {
    append_ntriples(out, quad.subject);
    out += ' ';
    append_ntriples(out, quad.predicate);
    out += ' ';
    append_ntriples(out, quad.object);
    if (!quad.in_default_graph()) {
        out += ' ';
        append_ntriples(out, quad.graph);
    }
    out += " .\n";
}

}  // namespace dossier
