#pragma once

#include <iosfwd>
#include <string>

#include "shell/line_reader.h"
#include "shell/session.h"

namespace dossier::shell {

// Completes dot commands and their arguments, keywords, variables, prefixes, the names behind a
// prefix, and files. The session must outlive it.
Completer make_completer(Session& session);

// Writes the completions of the command line for bash, zsh or fish; returns an exit code.
int print_completions(const std::string& shell, std::ostream& out);

}  // namespace dossier::shell
