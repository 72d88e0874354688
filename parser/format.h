#pragma once

#include <optional>
#include <string_view>

// The names under which files of statements are known.

namespace dossier {

enum class Format { ntriples, nquads, turtle, trig, rdf_xml };

// True for the formats in which a statement can name its graph.
constexpr bool has_graphs(Format format) {
    return format == Format::nquads || format == Format::trig;
}

// "N-Triples", for people.
std::string_view format_name(Format format);
// The extension without its dot ("nt"), which is also the name that options take.
std::string_view format_extension(Format format);
// "application/n-triples".
std::string_view format_media_type(Format format);

// By what a user calls it: an extension ("ttl", "owl"), a name ("turtle", "n-triples") or a media
// type (parameters after ';' are ignored); ASCII case does not matter. Nothing when it is none.
std::optional<Format> format_from_name(std::string_view name);

// By the extension of a path, after .gz, .zst or .bz2 is taken off. Nothing when it is unknown.
std::optional<Format> format_from_path(std::string_view path);

// By the first kilobyte of the (decompressed) text, for standard input. A guess: plain triples are
// taken for N-Triples, as every N-Triples file is also Turtle but parses faster as what it is.
// Nothing when the text is empty or looks like none of them.
std::optional<Format> format_from_content(std::string_view head);

}  // namespace dossier
