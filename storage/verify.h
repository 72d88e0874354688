#pragma once

#include <memory>
#include <string>
#include <vector>

namespace dossier::storage {

class StoreCore;

// The store check (docs/testing.md): every block against its directory entry, equal counts and row
// sums in all permutations, graph counts, the dictionary both ways, every id of a row in the
// dictionary, the chain of the log, the block store's own checksums. Messages about what is wrong.
// Works on the published state; writers need not wait.
std::vector<std::string> verify_store(const std::shared_ptr<StoreCore>& core);

}  // namespace dossier::storage
