#include "tests/oracle/random_queries.h"

// Random templates of CONSTRUCT, and what DESCRIBE names.
namespace dossier::oracle {

void RandomQueries::add_template(Query& out) {
    const Variables& shown = out.select.variables;
    const auto any = [&](double constant, bool subject) {
        if (chance_.of(0.15)) return Place::of(Term::blank_node(chance_.of(0.6) ? "new" : "other"));
        if (shown.empty() || chance_.of(constant)) {
            Term term = random_constant(chance_);
            while (subject && !term.is_iri()) term = random_constant(chance_);
            return Place::of(term);
        }
        return Place::of(chance_.one_of(shown));
    };
    const auto link = [&] {
        if (!shown.empty() && chance_.of(0.3)) return Place::of(chance_.one_of(shown));
        return Place::of(Term::iri("http://p/" + std::to_string(chance_.below(3))));
    };
    if (chance_.of(0.25)) {
        out.form = Query::Form::describe;
        const std::size_t count = 1 + chance_.below(2);
        for (std::size_t i = 0; i < count; ++i) {
            Place place = any(0.2, true);
            if (place.variable || !place.term.is_blank_node()) out.described.push_back(place);
        }
        if (!out.described.empty()) return;
    }
    out.form = Query::Form::construct;
    Node& pattern = out.select.children[0];
    if (pattern.kind == Node::Kind::triples && chance_.of(0.4)) {
        out.short_form = true;
        out.construct = pattern.triples;
        out.select.variables = visible_variables(pattern);
        out.select.made.clear();
        out.select.trailing.clear();
        return;
    }
    const std::size_t count = 1 + chance_.below(2);
    for (std::size_t i = 0; i < count; ++i)
        out.construct.push_back({any(0.2, true), link(), any(0.2, false)});
    if (chance_.of(0.7)) return;
    Annotation annotation;
    annotation.statement = {any(0.2, true), link(), any(0.2, false)};
    annotation.reifier = any(0.2, true);
    annotation.predicate = link();
    annotation.object = any(0.2, false);
    annotation.asserts = chance_.of(0.5);
    out.annotations.push_back(std::move(annotation));
}

}  // namespace dossier::oracle
