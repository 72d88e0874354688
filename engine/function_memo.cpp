#include "engine/function_memo.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

namespace dossier::engine {

namespace {

constexpr std::size_t most_remembered = std::size_t{1} << 16;
// After so many questions, memory that answered less than every fourth is given up.
constexpr std::uint64_t trial = 32'768;

// Answers by id. Charges what it holds, and forgets rather than go beyond the budget.
template <typename Answer>
class Remembered {
  public:
    explicit Remembered(MemoryBudget& budget) : charge_(budget) {}

    const Answer* find(TermId id) const {
        const auto found = answers_.find(id.bits);
        return found == answers_.end() ? nullptr : &found->second;
    }
    void insert(TermId id, Answer answer) { answers_.emplace(id.bits, answer); }
    void clear() { answers_.clear(); }
    bool empty() const { return answers_.empty(); }
    std::size_t size() const { return answers_.size(); }
    // Between batches: makes room.
    void trim() {
        const std::size_t bytes = answers_.bucket_count() * (sizeof(Answer) + 16);
        if (answers_.size() < most_remembered && charge_.try_set(bytes)) return;
        answers_ = {};
        charge_.clear();
    }

  private:
    boost::unordered_flat_map<std::uint64_t, Answer> answers_;
    MemoryCharge charge_;
};

class MemoNode final : public FunctionNode {
  public:
    MemoNode(ExecutionContext& context, FunctionNodePtr inner, std::size_t column, bool as_ids)
        : context_(context),
          inner_(std::move(inner)),
          column_(column),
          as_ids_(as_ids),
          cells_(context.memory()),
          truths_(context.memory()) {}

    void evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) override {
        if (batch_number_ != scope.batch_number()) {
            batch_number_ = scope.batch_number();
            if (holds_borrowed_) cells_.clear();
            holds_borrowed_ = false;
            if (passing_ && passing_->bytes() > most_passing) cells_.clear();
            if (passing_ && cells_.empty()) passing_->forget();
        }
        const auto evaluate_inner = [&](const Batch& ids, Rows all, Cell* values) {
            inner_->evaluate(scope, ids, all, values);
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (as_ids_) values[i] = Cell::of(id_of(scope, values[i]));
                holds_borrowed_ |= !values[i].is_portable();
            }
        };
        answer(scope, batch, rows, cells_, evaluate_inner, out);
    }

    void test(FunctionScope& scope, const Batch& batch, Rows rows, Truth* out) override {
        const auto test_inner = [&](const Batch& ids, Rows all, Truth* values) {
            inner_->test(scope, ids, all, values);
        };
        answer(scope, batch, rows, truths_, test_inner, out);
    }

  private:
    // Bytes of terms that are remembered from batch to batch.
    static constexpr std::size_t most_passing = std::size_t{1} << 20;

    // An id that lives as long as the answer is remembered.
    TermId id_of(FunctionScope& scope, const Cell& cell) {
        if (scope.passing() == nullptr || cell.kind == Cell::Kind::error) return scope.id(cell);
        if (cell.kind == Cell::Kind::id) return cell.id();
        if (!passing_)
            passing_ = std::make_unique<PassingTerms>(context_.computed(), context_.memory());
        return passing_->add(*scope.term(cell));
    }

    template <typename Answer, typename Ask>
    void answer(FunctionScope&, const Batch& batch, Rows rows, Remembered<Answer>& remembered,
                Ask&& ask, Answer* out) {
        const TermId* ids = batch.column(column_);
        if (given_up_) {
            wanted_.clear();
            for (const std::uint32_t row : rows) wanted_.push_back(ids[row]);
            ask_all(wanted_, ask, out);
            return;
        }
        remembered.trim();
        wanted_.clear();
        for (const std::uint32_t row : rows)
            if (remembered.find(ids[row]) == nullptr) wanted_.push_back(ids[row]);
        std::sort(wanted_.begin(), wanted_.end());
        wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
        asked_ += rows.size();
        missed_ += wanted_.size();
        if (!wanted_.empty()) {
            std::vector<Answer> answers(wanted_.size());
            ask_all(wanted_, ask, answers.data());
            for (std::size_t i = 0; i < wanted_.size(); ++i)
                remembered.insert(wanted_[i], answers[i]);
        }
        for (std::size_t i = 0; i < rows.size(); ++i) out[i] = *remembered.find(ids[rows[i]]);
        if (asked_ >= trial) {
            if (missed_ * 4 > asked_ * 3) {
                given_up_ = true;
                cells_.clear();
                truths_.clear();
            }
            asked_ = missed_ = 0;
        }
    }

    template <typename Answer, typename Ask>
    void ask_all(const std::vector<TermId>& ids, Ask&& ask, Answer* out) {
        for (std::size_t from = 0; from < ids.size(); from += Batch::max_capacity) {
            const std::size_t count = std::min(Batch::max_capacity, ids.size() - from);
            inner_batch_.reset(1, count);
            std::copy_n(ids.begin() + static_cast<std::ptrdiff_t>(from), count,
                        inner_batch_.column(0));
            inner_batch_.set_rows(count);
            ask(inner_batch_, inner_batch_.selected(), out + from);
        }
    }

    ExecutionContext& context_;
    FunctionNodePtr inner_;
    std::size_t column_;
    bool as_ids_;
    Remembered<Cell> cells_;
    Remembered<Truth> truths_;
    std::unique_ptr<PassingTerms> passing_;
    bool holds_borrowed_ = false;
    std::uint64_t batch_number_ = 0;
    bool given_up_ = false;
    std::uint64_t asked_ = 0;
    std::uint64_t missed_ = 0;
    std::vector<TermId> wanted_;
    Batch inner_batch_;
};

}  // namespace

FunctionNodePtr make_memo(ExecutionContext& context, FunctionNodePtr inner, std::size_t column,
                          bool as_ids) {
    return std::make_unique<MemoNode>(context, std::move(inner), column, as_ids);
}

}  // namespace dossier::engine
