#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "engine/expression_evaluator.h"
#include "engine/join_shape.h"
#include "engine/operator.h"

namespace dossier::engine {

// What a join needs besides its inputs; part of the plan node, constant.
struct JoinConditions {
    std::vector<ExpressionPtr> conditions;  // over the candidates: OPTIONAL's filters
    ExistsFactory exists;
};

// Rows of the right side as the finder has them: value(column, row) = columns[column][row *
// stride].
struct RightRows {
    std::vector<const TermId*> columns;
    std::size_t stride = 1;
};

// What all joins share: a finder (the subclass) lists pairs of a left row and a right row that
// agree on the keys; this class checks loose columns and conditions, keeps account of matched left
// rows and writes the output for each kind of join, in the order of the pairs.
class JoinOperator : public Operator {
  public:
    JoinOperator(ExecutionContext& context, const PlanNode& plan, const JoinShape& shape,
                 const JoinConditions& conditions);

  protected:
    struct Pair {
        std::uint32_t left;
        std::uint32_t right;
    };
    // As a pair's right row: the end of this left row's matches; written once for each left row,
    // behind its pairs, for kind `left`.
    static constexpr std::uint32_t end_of_row = std::numeric_limits<std::uint32_t>::max();

    // Fetches the next left batch into `left`; false at the end.
    virtual bool fetch_left(Batch& left) = 0;
    // Appends up to `limit` pairs (end marks included) for the present left batch; false when it
    // has no more. Pairs are consumed before the next call.
    virtual bool generate(std::vector<Pair>& pairs, std::size_t limit) = 0;
    // The right rows that the pairs of the last generate() mean.
    virtual RightRows right_rows() = 0;

    const JoinShape& shape() const { return shape_; }
    const Batch& left() const { return left_; }
    // Whether a left row needs no further match: one pair decides a semi or anti join without
    // further conditions, and a row that has matched is decided.
    bool decided(std::uint32_t row) const { return left_only_ && matched_[row] != 0; }
    // Marks a row matched without a pair, where one pair decides.
    bool one_match_decides() const { return left_only_ && !checked_; }
    void set_matched(std::uint32_t row) { matched_[row] = 1; }
    bool wants_end_marks() const { return shape_.kind == JoinKind::left; }

    // For joins in several passes over the left rows: what earlier passes matched, and whether this
    // is the last.
    std::vector<std::uint8_t>& matched() { return matched_; }
    void set_prior(const std::vector<std::uint8_t>& prior) { prior_ = prior; }
    void set_final_pass(bool final_pass) { final_pass_ = final_pass; }
    // Called when a left batch is done, matched() being complete.
    virtual void left_done() {}

  private:
    bool produce(Batch& out) final;
    void assemble(Batch& out);
    void check_candidates(Batch& candidates, std::vector<std::uint32_t>& kept);
    bool emit_left(Batch& out);

    const JoinShape& shape_;
    std::vector<std::unique_ptr<CompiledExpression>> conditions_;
    const bool left_only_;
    const bool checked_;  // pairs are candidates only
    Batch left_;
    bool have_left_ = false;
    bool final_pass_ = true;
    std::vector<std::uint8_t> matched_, prior_;
    std::vector<Pair> pairs_;
    Batch candidates_;
    std::vector<std::uint32_t> kept_, selection_;
    std::vector<std::uint8_t> pair_kept_;
};

}  // namespace dossier::engine
