#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "rdf/stop_question.h"
#include "storage/changes.h"
#include "storage/permutation_index.h"
#include "storage/term_id.h"

namespace dossier::storage {

// What a transaction asked for, the last word for each statement. Belongs to the transaction's
// thread.
class TransactionChanges {
  public:
    void set(const QuadIds& quad, bool insert);
    bool empty() const { return last_word_.empty(); }
    std::size_t size() const { return last_word_.size(); }
    // What they take, what growing by one more takes included.
    std::size_t bytes() const;
    void clear();

    // Those that change what `index` (spo) shows at `shown`, ascending, as operations of `number`.
    // `question`, where there is one, is asked meanwhile.
    std::vector<Change> effective(const PermutationIndex& index, std::uint64_t shown,
                                  std::uint64_t number, StopQuestion* question) const;

    // From now on effective_since() tells what has been set since its last call, or this one.
    void follow();
    bool followed() const { return followed_; }
    // Whether anything was set since.
    bool has_new() const { return !fresh_.empty(); }
    // As effective(), of what was set since.
    std::vector<Change> effective_since(const PermutationIndex& index, std::uint64_t shown,
                                        std::uint64_t number, StopQuestion* question);

  private:
    void forget_repeated();
    struct QuadHash {
        std::size_t operator()(const QuadIds& quad) const noexcept;
    };
    boost::unordered_flat_map<QuadIds, bool, QuadHash> last_word_;
    bool followed_ = false;
    std::vector<QuadIds> fresh_;  // set since, perhaps several times
};

}  // namespace dossier::storage
