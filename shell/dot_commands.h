#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shell/session.h"

namespace dossier::shell {

class StatementRunner;

// What a dot command did to the run.
struct DotResult {
    std::optional<int> quit;  // an exit code, when the run is to end
    std::string rerun;        // a statement to run now (.edit)
};

// Runs one dot command. Throws UsageError for an unknown command or wrong arguments, and what the
// library throws.
DotResult run_dot_command(std::string_view line, Session& session, StatementRunner& runner);

// All commands, with their dots, for completion and suggestions.
const std::vector<std::string>& dot_command_names();

}  // namespace dossier::shell
