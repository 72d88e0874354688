#include "engine/distinct_operator.h"

#include <algorithm>
#include <utility>

#include "engine/spilling_distinct.h"

namespace dossier::engine {

namespace {

class NeighbourOperator final : public Operator {
  public:
    NeighbourOperator(ExecutionContext& context, const DistinctPlan& plan)
        : Operator(context, plan),
          input_(plan.inputs()[0]->make(context)),
          last_(plan.variables().size()) {}

  private:
    bool produce(Batch& out) override {
        if (!input_->next(out)) return false;
        kept_.clear();
        const std::span<const std::uint32_t> rows = out.selected();
        const std::size_t width = last_.size();
        // From the second row on, each is compared with the row before, column by column.
        differs_.assign(rows.size(), 0);
        for (std::size_t column = 0; column < width; ++column) {
            const TermId* ids = out.column(column);
            if (!has_last_ || ids[rows[0]] != last_[column]) differs_[0] = 1;
            for (std::size_t i = 1; i < rows.size(); ++i)
                differs_[i] |= ids[rows[i]] != ids[rows[i - 1]];
            last_[column] = ids[rows.back()];
        }
        if (!has_last_) differs_[0] = 1;
        has_last_ = true;
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (differs_[i] != 0) kept_.push_back(rows[i]);
        out.select(kept_);
        return true;
    }

    OperatorPtr input_;
    std::vector<TermId> last_;
    bool has_last_ = false;
    std::vector<std::uint8_t> differs_;
    std::vector<std::uint32_t> kept_;
};

class HashOperator final : public Operator {
  public:
    HashOperator(ExecutionContext& context, const DistinctPlan& plan)
        : Operator(context, plan),
          input_(plan.inputs()[0]->make(context)),
          width_(plan.variables().size()),
          distinct_(context, width_, 0.6) {
        for (std::size_t i = 0; i < plan.ordered_columns(); ++i)
            prefix_.push_back(*column_of(plan.variables(), plan.order()[i]));
        prefix_values_.resize(prefix_.size());
    }

  private:
    bool produce(Batch& out) override {
        if (!input_at_end_) {
            if (input_->next(out)) {
                keep_new(out);
                return true;
            }
            input_at_end_ = true;
            out.reset(width_, context().batch_capacity());
        }
        std::size_t rows = 0;
        while (rows < out.capacity() && distinct_.next_set_aside(row_.data())) {
            for (std::size_t column = 0; column < width_; ++column)
                out.column(column)[rows] = row_[column];
            ++rows;
        }
        statistics().spilled_bytes = distinct_.spilled_bytes();
        out.set_rows(rows);
        return rows > 0;
    }

    void keep_new(Batch& out) {
        const std::span<const std::uint32_t> selected = out.selected();
        rows_.resize(selected.size() * width_);
        hashes_.resize(selected.size());
        for (std::size_t column = 0; column < width_; ++column) {
            const TermId* ids = out.column(column);
            for (std::size_t i = 0; i < selected.size(); ++i)
                rows_[i * width_ + column] = ids[selected[i]];
        }
        for (std::size_t i = 0; i < selected.size(); ++i)
            hashes_[i] = hash_row(rows_.data() + i * width_, width_);
        kept_.clear();
        constexpr std::size_t ahead = 8;
        for (std::size_t i = 0; i < selected.size(); ++i) {
            if (i + ahead < selected.size()) distinct_.prefetch(hashes_[i + ahead]);
            const TermId* row = rows_.data() + i * width_;
            if (!prefix_.empty()) start_where_prefix_changes(row);
            if (distinct_.insert(row, hashes_[i])) kept_.push_back(selected[i]);
        }
        row_.resize(width_);
        out.select(kept_);
    }

    // Rows with another beginning cannot repeat what came before them.
    void start_where_prefix_changes(const TermId* row) {
        bool changed = false;
        for (std::size_t i = 0; i < prefix_.size(); ++i) {
            changed |= prefix_values_[i] != row[prefix_[i]];
            prefix_values_[i] = row[prefix_[i]];
        }
        if (!changed) return;
        // Clearing a large table costs more than it saves when groups are small.
        if (++since_restart_ >= 1024 && distinct_.restart()) since_restart_ = 0;
    }

    OperatorPtr input_;
    std::size_t width_;
    SpillingDistinct distinct_;
    std::vector<std::size_t> prefix_;  // columns by which the input ascends
    std::vector<TermId> prefix_values_;
    std::size_t since_restart_ = 0;
    bool input_at_end_ = false;
    std::vector<TermId> rows_;
    std::vector<std::uint64_t> hashes_;
    std::vector<TermId> row_;
    std::vector<std::uint32_t> kept_;
};

}  // namespace

DistinctPlan::DistinctPlan(PlanPtr input, bool reduced)
    : PlanNode(input->variables(), input->unbound_flags(), input->order(),
               {input->estimate().rows * 0.5, input->estimate().cost + input->estimate().rows * 10,
                input->estimate().first_cost},
               {input}),
      reduced_(reduced) {
    const auto& order = input->order();
    while (ordered_columns_ < order.size() &&
           column_of(variables(), order[ordered_columns_]).has_value())
        ++ordered_columns_;
    const bool covers = std::all_of(variables().begin(), variables().end(), [&](Variable variable) {
        return std::find(order.begin(),
                         order.begin() + static_cast<std::ptrdiff_t>(ordered_columns_),
                         variable) != order.begin() + static_cast<std::ptrdiff_t>(ordered_columns_);
    });
    compares_neighbours_ = reduced || covers;
}

std::unique_ptr<Operator> DistinctPlan::make(ExecutionContext& context) const {
    if (compares_neighbours_) return std::make_unique<NeighbourOperator>(context, *this);
    return std::make_unique<HashOperator>(context, *this);
}

std::string DistinctPlan::describe(const PlanNames&) const {
    if (reduced_) return "Reduced";
    return compares_neighbours_ ? "Distinct: sorted" : "Distinct: hash";
}

PlanPtr make_distinct(PlanPtr input, bool reduced) {
    return std::make_shared<DistinctPlan>(std::move(input), reduced);
}

}  // namespace dossier::engine
