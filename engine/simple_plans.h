#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <dossier/term.h>

#include "engine/expression_evaluator.h"
#include "engine/plan.h"
#include "engine/row_table.h"

// The plan nodes that need little state: constants, filters, assignments, projection, union,
// slices.

namespace dossier::engine {

// No solution at all; `why` is for EXPLAIN.
class EmptyPlan final : public PlanNode {
  public:
    EmptyPlan(std::vector<Variable> variables, std::string why);
    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

  private:
    std::string why_;
};

// A table of constants: VALUES, and, with one row and no column, the empty solution.
class ValuesPlan final : public PlanNode {
  public:
    struct Cell {
        TermId id;  // unbound: UNDEF, or a term the store does not know:
        std::optional<Term> term;
    };
    ValuesPlan(std::vector<Variable> variables, std::vector<Cell> cells, std::size_t row_count);
    static PlanPtr single_row();

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;
    const std::vector<Cell>& cells() const { return cells_; }
    std::size_t row_count() const { return row_count_; }

  private:
    std::vector<Cell> cells_;  // row after row
    std::size_t row_count_;
};

class FilterPlan final : public PlanNode {
  public:
    FilterPlan(PlanPtr input, std::vector<ExpressionPtr> conditions, ExistsFactory exists,
               Estimate estimate);
    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;
    const std::vector<ExpressionPtr>& conditions() const { return conditions_; }
    const ExistsFactory& exists() const { return exists_; }

  private:
    std::vector<ExpressionPtr> conditions_;
    ExistsFactory exists_;
};

// BIND: new columns, computed one after the other; a failing expression leaves its cell unbound.
class ExtendPlan final : public PlanNode {
  public:
    struct Assignment {
        Variable target = 0;
        ExpressionPtr value;
        // Whether the ids are made equal to stored ones; needless for columns that are only shown.
        bool resolve = true;
    };
    ExtendPlan(PlanPtr input, std::vector<Assignment> assignments, ExistsFactory exists);
    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;
    const std::vector<Assignment>& assignments() const { return assignments_; }
    const ExistsFactory& exists() const { return exists_; }

  private:
    std::vector<Assignment> assignments_;
    ExistsFactory exists_;
};

// Makes the ids of computed columns equal to stored ones.
class ResolvePlan final : public PlanNode {
  public:
    ResolvePlan(PlanPtr input, std::vector<Variable> columns);
    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;
    const std::vector<Variable>& resolved() const { return resolved_; }

  private:
    std::vector<Variable> resolved_;
};

// Chooses and orders columns; variables the input does not have are unbound.
class ProjectPlan final : public PlanNode {
  public:
    ProjectPlan(PlanPtr input, std::vector<Variable> variables);
    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;
};

// One input after the other.
class UnionPlan final : public PlanNode {
  public:
    explicit UnionPlan(std::vector<PlanPtr> inputs);
    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;
};

class SlicePlan final : public PlanNode {
  public:
    SlicePlan(PlanPtr input, std::uint64_t offset, std::optional<std::uint64_t> limit);
    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;
    std::uint64_t offset() const { return offset_; }
    const std::optional<std::uint64_t>& limit() const { return limit_; }

  private:
    std::uint64_t offset_;
    std::optional<std::uint64_t> limit_;
};

// The graphs that GRAPH ?g ranges over, one row each, ascending.
class GraphNamesPlan final : public PlanNode {
  public:
    // `graphs`: FROM NAMED's, ascending; nothing: all that hold a statement.
    GraphNamesPlan(Variable variable, std::optional<std::vector<TermId>> graphs, double count);
    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;
    const std::optional<std::vector<TermId>>& graphs() const { return graphs_; }

  private:
    std::optional<std::vector<TermId>> graphs_;
};

// The rows that an outer operator hands in before it makes this node's operator
// (ExecutionContext::set_input): ascending and distinct.
class InputPlan final : public PlanNode {
  public:
    InputPlan(std::vector<Variable> variables, double rows);
    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;
};

}  // namespace dossier::engine
