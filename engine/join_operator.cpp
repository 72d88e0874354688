#include "engine/join_operator.h"

#include <algorithm>

namespace dossier::engine {

JoinOperator::JoinOperator(ExecutionContext& context, const PlanNode& plan, const JoinShape& shape,
                           const JoinConditions& conditions)
    : Operator(context, plan),
      shape_(shape),
      left_only_(keeps_left_only(shape.kind)),
      checked_(!shape.loose.empty() || !conditions.conditions.empty() ||
               (shape.kind == JoinKind::minus && shape.keys.empty())) {
    for (const ExpressionPtr& condition : conditions.conditions)
        conditions_.push_back(
            compile_expression(*condition, shape.candidate_variables, context, conditions.exists));
}

bool JoinOperator::produce(Batch& out) {
    for (;;) {
        if (!have_left_) {
            prior_.clear();
            if (!fetch_left(left_)) return false;
            have_left_ = true;
            matched_.assign(left_.rows(), 0);
            if (!prior_.empty()) std::copy(prior_.begin(), prior_.end(), matched_.begin());
        }
        context().check();
        pairs_.clear();
        const std::size_t limit = left_only_ ? context().batch_capacity() : out.capacity();
        const bool more = generate(pairs_, limit);
        if (!left_only_) {
            if (!pairs_.empty()) assemble(out);
            if (!more) {
                left_done();
                have_left_ = false;
            }
            if (out.size() > 0) return true;
            // Nothing was kept: its empty selection must not outlive it.
            out.reset(out.columns(), out.capacity());
            continue;
        }
        if (!pairs_.empty()) {
            if (checked_) {
                candidates_.reset(shape_.candidate_variables.size(), limit);
                assemble(candidates_);
            } else {
                for (const Pair& pair : pairs_) matched_[pair.left] = 1;
            }
        }
        if (!more) {
            const bool any = emit_left(out);
            left_done();
            have_left_ = false;
            if (any) return true;
        }
    }
}

// Gathers the pairs' columns into `out`, one row a pair; where pairs are only candidates, checks
// them, notes matches and selects.
void JoinOperator::assemble(Batch& out) {
    // What an earlier call wrote and selected nothing of is forgotten.
    out.reset(shape_.candidate_variables.size(), out.capacity());
    const RightRows right = right_rows();
    const std::size_t count = pairs_.size();
    for (std::size_t column = 0; column < shape_.left_columns; ++column) {
        const TermId* from = left_.column(column);
        TermId* to = out.column(column);
        for (std::size_t i = 0; i < count; ++i) to[i] = from[pairs_[i].left];
    }
    for (std::size_t i = 0; i < shape_.right_only.size(); ++i) {
        const TermId* from = right.columns[shape_.right_only[i]];
        TermId* to = out.column(shape_.left_columns + i);
        if (shape_.kind == JoinKind::left) {
            for (std::size_t k = 0; k < count; ++k)
                to[k] = pairs_[k].right == end_of_row ? storage::unbound
                                                      : from[pairs_[k].right * right.stride];
        } else {
            for (std::size_t k = 0; k < count; ++k) to[k] = from[pairs_[k].right * right.stride];
        }
    }
    out.set_rows(count);
    if (!checked_) {
        // Without checks the finder writes an end mark only for rows that had no pair; or for all,
        // and then those that matched are dropped here.
        if (shape_.kind != JoinKind::left) return;
        kept_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            if (pairs_[i].right != end_of_row) {
                matched_[pairs_[i].left] = 1;
                kept_.push_back(static_cast<std::uint32_t>(i));
            } else if (matched_[pairs_[i].left] == 0 && final_pass_) {
                kept_.push_back(static_cast<std::uint32_t>(i));
            }
        }
        if (kept_.size() < count) out.select(kept_);
        return;
    }
    kept_.clear();
    for (std::size_t i = 0; i < count; ++i)
        if (pairs_[i].right != end_of_row) kept_.push_back(static_cast<std::uint32_t>(i));
    check_candidates(out, kept_);
    if (shape_.kind == JoinKind::left) {
        pair_kept_.assign(count, 0);
        for (const std::uint32_t index : kept_) {
            pair_kept_[index] = 1;
            matched_[pairs_[index].left] = 1;
        }
        kept_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const bool mark = pairs_[i].right == end_of_row;
            if (mark ? matched_[pairs_[i].left] == 0 && final_pass_ : pair_kept_[i] != 0)
                kept_.push_back(static_cast<std::uint32_t>(i));
        }
    } else {
        for (const std::uint32_t index : kept_) matched_[pairs_[index].left] = 1;
    }
    out.select(kept_);
}

void JoinOperator::check_candidates(Batch& candidates, std::vector<std::uint32_t>& kept) {
    const RightRows right = right_rows();
    if (!shape_.loose.empty() || shape_.kind == JoinKind::minus) {
        std::size_t written = 0;
        for (const std::uint32_t index : kept) {
            const Pair pair = pairs_[index];
            bool compatible = true;
            bool overlap = !shape_.keys.empty();
            for (const JoinShape::Shared& shared : shape_.loose) {
                const TermId left = left_.column(shared.left)[pair.left];
                const TermId value = right.columns[shared.right][pair.right * right.stride];
                if (!left.bound() || !value.bound()) continue;
                overlap = true;
                if (left != value) {
                    compatible = false;
                    break;
                }
            }
            if (compatible && (overlap || shape_.kind != JoinKind::minus)) kept[written++] = index;
        }
        kept.resize(written);
        // A merged solution has the value that either side has.
        for (const JoinShape::Shared& shared : shape_.loose) {
            TermId* to = candidates.column(shared.left);
            for (const std::uint32_t index : kept)
                if (!to[index].bound())
                    to[index] = right.columns[shared.right][pairs_[index].right * right.stride];
        }
    }
    for (const auto& condition : conditions_) {
        if (kept.empty()) return;
        condition->test(candidates, kept);
    }
}

bool JoinOperator::emit_left(Batch& out) {
    selection_.clear();
    for (const std::uint32_t row : left_.selected()) {
        const bool before = !prior_.empty() && prior_[row] != 0;
        const bool keep = shape_.kind == JoinKind::semi ? matched_[row] != 0 && !before
                                                        : matched_[row] == 0 && final_pass_;
        if (keep) selection_.push_back(row);
    }
    if (selection_.empty()) return false;
    for (std::size_t column = 0; column < shape_.left_columns; ++column)
        out.swap_column(column, left_, column);
    out.set_rows(left_.rows());
    if (selection_.size() < left_.rows()) out.select(selection_);
    return true;
}

}  // namespace dossier::engine
