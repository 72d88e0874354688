#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <dossier/term.h>

#include "engine/expression_tree.h"
#include "engine/operator.h"
#include "engine/variables.h"

namespace dossier::engine {

// Figures to choose by, never answers.
struct Estimate {
    double rows = 0;
    double cost = 0;        // of all rows, in units of about a nanosecond
    double first_cost = 0;  // before the first row comes
};

// Writes terms, variables and expressions as the user would: ?name, foaf:knows, "x"@en.
class PlanNames {
  public:
    // `prefixes`: name without colon, IRI.
    PlanNames(const Variables& variables,
              std::vector<std::pair<std::string, std::string>> prefixes);

    std::string variable(Variable variable) const { return variables_.display(variable); }
    std::string variables(const std::vector<Variable>& list) const;  // "?a ?b"
    std::string term(const TermView& term) const;
    std::string expression(const Expression& expression) const;

  private:
    Variables variables_;
    std::vector<std::pair<std::string, std::string>> prefixes_;
};

class PlanNode;
using PlanPtr = std::shared_ptr<const PlanNode>;

// One node of a physical plan: constant and shared by executions and threads; the state is in the
// operators it makes.
class PlanNode {
  public:
    virtual ~PlanNode() = default;
    PlanNode(const PlanNode&) = delete;
    PlanNode& operator=(const PlanNode&) = delete;

    // The columns of its rows.
    const std::vector<Variable>& variables() const { return variables_; }
    // Whether a column may hold `unbound`.
    bool may_be_unbound(std::size_t column) const { return may_be_unbound_[column]; }
    const std::vector<bool>& unbound_flags() const { return may_be_unbound_; }
    // Rows ascend (plain ids, unsigned, lexicographically) by these variables; may be empty.
    const std::vector<Variable>& order() const { return order_; }
    const Estimate& estimate() const { return estimate_; }
    const std::vector<PlanPtr>& inputs() const { return inputs_; }

    // The operator that runs this node, its inputs' operators included.
    virtual std::unique_ptr<Operator> make(ExecutionContext& context) const = 0;

    // Its own line of EXPLAIN without the numbers, for example "HashJoin: on ?p".
    virtual std::string describe(const PlanNames& names) const = 0;

  protected:
    // All columns but those in `may_be_unbound` are always bound; an empty list means all are.
    PlanNode(std::vector<Variable> variables, std::vector<bool> may_be_unbound,
             std::vector<Variable> order, Estimate estimate, std::vector<PlanPtr> inputs);

  private:
    std::vector<Variable> variables_;
    std::vector<bool> may_be_unbound_;
    std::vector<Variable> order_;
    Estimate estimate_;
    std::vector<PlanPtr> inputs_;
};

}  // namespace dossier::engine
