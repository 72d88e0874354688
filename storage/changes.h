#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
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

// A change in the order of one permutation.
struct RowChange {
    Row row;
    Version version;
    friend constexpr auto operator<=>(const RowChange&, const RowChange&) = default;
};

// Changes of a range of commits sorted by (row, version), with sums for counts.
class SortedChanges {
  public:
    explicit SortedChanges(std::vector<RowChange> changes, Permutation permutation);

    std::span<const RowChange> changes() const { return changes_; }
    std::uint64_t first_commit() const { return first_commit_; }
    std::uint64_t last_commit() const { return last_commit_; }
    // The graph of all changes, when there is one.
    std::optional<TermId> only_graph() const { return only_graph_; }
    // The index of the first change whose row is >= key (or > key) over key.size() columns.
    std::size_t lower_bound(std::span<const TermId> key) const;
    std::size_t upper_bound(std::span<const TermId> key) const;
    // Inserts less removals in changes [first, limit).
    std::int64_t net(std::size_t first, std::size_t limit) const {
        return net_before_[limit] - net_before_[first];
    }

  private:
    std::vector<RowChange> changes_;
    std::vector<std::int64_t> net_before_;
    std::uint64_t first_commit_ = 0, last_commit_ = 0;
    std::optional<TermId> only_graph_;
};

using ChangeLevels = std::vector<std::shared_ptr<const SortedChanges>>;

// The unfolded changes in memory, in one permutation's order: a few sorted levels, each at least
// twice as large as the next, made when a reader asks. Thread-safe.
class LayeredChanges {
  public:
    explicit LayeredChanges(Permutation permutation) : permutation_(permutation) {}

    void append(std::shared_ptr<const ChangeLayer> layer);
    // All changes appended so far; shared by readers.
    std::shared_ptr<const ChangeLevels> levels();
    std::vector<std::shared_ptr<const ChangeLayer>> layers() const;
    std::uint64_t count() const;
    std::uint64_t last_commit() const;

  private:
    mutable std::mutex mutex_;
    Permutation permutation_;
    std::vector<std::shared_ptr<const ChangeLayer>> layers_;
    std::size_t sorted_layers_ = 0;
    std::uint64_t count_ = 0;
    std::shared_ptr<const ChangeLevels> levels_ = std::make_shared<const ChangeLevels>();
};

// -1, 0 or 1 over the columns of `key`.
inline int compare_prefix(const Row& row, std::span<const TermId> key) {
    for (std::size_t column = 0; column < key.size(); ++column) {
        if (row[column] != key[column]) {
            return row[column] < key[column] ? -1 : 1;
        }
    }
    return 0;
}

}  // namespace dossier::storage
