#include "engine/simple_plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace dossier::engine {

namespace {

std::vector<std::unique_ptr<CompiledExpression>> compile_all(
    const std::vector<ExpressionPtr>& expressions, const std::vector<Variable>& columns,
    ExecutionContext& context, const ExistsFactory& exists) {
    std::vector<std::unique_ptr<CompiledExpression>> out;
    for (const ExpressionPtr& expression : expressions)
        out.push_back(compile_expression(*expression, columns, context, exists));
    return out;
}

class EmptyOperator final : public Operator {
  public:
    using Operator::Operator;

  private:
    bool produce(Batch&) override { return false; }
};

class ValuesOperator final : public Operator {
  public:
    ValuesOperator(ExecutionContext& context, const ValuesPlan& plan)
        : Operator(context, plan), values_(plan) {}

  private:
    bool produce(Batch& out) override {
        const std::size_t rows = std::min(out.capacity(), values_.row_count() - next_);
        if (rows == 0) return false;
        const std::size_t width = out.columns();
        for (std::size_t column = 0; column < width; ++column) {
            TermId* to = out.column(column);
            for (std::size_t row = 0; row < rows; ++row) {
                const ValuesPlan::Cell& cell = values_.cells()[(next_ + row) * width + column];
                to[row] = cell.term ? context().computed().intern(cell.term->view()) : cell.id;
            }
            // A term the store did not know when the plan was made is a computed one for good, but
            // equal terms must get equal ids.
            context().computed().resolve({to, rows});
        }
        out.set_rows(rows);
        next_ += rows;
        return true;
    }

    const ValuesPlan& values_;
    std::size_t next_ = 0;
};

class FilterOperator final : public Operator {
  public:
    FilterOperator(ExecutionContext& context, const FilterPlan& plan)
        : Operator(context, plan),
          input_(plan.inputs()[0]->make(context)),
          conditions_(compile_all(plan.conditions(), plan.variables(), context, plan.exists())) {}

  private:
    bool produce(Batch& out) override {
        if (!input_->next(out)) return false;
        const std::span<const std::uint32_t> selected = out.selected();
        rows_.assign(selected.begin(), selected.end());
        const std::size_t before = rows_.size();
        for (const auto& condition : conditions_) {
            if (rows_.empty()) break;
            condition->test(out, rows_);
        }
        if (rows_.size() < before) out.select(rows_);
        return true;
    }

    OperatorPtr input_;
    std::vector<std::unique_ptr<CompiledExpression>> conditions_;
    std::vector<std::uint32_t> rows_;
};

class ExtendOperator final : public Operator {
  public:
    ExtendOperator(ExecutionContext& context, const ExtendPlan& plan)
        : Operator(context, plan),
          assignments_(plan.assignments()),
          input_(plan.inputs()[0]->make(context)),
          input_columns_(plan.inputs()[0]->variables().size()),
          terms_pass_(context.terms_pass(plan)) {
        std::vector<Variable> columns = plan.inputs()[0]->variables();
        for (const ExtendPlan::Assignment& one : assignments_) {
            values_.push_back(compile_expression(*one.value, columns, context, plan.exists(),
                                                 &blank_nodes_, terms_pass_));
            columns.push_back(one.target);
        }
    }

  private:
    bool produce(Batch& out) override {
        if (!input_->next(batch_)) return false;
        // The batch may have more rows than `out` was asked for: the columns must hold them.
        out.reset(out.columns(), std::max(out.capacity(), batch_.rows()));
        for (std::size_t column = 0; column < input_columns_; ++column)
            out.swap_column(column, batch_, column);
        out.take_shape(batch_);
        const std::span<const std::uint32_t> rows = out.selected();
        cells_.resize(rows.size());
        for (std::size_t i = 0; i < assignments_.size(); ++i) {
            values_[i]->evaluate(out, rows, cells_);
            if (assignments_[i].resolve && !terms_pass_) context().computed().resolve(cells_);
            TermId* to = out.column(input_columns_ + i);
            for (std::size_t k = 0; k < rows.size(); ++k) to[rows[k]] = cells_[k];
        }
        return true;
    }

    const std::vector<ExtendPlan::Assignment>& assignments_;
    OperatorPtr input_;
    const std::size_t input_columns_;
    const bool terms_pass_;
    BlankNodeScope blank_nodes_;
    std::vector<std::unique_ptr<CompiledExpression>> values_;
    Batch batch_;
    std::vector<TermId> cells_;
};

class ResolveOperator final : public Operator {
  public:
    ResolveOperator(ExecutionContext& context, const ResolvePlan& plan)
        : Operator(context, plan), input_(plan.inputs()[0]->make(context)) {
        for (const Variable variable : plan.resolved())
            columns_.push_back(*column_of(plan.variables(), variable));
    }

  private:
    bool produce(Batch& out) override {
        if (!input_->next(out)) return false;
        out.compact();
        for (const std::size_t column : columns_)
            context().computed().resolve({out.column(column), out.rows()});
        return true;
    }

    OperatorPtr input_;
    std::vector<std::size_t> columns_;
};

// Puts the columns of a batch where an output wants them.
class ColumnMap {
  public:
    ColumnMap(const std::vector<Variable>& from, const std::vector<Variable>& to) {
        for (const Variable variable : to) sources_.push_back(column_of(from, variable));
    }
    void move(Batch& from, Batch& to) const {
        to.reset(sources_.size(), std::max(to.capacity(), from.rows()));
        for (std::size_t column = 0; column < sources_.size(); ++column) {
            if (sources_[column])
                to.swap_column(column, from, *sources_[column]);
            else
                std::fill_n(to.column(column), from.rows(), storage::unbound);
        }
        to.take_shape(from);
    }

  private:
    std::vector<std::optional<std::size_t>> sources_;
};

class ProjectOperator final : public Operator {
  public:
    ProjectOperator(ExecutionContext& context, const ProjectPlan& plan)
        : Operator(context, plan),
          input_(plan.inputs()[0]->make(context)),
          map_(plan.inputs()[0]->variables(), plan.variables()) {}

  private:
    bool produce(Batch& out) override {
        if (!input_->next(batch_)) return false;
        map_.move(batch_, out);
        return true;
    }

    OperatorPtr input_;
    ColumnMap map_;
    Batch batch_;
};

class UnionOperator final : public Operator {
  public:
    UnionOperator(ExecutionContext& context, const UnionPlan& plan)
        : Operator(context, plan), union_(plan) {}

  private:
    bool produce(Batch& out) override {
        while (next_ < union_.inputs().size()) {
            const PlanNode& plan = *union_.inputs()[next_];
            if (!input_) {
                input_ = plan.make(context());
                map_.emplace(plan.variables(), union_.variables());
            }
            if (input_->next(batch_)) {
                map_->move(batch_, out);
                return true;
            }
            input_.reset();
            ++next_;
        }
        return false;
    }

    const UnionPlan& union_;
    std::size_t next_ = 0;
    OperatorPtr input_;
    std::optional<ColumnMap> map_;
    Batch batch_;
};

class SliceOperator final : public Operator {
  public:
    SliceOperator(ExecutionContext& context, const SlicePlan& plan)
        : Operator(context, plan),
          skip_(plan.offset()),
          left_(plan.limit().value_or(std::numeric_limits<std::uint64_t>::max())) {
        if (left_ > 0) input_ = plan.inputs()[0]->make(context);
    }

  private:
    bool produce(Batch& out) override {
        if (left_ == 0 || !input_->next(out)) return false;
        if (skip_ > 0) {
            const std::uint64_t dropped = std::min<std::uint64_t>(skip_, out.size());
            out.drop_first(static_cast<std::size_t>(dropped));
            skip_ -= dropped;
        }
        if (out.size() > left_) out.keep_first(static_cast<std::size_t>(left_));
        left_ -= out.size();
        // Nothing more is asked for: buffers below are given back at once.
        if (left_ == 0) input_.reset();
        return true;
    }

    OperatorPtr input_;
    std::uint64_t skip_, left_;
};

class GraphNamesOperator final : public Operator {
  public:
    GraphNamesOperator(ExecutionContext& context, const GraphNamesPlan& plan)
        : Operator(context, plan),
          graphs_(plan.graphs() ? *plan.graphs() : context.snapshot().graphs()) {}

  private:
    bool produce(Batch& out) override {
        const std::size_t rows = std::min(out.capacity(), graphs_.size() - next_);
        if (rows == 0) return false;
        std::copy_n(graphs_.begin() + static_cast<std::ptrdiff_t>(next_), rows, out.column(0));
        out.set_rows(rows);
        next_ += rows;
        return true;
    }

    std::vector<TermId> graphs_;
    std::size_t next_ = 0;
};

class InputOperator final : public Operator {
  public:
    InputOperator(ExecutionContext& context, const InputPlan& plan)
        : Operator(context, plan), rows_(context.input(plan)) {}

  private:
    bool produce(Batch& out) override {
        const std::size_t rows = std::min(out.capacity(), rows_.rows() - next_);
        if (rows == 0) return false;
        for (std::size_t column = 0; column < out.columns(); ++column) {
            TermId* to = out.column(column);
            for (std::size_t row = 0; row < rows; ++row) to[row] = rows_.row(next_ + row)[column];
        }
        out.set_rows(rows);
        next_ += rows;
        return true;
    }

    const RowTable& rows_;
    std::size_t next_ = 0;
};

std::vector<bool> unbound_flags_of(const std::vector<ValuesPlan::Cell>& cells, std::size_t width) {
    std::vector<bool> flags(width, false);
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (!cells[i].term && !cells[i].id.bound()) flags[i % width] = true;
    return flags;
}

Estimate plus(const Estimate& input, double per_row) {
    Estimate estimate = input;
    estimate.cost += input.rows * per_row;
    return estimate;
}

std::vector<Variable> extended(std::vector<Variable> variables,
                               const std::vector<ExtendPlan::Assignment>& assignments) {
    for (const ExtendPlan::Assignment& one : assignments) variables.push_back(one.target);
    return variables;
}

// Only a constant and a copy of a bound variable cannot fail.
std::vector<bool> extended_flags(const PlanNode& input,
                                 const std::vector<ExtendPlan::Assignment>& assignments) {
    std::vector<Variable> variables = input.variables();
    std::vector<bool> flags = input.unbound_flags();
    for (const ExtendPlan::Assignment& one : assignments) {
        bool may_fail = one.value->kind != Expression::Kind::constant;
        if (one.value->kind == Expression::Kind::variable)
            if (const auto column = column_of(variables, one.value->variable))
                may_fail = flags[*column];
        variables.push_back(one.target);
        flags.push_back(may_fail);
    }
    return flags;
}

std::vector<bool> projected_flags(const PlanNode& input, const std::vector<Variable>& variables) {
    std::vector<bool> flags;
    for (const Variable variable : variables) {
        const auto column = column_of(input.variables(), variable);
        flags.push_back(!column || input.may_be_unbound(*column));
    }
    return flags;
}

std::vector<Variable> projected_order(const PlanNode& input,
                                      const std::vector<Variable>& variables) {
    std::vector<Variable> order;
    for (const Variable variable : input.order()) {
        if (!column_of(variables, variable)) break;
        order.push_back(variable);
    }
    return order;
}

std::vector<Variable> order_without(const PlanNode& input, const std::vector<Variable>& removed) {
    std::vector<Variable> order;
    for (const Variable variable : input.order()) {
        if (column_of(removed, variable)) break;
        order.push_back(variable);
    }
    return order;
}

std::vector<Variable> united(const std::vector<PlanPtr>& inputs) {
    std::vector<Variable> out;
    for (const PlanPtr& input : inputs)
        for (const Variable variable : input->variables())
            if (!column_of(out, variable)) out.push_back(variable);
    return out;
}

std::vector<bool> united_flags(const std::vector<PlanPtr>& inputs) {
    std::vector<bool> flags;
    for (const Variable variable : united(inputs)) {
        bool unbound = false;
        for (const PlanPtr& input : inputs) {
            const auto column = column_of(input->variables(), variable);
            unbound = unbound || !column || input->may_be_unbound(*column);
        }
        flags.push_back(unbound);
    }
    return flags;
}

Estimate united_estimate(const std::vector<PlanPtr>& inputs) {
    Estimate sum;
    bool first = true;
    for (const PlanPtr& input : inputs) {
        sum.rows += input->estimate().rows;
        sum.cost += input->estimate().cost;
        if (first) sum.first_cost = input->estimate().first_cost;
        first = false;
    }
    return sum;
}

Estimate sliced(const Estimate& input, std::uint64_t offset, std::optional<std::uint64_t> limit) {
    Estimate out = input;
    const double wanted =
        limit ? static_cast<double>(offset) + static_cast<double>(*limit) : input.rows;
    if (wanted < input.rows) {
        const double share = input.rows > 0 ? wanted / input.rows : 0;
        out.cost = input.first_cost + (input.cost - input.first_cost) * share;
    }
    out.rows = std::max(0.0, std::min(wanted, input.rows) - static_cast<double>(offset));
    return out;
}

}  // namespace

EmptyPlan::EmptyPlan(std::vector<Variable> variables, std::string why)
    // No row is in any order: every order holds.
    : PlanNode(variables, {}, variables, {}, {}), why_(std::move(why)) {}
std::unique_ptr<Operator> EmptyPlan::make(ExecutionContext& context) const {
    return std::make_unique<EmptyOperator>(context, *this);
}
std::string EmptyPlan::describe(const PlanNames&) const {
    return why_.empty() ? "Empty" : "Empty: " + why_;
}

ValuesPlan::ValuesPlan(std::vector<Variable> variables, std::vector<Cell> cells,
                       std::size_t row_count)
    : PlanNode(variables, unbound_flags_of(cells, variables.size()), {},
               {static_cast<double>(row_count), static_cast<double>(row_count) * 20, 0}, {}),
      cells_(std::move(cells)),
      row_count_(row_count) {}
PlanPtr ValuesPlan::single_row() {
    return std::make_shared<ValuesPlan>(std::vector<Variable>{}, std::vector<Cell>{}, 1);
}
std::unique_ptr<Operator> ValuesPlan::make(ExecutionContext& context) const {
    return std::make_unique<ValuesOperator>(context, *this);
}
std::string ValuesPlan::describe(const PlanNames& names) const {
    if (variables().empty() && row_count_ == 1) return "SingleRow";
    return fmt::format("Values: {} ({} rows)", names.variables(variables()), row_count_);
}

FilterPlan::FilterPlan(PlanPtr input, std::vector<ExpressionPtr> conditions, ExistsFactory exists,
                       Estimate estimate)
    : PlanNode(input->variables(), input->unbound_flags(), input->order(), estimate, {input}),
      conditions_(std::move(conditions)),
      exists_(std::move(exists)) {}
std::unique_ptr<Operator> FilterPlan::make(ExecutionContext& context) const {
    return std::make_unique<FilterOperator>(context, *this);
}
std::string FilterPlan::describe(const PlanNames& names) const {
    std::string out = "Filter: ";
    for (std::size_t i = 0; i < conditions_.size(); ++i)
        out += (i > 0 ? " && " : "") + names.expression(*conditions_[i]);
    return out;
}

ExtendPlan::ExtendPlan(PlanPtr input, std::vector<Assignment> assignments, ExistsFactory exists)
    : PlanNode(extended(input->variables(), assignments), extended_flags(*input, assignments),
               input->order(),
               plus(input->estimate(), 50.0 * static_cast<double>(assignments.size())), {input}),
      assignments_(std::move(assignments)),
      exists_(std::move(exists)) {}
std::unique_ptr<Operator> ExtendPlan::make(ExecutionContext& context) const {
    return std::make_unique<ExtendOperator>(context, *this);
}
std::string ExtendPlan::describe(const PlanNames& names) const {
    std::string out = "Bind: ";
    for (std::size_t i = 0; i < assignments_.size(); ++i)
        out += (i > 0 ? ", " : "") + names.expression(*assignments_[i].value) + " AS " +
               names.variable(assignments_[i].target);
    return out;
}

// Ids change, so an order by them does not last.
ResolvePlan::ResolvePlan(PlanPtr input, std::vector<Variable> columns)
    : PlanNode(input->variables(), input->unbound_flags(), order_without(*input, columns),
               plus(input->estimate(), 10), {input}),
      resolved_(std::move(columns)) {}
std::unique_ptr<Operator> ResolvePlan::make(ExecutionContext& context) const {
    return std::make_unique<ResolveOperator>(context, *this);
}
std::string ResolvePlan::describe(const PlanNames& names) const {
    return "Resolve: " + names.variables(resolved_);
}

ProjectPlan::ProjectPlan(PlanPtr input, std::vector<Variable> variables)
    : PlanNode(variables, projected_flags(*input, variables), projected_order(*input, variables),
               input->estimate(), {input}) {}
std::unique_ptr<Operator> ProjectPlan::make(ExecutionContext& context) const {
    return std::make_unique<ProjectOperator>(context, *this);
}
std::string ProjectPlan::describe(const PlanNames& names) const {
    return variables().empty() ? "Project" : "Project: " + names.variables(variables());
}

UnionPlan::UnionPlan(std::vector<PlanPtr> inputs)
    : PlanNode(united(inputs), united_flags(inputs), {}, united_estimate(inputs), inputs) {}
std::unique_ptr<Operator> UnionPlan::make(ExecutionContext& context) const {
    return std::make_unique<UnionOperator>(context, *this);
}
std::string UnionPlan::describe(const PlanNames&) const {
    return "Union";
}

SlicePlan::SlicePlan(PlanPtr input, std::uint64_t offset, std::optional<std::uint64_t> limit)
    : PlanNode(input->variables(), input->unbound_flags(), input->order(),
               sliced(input->estimate(), offset, limit), {input}),
      offset_(offset),
      limit_(limit) {}
std::unique_ptr<Operator> SlicePlan::make(ExecutionContext& context) const {
    return std::make_unique<SliceOperator>(context, *this);
}
std::string SlicePlan::describe(const PlanNames&) const {
    std::string out = "Slice:";
    if (limit_) out += fmt::format(" limit {}", *limit_);
    if (offset_ > 0) out += fmt::format(" offset {}", offset_);
    return out;
}

GraphNamesPlan::GraphNamesPlan(Variable variable, std::optional<std::vector<TermId>> graphs,
                               double count)
    : PlanNode({variable}, {}, {variable}, {count, count * 10, 0}, {}),
      graphs_(std::move(graphs)) {}
std::unique_ptr<Operator> GraphNamesPlan::make(ExecutionContext& context) const {
    return std::make_unique<GraphNamesOperator>(context, *this);
}
std::string GraphNamesPlan::describe(const PlanNames& names) const {
    return "GraphNames: " + names.variables(variables());
}

InputPlan::InputPlan(std::vector<Variable> variables, double rows)
    : PlanNode(variables, {}, variables, {rows, rows, 0}, {}) {}
std::unique_ptr<Operator> InputPlan::make(ExecutionContext& context) const {
    return std::make_unique<InputOperator>(context, *this);
}
std::string InputPlan::describe(const PlanNames& names) const {
    return variables().empty() ? "OuterRows" : "OuterRows: " + names.variables(variables());
}

}  // namespace dossier::engine
