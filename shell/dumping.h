#pragma once

#include <string>
#include <vector>

#include "shell/session.h"

namespace dossier::shell {

struct DumpRequest {
    std::string format;
    std::string output;               // empty: where results go
    std::vector<std::string> graphs;  // IRIs, "default" or "all"
    bool sorted = false;
    std::string compression;  // gz or zst; empty: none
};

// Writes the store's statements. Throws what the library throws.
void dump(Session& session, const DumpRequest& request);

// Checks the syntax of data (.ttl ...), query (.rq) and update (.ru) files. Returns an exit code.
int check_files(Session& session, const std::vector<std::string>& files, bool lenient, bool count);

}  // namespace dossier::shell
