#include "engine/leapfrog_join.h"

#include <algorithm>
#include <utility>

#include "engine/memory_budget.h"

namespace dossier::engine {

namespace {

constexpr std::size_t chunk_rows = 4096;

// A part's rows: the distinct values of its first variable, and for each the values of the second.
struct Trie {
    std::vector<TermId> keys;
    std::vector<std::size_t> begins;  // one more than keys; none with one variable
    std::vector<TermId> values;
};

// Ascending values of which the present one is at `at`.
struct Values {
    const TermId* at = nullptr;
    const TermId* end = nullptr;

    // Moves to the first value that is not below `wanted`: exponential steps, then halving.
    void seek(TermId wanted) {
        std::size_t step = 1;
        const TermId* low = at;
        while (low < end && *low < wanted) {
            at = low + 1;
            if (static_cast<std::size_t>(end - low) <= step) {
                low = end;
                break;
            }
            low += step;
            step *= 2;
        }
        at = std::lower_bound(at, std::min(low, end), wanted);
    }
};

class LeapfrogJoinOperator final : public Operator {
  public:
    LeapfrogJoinOperator(ExecutionContext& context, const LeapfrogJoinPlan& plan)
        : Operator(context, plan), plan_(plan), charge_(context.memory()) {}

  private:
    // Where a part takes part in binding a variable.
    struct Place {
        std::size_t part = 0;
        bool second = false;  // of the part's variables
    };
    struct Level {
        std::vector<Place> places;
        std::vector<Values> values;
        bool open = false;
    };

    bool produce(Batch& out) override {
        if (!loaded_) load();
        if (otherwise_) return produce_otherwise(out);
        if (done_) return false;
        std::size_t rows = 0;
        std::size_t steps = 0;
        const std::size_t last = levels_.size() - 1;
        while (rows < out.capacity()) {
            if ((++steps & 0xFFF) == 0) context().check();
            const bool found = levels_[depth_].open ? advance(depth_) : open(depth_);
            if (!found) {
                levels_[depth_].open = false;
                if (depth_ == 0) {
                    done_ = true;
                    break;
                }
                --depth_;
                continue;
            }
            bound_[depth_] = *levels_[depth_].values.front().at;
            if (depth_ < last) {
                ++depth_;
                continue;
            }
            for (std::size_t i = 0; i < bound_.size(); ++i) out.column(i)[rows] = bound_[i];
            ++rows;
        }
        out.set_rows(rows);
        return rows > 0 || !done_;
    }

    // The first value of a level for the values above it.
    bool open(std::size_t depth) {
        Level& level = levels_[depth];
        for (std::size_t i = 0; i < level.places.size(); ++i) {
            const Trie& trie = tries_[level.places[i].part];
            Values& values = level.values[i];
            if (!level.places[i].second) {
                values = {trie.keys.data(), trie.keys.data() + trie.keys.size()};
                continue;
            }
            const std::size_t key = key_of(level.places[i].part);
            values = {trie.values.data() + trie.begins[key],
                      trie.values.data() + trie.begins[key + 1]};
        }
        level.open = true;
        return agree(level);
    }

    // Which key a part stands at: the place of its first variable, bound further up, tells.
    std::size_t key_of(std::size_t part) const {
        const auto [depth, index] = first_places_[part];
        return static_cast<std::size_t>(levels_[depth].values[index].at - tries_[part].keys.data());
    }

    bool advance(std::size_t depth) {
        Level& level = levels_[depth];
        ++level.values.front().at;
        return agree(level);
    }

    // Moves all to the next value that they have in common.
    static bool agree(Level& level) {
        TermId greatest;
        for (const Values& values : level.values) {
            if (values.at == values.end) return false;
            greatest = std::max(greatest, *values.at);
        }
        for (std::size_t together = 0; together < level.values.size();) {
            for (Values& values : level.values) {
                if (*values.at == greatest) {
                    if (++together >= level.values.size()) return true;
                    continue;
                }
                values.seek(greatest);
                if (values.at == values.end) return false;
                together = 1;
                greatest = *values.at;
            }
        }
        return true;
    }

    void load() {
        loaded_ = true;
        bound_.assign(plan_.variables().size(), storage::unbound);
        levels_.resize(plan_.variables().size());
        first_places_.resize(plan_.parts().size());
        for (std::size_t part = 0; part < plan_.parts().size(); ++part) {
            const std::vector<std::size_t>& variables = plan_.parts()[part].variables;
            first_places_[part] = {variables.front(), levels_[variables.front()].places.size()};
            for (std::size_t i = 0; i < variables.size(); ++i)
                levels_[variables[i]].places.push_back({part, i == 1});
        }
        for (Level& level : levels_) level.values.resize(level.places.size());
        tries_.resize(plan_.parts().size());
        for (std::size_t part = 0; part < tries_.size(); ++part) {
            if (read(plan_.parts()[part], tries_[part])) continue;
            tries_.clear();
            charge_.clear();
            otherwise_ = plan_.otherwise()->make(context());
            for (const Variable variable : plan_.variables())
                columns_.push_back(*column_of(plan_.otherwise()->variables(), variable));
            return;
        }
    }

    // False when the budget has no room.
    bool read(const LeapfrogJoinPlan::Part& part, Trie& trie) {
        const auto request = scan_request(part.access, part.path, &context());
        if (request) {
            const auto cursor = context().snapshot().scan(*request);
            std::vector<TermId> first(chunk_rows), second(chunk_rows);
            const bool two = part.variables.size() == 2;
            TermId* pointers[4] = {nullptr, nullptr, nullptr, nullptr};
            pointers[part.path.prefix_length] = first.data();
            if (two) pointers[part.path.prefix_length + 1] = second.data();
            while (const std::size_t rows = cursor->next(pointers, chunk_rows)) {
                context().check();
                // Vectors double: what they hold, and what they held while they move.
                if (!charge_.try_add(rows * 5 * sizeof(TermId))) return false;
                for (std::size_t i = 0; i < rows; ++i) {
                    if (trie.keys.empty() || trie.keys.back() != first[i]) {
                        trie.keys.push_back(first[i]);
                        trie.begins.push_back(trie.values.size());
                    }
                    if (two) trie.values.push_back(second[i]);
                }
            }
        }
        trie.begins.push_back(trie.values.size());
        return true;
    }

    bool produce_otherwise(Batch& out) {
        if (!otherwise_->next(inner_)) return false;
        inner_.compact();
        // Its batches grow as this operator's do.
        if (inner_.rows() > out.capacity()) out.reset(columns_.size(), inner_.rows());
        for (std::size_t i = 0; i < columns_.size(); ++i)
            std::copy_n(inner_.column(columns_[i]), inner_.rows(), out.column(i));
        out.set_rows(inner_.rows());
        return true;
    }

    const LeapfrogJoinPlan& plan_;
    MemoryCharge charge_;
    bool loaded_ = false, done_ = false;
    std::vector<Trie> tries_;
    std::vector<Level> levels_;
    // By part: the level of its first variable, and which of the level's places it is.
    std::vector<std::pair<std::size_t, std::size_t>> first_places_;
    std::vector<TermId> bound_;
    std::size_t depth_ = 0;

    OperatorPtr otherwise_;
    std::vector<std::size_t> columns_;
    Batch inner_;
};

}  // namespace

LeapfrogJoinPlan::LeapfrogJoinPlan(std::vector<Variable> variables, std::vector<Part> parts,
                                   PlanPtr otherwise, Estimate estimate)
    : PlanNode(std::move(variables), {}, {}, estimate, {}),
      parts_(std::move(parts)),
      otherwise_(std::move(otherwise)) {}

std::unique_ptr<Operator> LeapfrogJoinPlan::make(ExecutionContext& context) const {
    return std::make_unique<LeapfrogJoinOperator>(context, *this);
}

std::string LeapfrogJoinPlan::describe(const PlanNames& names) const {
    std::string out = "LeapfrogJoin: by " + names.variables(variables());
    for (const Part& part : parts_)
        out += (&part == &parts_.front() ? " of " : " and ") +
               describe_pattern(part.access.pattern, names);
    return out;
}

std::optional<std::vector<LeapfrogJoinPlan::Part>> leapfrog_parts(
    const std::vector<TripleAccess>& accesses, const std::vector<Variable>& variables,
    const storage::Snapshot& snapshot) {
    std::vector<LeapfrogJoinPlan::Part> parts;
    for (const TripleAccess& access : accesses) {
        if (access.triple_terms || access.impossible) return std::nullopt;
        std::size_t fixed = 0, places = 0;
        for (std::size_t role = 0; role < 3; ++role) {
            fixed += access.slots[role].kind == Slot::Kind::constant ? 1 : 0;
            places += access.slots[role].kind == Slot::Kind::variable ? 1 : 0;
        }
        LeapfrogJoinPlan::Part part;
        for (std::size_t i = 0; i < variables.size(); ++i)
            if (access.mentions(variables[i])) part.variables.push_back(i);
        // A variable that stands twice, or a graph that is a variable, is another matter.
        if (fixed + places != 3 || part.variables.size() != places || places < 1 || places > 2 ||
            access.slots[3].kind == Slot::Kind::variable || access.graph.kind == Slot::Kind::outer)
            return std::nullopt;
        const auto path = access_path_by(access, variables[part.variables.front()], snapshot);
        if (!path) return std::nullopt;
        std::size_t in_prefix = 0;
        for (std::size_t i = 0; i < path->prefix_length; ++i) in_prefix += path->roles[i] != 3;
        if (in_prefix != fixed) return std::nullopt;
        part.access = access;
        part.path = *path;
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace dossier::engine
