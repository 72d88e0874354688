#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <dossier/extensions.h>
#include <dossier/term.h>

#include "engine/computed_terms.h"
#include "engine/memory_budget.h"
#include "engine/spill_file.h"
#include "engine/variables.h"
#include "rdf/stop_question.h"
#include "storage/snapshot.h"

namespace dossier::engine {

class PlanNode;
class RowTable;

// What the host registered, by IRI.
using HostFunction = Function;
using HostFunctions = std::unordered_map<std::string, Function>;
using HostAggregates = std::unordered_map<std::string, AggregateFactory>;

struct ExecutionOptions {
    std::optional<std::chrono::nanoseconds> timeout =
        {};  // counted from the context's construction
    std::stop_token stop = {};
    // Stands for `timeout` where set: its time began before the execution did.
    std::optional<StopQuestion> question = {};
    std::size_t memory_bytes = std::size_t{1} << 30;
    std::uint64_t spill_bytes = std::uint64_t{64} << 30;
    std::string temporary_directory = {};  // empty: TMPDIR
    std::string base = {};                 // for IRI()
    bool measure_time = false;             // EXPLAIN ANALYZE
    std::optional<std::uint64_t> random_seed = {};
    std::optional<std::chrono::system_clock::time_point> now = {};
    std::shared_ptr<const HostFunctions> functions = {};
    // The caller is done with the terms of a batch before it asks for the next. Those which the end
    // of the plan computes are then not kept.
    bool reads_batches_at_once = false;
    std::shared_ptr<const HostAggregates> aggregates = {};
    std::shared_ptr<const ServiceHandler> service = {};
};

// What one plan node did, over all its operators.
struct OperatorStatistics {
    std::uint64_t rows = 0;
    std::uint64_t batches = 0;
    std::uint64_t operators = 0;
    std::chrono::nanoseconds time{0};  // the inputs' time included
    std::uint64_t spilled_bytes = 0;
};

// Everything the operators of one execution share. Must outlive them. Belongs to one thread; the
// parts that workers share are behind it.
class ExecutionContext {
  public:
    ExecutionContext(std::shared_ptr<const storage::Snapshot> snapshot, ExecutionOptions options);
    ~ExecutionContext();
    ExecutionContext(const ExecutionContext&) = delete;
    ExecutionContext& operator=(const ExecutionContext&) = delete;

    const storage::Snapshot& snapshot() const { return *snapshot_; }
    const std::shared_ptr<const storage::Snapshot>& shared_snapshot() const { return snapshot_; }
    const ExecutionOptions& options() const { return options_; }

    // Throws Interrupted when the caller asked to stop and LimitError after the deadline. Some 30
    // ns: call it once a batch, or every thousand steps of an inner loop.
    void check();
    // Until the deadline, not below zero; nothing where there is none.
    std::optional<std::chrono::nanoseconds> time_left() const;

    MemoryBudget& memory() { return memory_; }
    SpillSpace& spill_space() { return spill_space_; }
    ComputedTerms& computed() { return computed_; }

    // Any id's term, computed ones included.
    Term term(storage::TermId id) const;

    // NOW(): one moment for the whole execution.
    std::chrono::system_clock::time_point now() const { return now_; }
    // 64 random bits, for RAND, UUID and STRUUID.
    std::uint64_t random_bits();

    // Values of variables that come from outside a sub-plan which is run once per row (correlated
    // EXISTS, LATERAL): an expression's variable that has no column takes its value from here.
    storage::TermId outer(Variable variable) const {
        return variable < outer_.size() ? outer_[variable] : storage::unbound;
    }
    void set_outer(Variable variable, storage::TermId value);

    // The rows an InputPlan node reads, handed in by the operator that runs its sub-plan.
    const RowTable& input(const PlanNode& node) const { return *inputs_.at(&node); }
    void set_input(const PlanNode& node, const RowTable& rows) { inputs_[&node] = &rows; }

    // Whether nobody looks at what this node computed once it is asked for more.
    bool terms_pass(const PlanNode& node) const { return passing_nodes_.contains(&node); }
    void let_terms_pass(const PlanNode& node) { passing_nodes_.insert(&node); }

    // Rows a batch may have: Batch::max_capacity, or fewer where the batches of all operators there
    // are would together take a large part of the memory, as those of a thousand joins do.
    std::size_t batch_capacity() const { return batch_capacity_; }
    // An operator with so many columns comes, or goes.
    void add_columns(std::size_t columns);
    void remove_columns(std::size_t columns);

    OperatorStatistics& statistics(const PlanNode& node) { return statistics_[&node]; }
    const OperatorStatistics* find_statistics(const PlanNode& node) const;

  private:
    std::shared_ptr<const storage::Snapshot> snapshot_;
    ExecutionOptions options_;
    StopQuestion question_;
    MemoryBudget memory_;
    SpillSpace spill_space_;
    ComputedTerms computed_;
    std::chrono::system_clock::time_point now_;
    std::optional<std::uint64_t> random_state_;
    std::size_t columns_ = 0;  // of all operators
    std::size_t batch_capacity_;
    std::vector<storage::TermId> outer_;
    std::unordered_map<const PlanNode*, OperatorStatistics> statistics_;
    std::unordered_map<const PlanNode*, const RowTable*> inputs_;
    std::unordered_set<const PlanNode*> passing_nodes_;
};

}  // namespace dossier::engine
