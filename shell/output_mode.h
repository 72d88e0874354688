#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dossier::shell {

// How results are shown.
enum class Mode {
    automatic,  // a table or Turtle on a terminal, else TSV or N-Triples
    table,
    ascii,
    csv,
    tsv,
    json,
    xml,
    jsonl,
    markdown,
    html,
    line,
    list,
    count,
    none,
    turtle,
    trig,
    ntriples,
    nquads,
    rdfxml,
};

// By name, extension or media type; nothing when it is none.
std::optional<Mode> mode_of_name(std::string_view name);
std::string_view name_of(Mode mode);
// All names, for help and messages.
const std::vector<std::string>& mode_names();

}  // namespace dossier::shell
