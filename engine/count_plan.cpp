#include "engine/count_plan.h"

#include <algorithm>

#include "engine/planner.h"

namespace dossier::engine {

namespace {

class CountOperator final : public Operator {
  public:
    CountOperator(ExecutionContext& context, const CountPlan& plan)
        : Operator(context, plan), plan_(plan) {}

  private:
    bool produce(Batch& out) override {
        if (done_) return false;
        done_ = true;
        const auto request = scan_request(plan_.access(), plan_.path(), &context());
        const std::uint64_t count = request ? context().snapshot().count(*request) : 0;
        const TermId id =
            context().computed().intern(Term::integer(static_cast<std::int64_t>(count)).view());
        for (std::size_t column = 0; column < out.columns(); ++column) out.column(column)[0] = id;
        out.set_rows(1);
        return true;
    }

    const CountPlan& plan_;
    bool done_ = false;
};

}  // namespace

CountPlan::CountPlan(TripleAccess access, AccessPath path, std::vector<Variable> targets)
    : PlanNode(targets, {}, targets, {1, 2000, 2000}, {}),
      access_(std::move(access)),
      path_(path) {}

std::unique_ptr<Operator> CountPlan::make(ExecutionContext& context) const {
    return std::make_unique<CountOperator>(context, *this);
}

std::string CountPlan::describe(const PlanNames& names) const {
    return describe_access("Count", access_, path_, names) + " AS " + names.variables(variables());
}

PlanPtr Planner::plan_count(const Group& node, const PlanScope& scope) {
    if (!node.keys.empty() || node.aggregates.empty()) return nullptr;
    PlanScope inner = scope;
    const Algebra* input = node.input.get();
    if (const Graph* graph = input->as<Graph>()) {
        inner = graph_scope(*graph, scope);
        input = graph->input.get();
    }
    const BasicPattern* basic = input->as<BasicPattern>();
    if (basic == nullptr || basic->triples.size() != 1) return nullptr;
    std::vector<TripleAccess> accesses;
    add_accesses(basic->triples.front(), inner, accesses);
    if (accesses.size() != 1 || accesses.front().impossible) return nullptr;
    TripleAccess& access = accesses.front();
    std::vector<Variable> targets;
    for (const Aggregate& aggregate : node.aggregates) {
        if (aggregate.kind != AggregateKind::count || aggregate.distinct) return nullptr;
        const bool counts_all =
            !aggregate.argument || (aggregate.argument->kind == Expression::Kind::variable &&
                                    access.mentions(aggregate.argument->variable));
        if (!counts_all) return nullptr;
        targets.push_back(aggregate.target);
    }
    std::size_t places = 0;
    std::size_t fixed = 0;
    for (const Slot& slot : access.slots) {
        places += slot.kind == Slot::Kind::variable ? 1 : 0;
        fixed += slot.fixed() ? 1 : 0;
    }
    if (access.variables().size() != places) return nullptr;  // a variable stands twice
    for (const AccessPath& path : access_paths(access, *snapshot_)) {
        std::size_t in_prefix = 0;
        for (std::size_t i = 0; i < path.prefix_length; ++i) in_prefix += path.roles[i] != 3;
        if (in_prefix == fixed)
            return std::make_shared<CountPlan>(std::move(access), path, std::move(targets));
    }
    return nullptr;
}

}  // namespace dossier::engine
