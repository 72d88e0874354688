#pragma once

#include "shell/command_line.h"
#include "shell/session.h"

namespace dossier::shell {

// Runs what the command line asks for and returns the exit code. Throws what the library throws.
int run_command(const Invocation& invocation, Session& session);

}  // namespace dossier::shell
