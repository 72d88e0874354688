#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shell/dumping.h"
#include "shell/loading.h"
#include "shell/terminal.h"

namespace dossier::shell {

enum class Command {
    shell,  // the interactive shell, or statements given as arguments
    load,
    query,
    update,
    dump,
    convert,
    check,
    info,
    stats,
    set,
    verify,
    prefixes,
    help,
    version,
    completions,
};

// What the command line says.
struct Invocation {
    Command command = Command::shell;

    // global
    bool safe = false;
    bool no_safe = false;
    std::string allow_load;
    bool yes = false;
    bool force = false;
    bool quiet = false;
    bool verbose = false;
    ColorChoice color = ColorChoice::automatic;
    bool no_progress = false;
    bool no_init = false;
    std::string init_file;
    bool read_only = false;
    bool keep_going = false;
    bool relaxed = false;
    std::string cache;
    std::string log;

    std::string store;
    std::vector<std::string> statements;

    LoadRequest load;
    DumpRequest dump;

    // query and update
    std::string text;
    std::string file;
    std::string format;
    std::string output;
    std::vector<std::string> parameters;  // NAME=TERM
    std::vector<std::string> prefixes;    // P=IRI
    std::string prefixes_file;
    std::string base;
    std::vector<std::string> default_graphs, named_graphs;
    bool merged = false;  // --union
    std::string timeout, memory;
    std::optional<std::string> explain;
    bool timing = false;
    bool exit_status = false;
    bool dry_run = false;
    std::vector<std::string> data, named_data;

    // convert, check
    std::vector<std::string> files;
    std::string from, to;
    bool merge_graphs = false;
    bool strict = false;
    bool count = false;

    // set; prefixes
    std::string name, value;
    std::string action;

    std::string topic;  // help, completions
    bool build = false;
};

// Parses the arguments. When they only ask for help or the version, or are wrong, prints what is to
// be said and gives the exit code instead.
struct ParsedCommandLine {
    Invocation invocation;
    std::optional<int> exit;
};
ParsedCommandLine parse_command_line(int count, char** arguments);

// The names of all subcommands, for suggestions.
const std::vector<std::string>& command_names();

}  // namespace dossier::shell
