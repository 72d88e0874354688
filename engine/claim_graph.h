#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <dossier/claims.h>

#include "engine/execution_context.h"
#include "rdf/date_time.h"
#include "storage/snapshot.h"

namespace dossier::engine {

// The claims of one state and what follows from them (docs/claims.md, "What is computed"): roots of
// copies, which claims stand, on which origins they rest, how a proposition stands. Reads all
// graphs as one, and of them only what the propositions asked for need. Everything is a least
// fixpoint, so cycles end: a cycle without a way out does not stand. Belongs to one thread; the
// context must outlive it, and is asked whether to go on.
class ClaimGraph {
  public:
    explicit ClaimGraph(ExecutionContext& context);

    using Id = storage::TermId;
    using Ids = std::set<Id>;

    // How one proposition, or one variant of it, stands.
    struct Standing {
        ClaimStatus status = ClaimStatus::unsupported;
        std::string variant;     // what tells it from the other variants; empty when there is one
        Ids said_by, denied_by;  // voices of standing claims
        Ids origins, against;    // distinct origins, unnamed ones included
        std::vector<Id> claims;  // all claims that say or deny it, standing or not
    };
    // One entry, or one for each variant. An asserted proposition has one even without claims.
    std::vector<Standing> standings(const storage::TripleIds& proposition);

    bool is_unnamed(Id origin);
    // Cycles of copies and other things worth telling, in the order they were met.
    const std::vector<std::string>& notes() const { return notes_; }

  private:
    struct Vocabulary {
        explicit Vocabulary(const storage::Snapshot& snapshot);
        std::optional<Id> reifies, said_by, denied_by, in, via, inferred_from, answers, standing,
            stands, copy_of, acted_on_behalf_of, unnamed, single_valued, disjoint_with, type, when,
            not_before, not_after, from, until, item, unit, amount, at_least, at_most;
    };
    // What excludes another claim of the same proposition.
    struct Bounds {
        std::optional<Instant> begin, end;  // of time; absent: open
        Ids items, units;
        std::optional<double> least, most;  // of the amount
        bool bounded() const { return begin || end || least || most; }
    };

    const std::vector<Id>& objects(Id subject, const std::optional<Id>& predicate);
    std::vector<Id> subjects(const std::optional<Id>& predicate, Id object);
    bool asserted(const storage::TripleIds& triple);

    const std::vector<Id>& copy_chain(Id document);  // the document first
    Id root(Id document);
    bool is_ok(Id thing);
    bool unmarked(Id thing);
    bool is_claim(Id thing);

    // Everything `claim` depends on, itself included, and then the two fixpoints over it.
    std::vector<Id> dependencies(Id claim);
    bool stands(Id claim);
    const Ids& origins(Id claim);
    void settle(Id claim);
    Id speaks_for(Id origin);

    Bounds bounds(Id claim);
    static bool exclude(const Bounds& a, const Bounds& b);
    static bool times_overlap(const Bounds& a, const Bounds& b);
    std::string describe(const std::vector<Id>& claims);
    bool is_excluded(const storage::TripleIds& proposition);
    bool is_said(const storage::TripleIds& proposition);
    std::vector<Id> reifiers(const storage::TripleIds& proposition);

    ExecutionContext& context_;
    const storage::Snapshot& snapshot_;
    Vocabulary dos_;
    MemoryCharge charge_;
    std::unordered_map<Id, std::unordered_map<Id, std::vector<Id>>> objects_;
    std::unordered_map<Id, std::vector<Id>> chains_;
    std::unordered_map<Id, bool> ok_;
    std::unordered_map<Id, bool> stands_;
    std::unordered_map<Id, Ids> origins_;
    std::unordered_set<Id> noted_cycles_;
    std::vector<std::string> notes_;
};

}  // namespace dossier::engine
