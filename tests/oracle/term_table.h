#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <dossier/term.h>

namespace dossier::oracle {

// Terms as small numbers, so that solutions are cheap to copy and compare. 0 is no term.
class TermTable {
  public:
    using Id = std::uint32_t;

    Id intern(const Term& term) {
        const auto [entry, added] = ids_.try_emplace(term, static_cast<Id>(terms_.size()));
        if (added) terms_.push_back(term);
        return entry->second;
    }
    const Term& term(Id id) const { return terms_[id]; }
    std::size_t size() const { return terms_.size(); }

  private:
    std::vector<Term> terms_ = {Term()};
    std::map<Term, Id> ids_;
};

// A statement; graph 0 is the default graph.
struct Statement {
    TermTable::Id subject, predicate, object, graph;
};

struct Dataset {
    TermTable terms;
    std::vector<Statement> statements;

    std::vector<TermTable::Id> named_graphs() const {
        std::set<TermTable::Id> graphs;
        for (const Statement& one : statements)
            if (one.graph != 0) graphs.insert(one.graph);
        return {graphs.begin(), graphs.end()};
    }
};

}  // namespace dossier::oracle
