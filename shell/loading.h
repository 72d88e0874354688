#pragma once

#include <string>
#include <vector>

#include <dossier/dossier.h>

#include "shell/session.h"

namespace dossier::shell {

// A load as a user asks for it, on the command line or with .load.
struct LoadRequest {
    std::vector<std::string> files;  // "-" is standard input
    std::string format;
    std::string base;
    std::string graph;
    bool graph_from_file = false;
    bool replace = false;
    std::string on_error = "stop";
    std::uint64_t max_errors = 0;
    std::string error_log;
    bool lenient = false;
    unsigned jobs = 0;
    std::string memory;  // empty: the session's limit
    std::uint64_t limit = 0;
    bool dry_run = false;
};

// Loads, showing progress on a terminal and a report at the end. Throws what the library throws.
// Returns an exit code: exit_limit when --max-errors was reached.
int load(Session& session, const LoadRequest& request);

// "12.3 MB".
std::string human_bytes(std::uint64_t bytes);

// A graph as options name it: <iri>, prefix:name, a bare IRI, or "default".
Term graph_term(Session& session, const std::string& text);

}  // namespace dossier::shell
