#include "engine/function_logic.h"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace dossier::engine {

namespace {

// && and ||: `decisive` decides whatever the others say, an error too.
class ConnectiveNode final : public TestNode {
  public:
    ConnectiveNode(std::vector<FunctionNodePtr> parts, Truth decisive)
        : parts_(std::move(parts)), decisive_(decisive) {}

    void test(FunctionScope& scope, const Batch& batch, Rows rows, Truth* out) override {
        parts_.front()->test(scope, batch, rows, out);
        std::vector<std::uint32_t> open;
        std::vector<std::uint32_t> positions;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (out[i] == decisive_) continue;
            open.push_back(rows[i]);
            positions.push_back(static_cast<std::uint32_t>(i));
        }
        std::vector<Truth> truths(open.size());
        for (std::size_t part = 1; part < parts_.size() && !open.empty(); ++part) {
            parts_[part]->test(scope, batch, open, truths.data());
            std::size_t kept = 0;
            for (std::size_t i = 0; i < open.size(); ++i) {
                Truth& result = out[positions[i]];
                if (truths[i] == decisive_) {
                    result = decisive_;
                    continue;
                }
                if (truths[i] == Truth::error) result = Truth::error;
                open[kept] = open[i];
                positions[kept++] = positions[i];
            }
            open.resize(kept);
        }
    }

  private:
    std::vector<FunctionNodePtr> parts_;
    Truth decisive_;
};

class NotNode final : public TestNode {
  public:
    explicit NotNode(FunctionNodePtr argument) : argument_(std::move(argument)) {}

    void test(FunctionScope& scope, const Batch& batch, Rows rows, Truth* out) override {
        argument_->test(scope, batch, rows, out);
        for (std::size_t i = 0; i < rows.size(); ++i) out[i] = dossier::negate(out[i]);
    }

  private:
    FunctionNodePtr argument_;
};

class IfNode final : public FunctionNode {
  public:
    IfNode(FunctionNodePtr condition, FunctionNodePtr yes, FunctionNodePtr no)
        : condition_(std::move(condition)), yes_(std::move(yes)), no_(std::move(no)) {}

    void evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) override {
        std::vector<Truth> truths(rows.size());
        condition_->test(scope, batch, rows, truths.data());
        branch(scope, batch, rows, truths, Truth::yes, *yes_, out);
        branch(scope, batch, rows, truths, Truth::no, *no_, out);
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (truths[i] == Truth::error) out[i] = {};
    }

  private:
    static void branch(FunctionScope& scope, const Batch& batch, Rows rows,
                       const std::vector<Truth>& truths, Truth wanted, FunctionNode& node,
                       Cell* out) {
        std::vector<std::uint32_t> chosen;
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (truths[i] == wanted) chosen.push_back(rows[i]);
        if (chosen.empty()) return;
        std::vector<Cell> cells(chosen.size());
        node.evaluate(scope, batch, chosen, cells.data());
        for (std::size_t i = 0, next = 0; i < rows.size(); ++i)
            if (truths[i] == wanted) out[i] = cells[next++];
    }

    FunctionNodePtr condition_, yes_, no_;
};

class CoalesceNode final : public FunctionNode {
  public:
    explicit CoalesceNode(std::vector<FunctionNodePtr> arguments)
        : arguments_(std::move(arguments)) {}

    void evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) override {
        std::vector<std::uint32_t> open(rows.begin(), rows.end());
        std::vector<std::size_t> positions(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            out[i] = {};
            positions[i] = i;
        }
        std::vector<Cell> cells(rows.size());
        for (const auto& argument : arguments_) {
            if (open.empty()) return;
            argument->evaluate(scope, batch, open, cells.data());
            std::size_t kept = 0;
            for (std::size_t i = 0; i < open.size(); ++i) {
                if (!cells[i].is_error()) {
                    out[positions[i]] = cells[i];
                    continue;
                }
                open[kept] = open[i];
                positions[kept++] = positions[i];
            }
            open.resize(kept);
        }
    }

  private:
    std::vector<FunctionNodePtr> arguments_;
};

class BoundNode final : public TestNode {
  public:
    explicit BoundNode(FunctionNodePtr variable) : variable_(std::move(variable)) {}

    void test(FunctionScope& scope, const Batch& batch, Rows rows, Truth* out) override {
        std::vector<Cell> cells(rows.size());
        variable_->evaluate(scope, batch, rows, cells.data());
        for (std::size_t i = 0; i < rows.size(); ++i) out[i] = to_truth(!cells[i].is_error());
    }

  private:
    FunctionNodePtr variable_;
};

class ExistsNode final : public TestNode {
  public:
    ExistsNode(std::unique_ptr<ExistsTest> test, bool negated)
        : test_(std::move(test)), negated_(negated) {}

    void test(FunctionScope&, const Batch& batch, Rows rows, Truth* out) override {
        answers_.assign(rows.size(), 0);
        test_->test(batch, rows, answers_);
        for (std::size_t i = 0; i < rows.size(); ++i)
            out[i] = to_truth((answers_[i] != 0) != negated_);
    }

  private:
    std::unique_ptr<ExistsTest> test_;
    std::vector<std::uint8_t> answers_;
    bool negated_;
};

}  // namespace

FunctionNodePtr make_and(std::vector<FunctionNodePtr> parts) {
    return std::make_unique<ConnectiveNode>(std::move(parts), Truth::no);
}
FunctionNodePtr make_or(std::vector<FunctionNodePtr> parts) {
    return std::make_unique<ConnectiveNode>(std::move(parts), Truth::yes);
}
FunctionNodePtr make_not(FunctionNodePtr argument) {
    return std::make_unique<NotNode>(std::move(argument));
}
FunctionNodePtr make_if(FunctionNodePtr condition, FunctionNodePtr yes, FunctionNodePtr no) {
    return std::make_unique<IfNode>(std::move(condition), std::move(yes), std::move(no));
}
FunctionNodePtr make_coalesce(std::vector<FunctionNodePtr> arguments) {
    return std::make_unique<CoalesceNode>(std::move(arguments));
}
FunctionNodePtr make_bound(FunctionNodePtr variable) {
    return std::make_unique<BoundNode>(std::move(variable));
}
FunctionNodePtr make_exists(std::unique_ptr<ExistsTest> test, bool negated) {
    return std::make_unique<ExistsNode>(std::move(test), negated);
}

}  // namespace dossier::engine
