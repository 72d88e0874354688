#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/batch.h"
#include "engine/execution_context.h"
#include "engine/function_scope.h"
#include "engine/memory_budget.h"

namespace dossier::engine {

// The keys of one condition of ORDER BY for the terms of many rows: each distinct term is decoded
// once, in the order of ids, which is the dictionary's own. Row by row the same costs a look-up at
// random for each.
class OrderKeys {
  public:
    OrderKeys(ExecutionContext& context, bool descending);

    // Whether an id's key is worth keeping; of others append() makes it each time.
    static bool is_kept(TermId id) { return id.bound() && !id.is_inline(); }

    // Makes the keys of the ids that are kept; false, with nothing kept, where the budget has no
    // room for them. `ids` is left sorted.
    bool prepare(std::vector<TermId>& ids);
    // Appends an id's key; prepare() must have seen it if it is kept.
    void append(TermId id, std::string& key);
    void clear();

  private:
    void make(TermId id, std::string& key);

    ExecutionContext& context_;
    bool descending_;
    FunctionScope scope_;
    std::vector<TermId> ids_;            // ascending
    std::vector<std::uint64_t> begins_;  // of each id's key in bytes_, and the end
    std::string bytes_;
    std::string piece_;
    MemoryCharge charge_;
    std::size_t made_ = 0;
};

}  // namespace dossier::engine
