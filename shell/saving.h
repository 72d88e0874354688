#pragma once

#include <string>

#include "shell/session.h"

namespace dossier::shell {

// Makes a store in `directory` of all statements, prefixes and settings that the session's store
// holds; its history is not copied. Throws UsageError where the directory exists or a transaction
// is open, and what the library throws; nothing is left behind then.
void save(Session& session, const std::string& directory);

}  // namespace dossier::shell
