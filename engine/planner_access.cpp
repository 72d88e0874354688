#include <algorithm>
#include <cmath>

#include <dossier/error.h>

#include "engine/planner.h"

namespace dossier::engine {

namespace {

// Below it a pattern's rows are counted exactly; an estimate serves above.
constexpr std::uint64_t counted_below = 20'000;

}  // namespace

std::optional<TermId> Planner::find(const Term& term) {
    const auto known = ids_.find(term);
    if (known != ids_.end()) return known->second;
    step();
    const std::optional<TermId> id = snapshot_->find(term.view());
    ids_.emplace(term, id);
    return id;
}

bool Planner::named_graph_exists(TermId graph) const {
    if (graph == storage::default_graph) return false;
    return !dataset_.named ||
           std::binary_search(dataset_.named->begin(), dataset_.named->end(), graph);
}

bool Planner::holds_statements(TermId graph) const {
    const std::vector<TermId> graphs = snapshot_->graphs();
    return std::binary_search(graphs.begin(), graphs.end(), graph);
}

Slot Planner::variable_slot(Variable variable, const PlanScope& scope) const {
    Slot slot;
    slot.kind = scope.outer.contains(variable) ? Slot::Kind::outer : Slot::Kind::variable;
    slot.variable = variable;
    return slot;
}

Slot Planner::slot_of(const PatternTerm& term, const PlanScope& scope, bool& impossible) {
    if (const Variable* variable = term.variable()) return variable_slot(*variable, scope);
    Slot slot;
    slot.kind = Slot::Kind::constant;
    if (const auto id = find(*term.term()))
        slot.id = *id;
    else
        impossible = true;
    return slot;
}

TripleAccess Planner::access_of(const TriplePattern& pattern, const PlanScope& scope,
                                std::vector<TripleAccess>& out) {
    TripleAccess access;
    access.pattern = pattern;
    const std::array<PatternTerm*, 3> places = {&access.pattern.subject, &access.pattern.predicate,
                                                &access.pattern.object};
    for (std::size_t role = 0; role < 3; ++role) {
        if (const TriplePattern* triple = places[role]->triple()) {
            // A relation of its own, joined by the triple term's id.
            TripleAccess inner = access_of(*triple, scope, out);
            inner.triple_terms = true;
            const Variable id = variables_.fresh();
            inner.slots[3].kind = Slot::Kind::variable;
            inner.slots[3].variable = id;
            inner.graph = Slot{};
            out.push_back(std::move(inner));
            access.slots[role].kind = Slot::Kind::variable;
            access.slots[role].variable = id;
            continue;
        }
        access.slots[role] = slot_of(*places[role], scope, access.impossible);
    }
    return access;
}

void Planner::add_accesses(const TriplePattern& pattern, const PlanScope& scope,
                           std::vector<TripleAccess>& out) {
    TripleAccess access = access_of(pattern, scope, out);
    access.impossible = access.impossible || scope.graph_unknown;
    access.graph = scope.graph;
    switch (scope.graph.kind) {
        case Slot::Kind::ignored:
            access.graphs = dataset_.default_graph;
            access.impossible = access.impossible || dataset_.default_graph_empty;
            if (access.graphs.mode == storage::GraphSelection::Mode::one) {
                access.graph.kind = Slot::Kind::constant;
                access.graph.id = access.graphs.graph;
            }
            break;
        case Slot::Kind::constant:
        case Slot::Kind::outer:
            access.graphs.mode = storage::GraphSelection::Mode::one;
            access.graphs.graph = scope.graph.id;
            break;
        case Slot::Kind::variable:
            access.graphs.mode = storage::GraphSelection::Mode::each;
            if (dataset_.named) {
                access.graphs.graphs = *dataset_.named;
                access.impossible = access.impossible || dataset_.named->empty();
            }
            access.slots[3] = scope.graph;
            access.graph = Slot{};
            break;
    }
    out.push_back(std::move(access));
}

PropertyPathIds Planner::path_ids(const PropertyPath& path) {
    PropertyPathIds out;
    out.kind = path.kind;
    if (path.kind == PropertyPath::Kind::link)
        out.predicate = find(path.predicate).value_or(storage::unbound);
    for (const PropertyPathPtr& part : path.parts) out.parts.push_back(path_ids(*part));
    for (const bool backward : {false, true}) {
        std::vector<TermId>& ids = backward ? out.backward : out.forward;
        for (const Term& term : backward ? path.backward : path.forward)
            if (const auto id = find(term)) ids.push_back(*id);
        std::sort(ids.begin(), ids.end());
    }
    out.has_forward = path.has_forward;
    out.has_backward = path.has_backward;
    return out;
}

PathSpec Planner::path_spec(const PathPattern& pattern, const PlanScope& scope) {
    PathSpec spec;
    spec.pattern = pattern;
    spec.path = path_ids(*pattern.path);
    for (const bool is_object : {false, true}) {
        const PatternTerm& term = is_object ? pattern.object : pattern.subject;
        Slot& slot = is_object ? spec.object : spec.subject;
        if (const TriplePattern* triple = term.triple()) {
            TripleAccess access = access_of(*triple, scope, spec.accesses);
            access.triple_terms = true;
            slot.kind = access.slots[3].kind = Slot::Kind::variable;
            slot.variable = access.slots[3].variable = variables_.fresh();
            spec.accesses.push_back(std::move(access));
            continue;
        }
        bool unknown = false;
        slot = slot_of(term, scope, unknown);
        // A term the store does not know still has its path of length zero.
        if (unknown) (is_object ? spec.object_term : spec.subject_term) = *term.term();
    }
    spec.graphs = dataset_.default_graph;
    spec.empty = scope.graph_unknown;
    if (scope.graph.fixed()) {
        spec.graph = scope.graph;
    } else if (dataset_.default_graph_empty) {
        // In a graph without statements a term still has its path of length zero: a graph of an id
        // that is never one.
        spec.graphs = {storage::GraphSelection::Mode::one, storage::unbound, {}};
    }
    return spec;
}

storage::PredicateStatistics Planner::statistics_of(TermId predicate) {
    const auto [entry, added] = statistics_.try_emplace(predicate);
    if (added) entry->second = snapshot_->statistics(predicate);
    return entry->second;
}

PathEstimate Planner::path_estimate(const PathSpec& spec) {
    if (spec.empty) return {};
    storage::ScanRequest all;
    all.permutation = storage::Permutation::spo;
    all.graphs = spec.graphs;
    return estimate_path(
        spec.path, [&](TermId predicate) { return statistics_of(predicate); },
        static_cast<double>(snapshot_->estimate(all)));
}

double Planner::rows_of(const TripleAccess& access) {
    if (access.impossible) return 0;
    const std::vector<AccessPath> paths = access_paths(access, *snapshot_);
    if (paths.empty()) throw StoreError("the store has no index for a triple pattern");
    // Values that come at run time count like the average one.
    double share = 1;
    TripleAccess known = access;
    for (std::size_t role = 0; role < 4; ++role) {
        Slot& slot = role == 3 && !access.triple_terms ? known.graph : known.slots[role];
        if (slot.kind != Slot::Kind::outer) continue;
        slot = Slot{};
        if (role == 3) known.graphs = {storage::GraphSelection::Mode::merged, {}, {}};
        if (role < 3) share *= role == 1 ? 0.05 : 0.001;
    }
    std::vector<AccessPath> known_paths = access_paths(known, *snapshot_);
    const auto request = scan_request(known, known_paths.front(), nullptr);
    if (!request) return 0;
    std::uint64_t rows = snapshot_->estimate(*request);
    if (rows < counted_below) rows = snapshot_->count(*request);
    if (share < 1) return rows == 0 ? 0 : std::max(1.0, static_cast<double>(rows) * share);
    // A variable that stands twice removes most rows.
    double result = static_cast<double>(rows);
    for (std::size_t a = 0; a < 3; ++a)
        for (std::size_t b = a + 1; b < 4; ++b)
            if (access.slots[a].kind == Slot::Kind::variable &&
                access.slots[b].kind == Slot::Kind::variable &&
                access.slots[a].variable == access.slots[b].variable)
                result = std::max(std::min(result, 1.0), result * 0.01);
    return result;
}

double Planner::distinct_of(const TripleAccess& access, Variable variable, double rows) {
    const auto is_variable = [&](std::size_t role) {
        return access.slots[role].kind == Slot::Kind::variable &&
               access.slots[role].variable == variable;
    };
    if (access.triple_terms) return is_variable(3) ? rows : std::max(1.0, std::pow(rows, 0.8));
    const bool subject_fixed = access.slots[0].fixed();
    const bool object_fixed = access.slots[2].fixed();
    const Slot& predicate = access.slots[1];
    double distinct = rows;
    if (predicate.kind == Slot::Kind::constant && !subject_fixed && !object_fixed) {
        const storage::PredicateStatistics known = statistics_of(predicate.id);
        if (is_variable(0) && known.distinct_subjects > 0)
            distinct = static_cast<double>(known.distinct_subjects);
        if (is_variable(2) && known.distinct_objects > 0)
            distinct = static_cast<double>(known.distinct_objects);
    } else if (is_variable(1)) {
        distinct = std::min(rows, 50.0);
    } else if (!predicate.fixed() && !subject_fixed && is_variable(0)) {
        distinct = object_fixed ? rows : rows / 5;
    } else if (!predicate.fixed() && !object_fixed && is_variable(2)) {
        distinct = subject_fixed ? rows : rows / 3;
    }
    if (is_variable(3)) distinct = std::min(rows, 100.0);
    return std::clamp(distinct, 1.0, std::max(rows, 1.0));
}

PlanScope Planner::graph_scope(const Graph& node, const PlanScope& scope) {
    PlanScope inner = scope;
    inner.graph_unknown = false;
    if (const Term* name = std::get_if<Term>(&node.name)) {
        const auto id = find(*name);
        inner.graph = Slot{};
        inner.graph.kind = Slot::Kind::constant;
        // A name that is no graph's has no solutions at all, not even those that read no statement
        // (section 18.6, Evaluation of a Graph Pattern).
        if (id && named_graph_exists(*id) &&
            (dataset_.named || reads_active_graph(*node.input) || holds_statements(*id)))
            inner.graph.id = *id;
        else
            inner.graph_unknown = true;
    } else {
        inner.graph = variable_slot(std::get<Variable>(node.name), scope);
        // Parts that are joined inside are joined on the graph, too, whether or not anybody looks
        // at its name above.
        if (inner.graph.kind == Slot::Kind::variable && !node.input->as<BasicPattern>())
            inner.needed.insert(inner.graph.variable);
    }
    return inner;
}

ResolvedDataset Planner::resolve_dataset(const Dataset& dataset, const std::optional<Term>& with) {
    using Mode = storage::GraphSelection::Mode;
    ResolvedDataset out;
    out.default_graph.mode = Mode::one;
    out.default_graph.graph = storage::default_graph;
    const auto ids_of = [&](const std::vector<Term>& graphs) {
        std::vector<TermId> ids;
        for (const Term& graph : graphs) {
            // The empty IRI stands for the store's default graph.
            if (graph.is_iri() && graph.text().empty())
                ids.push_back(storage::default_graph);
            else if (const auto id = find(graph))
                ids.push_back(*id);
        }
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        return ids;
    };
    if (dataset.empty()) {
        if (with) {
            const auto id = find(*with);
            out.default_graph_empty = !id;
            if (id) out.default_graph.graph = *id;
        } else if (options_.union_default_graph) {
            out.default_graph.mode = Mode::merged;
        }
        return out;
    }
    const std::vector<TermId> graphs = ids_of(dataset.default_graphs);
    out.default_graph_empty = graphs.empty();
    if (graphs.size() == 1) {
        out.default_graph.graph = graphs.front();
    } else if (!graphs.empty()) {
        out.default_graph.mode = Mode::merged;
        out.default_graph.graphs = graphs;
    }
    out.named = ids_of(dataset.named_graphs);
    std::erase(*out.named, storage::default_graph);
    return out;
}

}  // namespace dossier::engine
