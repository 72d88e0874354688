#include "engine/expression_evaluator.h"

#include <array>
#include <utility>

#include <dossier/error.h>

#include "engine/function_compiler.h"
#include "engine/function_node.h"
#include "engine/function_scope.h"
#include "engine/function_table.h"

namespace dossier::engine {

namespace {

class NodeExpression final : public CompiledExpression {
  public:
    NodeExpression(const Expression& expression, const std::vector<Variable>& columns,
                   ExecutionContext& context, const ExistsFactory& exists,
                   BlankNodeScope* blank_nodes, bool terms_pass)
        : scope_(&context, context.options().base),
          node_(compile_function(
              expression,
              {scope_, columns, exists, blank_nodes == nullptr ? &blank_nodes_ : blank_nodes},
              true)) {
        if (!terms_pass) return;
        passing_ = std::make_unique<PassingTerms>(context.computed(), context.memory());
        scope_.set_passing(passing_.get());
    }

    void evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  std::span<TermId> out) override {
        if (node_->column() >= 0) {
            const TermId* ids = batch.column(static_cast<std::size_t>(node_->column()));
            for (std::size_t i = 0; i < rows.size(); ++i) out[i] = ids[rows[i]];
            return;
        }
        if (passing_) passing_->forget();
        scope_.begin();
        cells_.resize(rows.size());
        node_->evaluate(scope_, batch, rows, cells_.data());
        for (std::size_t i = 0; i < rows.size(); ++i) out[i] = scope_.id(cells_[i]);
    }

    void test(const Batch& batch, std::vector<std::uint32_t>& rows) override {
        scope_.begin();
        truths_.resize(rows.size());
        node_->test(scope_, batch, rows, truths_.data());
        std::size_t kept = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[kept] = rows[i];
            kept += truths_[i] == Truth::yes ? 1 : 0;
        }
        rows.resize(kept);
    }

  private:
    std::unique_ptr<PassingTerms> passing_;
    FunctionScope scope_;
    BlankNodeScope blank_nodes_;
    FunctionNodePtr node_;
    std::vector<Cell> cells_;
    std::vector<Truth> truths_;
};

}  // namespace

TermId BlankNodeScope::node(ExecutionContext& context, std::uint64_t batch, std::uint32_t row,
                            std::string_view label) {
    if (batch > batch_) {
        nodes_.clear();
        batch_ = batch;
    }
    TermId& id = nodes_[{row, std::string(label)}];
    if (!id.bound()) id = context.computed().fresh_blank_node();
    return id;
}

std::unique_ptr<CompiledExpression> compile_expression(
    const Expression& expression, const std::vector<Variable>& columns, ExecutionContext& context,
    const ExistsFactory& exists, BlankNodeScope* blank_nodes, bool terms_pass) {
    return std::make_unique<NodeExpression>(expression, columns, context, exists, blank_nodes,
                                            terms_pass);
}

bool is_constant(const Expression& expression) {
    switch (expression.kind) {
        case Expression::Kind::constant:
            return true;
        case Expression::Kind::variable:
            return false;
        case Expression::Kind::operation:
            break;
    }
    switch (expression.op) {
        case ExpressionOperator::exists:
        case ExpressionOperator::not_exists:
        case ExpressionOperator::bnode:
        case ExpressionOperator::rand:
        case ExpressionOperator::uuid:
        case ExpressionOperator::struuid:
        case ExpressionOperator::now:
            return false;
        case ExpressionOperator::call:
            if (scalar_function(expression.term.text(), expression.arguments.size()).function ==
                nullptr)
                return false;
            break;
        default:
            break;
    }
    for (const auto& argument : expression.arguments)
        if (!is_constant(*argument)) return false;
    return true;
}

std::optional<Term> evaluate_constant(const Expression& expression, const std::string& base,
                                      StopQuestion* question) try {
    FunctionScope scope(nullptr, base, question);
    const std::vector<Variable> columns;
    const ExistsFactory exists;
    const FunctionNodePtr node = compile_function(expression, {scope, columns, exists}, false);
    const std::array<std::uint32_t, 1> row{0};
    Cell cell;
    node->evaluate(scope, Batch(), row, &cell);
    const TermView* term = scope.term(cell);
    return term == nullptr ? std::nullopt : std::optional<Term>(*term);
} catch (const LimitError&) {
    if (question != nullptr) question->ask();
    // Too large to be folded ahead: left to the execution, which has a budget.
    return std::nullopt;
}

}  // namespace dossier::engine
