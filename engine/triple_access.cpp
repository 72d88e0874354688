#include "engine/triple_access.h"

#include <algorithm>

namespace dossier::engine {

using storage::Permutation;

namespace {

constexpr std::size_t graph_role = 3;

const char* permutation_name(Permutation permutation) {
    switch (permutation) {
        case Permutation::spo:
            return "SPO";
        case Permutation::sop:
            return "SOP";
        case Permutation::pso:
            return "PSO";
        case Permutation::pos:
            return "POS";
        case Permutation::osp:
            return "OSP";
        case Permutation::ops:
            return "OPS";
        case Permutation::gspo:
            return "GSPO";
        case Permutation::gpos:
            return "GPOS";
        case Permutation::gosp:
            return "GOSP";
        case Permutation::triple_spo:
            return "<<SPO>>";
        case Permutation::triple_pos:
            return "<<POS>>";
        case Permutation::triple_osp:
            return "<<OSP>>";
    }
    return "";
}

bool graph_first(Permutation permutation) {
    return permutation == Permutation::gspo || permutation == Permutation::gpos ||
           permutation == Permutation::gosp;
}

bool of_triple_terms(Permutation permutation) {
    return permutation >= Permutation::triple_spo;
}

// Whether the place is fixed as far as the permutation can use it.
bool fixed_place(const TripleAccess& access, std::size_t role) {
    if (role == graph_role && !access.triple_terms) return access.graph.fixed();
    return access.slots[role].fixed();
}

bool usable(const TripleAccess& access, Permutation permutation) {
    if (of_triple_terms(permutation) != access.triple_terms) return false;
    // A permutation that begins with the graph serves only a single graph.
    return !graph_first(permutation) || access.graph.fixed();
}

AccessPath path_of(const TripleAccess& access, Permutation permutation) {
    AccessPath path;
    path.permutation = permutation;
    path.roles = storage::roles_of(permutation);
    // The graph as last column is not part of a prefix: the graph selection says it.
    const std::size_t limit = access.triple_terms || graph_first(permutation) ? 4 : 3;
    while (path.prefix_length < limit && fixed_place(access, path.roles[path.prefix_length]))
        ++path.prefix_length;
    return path;
}

std::size_t fixed_triple_places(const TripleAccess& access) {
    std::size_t count = 0;
    for (std::size_t role = 0; role < 3; ++role) count += access.slots[role].fixed() ? 1 : 0;
    return count;
}

std::size_t triple_prefix(const AccessPath& path) {
    return path.prefix_length - (graph_first(path.permutation) && path.prefix_length > 0 ? 1 : 0);
}

}  // namespace

std::vector<Variable> TripleAccess::variables() const {
    std::vector<Variable> out;
    for (const Slot& slot : slots)
        if (slot.kind == Slot::Kind::variable && !column_of(out, slot.variable))
            out.push_back(slot.variable);
    return out;
}

bool TripleAccess::mentions(Variable variable) const {
    return std::any_of(slots.begin(), slots.end(), [&](const Slot& slot) {
        return slot.kind == Slot::Kind::variable && slot.variable == variable;
    });
}

std::vector<AccessPath> access_paths(const TripleAccess& access,
                                     const storage::Snapshot& snapshot) {
    const std::size_t wanted = fixed_triple_places(access);
    std::vector<AccessPath> complete;  // every fixed place is in the prefix
    std::optional<AccessPath> longest;
    for (const Permutation permutation : snapshot.permutations()) {
        if (!usable(access, permutation)) continue;
        const AccessPath path = path_of(access, permutation);
        if (triple_prefix(path) == wanted) complete.push_back(path);
        if (!longest || triple_prefix(path) > triple_prefix(*longest)) longest = path;
    }
    if (complete.empty() && longest) complete.push_back(*longest);
    // One named graph: reading it alone beats reading all and choosing.
    std::stable_partition(complete.begin(), complete.end(), [&](const AccessPath& path) {
        return graph_first(path.permutation) && access.graph.kind == Slot::Kind::constant &&
               access.graph.id != storage::default_graph;
    });
    return complete;
}

std::optional<AccessPath> access_path_by(const TripleAccess& access, Variable variable,
                                         const storage::Snapshot& snapshot) {
    std::optional<AccessPath> best;
    for (const Permutation permutation : snapshot.permutations()) {
        if (!usable(access, permutation)) continue;
        const AccessPath path = path_of(access, permutation);
        if (path.prefix_length >= 4) continue;
        const std::uint8_t role = path.roles[path.prefix_length];
        if (role == graph_role && !access.triple_terms) continue;
        const Slot& next = access.slots[role];
        if (next.kind != Slot::Kind::variable || next.variable != variable) continue;
        const bool named =
            access.graph.kind == Slot::Kind::constant && access.graph.id != storage::default_graph;
        if (!best || triple_prefix(path) > triple_prefix(*best) ||
            (triple_prefix(path) == triple_prefix(*best) && named && graph_first(permutation)))
            best = path;
    }
    return best;
}

std::optional<storage::ScanRequest> scan_request(const TripleAccess& access, const AccessPath& path,
                                                 const ExecutionContext* context) {
    if (access.impossible) return std::nullopt;
    const auto value = [&](const Slot& slot) {
        if (slot.kind == Slot::Kind::constant) return slot.id;
        return context == nullptr ? storage::unbound : context->outer(slot.variable);
    };
    storage::ScanRequest request;
    request.permutation = path.permutation;
    request.prefix_length = path.prefix_length;
    for (std::size_t i = 0; i < path.prefix_length; ++i) {
        const std::size_t role = path.roles[i];
        const bool is_graph = role == graph_role && !access.triple_terms;
        request.prefix[i] = value(is_graph ? access.graph : access.slots[role]);
        if (!request.prefix[i].bound()) return std::nullopt;
    }
    request.graphs = access.graphs;
    if (access.graph.fixed()) {
        request.graphs.mode = storage::GraphSelection::Mode::one;
        request.graphs.graph = value(access.graph);
        if (!request.graphs.graph.bound()) return std::nullopt;
    }
    return request;
}

std::string describe_pattern(const TriplePattern& pattern, const PlanNames& names) {
    const auto place = [&](const PatternTerm& term) -> std::string {
        if (const Variable* variable = term.variable()) return names.variable(*variable);
        if (const Term* constant = term.term()) return names.term(constant->view());
        return "<<( " + describe_pattern(*term.triple(), names) + " )>>";
    };
    return place(pattern.subject) + " " + place(pattern.predicate) + " " + place(pattern.object);
}

std::string describe_access(const std::string& what, const TripleAccess& access,
                            const AccessPath& path, const PlanNames& names) {
    std::string out = what + " " + permutation_name(path.permutation) + ": ";
    if (access.triple_terms) {
        out += "<<( " + describe_pattern(access.pattern, names) + " )>>";
        if (access.slots[3].kind == Slot::Kind::variable)
            out += " AS " + names.variable(access.slots[3].variable);
        return out;
    }
    out += describe_pattern(access.pattern, names);
    if (access.slots[3].kind == Slot::Kind::variable)
        out += " in " + names.variable(access.slots[3].variable);
    return out;
}

}  // namespace dossier::engine
