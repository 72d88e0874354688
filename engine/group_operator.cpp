#include "engine/group_operator.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dossier::engine {

namespace {

std::vector<Variable> columns_of(const std::vector<Variable>& keys,
                                 const std::vector<Aggregate>& aggregates) {
    std::vector<Variable> columns = keys;
    for (const Aggregate& aggregate : aggregates) columns.push_back(aggregate.target);
    return columns;
}

std::vector<bool> unbound_of(const PlanNode& input, const std::vector<Variable>& keys,
                             const std::vector<Aggregate>& aggregates) {
    std::vector<bool> flags;
    for (const Variable key : keys) {
        const auto column = column_of(input.variables(), key);
        flags.push_back(!column || input.may_be_unbound(*column));
    }
    for (const Aggregate& aggregate : aggregates)
        flags.push_back(aggregate.kind != AggregateKind::count);
    return flags;
}

// The beginning of the input's order that is made of all the keys; empty where there is none.
std::vector<Variable> order_of(const PlanNode& input, const std::vector<Variable>& keys) {
    const auto& order = input.order();
    if (keys.empty() || order.size() < keys.size()) return {};
    std::vector<Variable> begin(order.begin(),
                                order.begin() + static_cast<std::ptrdiff_t>(keys.size()));
    const bool all = std::all_of(keys.begin(), keys.end(), [&](Variable key) {
        return std::find(begin.begin(), begin.end(), key) != begin.end();
    });
    return all ? begin : std::vector<Variable>();
}

Estimate estimate_of(const Estimate& input, bool has_keys, bool sorted) {
    const double rows = has_keys ? std::max(1.0, std::pow(input.rows, 0.8)) : 1;
    const double cost = input.cost + input.rows * (sorted ? 3 : 30);
    return {rows, cost, sorted ? input.first_cost : cost};
}

}  // namespace

GroupPlan::GroupPlan(PlanPtr input, std::vector<Variable> keys, std::vector<Aggregate> aggregates,
                     ExistsFactory exists)
    : PlanNode(columns_of(keys, aggregates), unbound_of(*input, keys, aggregates),
               order_of(*input, keys),
               estimate_of(input->estimate(), !keys.empty(), !order_of(*input, keys).empty()),
               {input}),
      keys_(std::move(keys)),
      aggregates_(std::move(aggregates)),
      exists_(std::move(exists)),
      is_sorted_(!order().empty()) {}

std::unique_ptr<Operator> GroupPlan::make(ExecutionContext& context) const {
    return is_sorted_ ? make_sorted_group(context, *this) : make_hash_group(context, *this);
}

std::string GroupPlan::describe(const PlanNames& names) const {
    std::string text = keys_.empty() ? "Group"
                       : is_sorted_  ? "Group: sorted by " + names.variables(keys_)
                                     : "Group: hash of " + names.variables(keys_);
    static constexpr const char* words[] = {"COUNT", "SUM",    "MIN",         "MAX",
                                            "AVG",   "SAMPLE", "GROUP_CONCAT"};
    for (const Aggregate& aggregate : aggregates_) {
        text += ", ";
        text += words[static_cast<std::size_t>(aggregate.kind)];
        text += aggregate.distinct ? "(DISTINCT " : "(";
        text += aggregate.argument ? names.expression(*aggregate.argument) : "*";
        text += ")";
    }
    return text;
}

PlanPtr make_group(PlanPtr input, std::vector<Variable> keys, std::vector<Aggregate> aggregates,
                   ExistsFactory exists) {
    return std::make_shared<GroupPlan>(std::move(input), std::move(keys), std::move(aggregates),
                                       std::move(exists));
}

}  // namespace dossier::engine
