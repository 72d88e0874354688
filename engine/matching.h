#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <dossier/query.h>

#include "engine/store_impl.h"
#include "storage/snapshot.h"

namespace dossier {

// Statements of a snapshot by pattern, without a query: what match() and dumps read.
struct StatementPattern {
    std::optional<Term> subject, predicate, object;
    // Graphs to read: one (an empty IRI is the default graph), or all when nothing.
    std::optional<Term> graph;
    bool merged = false;  // all graphs as one: each statement once, in the default graph
};

// Reads in subject, predicate, object order (in graph order first where all graphs are read and not
// merged). Belongs to one thread; keeps the store open.
Graph match_statements(std::shared_ptr<const Store::Impl> store,
                       std::shared_ptr<const storage::Snapshot> snapshot,
                       const StatementPattern& pattern, std::stop_token stop);

// Whether a statement is there; nothing means any graph.
bool contains_statement(const storage::Snapshot& snapshot, const Term& subject,
                        const Term& predicate, const Term& object, const Term& graph);

}  // namespace dossier
