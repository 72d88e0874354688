#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <dossier/options.h>

#include "parser/byte_source.h"
#include "storage/store.h"

// From files of statements to the store: the parsers on one side, the bulk load on the other.

namespace dossier::engine {

// One thing to load. Opened when its turn comes, so that a thousand files are not open at once.
struct LoadSource {
    std::string name;  // for messages and progress
    std::string base;  // the IRI that stands for the file; empty: none
    std::function<std::unique_ptr<ByteSource>()> open;
};

struct LoadOutcome {
    LoadReport report;
    Prefixes prefixes;  // declared by the data, each name once, the first binding
};

// Loads all sources as one commit. Throws SyntaxError, InputError, LimitError, Interrupted,
// Conflict, StoreError; nothing has been loaded then.
LoadOutcome load_sources(storage::Store& store, const std::vector<LoadSource>& sources,
                         const LoadOptions& options, unsigned threads, std::stop_token stop);

// The same into a transaction, statement by statement: for small amounts. What throws leaves what
// was read before in the transaction; a dry run tells beforehand.
LoadOutcome load_into_transaction(storage::Transaction& transaction,
                                  const std::vector<LoadSource>& sources,
                                  const LoadOptions& options, std::stop_token stop);

}  // namespace dossier::engine
