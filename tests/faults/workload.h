#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "storage/store.h"

// What the campaigns write. The content of every commit is a function of its number and the seed,
// so that whoever opens the store afterwards knows what each number must hold, acknowledged or not.

namespace dossier::faults {

// One statement as text: subject, predicate, object, graph, with blanks between.
using Contents = std::set<std::string>;

class Workload {
  public:
    explicit Workload(std::uint64_t seed) : seed_(seed) {}

    // The statements of the store after commit `number`.
    Contents contents(std::uint64_t number) const;
    // Whether the commit is a load; else it is a transaction.
    static bool is_load(std::uint64_t number);
    // Make the commit `number`, which must be the next one: fills a transaction that was just begun
    // (the caller commits it), or loads.
    void fill(storage::Transaction& transaction, std::uint64_t number) const;
    void load(storage::Store& store, std::uint64_t number) const;

  private:
    struct Statement {
        std::string subject, predicate, object, graph;
    };
    std::uint64_t random(std::uint64_t number, std::uint64_t limit) const;
    std::vector<Statement> added(std::uint64_t number) const;
    // The commit whose statements commit `number` removes; 0: none.
    static std::uint64_t removes(std::uint64_t number);
    // Whether its object is a triple term: of the same subject and predicate, with the object.
    static bool is_said(const Statement& statement);
    static std::string text(const Statement& statement);

    std::uint64_t seed_;
};

// Everything in a snapshot, as text.
Contents contents_of(const storage::Snapshot& snapshot);

}  // namespace dossier::faults
