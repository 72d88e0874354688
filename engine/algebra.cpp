#include "engine/algebra.h"

#include <algorithm>

namespace dossier::engine {

void VariableSet::insert(const VariableSet& other) {
    if (other.bits_.size() > bits_.size()) bits_.resize(other.bits_.size(), false);
    for (std::size_t i = 0; i < other.bits_.size(); ++i)
        if (other.bits_[i]) bits_[i] = true;
}

void VariableSet::intersect(const VariableSet& other) {
    for (std::size_t i = 0; i < bits_.size(); ++i)
        if (i >= other.bits_.size() || !other.bits_[i]) bits_[i] = false;
}

bool VariableSet::intersects(const VariableSet& other) const {
    for (std::size_t i = 0; i < std::min(bits_.size(), other.bits_.size()); ++i)
        if (bits_[i] && other.bits_[i]) return true;
    return false;
}

bool VariableSet::contains_all(const VariableSet& other) const {
    for (std::size_t i = 0; i < other.bits_.size(); ++i)
        if (other.bits_[i] && !contains(static_cast<Variable>(i))) return false;
    return true;
}

bool VariableSet::empty() const {
    return std::find(bits_.begin(), bits_.end(), true) == bits_.end();
}

std::vector<Variable> VariableSet::list() const {
    std::vector<Variable> variables;
    for (std::size_t i = 0; i < bits_.size(); ++i)
        if (bits_[i]) variables.push_back(static_cast<Variable>(i));
    return variables;
}

namespace {

void add_variables(const TriplePattern& pattern, VariableSet& out);

void add_variables(const PatternTerm& term, VariableSet& out) {
    if (const Variable* variable = term.variable()) out.insert(*variable);
    if (const TriplePattern* triple = term.triple()) add_variables(*triple, out);
}

void add_variables(const TriplePattern& pattern, VariableSet& out) {
    add_variables(pattern.subject, out);
    add_variables(pattern.predicate, out);
    add_variables(pattern.object, out);
}

// Both sets differ only where a solution may leave a variable unbound.
class Scope {
  public:
    explicit Scope(bool certain) : certain_(certain) {}

    VariableSet of(const Algebra& algebra) const {
        return std::visit([this](const auto& node) { return of_node(node); }, algebra.node);
    }

  private:
    VariableSet of_node(const BasicPattern& node) const {
        VariableSet out;
        for (const TriplePattern& triple : node.triples) add_variables(triple, out);
        return out;
    }
    VariableSet of_node(const PathPattern& node) const {
        VariableSet out;
        add_variables(node.subject, out);
        add_variables(node.object, out);
        return out;
    }
    VariableSet of_node(const Join& node) const {
        VariableSet out;
        for (const AlgebraPtr& part : node.parts) out.insert(of(*part));
        return out;
    }
    VariableSet of_node(const LeftJoin& node) const {
        VariableSet out = of(*node.left);
        if (!certain_) out.insert(of(*node.right));
        return out;
    }
    VariableSet of_node(const Union& node) const {
        VariableSet out;
        bool first = true;
        for (const AlgebraPtr& part : node.parts) {
            if (first || !certain_)
                out.insert(of(*part));
            else
                out.intersect(of(*part));
            first = false;
        }
        return out;
    }
    VariableSet of_node(const Minus& node) const { return of(*node.left); }
    VariableSet of_node(const Filter& node) const { return of(*node.input); }
    VariableSet of_node(const Extend& node) const {
        VariableSet out = of(*node.input);
        for (const auto& [variable, expression] : node.assignments) {
            // An assignment whose expression fails leaves its variable unbound; only a constant
            // and a copy of a certain variable cannot fail.
            const bool sure = expression->kind == Expression::Kind::constant ||
                              (expression->kind == Expression::Kind::variable &&
                               out.contains(expression->variable));
            if (!certain_ || sure) out.insert(variable);
        }
        return out;
    }
    VariableSet of_node(const Values& node) const {
        VariableSet out;
        for (std::size_t column = 0; column < node.variables.size(); ++column) {
            bool bound = true;
            for (std::size_t row = 0; certain_ && row < node.row_count; ++row)
                bound = bound && node.cells[row * node.variables.size() + column].has_value();
            if (bound) out.insert(node.variables[column]);
        }
        return out;
    }
    VariableSet of_node(const Graph& node) const {
        VariableSet out = of(*node.input);
        if (const Variable* variable = std::get_if<Variable>(&node.name)) out.insert(*variable);
        return out;
    }
    VariableSet of_node(const Service& node) const {
        VariableSet out;
        if (certain_) return out;
        for (const Variable variable : node.variables) out.insert(variable);
        add_variables(node.endpoint, out);
        return out;
    }
    VariableSet of_node(const Lateral& node) const {
        VariableSet out = of(*node.left);
        out.insert(of(*node.right));
        return out;
    }
    VariableSet of_node(const Group& node) const {
        VariableSet out;
        const VariableSet below = of(*node.input);
        for (const Variable key : node.keys)
            if (below.contains(key)) out.insert(key);
        for (const Aggregate& aggregate : node.aggregates)
            if (!certain_ || aggregate.kind == AggregateKind::count) out.insert(aggregate.target);
        return out;
    }
    VariableSet of_node(const OrderBy& node) const { return of(*node.input); }
    VariableSet of_node(const Project& node) const {
        VariableSet out;
        const VariableSet below = of(*node.input);
        for (const Variable variable : node.variables)
            if (below.contains(variable)) out.insert(variable);
        return out;
    }
    VariableSet of_node(const Distinct& node) const { return of(*node.input); }
    VariableSet of_node(const Slice& node) const { return of(*node.input); }

    bool certain_;
};

}  // namespace

VariableSet visible_variables(const Algebra& algebra) {
    return Scope(false).of(algebra);
}
VariableSet certain_variables(const Algebra& algebra) {
    return Scope(true).of(algebra);
}

}  // namespace dossier::engine
