#include "shell/completions.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <ostream>
#include <set>

#include "shell/command_line.h"
#include "shell/dot_commands.h"
#include "shell/output_mode.h"

namespace dossier::shell {

namespace {

constexpr std::size_t most = 200;

constexpr std::array keywords{
    "ADD",       "ASC",      "ASK",      "BASE",   "BIND",    "BY",       "CLEAR",   "CONSTRUCT",
    "COPY",      "COUNT",    "CREATE",   "DATA",   "DEFAULT", "DELETE",   "DESC",    "DESCRIBE",
    "DISTINCT",  "DROP",     "EXISTS",   "FILTER", "FROM",    "GRAPH",    "GROUP",   "HAVING",
    "INSERT",    "INTO",     "LIMIT",    "LOAD",   "MINUS",   "MOVE",     "NAMED",   "NOT",
    "OFFSET",    "OPTIONAL", "ORDER",    "PREFIX", "REDUCED", "SELECT",   "SERVICE", "SILENT",
    "UNDEF",     "UNION",    "USING",    "VALUES", "WHERE",   "WITH",     "REGEX",   "CONTAINS",
    "STRSTARTS", "STRENDS",  "COALESCE", "BOUND",  "LANG",    "DATATYPE", "STR",     "IRI"};

std::vector<std::string> files(std::string_view word) {
    std::vector<std::string> result;
    const std::filesystem::path path{std::string(word)};
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    const std::string begin = path.filename().string();
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(begin) || (begin.empty() && name.starts_with('.'))) continue;
        std::string found = path.has_parent_path() ? (path.parent_path() / name).string() : name;
        if (entry.is_directory(error)) found += '/';
        result.push_back(std::move(found));
        if (result.size() == most) break;
    }
    return result;
}

// Names behind "prefix:", most frequent first: classes after `a`, predicates elsewhere.
std::vector<std::string> names(Session& session, std::string_view line, std::string_view word) {
    std::vector<std::string> result;
    const std::size_t colon = word.find(':');
    const std::string prefix(word.substr(0, colon));
    std::string iri;
    for (const auto& [name, value] : session.output_prefixes()) {
        if (name != prefix) continue;
        iri = value;
        break;
    }
    if (iri.empty()) return result;
    const std::string_view before = line.substr(0, line.size() - word.size());
    const bool is_class = before.ends_with(" a ") || before.ends_with(":type ");
    std::vector<std::string> candidates;
    if (is_class)
        for (const ClassCount& count : session.store().classes())
            candidates.emplace_back(count.type.text());
    else
        for (const PredicateCount& count : session.store().predicates())
            candidates.emplace_back(count.predicate.text());
    for (const std::string& candidate : candidates) {
        if (!candidate.starts_with(iri)) continue;
        std::string name = prefix + ":";
        if (!append_local_name(name, std::string_view(candidate).substr(iri.size()))) continue;
        if (name.starts_with(word)) result.push_back(std::move(name));
        if (result.size() == most) break;
    }
    return result;
}

std::vector<std::string> complete(Session& session, std::string_view line, std::string_view word) {
    std::vector<std::string> result;
    const auto offer = [&](std::string_view candidate) {
        if (candidate.starts_with(word) && result.size() < most) result.emplace_back(candidate);
    };
    if (line.starts_with('.')) {
        if (word.size() == line.size()) {
            for (const std::string& name : dot_command_names()) offer(name);
        } else if (line.starts_with(".mode ")) {
            for (const std::string& name : mode_names()) offer(name);
        } else if (line.starts_with(".help ")) {
            for (const std::string& name : dot_command_names()) {
                offer(name);
                offer(std::string_view(name).substr(1));
            }
        } else {
            return files(word);
        }
        return result;
    }
    if (word.starts_with('?') || word.starts_with('$')) {
        std::set<std::string> variables;
        for (std::size_t i = 0; i + word.size() < line.size(); ++i) {
            if (line[i] != '?' && line[i] != '$') continue;
            std::size_t end = i + 1;
            while (end < line.size() &&
                   (std::isalnum(static_cast<unsigned char>(line[end])) != 0 || line[end] == '_'))
                ++end;
            variables.emplace(line.substr(i, end - i));
        }
        for (const std::string& variable : variables)
            if (variable != word) offer(variable);
        return result;
    }
    if (word.find(':') != std::string_view::npos) return names(session, line, word);
    std::string upper(word);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (!word.empty())
        for (const char* keyword : keywords)
            if (std::string_view(keyword).starts_with(upper)) result.emplace_back(keyword);
    std::set<std::string> prefixes;
    for (const auto& [name, iri] : session.output_prefixes()) prefixes.insert(name + ":");
    if (!word.empty())
        for (const std::string& prefix : prefixes) offer(prefix);
    return result;
}

}  // namespace

Completer make_completer(Session& session) {
    return [&session](std::string_view line, std::string_view word) -> std::vector<std::string> {
        try {
            return complete(session, line, word);
        } catch (const std::exception&) {
            return {};  // a store that cannot be read is told about when a statement runs
        }
    };
}

int print_completions(const std::string& shell, std::ostream& out) {
    std::string commands;
    for (const std::string& name : command_names())
        commands += (commands.empty() ? "" : " ") + name;
    if (shell == "bash") {
        out << "_dossier() {\n"
               "    local word=${COMP_WORDS[COMP_CWORD]}\n"
               "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
               "        COMPREPLY=($(compgen -W \""
            << commands
            << "\" -- \"$word\") $(compgen -d -- \"$word\"))\n"
               "    else\n"
               "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
               "    fi\n"
               "}\n"
               "complete -o filenames -F _dossier dossier\n";
    } else if (shell == "zsh") {
        out << "#compdef dossier\n"
               "if (( CURRENT == 2 )); then\n"
               "    compadd "
            << commands
            << "\n    _files -/\n"
               "else\n"
               "    _files\n"
               "fi\n";
    } else if (shell == "fish") {
        for (const std::string& name : command_names())
            out << "complete -c dossier -n __fish_use_subcommand -a " << name << '\n';
    } else {
        std::cerr << "error: there are completions for bash, zsh and fish, not for '" << shell
                  << "'\n";
        return exit_usage;
    }
    return exit_success;
}

}  // namespace dossier::shell
