#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "rdf/stop_question.h"
#include "storage/changes.h"
#include "storage/store_state.h"
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
    void clear() { last_word_ = {}; }
    // Rises with every change, so that a view made from them can be kept until the next one.
    std::uint64_t version() const { return version_; }

    // Those that change `state`, ascending, as operations of commit `number`. `question`, where
    // there is one, is asked meanwhile.
    std::vector<Change> effective(const State& state, std::uint64_t number,
                                  StopQuestion* question) const;

  private:
    struct QuadHash {
        std::size_t operator()(const QuadIds& quad) const noexcept;
    };
    boost::unordered_flat_map<QuadIds, bool, QuadHash> last_word_;
    std::uint64_t version_ = 0;
};

}  // namespace dossier::storage
