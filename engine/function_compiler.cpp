#include "engine/function_compiler.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/function_arithmetic.h"
#include "engine/function_comparison.h"
#include "engine/function_logic.h"
#include "engine/function_memo.h"
#include "engine/function_random.h"
#include "engine/function_regex.h"
#include "engine/function_table.h"

namespace dossier::engine {

namespace {

class ColumnNode final : public FunctionNode {
  public:
    explicit ColumnNode(std::size_t column) : column_(column) {}

    void evaluate(FunctionScope&, const Batch& batch, Rows rows, Cell* out) override {
        const TermId* ids = batch.column(column_);
        for (std::size_t i = 0; i < rows.size(); ++i) out[i] = Cell::of(ids[rows[i]]);
    }
    int column() const override { return static_cast<int>(column_); }

  private:
    std::size_t column_;
};

// A variable that has no column: its value comes from outside.
class OuterNode final : public FunctionNode {
  public:
    explicit OuterNode(Variable variable) : variable_(variable) {}

    void evaluate(FunctionScope& scope, const Batch&, Rows rows, Cell* out) override {
        const Cell cell =
            scope.context() == nullptr ? Cell{} : Cell::of(scope.context()->outer(variable_));
        std::fill_n(out, rows.size(), cell);
    }

  private:
    Variable variable_;
};

class ConstantNode final : public FunctionNode {
  public:
    // The term behind `cell` lives as long as the node: an id, or a view of `term`.
    explicit ConstantNode(const Cell& cell) : cell_(cell) {}
    explicit ConstantNode(Term term)
        : term_(std::move(term)), view_(term_.view()), cell_(Cell::of(&view_)) {}

    void evaluate(FunctionScope&, const Batch&, Rows rows, Cell* out) override {
        std::fill_n(out, rows.size(), cell_);
    }
    const Cell* constant() const override { return &cell_; }

  private:
    Term term_;
    TermView view_;
    Cell cell_;
};

// A scalar function over columns of arguments.
class ScalarNode final : public FunctionNode {
  public:
    ScalarNode(ScalarEntry entry, std::vector<FunctionNodePtr> arguments)
        : entry_(entry), arguments_(std::move(arguments)) {}

    void evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) override {
        const std::size_t count = arguments_.size();
        // Row by row, so that a call finds its arguments side by side.
        std::vector<Cell> cells(rows.size() * count);
        std::vector<Cell> column(count > 1 ? rows.size() : 0);
        for (std::size_t argument = 0; argument < count; ++argument) {
            Cell* target = count > 1 ? column.data() : cells.data();
            arguments_[argument]->evaluate(scope, batch, rows, target);
            if (entry_.reads_text) scope.decode({target, rows.size()});
            if (count == 1) break;
            for (std::size_t i = 0; i < rows.size(); ++i) cells[i * count + argument] = column[i];
        }
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::span<const Cell> row(cells.data() + i * count, count);
            const bool failed =
                std::any_of(row.begin(), row.end(), [](const Cell& c) { return c.is_error(); });
            out[i] = failed ? Cell{} : entry_.function(scope, row);
            scope.worked(16);
        }
    }

  private:
    ScalarEntry entry_;
    std::vector<FunctionNodePtr> arguments_;
};

// A sum or a product of two arguments or more, from left to right.
class ChainNode final : public FunctionNode {
  public:
    using Function = Cell (*)(FunctionScope&, const Cell&, const Cell&);

    ChainNode(std::vector<FunctionNodePtr> arguments, std::vector<bool> inverted, Function plain,
              Function inverse)
        : arguments_(std::move(arguments)),
          inverted_(std::move(inverted)),
          plain_(plain),
          inverse_(inverse) {
        inverted_.resize(arguments_.size(), false);
    }

    void evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) override {
        arguments_.front()->evaluate(scope, batch, rows, out);
        std::vector<Cell> cells(rows.size());
        for (std::size_t argument = 1; argument < arguments_.size(); ++argument) {
            arguments_[argument]->evaluate(scope, batch, rows, cells.data());
            if (argument == 1) scope.decode({out, rows.size()});
            scope.decode(cells);
            const Function function = inverted_[argument] ? inverse_ : plain_;
            for (std::size_t i = 0; i < rows.size(); ++i)
                out[i] = function(scope, out[i], cells[i]);
        }
    }

  private:
    std::vector<FunctionNodePtr> arguments_;
    std::vector<bool> inverted_;
    Function plain_, inverse_;
};

// A function the host registered. It sees terms and gives terms.
class HostNode final : public FunctionNode {
  public:
    HostNode(const HostFunction& function, std::vector<FunctionNodePtr> arguments)
        : function_(function), arguments_(std::move(arguments)) {}

    void evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) override {
        std::vector<std::vector<Cell>> columns(arguments_.size());
        for (std::size_t argument = 0; argument < arguments_.size(); ++argument) {
            columns[argument].resize(rows.size());
            arguments_[argument]->evaluate(scope, batch, rows, columns[argument].data());
            scope.decode(columns[argument]);
        }
        std::vector<TermView> views;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            views.clear();
            for (const auto& column : columns)
                if (const TermView* term = scope.term(column[i])) views.push_back(*term);
            out[i] = {};
            if (views.size() != columns.size()) continue;
            if (const auto result = function_(views)) out[i] = scope.make_term(result->view());
        }
    }

  private:
    const HostFunction& function_;
    std::vector<FunctionNodePtr> arguments_;
};

std::optional<Comparison> comparison_of(ExpressionOperator op) {
    switch (op) {
        case ExpressionOperator::equal:
            return Comparison::equal;
        case ExpressionOperator::not_equal:
            return Comparison::not_equal;
        case ExpressionOperator::less:
            return Comparison::less;
        case ExpressionOperator::greater:
            return Comparison::greater;
        case ExpressionOperator::less_equal:
            return Comparison::less_equal;
        case ExpressionOperator::greater_equal:
            return Comparison::greater_equal;
        default:
            return std::nullopt;
    }
}

const HostFunction* host_function(const FunctionSetting& setting, const Expression& expression) {
    if (setting.scope.context() == nullptr) return nullptr;
    const auto& functions = setting.scope.context()->options().functions;
    if (!functions) return nullptr;
    const auto found = functions->find(std::string(expression.term.text()));
    return found == functions->end() ? nullptr : &found->second;
}

ScalarEntry entry_of(const Expression& expression) {
    return expression.op == ExpressionOperator::call
               ? scalar_function(expression.term.text(), expression.arguments.size())
               : scalar_function(expression.op);
}

// Whether the text of terms is read somewhere below, which is dear.
bool reads_text(const Expression& expression) {
    if (expression.kind != Expression::Kind::operation) return false;
    if (expression.op == ExpressionOperator::regex || expression.op == ExpressionOperator::replace)
        return true;
    if (entry_of(expression).reads_text) return true;
    return std::any_of(expression.arguments.begin(), expression.arguments.end(),
                       [](const ExpressionPtr& argument) { return reads_text(*argument); });
}

// Whether two evaluations of one row give the same within an execution.
bool is_repeatable(const Expression& expression) {
    if (expression.kind != Expression::Kind::operation) return true;
    switch (expression.op) {
        case ExpressionOperator::exists:
        case ExpressionOperator::not_exists:
        case ExpressionOperator::bnode:
        case ExpressionOperator::rand:
        case ExpressionOperator::uuid:
        case ExpressionOperator::struuid:
            return false;
        case ExpressionOperator::call:
            if (entry_of(expression).function == nullptr) return false;
            break;
        default:
            break;
    }
    return std::all_of(expression.arguments.begin(), expression.arguments.end(),
                       [](const ExpressionPtr& argument) { return is_repeatable(*argument); });
}

// The one column an expression depends on; nothing where it is none or several, where other
// things count, and where answers are too cheap to be remembered.
std::optional<Variable> memo_variable(const Expression& expression,
                                      const FunctionSetting& setting) {
    if (setting.remembered || !reads_text(expression)) return {};
    if (!is_repeatable(expression)) return {};
    std::optional<Variable> only;
    bool several = false;
    for_each_variable(expression, [&](Variable variable) {
        several |= only && *only != variable;
        only = variable;
    });
    if (several || !only || !column_of(setting.columns, *only)) return {};
    return only;
}

bool has_variables(const Expression& expression) {
    bool found = false;
    for_each_variable(expression, [&](Variable) { found = true; });
    return found;
}

FunctionNodePtr constant_node(const FunctionSetting& setting, Term term) {
    ExecutionContext* context = setting.scope.context();
    if (context == nullptr) return std::make_unique<ConstantNode>(std::move(term));
    std::array<TermId, 1> id{context->computed().intern(term.view())};
    context->computed().resolve(id);
    return std::make_unique<ConstantNode>(Cell::of(id[0]));
}

FunctionNodePtr make_operation_node(const Expression& expression, const FunctionSetting& setting) {
    using Op = ExpressionOperator;
    std::vector<FunctionNodePtr> arguments;
    for (const auto& argument : expression.arguments)
        arguments.push_back(compile_function(*argument, setting, false));
    if (const auto comparison = comparison_of(expression.op))
        return make_comparison(*comparison, std::move(arguments[0]), std::move(arguments[1]));
    switch (expression.op) {
        case Op::logical_and:
            return make_and(std::move(arguments));
        case Op::logical_or:
            return make_or(std::move(arguments));
        case Op::logical_not:
            return make_not(std::move(arguments[0]));
        case Op::if_:
            return make_if(std::move(arguments[0]), std::move(arguments[1]),
                           std::move(arguments[2]));
        case Op::coalesce:
            return make_coalesce(std::move(arguments));
        case Op::bound:
            return make_bound(std::move(arguments[0]));
        case Op::in:
        case Op::not_in: {
            FunctionNodePtr needle = std::move(arguments.front());
            arguments.erase(arguments.begin());
            return make_membership(setting.scope, std::move(needle), std::move(arguments),
                                   expression.op == Op::not_in);
        }
        case Op::sum:
            return std::make_unique<ChainNode>(std::move(arguments), expression.inverted, add,
                                               subtract);
        case Op::product:
            return std::make_unique<ChainNode>(std::move(arguments), expression.inverted, multiply,
                                               divide);
        case Op::regex:
        case Op::replace:
            return make_regex(setting.scope, expression.op, std::move(arguments));
        case Op::rand:
        case Op::uuid:
        case Op::struuid:
            return make_random(expression.op);
        case Op::bnode:
            return make_blank_node(arguments.empty() ? nullptr : std::move(arguments[0]),
                                   setting.blank_nodes);
        case Op::exists:
        case Op::not_exists:
            return make_exists(
                setting.exists(expression, setting.columns, *setting.scope.context()),
                expression.op == Op::not_exists);
        case Op::call:
            if (entry_of(expression).function != nullptr) break;
            if (const HostFunction* function = host_function(setting, expression))
                return std::make_unique<HostNode>(*function, std::move(arguments));
            break;
        default:
            break;
    }
    const ScalarEntry entry = entry_of(expression);
    // A function nobody knows is an error of the expression, not of the query (SPARQL 1.1 section
    // 17.6).
    if (entry.function == nullptr) return std::make_unique<ConstantNode>(Cell{});
    return std::make_unique<ScalarNode>(entry, std::move(arguments));
}

}  // namespace

FunctionNodePtr compile_function(const Expression& expression, const FunctionSetting& setting,
                                 bool as_ids) {
    switch (expression.kind) {
        case Expression::Kind::constant:
            return constant_node(setting, expression.term);
        case Expression::Kind::variable:
            if (const auto column = column_of(setting.columns, expression.variable))
                return std::make_unique<ColumnNode>(*column);
            return std::make_unique<OuterNode>(expression.variable);
        case Expression::Kind::operation:
            break;
    }
    if (const auto variable = memo_variable(expression, setting)) {
        const std::vector<Variable> only{*variable};
        const FunctionSetting inner{setting.scope, only, setting.exists, setting.blank_nodes, true};
        return make_memo(*setting.scope.context(), make_operation_node(expression, inner),
                         *column_of(setting.columns, *variable), as_ids);
    }
    FunctionNodePtr node = make_operation_node(expression, setting);
    if (has_variables(expression) || !is_repeatable(expression)) return node;
    // The same for all rows: asked once.
    const std::array<std::uint32_t, 1> row{0};
    Cell cell;
    node->evaluate(setting.scope, Batch(), row, &cell);
    if (cell.is_error()) return std::make_unique<ConstantNode>(cell);
    return constant_node(setting, Term(*setting.scope.term(cell)));
}

}  // namespace dossier::engine
