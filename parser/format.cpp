#include "parser/format.h"

#include <algorithm>
#include <array>
#include <string>

namespace dossier {

namespace {

struct FormatNames {
    Format format;
    std::string_view name;
    std::string_view extension;
    std::string_view media_type;
    std::array<std::string_view, 6> aliases;  // in lower case
};

constexpr std::array<FormatNames, 5> all_formats{{
    {Format::ntriples, "N-Triples", "nt", "application/n-triples", {"ntriples", "n-triples"}},
    {Format::nquads, "N-Quads", "nq", "application/n-quads", {"nquads", "n-quads"}},
    {Format::turtle, "Turtle", "ttl", "text/turtle", {"turtle", "application/turtle", "n3"}},
    {Format::trig, "TriG", "trig", "application/trig", {"application/x-trig"}},
    {Format::rdf_xml,
     "RDF/XML",
     "rdf",
     "application/rdf+xml",
     {"rdfxml", "rdf-xml", "rdf/xml", "owl", "xml", "application/xml"}},
}};

const FormatNames& names_of(Format format) {
    return *std::find_if(all_formats.begin(), all_formats.end(),
                         [format](const FormatNames& names) { return names.format == format; });
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// The text behind white space and the comments of the Turtle family.
std::string_view skip_space_and_comments(std::string_view text) {
    for (;;) {
        while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
        if (text.empty() || text.front() != '#') return text;
        text.remove_prefix(std::min(text.size(), text.find_first_of("\r\n")));
    }
}

// The end of the IRI, literal or blank node that `text` begins with, as N-Triples writes them.
std::size_t end_of_plain_term(std::string_view text) {
    if (text.empty()) return std::string_view::npos;
    if (text.front() == '<' && !text.starts_with("<<")) {
        const std::size_t end = text.find_first_of("> \n");
        return end == std::string_view::npos || text[end] != '>' ? std::string_view::npos : end + 1;
    }
    if (text.starts_with("_:")) return text.find_first_of(" \t");
    return std::string_view::npos;
}

// True when the statement that `text` begins with looks as a line of N-Triples or N-Quads does;
// `quad` tells whether it names a graph.
bool looks_like_line(std::string_view text, bool& quad) {
    std::string_view line = text.substr(0, text.find_first_of("\r\n"));
    for (int term = 0; term < 2; ++term) {
        const std::size_t end = end_of_plain_term(line);
        if (end == std::string_view::npos) return false;
        line = skip_space_and_comments(line.substr(end));
    }
    // The object and what follows: a graph name stands directly before the final dot.
    const std::size_t dot = line.find_last_of('.');
    if (dot == std::string_view::npos) return false;
    line = line.substr(0, dot);
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
    if (line.empty()) return false;
    if (line.front() == '"') {
        std::size_t end = 1;
        while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
        if (end >= line.size()) return false;
        line.remove_prefix(end + 1);
        if (line.starts_with("^^<")) line.remove_prefix(std::min(line.size(), line.find('>') + 1));
        if (line.starts_with("@")) {
            line.remove_prefix(std::min(line.size(), line.find_first_of(" \t<")));
        }
    } else {
        if (line.front() != '<' && line.front() != '_') return false;
        const std::size_t end = end_of_plain_term(line);
        line.remove_prefix(std::min(line.size(), end));
    }
    line = skip_space_and_comments(line);
    quad = line.starts_with('<') || line.starts_with("_:");
    return line.empty() || quad;
}

bool begins_with_word(std::string_view text, std::string_view upper_case_word) {
    if (text.size() <= upper_case_word.size()) return false;
    for (std::size_t i = 0; i < upper_case_word.size(); ++i) {
        const char c = text[i];
        if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != upper_case_word[i]) {
            return false;
        }
    }
    const char next = text[upper_case_word.size()];
    return is_space(next) || next == '<' || next == '"';
}

// A '{' that is not part of an annotation and stands outside strings, IRIs and comments.
bool has_graph_brace(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        switch (text[i]) {
            case '{':
                if (i + 1 >= text.size() || text[i + 1] != '|') return true;
                break;
            case '"':
                for (++i; i < text.size() && text[i] != '"'; ++i) {
                    if (text[i] == '\\') ++i;
                }
                break;
            case '<':
                while (i < text.size() && text[i] != '>' && !is_space(text[i])) ++i;
                break;
            case '#':
                while (i < text.size() && text[i] != '\n') ++i;
                break;
            default:
                break;
        }
    }
    return false;
}

}  // namespace

std::string_view format_name(Format format) {
    return names_of(format).name;
}

std::string_view format_extension(Format format) {
    return names_of(format).extension;
}

std::string_view format_media_type(Format format) {
    return names_of(format).media_type;
}

std::optional<Format> format_from_name(std::string_view name) {
    name = name.substr(0, name.find(';'));
    while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
    if (name.starts_with('.')) name.remove_prefix(1);
    const std::string lower = lower_case(name);
    if (lower.empty()) return std::nullopt;
    for (const FormatNames& names : all_formats) {
        if (lower == names.extension || lower == names.media_type) return names.format;
        for (std::string_view alias : names.aliases) {
            if (lower == alias) return names.format;
        }
    }
    return std::nullopt;
}

std::optional<Format> format_from_path(std::string_view path) {
    path = path.substr(path.find_last_of('/') + 1);
    std::string lower = lower_case(path);
    std::string_view name = lower;
    for (std::string_view compressed : {".gz", ".zst", ".bz2"}) {
        if (name.ends_with(compressed)) {
            name.remove_suffix(compressed.size());
            break;
        }
    }
    const std::size_t dot = name.find_last_of('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const std::string_view extension = name.substr(dot + 1);
    if (extension.find('/') != std::string_view::npos) return std::nullopt;
    return format_from_name(extension);
}

std::optional<Format> format_from_content(std::string_view head) {
    std::string_view text = skip_space_and_comments(head);
    if (text.empty()) return std::nullopt;
    if (text.starts_with("<?xml") || text.starts_with("<!--") || text.starts_with("<!DOCTYPE") ||
        text.starts_with("<rdf:RDF")) {
        return Format::rdf_xml;
    }
    bool quad = false;
    if (looks_like_line(text, quad)) return quad ? Format::nquads : Format::ntriples;
    if (begins_with_word(text, "GRAPH") || has_graph_brace(text)) return Format::trig;
    if (begins_with_word(text, "PREFIX") || begins_with_word(text, "BASE") ||
        begins_with_word(text, "VERSION") || text.find(':') != std::string_view::npos ||
        std::string_view("@<[(_").find(text.front()) != std::string_view::npos) {
        return Format::turtle;
    }
    return std::nullopt;
}

}  // namespace dossier
