#include "shell/output_mode.h"

#include <array>
#include <utility>

#include <dossier/syntax.h>

namespace dossier::shell {

namespace {

constexpr std::array<std::pair<std::string_view, Mode>, 18> names{{
    {"table", Mode::table},
    {"ascii", Mode::ascii},
    {"csv", Mode::csv},
    {"tsv", Mode::tsv},
    {"json", Mode::json},
    {"xml", Mode::xml},
    {"jsonl", Mode::jsonl},
    {"markdown", Mode::markdown},
    {"html", Mode::html},
    {"line", Mode::line},
    {"list", Mode::list},
    {"count", Mode::count},
    {"none", Mode::none},
    {"turtle", Mode::turtle},
    {"trig", Mode::trig},
    {"ntriples", Mode::ntriples},
    {"nquads", Mode::nquads},
    {"rdfxml", Mode::rdfxml},
}};

}  // namespace

std::optional<Mode> mode_of_name(std::string_view name) {
    if (name == "auto") return Mode::automatic;
    for (const auto& [known, mode] : names)
        if (known == name) return mode;
    if (name == "md") return Mode::markdown;
    if (const auto format = result_format_of_name(name)) {
        switch (*format) {
            case ResultFormat::json:
                return Mode::json;
            case ResultFormat::xml:
                return Mode::xml;
            case ResultFormat::csv:
                return Mode::csv;
            case ResultFormat::tsv:
                return Mode::tsv;
        }
    }
    if (const auto format = data_format_of_name(name)) {
        switch (*format) {
            case DataFormat::ntriples:
                return Mode::ntriples;
            case DataFormat::nquads:
                return Mode::nquads;
            case DataFormat::turtle:
                return Mode::turtle;
            case DataFormat::trig:
                return Mode::trig;
            case DataFormat::rdf_xml:
                return Mode::rdfxml;
        }
    }
    return std::nullopt;
}

std::string_view name_of(Mode mode) {
    for (const auto& [name, known] : names)
        if (known == mode) return name;
    return "auto";
}

const std::vector<std::string>& mode_names() {
    static const std::vector<std::string> list = [] {
        std::vector<std::string> result{"auto"};
        for (const auto& [name, mode] : names) result.emplace_back(name);
        return result;
    }();
    return list;
}

}  // namespace dossier::shell
