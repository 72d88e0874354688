#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/aggregate_state.h"
#include "engine/function_columns.h"
#include "engine/group_operator.h"

namespace dossier::engine {

// The rows of a grouping, cut down to the columns it reads, and its aggregates' arguments over
// them. Columns: the keys, then the variables of aggregates that see every row, then those only
// DISTINCT aggregates read.
class GroupInput {
  public:
    GroupInput(ExecutionContext& context, const GroupPlan& plan);

    struct Argument {
        const Aggregate* aggregate = nullptr;
        std::unique_ptr<FunctionColumn> function;  // null: COUNT(*)
        std::unique_ptr<AggregateState> state;
        bool distinct = false;  // and it makes a difference
        // The column the argument is; negative where it is more than that.
        int column() const { return function ? function->column() : -1; }
    };

    std::size_t key_width() const { return key_width_; }
    // How many columns the aggregates read that see every row, the keys included.
    std::size_t row_width() const { return row_width_; }
    std::size_t width() const { return columns_.size(); }
    const std::vector<Variable>& columns() const { return columns_; }
    std::vector<Argument>& arguments() { return arguments_; }

    // Takes the rows and the columns it needs out of a batch of the plan's input.
    void take(Batch& batch);
    Batch& batch() { return batch_; }

    // Adds rows of the batch to their groups, for an aggregate that is not distinct.
    void update(Argument& argument, std::span<const std::uint32_t> rows,
                std::span<const std::uint32_t> groups);
    // The values of a distinct aggregate's argument as resolved ids; unbound for an error.
    void ids(Argument& argument, std::span<const std::uint32_t> rows, std::vector<TermId>& out);
    // Adds values that are distinct to their groups.
    void update_distinct(Argument& argument, std::span<const TermId> ids,
                         std::span<const std::uint32_t> groups);

    void resize(std::size_t groups);
    void clear();
    // Answers given so far have been read; for plans whose terms pass.
    void forget_results() {
        if (passing_) passing_->forget();
    }
    // Writes the answers of a group behind its keys.
    void results(std::uint32_t group, TermId* out);
    std::size_t bytes_per_group() const;
    std::size_t other_bytes() const;

  private:
    ExecutionContext& context_;
    std::vector<Variable> columns_;
    std::vector<std::size_t> sources_;  // of each column, in the input
    std::size_t key_width_ = 0;
    std::size_t row_width_ = 0;
    Batch batch_;
    std::vector<Argument> arguments_;
    std::unique_ptr<PassingTerms> passing_;
    FunctionScope scope_;
    std::vector<TermId> ids_;
    std::vector<Cell> cells_;
};

}  // namespace dossier::engine
