#include <algorithm>
#include <memory>
#include <vector>

#include "engine/group_input.h"
#include "engine/spilling_distinct.h"

namespace dossier::engine {

namespace {

// Groups of input in which equal keys are neighbours: one group is open at a time.
class SortedGroupOperator final : public Operator {
  public:
    SortedGroupOperator(ExecutionContext& context, const GroupPlan& plan)
        : Operator(context, plan),
          input_(plan.inputs()[0]->make(context)),
          groups_(context, plan),
          width_(plan.variables().size()),
          open_key_(groups_.key_width()),
          charge_(context.memory()) {
        const auto& order = plan.inputs()[0]->order();
        for (GroupInput::Argument& argument : groups_.arguments()) {
            Distinct distinct;
            if (argument.distinct) {
                const std::size_t keys = groups_.key_width();
                const int column = argument.column();
                // Where the argument comes sorted within the group, neighbours tell.
                distinct.sorted =
                    column >= 0 && order.size() > keys &&
                    groups_.columns()[static_cast<std::size_t>(column)] == order[keys];
                distinct.width = argument.function ? 2 : groups_.width() + 1;
                distinct.restart(context);
            }
            distinct_.push_back(std::move(distinct));
        }
        batch_.reset(plan.inputs()[0]->variables().size(), 0);
    }

  private:
    // What one DISTINCT aggregate has seen of the open group; rows are the group's number and the
    // value.
    struct Distinct {
        bool sorted = false;
        std::size_t width = 0;
        std::unique_ptr<SpillingDistinct> seen;
        std::uint64_t groups = 0;  // in `seen`
        TermId last{};
        bool has_last = false;

        void restart(ExecutionContext& context) {
            if (!sorted) seen = std::make_unique<SpillingDistinct>(context, width, 0.3);
            groups = 0;
        }
    };

    bool produce(Batch& out) override {
        while (next_ready_ == ready_.size() && !at_end_) {
            ready_.clear();
            groups_.forget_results();
            next_ready_ = 0;
            if (input_->next(batch_)) {
                take();
            } else {
                at_end_ = true;
                if (has_open_) close(0);
            }
            charge_.set(groups_.other_bytes(), "grouping");
        }
        std::size_t rows = 0;
        for (; rows < out.capacity() && next_ready_ < ready_.size(); ++rows) {
            for (std::size_t column = 0; column < width_; ++column)
                out.column(column)[rows] = ready_[next_ready_ + column];
            next_ready_ += width_;
        }
        out.set_rows(rows);
        return rows > 0;
    }

    // Numbers the groups of a batch from the open one, 0, on, and closes all but the last.
    void take() {
        groups_.take(batch_);
        Batch& batch = groups_.batch();
        const std::span<const std::uint32_t> rows = batch.selected();
        numbers_.assign(rows.size(), 0);
        for (std::size_t key = 0; key < open_key_.size(); ++key) {
            const TermId* ids = batch.column(key);
            numbers_[0] |= has_open_ && ids[rows[0]] != open_key_[key] ? 1u : 0u;
            for (std::size_t i = 1; i < rows.size(); ++i)
                numbers_[i] |= ids[rows[i]] != ids[rows[i - 1]] ? 1u : 0u;
        }
        for (std::size_t i = 1; i < rows.size(); ++i) numbers_[i] += numbers_[i - 1];
        const std::uint32_t last = numbers_.back();
        groups_.resize(last + 1);
        for (std::size_t i = 0; i < groups_.arguments().size(); ++i) {
            GroupInput::Argument& argument = groups_.arguments()[i];
            if (argument.distinct)
                update_distinct(argument, distinct_[i], rows);
            else
                groups_.update(argument, rows, numbers_);
        }
        // The first row of each group has its key; the open one's is kept.
        std::size_t row = 0;
        for (std::uint32_t group = 0; group <= last; ++group) {
            while (row < rows.size() && numbers_[row] < group) ++row;
            if (group > 0 || !has_open_)
                for (std::size_t key = 0; key < open_key_.size(); ++key)
                    open_key_[key] = batch.column(key)[rows[row]];
            has_open_ = true;
            if (group < last) close(group);
        }
        if (last > 0) {
            for (GroupInput::Argument& argument : groups_.arguments())
                argument.state->move(last, 0);
            groups_.resize(1);
        }
    }

    void update_distinct(GroupInput::Argument& argument, Distinct& distinct,
                         std::span<const std::uint32_t> rows) {
        if (argument.function) groups_.ids(argument, rows, ids_);
        const Batch& batch = groups_.batch();
        values_.clear();
        owners_.clear();
        row_.resize(std::max<std::size_t>(distinct.width, 2));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const bool is_new_group = i == 0 ? numbers_[0] > 0 : numbers_[i] != numbers_[i - 1];
            if (is_new_group) finish_group(argument, distinct, i == 0 ? 0 : numbers_[i - 1]);
            bool is_new = false;
            if (distinct.sorted) {
                is_new = !distinct.has_last || ids_[i] != distinct.last;
                distinct.last = ids_[i];
                distinct.has_last = true;
            } else {
                row_[0].bits = distinct.groups;
                if (argument.function)
                    row_[1] = ids_[i];
                else
                    for (std::size_t column = 0; column < groups_.width(); ++column)
                        row_[column + 1] = batch.column(column)[rows[i]];
                is_new = distinct.seen->insert(row_.data());
            }
            if (!is_new) continue;
            values_.push_back(argument.function ? ids_[i] : storage::unbound);
            owners_.push_back(numbers_[i]);
        }
        flush(argument);
    }

    void flush(GroupInput::Argument& argument) {
        groups_.update_distinct(argument, values_, owners_);
        values_.clear();
        owners_.clear();
    }

    // Adds the values of a group that had been set aside; another group begins.
    void finish_group(GroupInput::Argument& argument, Distinct& distinct, std::uint32_t group) {
        distinct.has_last = false;
        if (distinct.sorted) return;
        ++distinct.groups;
        constexpr std::uint64_t most_together = 1024;
        if (distinct.groups < most_together && !distinct.seen->has_set_aside()) return;
        if (distinct.seen->has_set_aside()) {
            flush(argument);
            drain(argument, distinct, group);
            distinct.restart(context());
        } else {
            distinct.seen->restart();
            distinct.groups = 0;
        }
    }

    void drain(GroupInput::Argument& argument, Distinct& distinct, std::uint32_t group) {
        if (!distinct.seen || !distinct.seen->has_set_aside()) return;
        row_.resize(distinct.width);
        while (distinct.seen->next_set_aside(row_.data())) {
            values_.push_back(argument.function ? row_[1] : storage::unbound);
            owners_.push_back(group);
            if (values_.size() == Batch::max_capacity) flush(argument);
        }
        flush(argument);
        statistics().spilled_bytes += distinct.seen->spilled_bytes();
    }

    void close(std::uint32_t group) {
        if (at_end_)
            for (std::size_t i = 0; i < distinct_.size(); ++i)
                drain(groups_.arguments()[i], distinct_[i], group);
        const std::size_t begin = ready_.size();
        ready_.resize(begin + width_);
        std::copy(open_key_.begin(), open_key_.end(),
                  ready_.begin() + static_cast<std::ptrdiff_t>(begin));
        groups_.results(group, ready_.data() + begin + open_key_.size());
    }

    OperatorPtr input_;
    GroupInput groups_;
    std::size_t width_;
    std::vector<TermId> open_key_;
    bool has_open_ = false;
    bool at_end_ = false;
    Batch batch_;
    std::vector<std::uint32_t> numbers_;
    std::vector<Distinct> distinct_;  // one an aggregate
    std::vector<TermId> ids_, values_, row_;
    std::vector<std::uint32_t> owners_;
    std::vector<TermId> ready_;  // rows of closed groups
    std::size_t next_ready_ = 0;
    MemoryCharge charge_;
};

}  // namespace

std::unique_ptr<Operator> make_sorted_group(ExecutionContext& context, const GroupPlan& plan) {
    return std::make_unique<SortedGroupOperator>(context, plan);
}

}  // namespace dossier::engine
