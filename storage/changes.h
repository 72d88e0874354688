#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/row.h"

namespace dossier::storage {

// An effective change of one commit.
struct Change {
    QuadIds quad;
    Version version;
    friend constexpr auto operator<=>(const Change&, const Change&) = default;
};

// The effective changes of one commit or several, ascending by (quad, version). Immutable and
// shared by all permutations, each of which sorts it for itself at the first read that needs it.
class ChangeLayer {
  public:
    // Sorts `changes` if need be. The changes of one row must alternate between insert and remove.
    explicit ChangeLayer(std::vector<Change> changes);

    std::span<const Change> changes() const { return changes_; }
    // Of the commits it holds; 0 when empty.
    std::uint64_t first_commit() const { return first_commit_; }
    std::uint64_t last_commit() const { return last_commit_; }

  private:
    std::vector<Change> changes_;
    std::uint64_t first_commit_ = 0, last_commit_ = 0;
};

}  // namespace dossier::storage
