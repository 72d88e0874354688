#include "engine/merge_join.h"

#include <algorithm>
#include <utility>

#include "engine/hash_join.h"
#include "engine/row_table.h"
#include "engine/spill_file.h"

namespace dossier::engine {

namespace {

// Rows of a group that are in memory when it does not fit: a part at a time.
constexpr std::size_t window_rows = 4096;
constexpr std::size_t spill_buffer_bytes = std::size_t{64} << 10;
constexpr const char* purpose = "joining one key's rows";

// The right rows of one key, where they reach the end of a batch. They stay in memory, or go to a
// file of which a window is in memory, when the budget has no room for them.
class KeyGroup {
  public:
    KeyGroup(ExecutionContext& context, std::size_t width)
        : context_(context), rows_(width, context.memory()) {}

    void clear() {
        rows_.clear();
        reader_.reset();
        file_.reset();
        window_ = 0;
    }
    void append(const Batch& batch, std::span<const std::uint32_t> rows) {
        if (!file_ && rows_.try_reserve(rows.size())) {
            rows_.append(batch, rows);
            return;
        }
        if (!file_) {
            file_ = std::make_unique<SpillFile>(context_.spill_space(), spill_buffer_bytes);
            first_.assign(rows_.row(0), rows_.row(0) + (rows_.rows() > 0 ? rows_.width() : 0));
            file_->write_ids({rows_.data(), rows_.rows() * rows_.width()});
            rows_.release();
        }
        std::vector<TermId> row(rows_.width());
        for (const std::uint32_t at : rows) {
            for (std::size_t column = 0; column < row.size(); ++column)
                row[column] = batch.column(column)[at];
            if (first_.empty()) first_ = row;
            file_->write_ids(row);
        }
    }
    // All rows are there.
    void finish() {
        if (!file_) return;
        file_->finish();
        rows_.reserve(window_rows, purpose);
    }

    const TermId* first() const { return file_ ? first_.data() : rows_.row(0); }
    // The rows in memory: all of them, or those of the last window.
    const RowTable& rows() const { return rows_; }
    // Whether the rows in memory are the first ones.
    bool at_begin() const { return !file_ || window_ == 1; }
    void rewind() {
        reader_ = std::make_unique<SpillReader>(*file_, 0, file_->size(), spill_buffer_bytes);
        window_ = 0;
        next_window();
    }
    bool has_more() const { return file_ && !reader_->at_end(); }
    void next_window() {
        context_.check();
        rows_.clear();
        ++window_;
        while (rows_.rows() < window_rows && !reader_->at_end())
            reader_->read_ids({rows_.append_row(), rows_.width()});
    }

  private:
    ExecutionContext& context_;
    RowTable rows_;
    std::vector<TermId> first_;
    std::unique_ptr<SpillFile> file_;
    std::unique_ptr<SpillReader> reader_;
    std::size_t window_ = 0;
};

// For each left row the right rows with its key are a range of the present right batch, or, where
// such a group reaches the batch's end, rows of `group_`, which holds one key's rows.
class MergeJoinOperator final : public JoinOperator {
  public:
    MergeJoinOperator(ExecutionContext& context, const MergeJoinPlan& plan)
        : JoinOperator(context, plan, plan.shape(), plan.conditions()),
          left_input_(plan.inputs()[0]->make(context)),
          right_input_(plan.inputs()[1]->make(context)),
          right_width_(plan.inputs()[1]->variables().size()),
          group_(context, right_width_) {
        for (const Variable key : plan.keys()) {
            left_keys_.push_back(*column_of(plan.inputs()[0]->variables(), key));
            right_keys_.push_back(*column_of(plan.inputs()[1]->variables(), key));
        }
        // Shared variables that are not among the keys of the merge are compared pair by pair.
        for (const JoinShape::Shared& shared : shape().keys)
            if (std::find(left_keys_.begin(), left_keys_.end(), shared.left) == left_keys_.end())
                others_.push_back(shared);
        right_values_.resize(right_keys_.size());
    }

  private:
    bool fetch_left(Batch& left) override {
        if (right_ended_ && !group_valid_ && right_begin_ == right_rows_count_ &&
            (shape().kind == JoinKind::inner || shape().kind == JoinKind::semi))
            return false;
        if (!left_input_->next(left)) return false;
        left_selected_ = left.selected();
        next_left_ = 0;
        row_open_ = false;
        return true;
    }

    // -1, 0, 1 as the left row's key is below, equal to or above the right row's.
    int compare(std::uint32_t left_row, std::size_t right_row) const {
        for (std::size_t i = 0; i < left_keys_.size(); ++i) {
            const TermId a = left().column(left_keys_[i])[left_row];
            const TermId b = right_values_[i][right_row];
            if (a != b) return a < b ? -1 : 1;
        }
        return 0;
    }
    int compare_group(std::uint32_t left_row) const {
        const TermId* row = group_.first();
        for (std::size_t i = 0; i < left_keys_.size(); ++i) {
            const TermId a = left().column(left_keys_[i])[left_row];
            const TermId b = row[right_keys_[i]];
            if (a != b) return a < b ? -1 : 1;
        }
        return 0;
    }

    bool load_right() {
        if (right_ended_) return false;
        known_end_ = 0;
        if (!right_input_->next(right_)) {
            right_ended_ = true;
            right_begin_ = right_rows_count_ = 0;
            return false;
        }
        right_.compact();
        right_begin_ = 0;
        right_rows_count_ = right_.rows();
        for (std::size_t i = 0; i < right_keys_.size(); ++i)
            right_values_[i] = right_.column(right_keys_[i]);
        return true;
    }

    // The first row in [begin, end) of the right batch that is not below the left row's key:
    // exponential steps, then halving, so that a small left side skips over a large right one.
    std::size_t lower_bound(std::uint32_t left_row, std::size_t begin, std::size_t end) const {
        std::size_t step = 1;
        std::size_t low = begin;
        while (low < end && compare(left_row, low) > 0) {
            const std::size_t next = low + step;
            if (next >= end || compare(left_row, next) <= 0) {
                std::size_t high = std::min(next, end);
                ++low;
                while (low < high) {
                    const std::size_t middle = low + (high - low) / 2;
                    if (compare(left_row, middle) > 0)
                        low = middle + 1;
                    else
                        high = middle;
                }
                return low;
            }
            low = next;
            step *= 2;
        }
        return low;
    }
    std::size_t group_end(std::size_t begin) const {
        std::size_t end = begin + 1;
        while (end < right_rows_count_) {
            for (const TermId* const values : right_values_)
                if (values[begin] != values[end]) return end;
            ++end;
        }
        return end;
    }

    // Finds the right rows for a left row. False when pairs collected so far have to be used first,
    // because the right batch, or what is in memory of the group, is about to change.
    bool find_group(std::uint32_t row, bool have_pairs) {
        if (group_valid_) {
            const int order = compare_group(row);
            if (order == 0) return open_group(have_pairs);
            if (order < 0) return no_match();
            if (have_pairs) return false;
            group_valid_ = false;
            group_.clear();
        }
        for (;;) {
            if (right_begin_ == right_rows_count_) {
                if (have_pairs) return false;
                if (!load_right()) return no_match();
            }
            right_begin_ = lower_bound(row, right_begin_, right_rows_count_);
            if (right_begin_ < right_rows_count_) break;
            context().check();
        }
        if (compare(row, right_begin_) != 0) return no_match();
        // Left rows with equal keys find the same group: its end is looked for once.
        if (known_begin_ != right_begin_ || known_end_ == 0) {
            known_begin_ = right_begin_;
            known_end_ = group_end(right_begin_);
        }
        const std::size_t end = known_end_;
        if (end < right_rows_count_) {
            use_group_ = false;
            match_begin_ = right_begin_;
            match_end_ = end;
            return true;
        }
        if (have_pairs) return false;
        collect_group();
        return open_group(false);
    }

    bool open_group(bool have_pairs) {
        if (!group_.at_begin()) {
            if (have_pairs) return false;
            group_.rewind();
        }
        use_group_ = true;
        match_begin_ = 0;
        match_end_ = group_.rows().rows();
        return true;
    }

    bool no_match() {
        use_group_ = false;
        match_begin_ = match_end_ = 0;
        return true;
    }

    // Moves the group at right_begin_, which reaches the batch's end, into group_, with what
    // follows of it in further batches.
    void collect_group() {
        group_.clear();
        std::vector<std::uint32_t> rows;
        const auto take = [&](std::size_t end) {
            rows.clear();
            for (std::size_t i = right_begin_; i < end; ++i)
                rows.push_back(static_cast<std::uint32_t>(i));
            group_.append(right_, rows);
            right_begin_ = end;
        };
        take(right_rows_count_);
        while (load_right()) {
            const TermId* first = group_.first();
            std::size_t end = 0;
            const auto same = [&](std::size_t row) {
                for (const std::size_t key : right_keys_)
                    if (right_.column(key)[row] != first[key]) return false;
                return true;
            };
            while (end < right_rows_count_ && same(end)) ++end;
            if (end == 0) break;
            // A key that never ends is still stopped by time and cancellation: load_right checks.
            take(end);
            if (end < right_rows_count_) break;
        }
        group_.finish();
        group_valid_ = true;
    }

    bool agree(std::uint32_t row, std::size_t right_row) const {
        for (const JoinShape::Shared& shared : others_) {
            const TermId value = use_group_ ? group_.rows().row(right_row)[shared.right]
                                            : right_.column(shared.right)[right_row];
            if (left().column(shared.left)[row] != value) return false;
        }
        return true;
    }

    // Where one key of both sides stands once in each, row for row, the pairs are the rows: what a
    // star over functional predicates mostly is. Ends before the last row of the right batch, whose
    // key may go on behind it.
    bool take_singles(std::vector<Pair>& pairs, std::size_t limit) {
        if (left_keys_.size() != 1 || !others_.empty() || group_valid_ || one_match_decides() ||
            wants_end_marks() || left().has_selection() || right_begin_ + 1 >= right_rows_count_)
            return false;
        const TermId* const left_values = left().column(left_keys_.front());
        const TermId* const right_values = right_values_.front();
        const std::size_t a = next_left_;
        std::size_t b = right_begin_;
        // The row of the left row before.
        if (right_values[b] < left_values[a]) ++b;
        const std::size_t room = limit - pairs.size();
        const std::size_t count =
            std::min({room, left_selected_.size() - a, right_rows_count_ - 1 - b});
        std::size_t taken = 0;
        while (taken < count && left_values[a + taken] == right_values[b + taken] &&
               right_values[b + taken] != right_values[b + taken + 1])
            ++taken;
        if (taken == 0) return false;
        const std::size_t begin = pairs.size();
        pairs.resize(begin + taken);
        for (std::size_t i = 0; i < taken; ++i)
            pairs[begin + i] = {static_cast<std::uint32_t>(a + i),
                                static_cast<std::uint32_t>(b + i)};
        next_left_ = a + taken;
        // The left side may have the last one's key once more.
        right_begin_ = b + taken - 1;
        known_end_ = 0;
        from_group_ = false;
        return true;
    }

    bool generate(std::vector<Pair>& pairs, std::size_t limit) override {
        // All pairs of one call refer to one source of right rows.
        bool source_known = false;
        bool group_source = false;
        while (next_left_ < left_selected_.size()) {
            if (!row_open_ && pairs.size() < limit && !(source_known && group_source) &&
                take_singles(pairs, limit)) {
                source_known = true;
                group_source = false;
                if (next_left_ == left_selected_.size()) break;
            }
            const std::uint32_t row = left_selected_[next_left_];
            if (!row_open_) {
                if (!find_group(row, !pairs.empty())) return true;
                row_open_ = true;
            }
            while (!decided(row)) {
                if (match_begin_ == match_end_) {
                    if (!use_group_ || !group_.has_more()) break;
                    // The pairs mean rows of the window that goes.
                    if (!pairs.empty()) return true;
                    group_.next_window();
                    match_begin_ = 0;
                    match_end_ = group_.rows().rows();
                }
                if (source_known && group_source != use_group_ && !pairs.empty()) return true;
                source_known = true;
                group_source = use_group_;
                from_group_ = use_group_;
                while (match_begin_ < match_end_) {
                    if (pairs.size() == limit) return true;
                    const std::size_t right_row = match_begin_++;
                    if (!others_.empty() && !agree(row, right_row)) continue;
                    if (one_match_decides()) {
                        set_matched(row);
                        break;
                    }
                    pairs.push_back({row, static_cast<std::uint32_t>(right_row)});
                }
            }
            if (wants_end_marks()) {
                if (pairs.size() == limit) {
                    match_begin_ = match_end_;
                    return true;
                }
                pairs.push_back({row, end_of_row});
            }
            ++next_left_;
            row_open_ = false;
        }
        return false;
    }

    RightRows right_rows() override {
        RightRows rows;
        if (from_group_) {
            rows.stride = right_width_;
            for (std::size_t i = 0; i < right_width_; ++i)
                rows.columns.push_back(group_.rows().data() + i);
        } else {
            for (std::size_t i = 0; i < right_width_; ++i) rows.columns.push_back(right_.column(i));
        }
        return rows;
    }

    OperatorPtr left_input_, right_input_;
    const std::size_t right_width_;
    std::vector<std::size_t> left_keys_, right_keys_;
    std::vector<JoinShape::Shared> others_;
    Batch right_;
    std::vector<const TermId*> right_values_;  // the key columns of the right batch
    std::size_t right_begin_ = 0, right_rows_count_ = 0;
    std::size_t known_begin_ = 0, known_end_ = 0;  // the last group found in the right batch
    bool right_ended_ = false;
    KeyGroup group_;
    bool group_valid_ = false;

    std::span<const std::uint32_t> left_selected_;
    std::size_t next_left_ = 0;
    bool row_open_ = false;
    bool use_group_ = false, from_group_ = false;
    std::size_t match_begin_ = 0, match_end_ = 0;
};

}  // namespace

MergeJoinPlan::MergeJoinPlan(JoinKind kind, PlanPtr left, PlanPtr right, std::vector<Variable> keys,
                             JoinConditions conditions, Estimate estimate)
    : PlanNode(join_shape(kind, *left, *right).variables,
               join_shape(kind, *left, *right).may_be_unbound, left->order(), estimate,
               {left, right}),
      shape_(join_shape(kind, *left, *right)),
      conditions_(std::move(conditions)),
      keys_(std::move(keys)) {}

std::unique_ptr<Operator> MergeJoinPlan::make(ExecutionContext& context) const {
    return std::make_unique<MergeJoinOperator>(context, *this);
}

std::string MergeJoinPlan::describe(const PlanNames& names) const {
    return std::string("Merge") + name_of(shape_.kind) +
           describe_join(shape_, conditions_.conditions, names);
}

}  // namespace dossier::engine
