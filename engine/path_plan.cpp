#include "engine/path_plan.h"

#include <algorithm>
#include <utility>

#include "engine/hash_join.h"
#include "engine/join_operator.h"
#include "engine/path_search.h"
#include "engine/reachable_graph.h"

namespace dossier::engine {

namespace {

// More starts than that: the closure's edges are read once and searched in memory.
constexpr std::size_t many_starts = 64;
// Starts whose surroundings are looked up together, at most; first one, then twice as many ...
constexpr std::size_t most_together = 4096;

class PathPlan final : public PlanNode {
  public:
    PathPlan(PathSpec spec, PlanPtr left, std::vector<Variable> right, JoinShape shape,
             Estimate estimate)
        : PlanNode(shape.variables, shape.may_be_unbound, {}, estimate, {left}),
          spec_(std::move(spec)),
          right_variables_(std::move(right)),
          shape_(std::move(shape)) {}

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override;

    const PathSpec& spec() const { return spec_; }
    const JoinShape& shape() const { return shape_; }
    const std::vector<Variable>& right_variables() const { return right_variables_; }
    const JoinConditions& conditions() const { return conditions_; }

  private:
    PathSpec spec_;
    std::vector<Variable> right_variables_;
    JoinShape shape_;
    JoinConditions conditions_;
};

class PathOperator final : public JoinOperator {
  public:
    PathOperator(ExecutionContext& context, const PathPlan& plan)
        : JoinOperator(context, plan, plan.shape(), plan.conditions()),
          spec_(plan.spec()),
          left_input_(plan.inputs()[0]->make(context)),
          search_(context, graphs(context)),
          result_charge_(context.memory()),
          columns_(plan.right_variables().size()) {
        subject_.open(spec_.subject, spec_.subject_term, plan, context);
        object_.open(spec_.object, spec_.object_term, plan, context);
        // From a fixed end, else from one the left rows bind, else from all nodes.
        const auto known = [](const End& end) { return end.fixed ? 2 : end.left ? 1 : 0; };
        forward_ = known(subject_) != known(object_) ? known(subject_) > known(object_)
                                                     : !spec_.from_object;
        same_variable_ =
            !subject_.fixed && !object_.fixed && spec_.subject.variable == spec_.object.variable;
    }

  private:
    struct End {
        bool fixed = false;
        bool term = false;                // in the pattern; else a variable
        TermId value;                     // when fixed
        std::optional<std::size_t> left;  // the left column that binds it
        std::optional<std::size_t> right;

        void open(const Slot& slot, const std::optional<Term>& term, const PathPlan& plan,
                  ExecutionContext& context) {
            if (slot.fixed()) {
                fixed = true;
                this->term = slot.kind != Slot::Kind::outer;
                value = slot.kind == Slot::Kind::outer ? context.outer(slot.variable)
                        : term                         ? context.computed().intern(term->view())
                                                       : slot.id;
                return;
            }
            right = column_of(plan.right_variables(), slot.variable);
            for (const JoinShape::Shared& shared : plan.shape().keys)
                if (shared.right == *right) left = shared.left;
        }
    };

    storage::GraphSelection graphs(const ExecutionContext& context) const {
        storage::GraphSelection out = spec_.graphs;
        if (spec_.graph.fixed()) {
            out.mode = storage::GraphSelection::Mode::one;
            out.graph = spec_.graph.kind == Slot::Kind::constant
                            ? spec_.graph.id
                            : context.outer(spec_.graph.variable);
        }
        return out;
    }

    const End& near() const { return forward_ ? subject_ : object_; }
    const End& far() const { return forward_ ? object_ : subject_; }

    bool fetch_left(Batch& left) override {
        if (spec_.empty || !left_input_->next(left)) return false;
        const std::span<const std::uint32_t> selected = left.selected();
        rows_.assign(selected.begin(), selected.end());
        starts_.clear();
        begins_.clear();
        if (near().left && !near().fixed) {
            const TermId* column = left.column(*near().left);
            std::stable_sort(rows_.begin(), rows_.end(), [&](std::uint32_t a, std::uint32_t b) {
                return column[a] < column[b];
            });
            for (std::size_t i = 0; i < rows_.size(); ++i) {
                const TermId start = column[rows_[i]];
                if (!starts_.empty() && starts_.back() == start) continue;
                starts_.push_back(start);
                begins_.push_back(static_cast<std::uint32_t>(i));
            }
            begins_.push_back(static_cast<std::uint32_t>(rows_.size()));
        } else if (near().fixed) {
            starts_ = {near().value};
        } else {
            if (!all_starts_) find_all_starts();
            starts_ = *all_starts_;
        }
        // An end that a sub-query's caller has left unbound is a variable; planning sees to that.
        started_ += starts_.size();
        if (near().left && !near().fixed && !tried_closure_ && !search_.prepared() && !reachable_ &&
            ReachableGraph::serves(spec_.path))
            reachable_.emplace(context(), graphs(context()), spec_.path, forward_);
        if (started_ > many_starts && !search_.prepared() && !reachable_) prepare_closure();
        known_starts_ = 0;
        next_start_ = 0;
        open_ = false;
        return true;
    }

    void prepare_closure() {
        if (std::exchange(tried_closure_, true)) return;
        search_.prepare_closure(spec_.path, forward_);
    }

    // Sees to it that what the present start leads to is known, with that of some starts behind it.
    void look_around() {
        if (!reachable_ || next_start_ < known_starts_) return;
        known_starts_ = std::min(starts_.size(), next_start_ + together_);
        together_ = std::min(most_together, together_ * 2);
        const PathSearch::Nodes starts(
            starts_.begin() + static_cast<std::ptrdiff_t>(next_start_),
            starts_.begin() + static_cast<std::ptrdiff_t>(known_starts_));
        if (reachable_->extend(starts)) return;
        reachable_.reset();
        prepare_closure();
    }

    void find_all_starts() {
        if (!matches_nothing(spec_.path)) {
            tried_closure_ = true;
            if (search_.prepare_closure(spec_.path, forward_)) {
                all_starts_ = search_.closure_starts();
                return;
            }
        }
        all_starts_ = search_.all_nodes();
        result_charge_.add(all_starts_->size() * sizeof(TermId), "following a property path");
    }

    // The nodes the present start leads to, as the right rows.
    void open_start() {
        const TermId start = starts_[next_start_];
        next_row_ = next_reached_ = 0;
        open_ = true;
        // A fixed start leads to the same nodes for every left batch.
        if (near().fixed && std::exchange(start_is_known_, true)) return;
        const bool zero_length = matches_nothing(spec_.path);
        reached_.clear();
        // A variable's values are nodes of the graph, also where it has one from outside; a term in
        // the pattern need not be one (section 18.4: the zero-length path of a term that is not in
        // the graph).
        const bool between_variables = !near().term && !far().term;
        if (!zero_length || !between_variables || all_starts_ || search_.in_graph(start)) {
            look_around();
            reached_ = search_.prepared() ? search_.closure_from(start)
                       : reachable_       ? reachable_->reached_from(start)
                                          : search_.reach(spec_.path, {start}, forward_);
        }
        if (same_variable_) {
            const bool loop = std::binary_search(reached_.begin(), reached_.end(), start);
            reached_.clear();
            if (loop) reached_.push_back(start);
        }
        if (far().fixed) {
            const bool found = std::binary_search(reached_.begin(), reached_.end(), far().value);
            reached_.clear();
            if (found) reached_.push_back(far().value);
        }
        if (near().right && !same_variable_) from_.assign(reached_.size(), start);
    }

    std::span<const std::uint32_t> group() const {
        if (begins_.empty()) return rows_;
        return std::span(rows_).subspan(begins_[next_start_],
                                        begins_[next_start_ + 1] - begins_[next_start_]);
    }

    bool generate(std::vector<Pair>& pairs, std::size_t limit) override {
        while (next_start_ < starts_.size()) {
            if (!open_) {
                // Pairs mean right rows of one start.
                if (!pairs.empty()) return true;
                context().check();
                open_start();
            }
            const std::span<const std::uint32_t> rows = group();
            if (far().left && !far().fixed && !same_variable_) {
                for (; next_row_ < rows.size(); ++next_row_) {
                    if (pairs.size() == limit) return true;
                    const TermId wanted = left().column(*far().left)[rows[next_row_]];
                    const auto found = std::lower_bound(reached_.begin(), reached_.end(), wanted);
                    if (found == reached_.end() || *found != wanted) continue;
                    pairs.push_back(
                        {rows[next_row_], static_cast<std::uint32_t>(found - reached_.begin())});
                }
            } else {
                for (; next_reached_ < reached_.size(); ++next_reached_, next_row_ = 0) {
                    for (; next_row_ < rows.size(); ++next_row_) {
                        if (pairs.size() == limit) return true;
                        pairs.push_back(
                            {rows[next_row_], static_cast<std::uint32_t>(next_reached_)});
                    }
                }
            }
            ++next_start_;
            open_ = false;
        }
        return false;
    }

    RightRows right_rows() override {
        RightRows out;
        out.columns.assign(columns_, nullptr);
        if (near().right)
            out.columns[*near().right] = same_variable_ ? reached_.data() : from_.data();
        if (far().right) out.columns[*far().right] = reached_.data();
        return out;
    }

    const PathSpec& spec_;
    OperatorPtr left_input_;
    PathSearch search_;
    MemoryCharge result_charge_;
    const std::size_t columns_;
    End subject_, object_;
    bool forward_ = true;
    bool same_variable_ = false;

    std::optional<PathSearch::Nodes> all_starts_;
    std::size_t started_ = 0;
    std::optional<ReachableGraph> reachable_;
    std::size_t known_starts_ = 0, together_ = 1;
    bool tried_closure_ = false;
    std::vector<std::uint32_t> rows_, begins_;
    PathSearch::Nodes starts_, reached_, from_;
    std::size_t next_start_ = 0, next_reached_ = 0, next_row_ = 0;
    bool open_ = false;
    bool start_is_known_ = false;
};

std::unique_ptr<Operator> PathPlan::make(ExecutionContext& context) const {
    return std::make_unique<PathOperator>(context, *this);
}

std::string describe_path(const PropertyPath& path, const PlanNames& names) {
    using Kind = PropertyPath::Kind;
    const auto listed = [&](const char* separator) {
        std::string out;
        for (const PropertyPathPtr& part : path.parts)
            out += (out.empty() ? "" : separator) + describe_path(*part, names);
        return path.parts.size() > 1 ? "(" + out + ")" : out;
    };
    switch (path.kind) {
        case Kind::link:
            return names.term(path.predicate.view());
        case Kind::inverse:
            return "^" + listed("");
        case Kind::sequence:
            return path.parts.empty() ? "()" : listed("/");
        case Kind::alternative:
            return listed("|");
        case Kind::zero_or_more:
            return listed("") + "*";
        case Kind::one_or_more:
            return listed("") + "+";
        case Kind::zero_or_one:
            return listed("") + "?";
        case Kind::negated: {
            std::string out;
            for (const Term& one : path.forward)
                out += (out.empty() ? "" : "|") + names.term(one.view());
            for (const Term& one : path.backward)
                out += (out.empty() ? "^" : "|^") + names.term(one.view());
            return "!(" + out + ")";
        }
    }
    return "";
}

std::string PathPlan::describe(const PlanNames& names) const {
    const auto end = [&](const PatternTerm& term) {
        if (const Variable* variable = term.variable()) return names.variable(*variable);
        if (const TriplePattern* triple = term.triple())
            return "<<( " + describe_pattern(*triple, names) + " )>>";
        return names.term(term.term()->view());
    };
    return "Path: " + end(spec_.pattern.subject) + " " + describe_path(*spec_.pattern.path, names) +
           " " + end(spec_.pattern.object);
}

}  // namespace

PlanPtr make_path_plan(PathSpec spec, PlanPtr left, Estimate estimate) {
    std::vector<Variable> right;
    for (const Slot* slot : {&spec.subject, &spec.object})
        if (slot->kind == Slot::Kind::variable && !column_of(right, slot->variable))
            right.push_back(slot->variable);
    JoinShape shape = join_shape(JoinKind::inner, left->variables(), left->unbound_flags(), right,
                                 std::vector<bool>(right.size(), false));
    return std::make_shared<PathPlan>(std::move(spec), std::move(left), std::move(right),
                                      std::move(shape), estimate);
}

}  // namespace dossier::engine
