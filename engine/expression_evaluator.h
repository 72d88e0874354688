#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/batch.h"
#include "engine/execution_context.h"
#include "engine/expression_tree.h"
#include "engine/variables.h"

// The door between the operators and the evaluation of expressions. Errors are values: an unbound
// id, or a row that a test drops; nothing throws per row (limits and cancellation do).

namespace dossier::engine {

// Answers EXISTS for the rows of a batch; made by the plan, which knows the pattern's sub-plan.
class ExistsTest {
  public:
    virtual ~ExistsTest() = default;
    // answers[i] = 1 where the pattern has a solution for row rows[i]; NOT EXISTS is the caller's.
    virtual void test(const Batch& batch, std::span<const std::uint32_t> rows,
                      std::span<std::uint8_t> answers) = 0;
};
// Makes the test for one exists or not_exists expression (the very node, by address), for batches
// with these columns. Constant, shared by the operators of a plan node.
using ExistsFactory = std::function<std::unique_ptr<ExistsTest>(
    const Expression& exists, const std::vector<Variable>& columns, ExecutionContext& context)>;

// An expression made ready for one operator of one worker. Keeps caches; belongs to one thread.
class CompiledExpression {
  public:
    virtual ~CompiledExpression() = default;

    // out[i] = the value for row rows[i]; unbound for an error. The ids may be unresolved computed
    // ones (ComputedTerms).
    virtual void evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                          std::span<TermId> out) = 0;
    // Keeps in `rows` those with a true effective boolean value (SPARQL 1.1 section 17.2.2).
    virtual void test(const Batch& batch, std::vector<std::uint32_t>& rows) = 0;
};

// The blank nodes that BNODE("label") made: one label gives one node within a solution, in
// whichever of its expressions it stands (SPARQL 1.1 section 17.4.2.9). Expressions that are
// evaluated on the same batches one after the other, each once a batch, share one; an expression
// alone has its own.
class BlankNodeScope {
  public:
    BlankNodeScope() = default;
    BlankNodeScope(const BlankNodeScope&) = delete;
    BlankNodeScope& operator=(const BlankNodeScope&) = delete;

    // The node for a label in a row of the nth batch; forgets those of earlier batches.
    TermId node(ExecutionContext& context, std::uint64_t batch, std::uint32_t row,
                std::string_view label);

  private:
    std::uint64_t batch_ = 0;
    std::map<std::pair<std::uint32_t, std::string>, TermId> nodes_;
};

// `columns` says which variable each column of the batches holds; variables that have none take
// their value from ExecutionContext::outer(). Expression and context must outlive the result.
// `exists` may be empty where the expression contains no EXISTS. `blank_nodes`, where given, must
// outlive the result. With `terms_pass` the ids of one evaluate() are good until the next.
std::unique_ptr<CompiledExpression> compile_expression(
    const Expression& expression, const std::vector<Variable>& columns, ExecutionContext& context,
    const ExistsFactory& exists, BlankNodeScope* blank_nodes = nullptr, bool terms_pass = false);

// Whether evaluate_constant() gives what every execution would: no variable, EXISTS, BNODE, random
// function, NOW, and no function that is not built in.
bool is_constant(const Expression& expression);
// The value of a constant expression, for constant folding; nothing for an error.
std::optional<Term> evaluate_constant(const Expression& expression, const std::string& base,
                                      StopQuestion* question = nullptr);

}  // namespace dossier::engine
