#include "engine/counting_join.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <dossier/error.h>

#include "engine/algebra_walk.h"
#include "engine/planner.h"

namespace dossier::engine {

namespace {

constexpr std::size_t chunk_rows = 4096;

std::uint64_t checked_product(std::uint64_t a, std::uint64_t b) {
    if (a != 0 && b > std::numeric_limits<std::int64_t>::max() / a)
        throw LimitError("a count is beyond the limit of 64 bits");
    return a * b;
}

// The values of one column of a sorted scan, run by run.
class Runs {
  public:
    Runs(ExecutionContext& context, const CountingJoinPlan::Part& part)
        : context_(context), column_(part.path.prefix_length), values_(chunk_rows) {
        if (const auto request = scan_request(part.access, part.path, &context))
            cursor_ = context.snapshot().scan(*request);
        load();
    }

    bool at_end() const { return next_ == size_; }
    TermId value() const { return values_[next_]; }

    // Moves to the first value that is not below `wanted`.
    void seek(TermId wanted) {
        if (at_end() || value() >= wanted) return;
        if (values_[size_ - 1] < wanted) {
            cursor_->seek({&wanted, 1});
            load();
            if (at_end() || value() >= wanted) return;
        }
        next_ = static_cast<std::size_t>(
            std::lower_bound(values_.begin() + static_cast<std::ptrdiff_t>(next_),
                             values_.begin() + static_cast<std::ptrdiff_t>(size_), wanted) -
            values_.begin());
        if (next_ == size_) load();
    }

    // The length of the present run; moves behind it.
    std::uint64_t take_run() {
        const TermId wanted = value();
        std::uint64_t length = 0;
        while (!at_end() && value() == wanted) {
            const std::size_t begin = next_;
            // Most runs are short, and long ones fill whole chunks.
            if (values_[size_ - 1] == wanted)
                next_ = size_;
            else
                while (values_[next_] == wanted) ++next_;
            length += next_ - begin;
            if (next_ == size_) load();
        }
        return length;
    }

    // Counts the values at the front that stand once in both and in the same places of both
    // buffers, and moves behind them: what most values of a star are. The last value of a buffer
    // may go on behind it, so it is left.
    friend std::uint64_t take_common_singles(Runs& a, Runs& b) {
        if (a.at_end() || b.at_end()) return 0;
        const TermId* const left = a.values_.data() + a.next_;
        const TermId* const right = b.values_.data() + b.next_;
        const std::size_t most = std::min(a.size_ - a.next_, b.size_ - b.next_) - 1;
        std::size_t count = 0;
        while (count < most && left[count] == right[count] && left[count] != left[count + 1] &&
               right[count] != right[count + 1])
            ++count;
        a.next_ += count;
        b.next_ += count;
        return count;
    }

  private:
    void load() {
        context_.check();
        next_ = size_ = 0;
        if (!cursor_) return;
        TermId* columns[4] = {nullptr, nullptr, nullptr, nullptr};
        columns[column_] = values_.data();
        size_ = cursor_->next(columns, chunk_rows);
    }

    ExecutionContext& context_;
    const std::size_t column_;
    std::unique_ptr<storage::RowCursor> cursor_;
    std::vector<TermId> values_;
    std::size_t next_ = 0, size_ = 0;
};

class CountingJoinOperator final : public Operator {
  public:
    CountingJoinOperator(ExecutionContext& context, const CountingJoinPlan& plan)
        : Operator(context, plan), plan_(plan) {}

  private:
    bool produce(Batch& out) override {
        if (done_) return false;
        if (runs_.empty()) open_runs();
        if (plan_.grouped()) return produce_groups(out);
        std::uint64_t solutions = 0;
        std::uint64_t values = 0;
        std::size_t steps = 0;
        const bool two = runs_.size() == 2 && plan_.parts().size() == 2;
        for (;;) {
            if (two) {
                const std::uint64_t singles = take_common_singles(runs_[0], runs_[1]);
                solutions += singles;
                values += singles;
            }
            const auto found = next_value();
            if (!found) break;
            if ((++steps & 0xFFF) == 0) context().check();
            solutions += found->second;
            if (solutions > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                throw LimitError("a count is beyond the limit of 64 bits");
            ++values;
        }
        done_ = true;
        for (std::size_t i = 0; i < plan_.counts().size(); ++i)
            out.column(i)[0] = integer(
                plan_.counts()[i].what == CountingJoinPlan::What::values ? values : solutions);
        out.set_rows(1);
        return true;
    }

    // A part without rows ends it before the parts behind are read.
    void open_runs() {
        for (const CountingJoinPlan::Part& part : plan_.parts()) {
            runs_.emplace_back(context(), part);
            if (runs_.back().at_end()) return;
        }
    }

    bool produce_groups(Batch& out) {
        std::size_t rows = 0;
        while (rows < out.capacity()) {
            const auto found = next_value();
            if (!found) {
                done_ = true;
                break;
            }
            out.column(0)[rows] = found->first;
            const TermId count = integer(found->second);
            for (std::size_t i = 1; i < out.columns(); ++i) out.column(i)[rows] = count;
            ++rows;
        }
        out.set_rows(rows);
        return rows > 0;
    }

    // The next value that all parts have, and the product of its runs.
    std::optional<std::pair<TermId, std::uint64_t>> next_value() {
        for (;;) {
            TermId greatest;
            for (const Runs& runs : runs_) {
                if (runs.at_end()) return std::nullopt;
                greatest = std::max(greatest, runs.value());
            }
            bool together = true;
            for (Runs& runs : runs_) {
                runs.seek(greatest);
                if (runs.at_end()) return std::nullopt;
                together = together && runs.value() == greatest;
            }
            if (!together) continue;
            std::uint64_t product = 1;
            for (Runs& runs : runs_) product = checked_product(product, runs.take_run());
            return std::pair{greatest, product};
        }
    }

    TermId integer(std::uint64_t value) {
        return context().computed().intern(Term::integer(static_cast<std::int64_t>(value)).view());
    }

    const CountingJoinPlan& plan_;
    std::vector<Runs> runs_;
    bool done_ = false;
};

std::vector<Variable> columns_of(Variable key, bool grouped,
                                 const std::vector<CountingJoinPlan::Count>& counts) {
    std::vector<Variable> out;
    if (grouped) out.push_back(key);
    for (const CountingJoinPlan::Count& count : counts) out.push_back(count.target);
    return out;
}

}  // namespace

CountingJoinPlan::CountingJoinPlan(Variable key, bool grouped, std::vector<Part> parts,
                                   std::vector<Count> counts, Estimate estimate)
    : PlanNode(columns_of(key, grouped, counts), {},
               grouped ? std::vector<Variable>{key} : std::vector<Variable>{}, estimate, {}),
      key_(key),
      grouped_(grouped),
      parts_(std::move(parts)),
      counts_(std::move(counts)) {}

std::unique_ptr<Operator> CountingJoinPlan::make(ExecutionContext& context) const {
    return std::make_unique<CountingJoinOperator>(context, *this);
}

std::string CountingJoinPlan::describe(const PlanNames& names) const {
    std::string out =
        std::string(grouped_ ? "CountGroups" : "CountRuns") + ": by " + names.variable(key_);
    for (const Part& part : parts_)
        out += (&part == &parts_.front() ? " of " : " and ") +
               describe_pattern(part.access.pattern, names);
    return out;
}

PlanPtr Planner::plan_counting_join(const Group& node, const PlanScope& scope) {
    if (node.keys.size() > 1 || node.aggregates.empty()) return nullptr;
    std::vector<const BasicPattern*> basics;
    if (const auto* basic = node.input->as<BasicPattern>()) basics.push_back(basic);
    if (const auto* join = node.input->as<Join>())
        for (const AlgebraPtr& part : join->parts) {
            if (!part->as<BasicPattern>()) return nullptr;
            basics.push_back(part->as<BasicPattern>());
        }
    std::vector<TripleAccess> accesses;
    std::size_t patterns = 0;
    for (const BasicPattern* basic : basics)
        for (const TriplePattern& triple : basic->triples) {
            ++patterns;
            add_accesses(triple, scope, accesses);
        }
    // A triple term in a pattern makes a relation more.
    if (patterns == 0 || accesses.size() != patterns) return nullptr;

    std::optional<Variable> key;
    if (!node.keys.empty()) key = node.keys.front();
    VariableSet seen;
    for (const TripleAccess& access : accesses) {
        if (access.impossible || access.slots[3].kind == Slot::Kind::variable) return nullptr;
        std::size_t places = 0;
        for (const Slot& slot : access.slots) places += slot.kind == Slot::Kind::variable ? 1 : 0;
        const std::vector<Variable> variables = access.variables();
        if (variables.size() != places) return nullptr;
        for (const Variable variable : variables) {
            // The one variable they have in common.
            if (seen.contains(variable)) {
                if (key && *key != variable) return nullptr;
                key = variable;
            }
            seen.insert(variable);
        }
    }
    std::vector<CountingJoinPlan::Count> counts;
    for (const Aggregate& aggregate : node.aggregates) {
        if (aggregate.kind != AggregateKind::count) return nullptr;
        CountingJoinPlan::Count count{aggregate.target, CountingJoinPlan::What::solutions};
        if (aggregate.argument) {
            if (aggregate.argument->kind != Expression::Kind::variable ||
                !seen.contains(aggregate.argument->variable))
                return nullptr;
            if (aggregate.distinct) {
                // Alone, the patterns may be read in the order of any variable.
                if (!key && accesses.size() == 1) key = aggregate.argument->variable;
                if (aggregate.argument->variable != key || !node.keys.empty()) return nullptr;
                count.what = CountingJoinPlan::What::values;
            }
        } else if (aggregate.distinct) {
            return nullptr;
        }
        counts.push_back(count);
    }
    if (!key) return nullptr;
    std::vector<CountingJoinPlan::Part> parts;
    Estimate estimate;
    double groups = std::numeric_limits<double>::infinity();
    for (TripleAccess& access : accesses) {
        if (!access.mentions(*key)) return nullptr;
        const auto path = access_path_by(access, *key, *snapshot_);
        if (!path) return nullptr;
        std::size_t fixed = 0;
        std::size_t in_prefix = 0;
        for (std::size_t role = 0; role < 3; ++role) fixed += access.slots[role].fixed() ? 1 : 0;
        for (std::size_t i = 0; i < path->prefix_length; ++i)
            in_prefix += path->roles[i] != 3 ? 1 : 0;
        if (fixed != in_prefix) return nullptr;
        const double rows = rows_of(access);
        // Known to be empty: not looked for again.
        if (rows == 0) access.impossible = true;
        estimate.cost += rows * 2;
        groups = std::min(groups, distinct_of(access, *key, rows));
        parts.push_back({std::move(access), *path, rows});
    }
    std::stable_sort(parts.begin(), parts.end(),
                     [](const CountingJoinPlan::Part& a, const CountingJoinPlan::Part& b) {
                         return a.rows < b.rows;
                     });
    estimate.rows = node.keys.empty() ? 1 : groups;
    return std::make_shared<CountingJoinPlan>(*key, !node.keys.empty(), std::move(parts),
                                              std::move(counts), estimate);
}

}  // namespace dossier::engine
