#include "engine/apply.h"

#include <algorithm>

#include "engine/hash_join.h"

namespace dossier::engine {

std::vector<bool> SubPlan::unbound_flags() const {
    std::vector<bool> flags(variables().size(), plan_for != nullptr);
    for (const PlanPtr& variant : variants)
        for (std::size_t i = 0; i < flags.size(); ++i)
            flags[i] = flags[i] || variant->may_be_unbound(i);
    return flags;
}

SubPlanRunner::SubPlanRunner(ExecutionContext& context, const SubPlan& sub,
                             const std::vector<Variable>& columns)
    : context_(context), sub_(sub), keys_(sub.correlated.size(), context.memory()) {
    for (const Variable variable : sub.correlated)
        columns_.push_back(*column_of(columns, variable));
    if (sub.keyed)
        for (const Variable variable : sub.correlated)
            key_columns_.push_back(*column_of(sub.variables(), variable));
}

SubPlanRunner::~SubPlanRunner() {
    close_group();
}

void SubPlanRunner::begin(const Batch& batch, std::span<const std::uint32_t> rows) {
    close_group();
    batch_ = &batch;
    rows_.assign(rows.begin(), rows.end());
    const auto compare = [&](std::uint32_t a, std::uint32_t b) {
        for (const std::size_t column : columns_) {
            const TermId* values = batch.column(column);
            if (values[a] != values[b]) return values[a] < values[b] ? -1 : 1;
        }
        return 0;
    };
    std::sort(rows_.begin(), rows_.end(), [&](std::uint32_t a, std::uint32_t b) {
        const int order = compare(a, b);
        return order != 0 ? order < 0 : a < b;
    });
    starts_.clear();
    keys_.clear();
    keys_.reserve(rows_.size(), "running a sub-query");
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (i > 0 && compare(rows_[i - 1], rows_[i]) == 0) continue;
        starts_.push_back(static_cast<std::uint32_t>(i));
        TermId* key = keys_.append_row();
        for (std::size_t k = 0; k < columns_.size(); ++k)
            key[k] = batch.column(columns_[k])[rows_[i]];
    }
    starts_.push_back(static_cast<std::uint32_t>(rows_.size()));
    next_group_ = 0;
    skip_ = false;
    if (sub_.keyed && keys_.rows() > 0) {
        context_.set_input(*sub_.input, keys_);
        operator_ = sub_.variants.front()->make(context_);
    }
}

const PlanPtr& SubPlanRunner::plan_for(const TermId* key) {
    if (!sub_.plan_for) {
        std::size_t variant = 0;
        for (std::size_t i = 0; i < sub_.nullable.size(); ++i)
            if (!key[sub_.nullable[i]].bound()) variant |= std::size_t{1} << i;
        return sub_.variants[variant];
    }
    unbound_.assign(sub_.nullable.size(), false);
    bool any = false;
    for (std::size_t i = 0; i < sub_.nullable.size(); ++i) {
        unbound_[i] = !key[sub_.nullable[i]].bound();
        any = any || unbound_[i];
    }
    if (!any) return sub_.variants.front();
    const auto known = late_plans_.find(unbound_);
    if (known != late_plans_.end()) return known->second;
    if (late_plans_.size() == max_late_plans) late_plans_.clear();
    return late_plans_.emplace(unbound_, sub_.plan_for(unbound_)).first->second;
}

void SubPlanRunner::open_group() {
    const TermId* key = keys_.row(next_group_);
    const PlanPtr& plan = plan_for(key);
    outer_before_.clear();
    for (std::size_t i = 0; i < sub_.correlated.size(); ++i) {
        outer_before_.push_back(context_.outer(sub_.correlated[i]));
        context_.set_outer(sub_.correlated[i], key[i]);
    }
    operator_ = plan->make(context_);
}

// What an outer sub-plan has set for the same variables holds again.
void SubPlanRunner::close_group() {
    operator_.reset();
    for (std::size_t i = 0; i < outer_before_.size(); ++i)
        context_.set_outer(sub_.correlated[i], outer_before_[i]);
    outer_before_.clear();
}

bool SubPlanRunner::next() {
    if (sub_.keyed) {
        if (!operator_ || !operator_->next(found_)) {
            operator_.reset();
            return false;
        }
        found_.compact();
        found_groups_.resize(found_.rows());
        for (std::size_t row = 0; row < found_.rows(); ++row) {
            std::size_t low = 0;
            std::size_t high = keys_.rows();
            while (low < high) {
                const std::size_t middle = low + (high - low) / 2;
                const TermId* key = keys_.row(middle);
                bool below = false;
                for (std::size_t k = 0; k < key_columns_.size(); ++k) {
                    const TermId value = found_.column(key_columns_[k])[row];
                    if (key[k] == value) continue;
                    below = key[k] < value;
                    break;
                }
                if (below)
                    low = middle + 1;
                else
                    high = middle;
            }
            found_groups_[row] = static_cast<std::uint32_t>(low);
        }
        return true;
    }
    for (;;) {
        if (!operator_) {
            if (next_group_ == keys_.rows()) return false;
            open_group();
            skip_ = false;
        }
        // Operators below may run sub-plans over the same variables: between two calls the values
        // are this runner's again, because each restores what it found.
        if (!skip_ && operator_->next(found_)) {
            found_.compact();
            found_groups_.assign(found_.rows(), static_cast<std::uint32_t>(next_group_));
            return true;
        }
        close_group();
        ++next_group_;
    }
}

std::span<const std::uint32_t> SubPlanRunner::group(std::size_t row) const {
    const std::size_t group = found_groups_[row];
    return std::span(rows_).subspan(starts_[group], starts_[group + 1] - starts_[group]);
}

namespace {

class ApplyOperator final : public JoinOperator {
  public:
    ApplyOperator(ExecutionContext& context, const ApplyPlan& plan)
        : JoinOperator(context, plan, plan.shape(), plan.conditions()),
          sub_(plan.sub()),
          left_input_(plan.inputs()[0]->make(context)),
          runner_(context, sub_, plan.inputs()[0]->variables()) {}

  private:
    bool fetch_left(Batch& left) override {
        if (!left_input_->next(left)) return false;
        runner_.begin(left, left.selected());
        found_rows_ = next_found_ = next_in_group_ = 0;
        marks_ = 0;
        exhausted_ = false;
        return true;
    }

    bool generate(std::vector<Pair>& pairs, std::size_t limit) override {
        while (!exhausted_) {
            if (next_found_ == found_rows_) {
                if (!pairs.empty()) return true;
                if (one_match_decides() && !sub_.keyed && found_rows_ > 0) runner_.skip_group();
                if (!runner_.next()) {
                    exhausted_ = true;
                    break;
                }
                found_rows_ = runner_.found().rows();
                next_found_ = next_in_group_ = 0;
            }
            const std::span<const std::uint32_t> rows = runner_.group(next_found_);
            while (next_in_group_ < rows.size()) {
                const std::uint32_t row = rows[next_in_group_];
                if (!decided(row)) {
                    if (one_match_decides()) {
                        set_matched(row);
                    } else {
                        if (pairs.size() == limit) return true;
                        pairs.push_back({row, static_cast<std::uint32_t>(next_found_)});
                    }
                }
                ++next_in_group_;
            }
            ++next_found_;
            next_in_group_ = 0;
        }
        if (wants_end_marks()) {
            const std::span<const std::uint32_t> rows = left().selected();
            while (marks_ < rows.size()) {
                if (pairs.size() == limit) return true;
                pairs.push_back({rows[marks_++], end_of_row});
            }
        }
        return false;
    }

    RightRows right_rows() override {
        RightRows rows;
        for (std::size_t i = 0; i < sub_.variables().size(); ++i)
            rows.columns.push_back(runner_.found().columns() > i ? runner_.found().column(i)
                                                                 : nullptr);
        return rows;
    }

    const SubPlan& sub_;
    OperatorPtr left_input_;
    SubPlanRunner runner_;
    std::size_t found_rows_ = 0, next_found_ = 0, next_in_group_ = 0;
    std::size_t marks_ = 0;
    bool exhausted_ = false;
};

class SubPlanExistsTest final : public ExistsTest {
  public:
    SubPlanExistsTest(const SubPlan& sub, const std::vector<Variable>& columns,
                      ExecutionContext& context)
        : keyed_(sub.keyed), runner_(context, sub, columns) {}

    void test(const Batch& batch, std::span<const std::uint32_t> rows,
              std::span<std::uint8_t> answers) override {
        std::vector<std::uint8_t> found(batch.rows(), 0);
        runner_.begin(batch, rows);
        while (runner_.next()) {
            for (std::size_t i = 0; i < runner_.found().rows(); ++i)
                for (const std::uint32_t row : runner_.group(i)) found[row] = 1;
            if (!keyed_) runner_.skip_group();
        }
        for (std::size_t i = 0; i < rows.size(); ++i) answers[i] = found[rows[i]];
    }

  private:
    bool keyed_;
    SubPlanRunner runner_;
};

// The sub-plan's rows agree with the left row in the correlated variables only. Another that both
// have, bound in all rows of the plan though not by the pattern's letter (a UNION of which one part
// is known to be empty), is compared.
JoinShape shape_for(JoinKind kind, const PlanNode& left, const SubPlan& sub) {
    JoinShape shape = join_shape(kind, left.variables(), left.unbound_flags(), sub.variables(),
                                 sub.unbound_flags());
    std::erase_if(shape.keys, [&](const JoinShape::Shared& shared) {
        if (column_of(sub.correlated, left.variables()[shared.left])) return false;
        shape.loose.push_back(shared);
        return true;
    });
    return shape;
}

std::vector<PlanPtr> inputs_of(const PlanPtr& left, const SubPlan& sub) {
    // EXPLAIN shows the variant for outer rows that bind everything.
    return {left, sub.variants.front()};
}

}  // namespace

// The sub-plan's rows of one batch come in any order, so only the kinds that choose among the left
// rows keep it.
ApplyPlan::ApplyPlan(JoinKind kind, PlanPtr left, SubPlan sub, JoinConditions conditions,
                     Estimate estimate)
    : PlanNode(shape_for(kind, *left, sub).variables, shape_for(kind, *left, sub).may_be_unbound,
               keeps_left_only(kind) ? left->order() : std::vector<Variable>{}, estimate,
               inputs_of(left, sub)),
      shape_(shape_for(kind, *left, sub)),
      conditions_(std::move(conditions)),
      sub_(std::move(sub)) {}

std::unique_ptr<Operator> ApplyPlan::make(ExecutionContext& context) const {
    return std::make_unique<ApplyOperator>(context, *this);
}

std::string ApplyPlan::describe(const PlanNames& names) const {
    std::string out = (sub_.keyed ? "Batch" : "Row") + std::string("Apply") + name_of(shape_.kind);
    if (!sub_.correlated.empty()) out += ": for " + names.variables(sub_.correlated);
    for (const ExpressionPtr& condition : conditions_.conditions)
        out += ", if " + names.expression(*condition);
    return out;
}

std::unique_ptr<ExistsTest> make_exists_test(const SubPlan& sub,
                                             const std::vector<Variable>& columns,
                                             ExecutionContext& context) {
    return std::make_unique<SubPlanExistsTest>(sub, columns, context);
}

}  // namespace dossier::engine
