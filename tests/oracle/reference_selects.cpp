#include "tests/oracle/reference_evaluator.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/oracle/reference_numbers.h"
#include "tests/oracle/reference_values.h"

// Select nodes of the reference evaluator: groups, aggregates, order and slices.
namespace dossier::oracle {

using Id = ReferenceEvaluator::Id;
using Solution = ReferenceEvaluator::Solution;
using Solutions = ReferenceEvaluator::Solutions;

Solutions ReferenceEvaluator::of_select(const Node& node, const Scope& scope) {
    // A variable that is not projected is another one than outside.
    Scope inner{scope.graph, none()};
    for (const Variable variable : node.variables) inner.outer[variable] = scope.outer[variable];
    Solutions rows = of(node.children[0], inner);
    if (node.grouped) rows = of_groups(node, std::move(rows), inner);
    // Section 18.2.4: VALUES at the end is joined with what the groups gave, then SELECT's
    // expressions are added, each of which sees the ones before.
    for (const Node& values : node.trailing)
        rows = of_join(std::move(rows), of_values(values, inner));
    for (const auto& [variable, expression] : node.made)
        for (Solution& row : rows)
            if (const auto made = value(expression, row, inner)) row[variable] = *made;
    for (const Variable variable : node.variables)
        for (Solution& row : rows)
            if (row[variable] == 0) row[variable] = inner.outer[variable];
    if (!node.order.empty()) sort(node, rows, inner);
    for (Solution& row : rows) {
        Solution kept = none();
        for (const Variable variable : node.variables) kept[variable] = row[variable];
        row = std::move(kept);
    }
    if (node.distinct) {
        std::set<Solution> seen;
        Solutions distinct;
        for (Solution& row : rows)
            if (seen.insert(row).second) distinct.push_back(std::move(row));
        if (distinct.size() != rows.size()) sort_keys_.clear();
        rows = std::move(distinct);
    }
    if (node.limit || node.offset) slice(node, rows);
    return rows;
}

Solutions ReferenceEvaluator::of_groups(const Node& node, Solutions rows, const Scope& scope) {
    for (const auto& [variable, expression] : node.made_keys)
        for (Solution& row : rows)
            if (const auto made = value(expression, row, scope)) row[variable] = *made;
    std::map<Solution, Solutions> groups;
    for (Solution& row : rows) {
        Solution key = none();
        for (const Variable variable : node.keys) {
            if (row[variable] == 0) row[variable] = scope.outer[variable];
            key[variable] = row[variable];
        }
        groups[key].push_back(std::move(row));
    }
    if (node.keys.empty() && groups.empty()) groups[none()] = {};
    Solutions out;
    for (const auto& [key, group] : groups) {
        Solution row = key;
        for (const Aggregate& aggregate : node.aggregates)
            row[aggregate.target] = of_aggregate(aggregate, group, scope).value_or(0);
        if (all_true(node.having, row, scope)) out.push_back(std::move(row));
    }
    return out;
}

std::optional<Id> ReferenceEvaluator::of_aggregate(const Aggregate& aggregate,
                                                   const Solutions& group, const Scope& scope) {
    using Kind = Aggregate::Kind;
    const auto integer = [&](std::size_t number) {
        return data_.terms.intern(Term::integer(static_cast<std::int64_t>(number)));
    };
    if (aggregate.kind == Kind::count_all) {
        if (!aggregate.distinct) return integer(group.size());
        return integer(std::set<Solution>(group.begin(), group.end()).size());
    }
    std::vector<Id> values;
    bool error = false;
    for (const Solution& row : group) {
        if (const auto id = value(aggregate.argument, row, scope))
            values.push_back(*id);
        else
            error = true;
    }
    if (aggregate.distinct) {
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
    }
    if (aggregate.kind == Kind::count) return integer(values.size());
    switch (aggregate.kind) {
        case Kind::sum:
        case Kind::avg: {
            if (error) return std::nullopt;
            const auto sum_of = [&](const std::vector<Id>& list) {
                std::optional<Term> sum = Term::integer(0);
                for (const Id id : list)
                    if (sum) sum = arithmetic('+', *sum, data_.terms.term(id));
                return sum;
            };
            std::optional<Term> sum = sum_of(values);
            std::vector<Term> terms;
            for (const Id id : values) terms.push_back(data_.terms.term(id));
            if (sum && order_decides_sum(terms)) throw LeftOpen{};
            if (sum && aggregate.kind == Kind::avg && !values.empty())
                sum =
                    arithmetic('/', *sum, Term::integer(static_cast<std::int64_t>(values.size())));
            return intern(sum);
        }
        case Kind::min:
        case Kind::max: {
            if (error || values.empty()) return std::nullopt;
            const int sign = aggregate.kind == Kind::min ? 1 : -1;
            Id best = values.front();
            for (const Id id : values)
                if (sign * order(data_.terms.term(id), data_.terms.term(best)) < 0) best = id;
            for (const Id id : values)
                if (id != best && order(data_.terms.term(id), data_.terms.term(best)) == 0)
                    throw LeftOpen{};
            return best;
        }
        case Kind::sample:
            if (values.empty()) return std::nullopt;
            for (const Id id : values)
                if (id != values.front()) throw LeftOpen{};
            return values.front();
        default:
            break;
    }
    if (error) return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Term& text = data_.terms.term(values[i]);
        if (!is_text(text)) return std::nullopt;
        length += length_of(std::string(text.text())) + (i > 0 ? 2 : 0);
    }
    return integer(length);
}

void ReferenceEvaluator::sort(const Node& node, Solutions& rows, const Scope& scope) {
    using Keys = std::vector<std::optional<Id>>;
    std::vector<std::pair<Keys, Solution>> keyed;
    for (Solution& row : rows) {
        Keys keys;
        for (const OrderKey& key : node.order) keys.push_back(value(key.expression, row, scope));
        keyed.emplace_back(std::move(keys), std::move(row));
    }
    std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
        for (std::size_t i = 0; i < node.order.size(); ++i) {
            const auto& left = a.first[i];
            const auto& right = b.first[i];
            int order_of_keys = 0;
            if (!left || !right)
                order_of_keys = (left ? 1 : 0) - (right ? 1 : 0);
            else
                order_of_keys = order(data_.terms.term(*left), data_.terms.term(*right));
            if (order_of_keys != 0) return (order_of_keys < 0) != node.order[i].descending;
        }
        return false;
    });
    sort_keys_.clear();
    open_order_ = false;
    for (std::size_t column = 0; column < node.order.size(); ++column) {
        std::set<Id> blank;
        for (const auto& [keys, row] : keyed)
            if (keys[column] && has_blank_node(data_.terms.term(*keys[column])))
                blank.insert(*keys[column]);
        open_order_ = open_order_ || blank.size() > 1;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] = std::move(keyed[i].second);
        sort_keys_.push_back(std::move(keyed[i].first));
    }
}

void ReferenceEvaluator::slice(const Node& node, Solutions& rows) {
    const std::size_t begin = std::min(node.offset.value_or(0), rows.size());
    const std::size_t end = std::min(node.limit.value_or(rows.size()), rows.size() - begin) + begin;
    // Which of tied rows are inside is open, unless they are all the same.
    const bool sorted = !node.order.empty() && !open_order_ && sort_keys_.size() == rows.size();
    const auto tied = [&](std::size_t i, std::size_t j) {
        if (!sorted) return true;
        for (std::size_t key = 0; key < node.order.size(); ++key) {
            const auto& a = sort_keys_[i][key];
            const auto& b = sort_keys_[j][key];
            if (a.has_value() != b.has_value()) return false;
            if (a && order(data_.terms.term(*a), data_.terms.term(*b)) != 0) return false;
        }
        return true;
    };
    const auto decided = [&](std::size_t cut) {
        if (cut == 0 || cut >= rows.size()) return true;
        if (!tied(cut - 1, cut)) return true;
        for (std::size_t i = cut; i < rows.size() && tied(cut, i); ++i)
            if (rows[i] != rows[cut]) return false;
        for (std::size_t i = cut; i-- > 0 && tied(cut, i);)
            if (rows[i] != rows[cut]) return false;
        return true;
    };
    const bool all_same = std::all_of(rows.begin(), rows.end(),
                                      [&](const Solution& row) { return row == rows.front(); });
    if (begin < end && !all_same && (!decided(begin) || !decided(end))) throw LeftOpen{};
    rows = Solutions(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                     rows.begin() + static_cast<std::ptrdiff_t>(end));
    sort_keys_.clear();
}

}  // namespace dossier::oracle
