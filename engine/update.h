#pragma once

#include <string>

#include <dossier/options.h>

#include "engine/execution_context.h"
#include "parser/sparql_parser.h"
#include "storage/store.h"

namespace dossier::engine {

struct UpdateSettings {
    ExecutionOptions execution;
    bool union_default_graph = false;  // for WHERE; templates always write the default graph
    std::vector<Term> default_graphs;  // stand for USING where an operation has none
    std::vector<Term> named_graphs;
    std::vector<std::pair<std::string, Term>> parameters;  // values of variables, by name
    std::vector<std::string> disabled_passes;
    std::string load_directory;  // LOAD <file:...> is allowed below it; empty: nowhere
};

// Runs the operations of a request one after the other inside a transaction: each sees what the
// ones before it did, none sees its own changes (SPARQL 1.1 Update section 3). Returns what was
// asked to be inserted and removed; what of it had an effect is known at the commit. Throws what
// queries throw; the transaction is then to be rolled back.
UpdateReport run_update(const sparql::ParsedUpdate& update, storage::Transaction& transaction,
                        const UpdateSettings& settings);

}  // namespace dossier::engine
