#include "tests/conformance/isomorphism.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace dossier::conformance {

namespace {

using Colour = std::uint64_t;
using Colours = std::map<std::string, Colour, std::less<>>;  // of blank nodes, by label

Colour mix(Colour a, Colour b) {
    Colour x = a * 0x9E3779B97F4A7C15ull ^ (b + 0x7F4A7C15ull + (a << 6) + (a >> 2));
    x ^= x >> 31;
    x *= 0xBF58476D1CE4E5B9ull;
    return x ^ (x >> 29);
}

void collect_blank_nodes(const Term& term, Colours& colours) {
    if (term.is_blank_node()) colours.emplace(term.text(), 1);
    if (!term.is_triple()) return;
    collect_blank_nodes(term.subject(), colours);
    collect_blank_nodes(term.predicate(), colours);
    collect_blank_nodes(term.object(), colours);
}

bool has_blank_node(const Term& term) {
    Colours colours;
    collect_blank_nodes(term, colours);
    return !colours.empty();
}

bool has_blank_node(const Quad& quad) {
    return has_blank_node(quad.subject) || has_blank_node(quad.object) ||
           has_blank_node(quad.graph);
}

// The colour of a term, as seen from `self`, which looks the same wherever it stands.
Colour colour_of(const Term& term, const Colours& colours, std::string_view self) {
    if (term.is_blank_node()) {
        return term.text() == self ? 2 : mix(3, colours.find(term.text())->second);
    }
    if (term.is_triple()) {
        return mix(mix(mix(5, colour_of(term.subject(), colours, self)),
                       colour_of(term.predicate(), colours, self)),
                   colour_of(term.object(), colours, self));
    }
    return mix(7, hash_value(term.view()));
}

// One side of the comparison: its statements with blank nodes, and where each of these occurs.
struct Side {
    std::vector<Quad> quads;
    std::map<std::string, std::vector<const Quad*>, std::less<>> occurrences;
    Colours colours;

    explicit Side(const std::set<Quad>& all) {
        for (const Quad& quad : all) {
            if (has_blank_node(quad)) quads.push_back(quad);
        }
        for (const Quad& quad : quads) {
            Colours in_quad;
            collect_blank_nodes(quad.subject, in_quad);
            collect_blank_nodes(quad.object, in_quad);
            collect_blank_nodes(quad.graph, in_quad);
            for (const auto& [label, colour] : in_quad) {
                colours[label] = colour;
                occurrences[label].push_back(&quad);
            }
        }
    }

    // Colours each blank node by the statements it is in, until that tells no more of them apart.
    void refine(Colours& current) const {
        std::size_t classes = count_classes(current);
        for (;;) {
            Colours next;
            for (const auto& [label, old_colour] : current) {
                std::vector<Colour> seen;
                for (const Quad* quad : occurrences.find(label)->second) {
                    seen.push_back(mix(mix(mix(colour_of(quad->subject, current, label),
                                               colour_of(quad->predicate, current, label)),
                                           colour_of(quad->object, current, label)),
                                       colour_of(quad->graph, current, label)));
                }
                std::sort(seen.begin(), seen.end());
                Colour colour = old_colour;
                for (const Colour one : seen) colour = mix(colour, one);
                next[label] = colour;
            }
            const std::size_t new_classes = count_classes(next);
            current = std::move(next);
            if (new_classes <= classes) return;
            classes = new_classes;
        }
    }

    static std::size_t count_classes(const Colours& colours) {
        std::set<Colour> distinct;
        for (const auto& entry : colours) distinct.insert(entry.second);
        return distinct.size();
    }
};

using Classes = std::map<Colour, std::vector<std::string>>;

Classes classes_of(const Colours& colours) {
    Classes classes;
    for (const auto& [label, colour] : colours) classes[colour].push_back(label);
    return classes;
}

Term rename(const Term& term, const std::map<std::string, std::string, std::less<>>& names) {
    if (term.is_blank_node()) return Term::blank_node(names.find(term.text())->second);
    if (term.is_triple()) {
        return Term::triple(rename(term.subject(), names), rename(term.predicate(), names),
                            rename(term.object(), names));
    }
    return term;
}

// Every class has one node on each side: the mapping is given, and is tried.
bool maps_onto(const Side& a, const Side& b, const Classes& a_classes, const Classes& b_classes) {
    std::map<std::string, std::string, std::less<>> names;
    for (const auto& [colour, labels] : a_classes) {
        names[labels.front()] = b_classes.find(colour)->second.front();
    }
    std::set<Quad> renamed;
    for (const Quad& quad : a.quads) {
        renamed.insert({rename(quad.subject, names), rename(quad.predicate, names),
                        rename(quad.object, names), rename(quad.graph, names)});
    }
    return renamed == std::set<Quad>(b.quads.begin(), b.quads.end());
}

bool match(const Side& a, const Side& b, Colours a_colours, Colours b_colours, Colour next_colour) {
    a.refine(a_colours);
    b.refine(b_colours);
    const Classes a_classes = classes_of(a_colours);
    const Classes b_classes = classes_of(b_colours);
    const std::vector<std::string>* smallest = nullptr;
    const std::vector<std::string>* candidates = nullptr;
    if (a_classes.size() != b_classes.size()) return false;
    for (const auto& [colour, labels] : a_classes) {
        const auto other = b_classes.find(colour);
        if (other == b_classes.end() || other->second.size() != labels.size()) return false;
        if (labels.size() > 1 && (smallest == nullptr || labels.size() < smallest->size())) {
            smallest = &labels;
            candidates = &other->second;
        }
    }
    if (smallest == nullptr) return maps_onto(a, b, a_classes, b_classes);
    // These look alike: choose a partner for one of them, and see what follows.
    a_colours[smallest->front()] = next_colour;
    for (const std::string& candidate : *candidates) {
        Colours chosen = b_colours;
        chosen[candidate] = next_colour;
        if (match(a, b, a_colours, chosen, next_colour + 1)) return true;
    }
    return false;
}

}  // namespace

bool is_isomorphic(const Graph& a, const Graph& b) {
    const std::set<Quad> a_all(a.quads().begin(), a.quads().end());
    const std::set<Quad> b_all(b.quads().begin(), b.quads().end());
    if (a_all.size() != b_all.size()) return false;
    for (const Quad& quad : a_all) {
        if (!has_blank_node(quad) && !b_all.contains(quad)) return false;
    }
    const Side a_side(a_all);
    const Side b_side(b_all);
    if (a_side.quads.size() != b_side.quads.size()) return false;
    return match(a_side, b_side, a_side.colours, b_side.colours, 1000);
}

}  // namespace dossier::conformance
