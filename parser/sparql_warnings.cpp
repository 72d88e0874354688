#include "parser/sparql_warnings.h"

#include <algorithm>

#include "rdf/source_text.h"

namespace dossier::sparql {
namespace {

// Walks a query once. What MINUS, EXISTS and the inside of a sub-select bind can be used there, but
// is not seen from outside.
class Walk {
  public:
    explicit Walk(const Symbols& symbols)
        : symbols_(symbols),
          visible_(symbols.variables.size()),
          mentioned_(symbols.variables.size()) {}

    struct Use {
        Variable variable;
        Offset offset = 0;  // where it stands, or where what it stands in begins
        bool of_result = false;
    };

    void query(const Query& query) {
        group(query.where, true);
        if (query.values) values(*query.values, true);
        modifiers(query, true);
        for (const TriplePattern& triple : query.construct)
            for (const Node* node : {&triple.subject, &triple.predicate, &triple.object})
                use(*node, triple.offset);
        if (!query.star)
            for (const Node& node : query.describe) use(node, query.offset);
    }

    bool visible(Variable variable) const { return visible_[variable.id]; }
    bool mentioned(Variable variable) const { return mentioned_[variable.id]; }
    const std::vector<Use>& uses() const { return uses_; }

  private:
    void bind(Variable variable, bool seen) {
        mentioned_[variable.id] = true;
        if (seen) visible_[variable.id] = true;
    }
    void bind(const Node& node, bool seen) {
        if (const auto* variable = std::get_if<Variable>(&node)) {
            bind(*variable, seen);
        } else if (const auto* triple = std::get_if<TripleTermPattern>(&node)) {
            const TripleTermParts& parts = symbols_.parts(*triple);
            bind(parts.subject, seen);
            bind(parts.predicate, seen);
            bind(parts.object, seen);
        }
    }
    void use(const Node& node, Offset offset) {
        if (const auto* variable = std::get_if<Variable>(&node)) {
            uses_.push_back({*variable, offset, true});
        } else if (const auto* triple = std::get_if<TripleTermPattern>(&node)) {
            const TripleTermParts& parts = symbols_.parts(*triple);
            for (const Node* part : {&parts.subject, &parts.predicate, &parts.object})
                use(*part, offset);
        }
    }
    void values(const Values& values, bool seen) {
        for (const Variable variable : values.variables) bind(variable, seen);
    }

    void expression(const Expression& expression) {
        if (expression.pattern) group(*expression.pattern, false);
        if (const auto* variable = std::get_if<Variable>(&expression.node);
            variable != nullptr && expression.op == Operator::node)
            uses_.push_back({*variable, expression.offset, false});
        for (const Expression& argument : expression.arguments) this->expression(argument);
    }

    void modifiers(const Query& query, bool seen) {
        for (const GroupKey& key : query.group_by) {
            expression(key.value);
            if (key.name) bind(*key.name, seen);
        }
        for (const Expression& condition : query.having) expression(condition);
        for (const OrderKey& key : query.order_by) expression(key.value);
        for (const Projection& projection : query.projection) {
            if (projection.value) {
                expression(*projection.value);
                bind(projection.variable, seen);
            } else if (!query.star) {
                uses_.push_back({projection.variable, projection.offset, seen});
            }
        }
    }

    void group(const GroupPattern& group, bool seen) {
        for (const GroupElement& element : group.elements)
            std::visit([&](const auto& pattern) { this->element(pattern, seen); }, element.pattern);
    }
    void element(const TriplesBlock& block, bool seen) {
        for (const TriplePattern& triple : block.triples) {
            bind(triple.subject, seen);
            bind(triple.predicate, seen);
            bind(triple.object, seen);
        }
        for (const PathPattern& path : block.paths) {
            bind(path.subject, seen);
            bind(path.object, seen);
        }
    }
    void element(const Filter& filter, bool) { expression(filter.condition); }
    void element(const Optional& optional, bool seen) { group(optional.group, seen); }
    void element(const Union& branches, bool seen) {
        for (const GroupPattern& branch : branches.branches) group(branch, seen);
    }
    void element(const Minus& minus, bool) { group(minus.group, false); }
    void element(const GraphPattern& graph, bool seen) {
        bind(graph.graph, seen);
        group(graph.group, seen);
    }
    void element(const Service& service, bool seen) {
        bind(service.endpoint, seen);
        group(service.group, seen);
    }
    void element(const Bind& bound, bool seen) {
        expression(bound.value);
        bind(bound.target, seen);
    }
    void element(const Values& values, bool seen) { this->values(values, seen); }
    void element(const SubSelect& select, bool seen) {
        const Query& inner = *select.query;
        group(inner.where, false);
        if (inner.values) values(*inner.values, false);
        modifiers(inner, false);
        // Only what it projects is seen outside, and only where it is bound inside.
        for (const Projection& projection : inner.projection)
            if (mentioned(projection.variable)) bind(projection.variable, seen);
    }
    void element(const Lateral& lateral, bool seen) { group(lateral.group, seen); }

    const Symbols& symbols_;
    std::vector<bool> visible_, mentioned_;
    std::vector<Use> uses_;
};

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (static_cast<unsigned char>(c) & 0x80) != 0;
}

// Where the variable is written at or behind an offset.
std::size_t place_of(std::string_view text, std::size_t offset, const std::string& name) {
    for (std::size_t found = offset; (found = text.find(name, found)) != std::string_view::npos;
         ++found) {
        if (found == 0 || (text[found - 1] != '?' && text[found - 1] != '$')) continue;
        const std::size_t end = found + name.size();
        if (end == text.size() || !is_name_byte(text[end])) return found - 1;
    }
    return offset;
}

}  // namespace

std::vector<SyntaxError::Details> unbound_variables(const ParsedQuery& parsed,
                                                    std::string_view text,
                                                    const std::vector<std::string>& given,
                                                    std::string_view source) {
    constexpr std::size_t most = 8;  // messages, and variables in a hint
    Walk walk(parsed.symbols);
    walk.query(parsed.query);

    std::string bound;
    std::size_t count = 0;
    for (std::uint32_t id = 0; id < parsed.symbols.variables.size(); ++id) {
        if (!walk.visible({id})) continue;
        if (++count > most) continue;
        bound += (bound.empty() ? "?" : ", ?") + parsed.symbols.variables[id];
    }
    if (count > most) bound += " ...";

    std::vector<Walk::Use> uses = walk.uses();
    std::stable_sort(uses.begin(), uses.end(),
                     [](const auto& a, const auto& b) { return a.offset < b.offset; });
    std::vector<bool> told(parsed.symbols.variables.size());
    std::vector<SyntaxError::Details> warnings;
    for (const Walk::Use& use : uses) {
        const std::string& name = parsed.symbols.name(use.variable);
        if (told[use.variable.id]) continue;
        if (use.of_result ? walk.visible(use.variable) : walk.mentioned(use.variable)) continue;
        if (std::find(given.begin(), given.end(), name) != given.end()) continue;
        told[use.variable.id] = true;
        warnings.push_back(describe_error(text, place_of(text, use.offset, name), name.size() + 1,
                                          "nothing binds ?" + name +
                                              (use.of_result ? ", so it has no value in any answer"
                                                             : ", so it has no value here"),
                                          {source},
                                          bound.empty() ? std::string() : "bound are " + bound));
        if (warnings.size() == most) break;
    }
    return warnings;
}

}  // namespace dossier::sparql
