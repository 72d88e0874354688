#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "storage/bulk_load.h"
#include "storage/generation_builder.h"
#include "storage/store_core.h"

namespace dossier::storage {

// Takes what a load sorted and makes it one commit: a change of the root for much, an ordinary
// commit for little. Holds the writer's right from begin to end.
class LoadPublisher : public LoadTarget {
  public:
    // `replaces`: the load also empties graphs.
    LoadPublisher(CoreReference core, bool replaces);
    ~LoadPublisher() override;

    std::shared_ptr<Dictionary> dictionary() override { return core_->dictionary(); }
    std::shared_ptr<BlockStore> block_store() override { return core_->blocks(); }
    std::shared_ptr<const Snapshot> state() override;
    std::vector<Permutation> permutations() override;
    std::string temporary_directory() override;
    Shape shape(std::uint64_t statements_given, bool named_graphs) override;
    void write(Permutation permutation, SortedRows& rows) override;
    void write_removed(Permutation permutation, SortedRows& rows) override;
    CommitInfo publish(const PreparedLoad& load, const CommitOptions& options) override;
    void abandon() override;

  private:
    // What was written of one permutation.
    struct Written {
        std::uint64_t generation = 0;
        std::optional<Generation> blocks;
    };
    struct Counter;

    void collect(SortedRows& rows, bool insert);
    CommitInfo publish_log(const PreparedLoad& load, const CommitOptions& options);
    CommitInfo publish_root(const PreparedLoad& load, const CommitOptions& options);

    CoreReference core_;
    HeldRight right_;
    std::shared_ptr<const State> state_;
    bool replaces_;
    Shape shape_ = Shape::log;
    std::uint64_t first_generation_ = 0;
    std::array<Written, statement_permutations> written_;
    std::vector<Change> changes_;  // of Shape::log
    // Counted on the way, by the thread that writes the permutation concerned.
    GraphCounts graph_counts_;                                             // spo
    std::map<TermId, std::uint64_t> predicate_rows_, predicate_subjects_;  // pso
    std::map<TermId, std::uint64_t> predicate_objects_;                    // pos
};

}  // namespace dossier::storage
