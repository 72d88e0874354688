#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/algebra.h"
#include "engine/execution_context.h"
#include "engine/plan.h"
#include "storage/scan.h"

namespace dossier::engine {

// What stands in one place of a triple pattern.
struct Slot {
    enum class Kind : std::uint8_t {
        ignored,   // not asked for (the graph, where it does not matter)
        constant,  // `id`
        outer,     // the value ExecutionContext::outer(variable) has when the operator is made
        variable,  // an output column
    };
    Kind kind = Kind::ignored;
    TermId id;
    Variable variable = 0;

    bool fixed() const { return kind == Kind::constant || kind == Kind::outer; }
};

// A triple pattern ready for the indexes: constants as ids, the graphs to read, every place a slot.
// Also a pattern over the relation of triple terms, whose fourth place is the term's id.
struct TripleAccess {
    std::array<Slot, 4> slots;  // subject, predicate, object, graph or id
    bool triple_terms = false;
    storage::GraphSelection graphs;
    Slot graph;  // fixed: the one graph to read, which may be an outer variable's value
    bool impossible = false;  // a constant the store does not know
    TriplePattern pattern;    // as written, for EXPLAIN

    std::vector<Variable> variables() const;  // distinct, in slot order
    bool mentions(Variable variable) const;
};

// A bound on the values of one variable, both ends included.
struct IdRange {
    Variable variable = 0;
    TermId first, last;
};

// A way to read an access: the permutation whose leading columns are fixed.
struct AccessPath {
    storage::Permutation permutation = storage::Permutation::spo;
    std::array<std::uint8_t, 4> roles{};  // of the permutation's columns
    std::size_t prefix_length = 0;
};

// The permutations that begin with the fixed places, as the snapshot offers them; at least one.
std::vector<AccessPath> access_paths(const TripleAccess& access, const storage::Snapshot& snapshot);
// The same with the places of `variable` next after the fixed ones: for look-ups and sorted scans.
std::optional<AccessPath> access_path_by(const TripleAccess& access, Variable variable,
                                         const storage::Snapshot& snapshot);

// The request for a path; outer values come from `context` and are unbound where it is null.
// Nothing: an outer variable that is unbound, or an impossible constant.
std::optional<storage::ScanRequest> scan_request(const TripleAccess& access, const AccessPath& path,
                                                 const ExecutionContext* context);

// "IndexScan POS: ?p foaf:knows :ann"; `what` is the first word.
std::string describe_access(const std::string& what, const TripleAccess& access,
                            const AccessPath& path, const PlanNames& names);
std::string describe_pattern(const TriplePattern& pattern, const PlanNames& names);

}  // namespace dossier::engine
