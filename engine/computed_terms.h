#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include <dossier/term.h>

#include "engine/memory_budget.h"
#include "engine/term_arena.h"
#include "storage/snapshot.h"
#include "storage/term_id.h"

namespace dossier::engine {

class PassingTerms;

// The terms one query computed: one id (tag `computed`) a term, whichever worker made it.
// Thread-safe. Ids live as long as this object.
//
// Two ids may denote one term only between intern() and resolve(): the plan resolves computed
// columns before they meet stored ids in a join, DISTINCT, GROUP BY or MINUS. Inside expressions
// compare terms, not ids, as soon as one of two ids is unresolved().
//
// Terms that only pass through the end of a plan are not kept: see PassingTerms.
class ComputedTerms {
  public:
    ComputedTerms(const storage::Snapshot& snapshot, MemoryBudget& budget);
    ~ComputedTerms();

    // The id of a term: the inline one where its form has one, the known one where the query made
    // or met the term before, else a new one. No look-up in the dictionary.
    storage::TermId intern(const TermView& term);
    // A blank node that is no other. Its id is all that there is of it.
    storage::TermId fresh_blank_node();

    Term term(storage::TermId id) const;
    // The term of a computed id, valid as long as the id. Where it is nowhere in memory, its text
    // is written to `buffer`, which must then outlive the view; else that stays as it is.
    TermView view(storage::TermId id, std::string& buffer) const;

    // Whether the id may denote a term that the dictionary knows under another id.
    bool unresolved(storage::TermId id) const;
    // Replaces computed ids of terms that the dictionary knows by the stored ones; asks for each
    // term once in the query's life, in sorted batches. Afterwards equal ids = equal terms.
    void resolve(std::span<storage::TermId> ids);

  private:
    friend class PassingTerms;

    struct Entry {
        TermView term;
        std::uint64_t hash;
        storage::TermId resolved;  // the stored id, or the computed one; unbound: not asked yet
    };
    struct Hash {
        using is_transparent = void;
        const std::deque<Entry>* entries;
        std::size_t operator()(std::uint64_t index) const { return (*entries)[index].hash; }
        std::size_t operator()(const TermView& term) const { return hash_value(term); }
    };
    struct Equal {
        using is_transparent = void;
        const std::deque<Entry>* entries;
        bool operator()(std::uint64_t a, std::uint64_t b) const { return a == b; }
        bool operator()(const TermView& a, std::uint64_t b) const {
            return a == (*entries)[b].term;
        }
        bool operator()(std::uint64_t a, const TermView& b) const { return (*this)(b, a); }
    };

    const TermView* find_passing(storage::TermId id) const;
    storage::TermId find_fresh_blank_node(const TermView& term) const;

    const storage::Snapshot& snapshot_;
    mutable std::mutex mutex_;
    TermArena arena_;
    std::deque<Entry> entries_;
    boost::unordered_flat_set<std::uint64_t, Hash, Equal> index_;
    MemoryCharge charge_;
    std::uint64_t blank_nodes_ = 0;
    std::vector<const PassingTerms*> passing_;  // null once gone
};

// Terms of answers whose readers are done with each batch before they ask for the next: their ids
// live until forget(), and each call makes a new one, equal terms or not. They are unresolved().
// Belongs to one thread and one operator; `terms` and `budget` must outlive it.
class PassingTerms {
  public:
    PassingTerms(ComputedTerms& terms, MemoryBudget& budget);
    ~PassingTerms();
    PassingTerms(const PassingTerms&) = delete;
    PassingTerms& operator=(const PassingTerms&) = delete;

    // The inline id where the term's form has one.
    storage::TermId add(const TermView& term);
    // No id given so far will be asked for again.
    void forget();
    std::size_t bytes() const { return charge_.bytes(); }

  private:
    friend class ComputedTerms;

    ComputedTerms& terms_;
    std::uint64_t number_;
    std::uint64_t forgotten_ = 0;  // no id is given twice
    TermArena arena_;
    std::deque<TermView> entries_;
    MemoryCharge charge_;
};

}  // namespace dossier::engine
