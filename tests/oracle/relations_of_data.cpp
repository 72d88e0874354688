#include <algorithm>
#include <array>
#include <set>

#include "tests/oracle/reference_values.h"
#include "tests/oracle/relation_subject.h"
#include "tests/oracle/template_instances.h"

// Data under other names, and data that came and went.
namespace dossier::oracle {

namespace {

// Other letters in the same order, so that ORDER BY does the same.
void rename(std::string& text) {
    static constexpr std::array<std::array<const char*, 2>, 3> names = {
        {{"http://g/", "http://f/"}, {"http://n/", "http://m/"}, {"http://p/", "http://o/"}}};
    for (const auto& [from, to] : names)
        for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += 9)
            text.replace(at, 9, to);
}

Term renamed_term(const Term& term) {
    if (term.is_triple())
        return Term::triple(renamed_term(term.subject()), renamed_term(term.predicate()),
                            renamed_term(term.object()));
    std::string text(term.text());
    if (term.is_blank_node()) return Term::blank_node("other" + text);
    if (!term.is_iri()) return term;
    rename(text);
    return Term::iri(std::move(text));
}

// What looks at the text of an IRI sees another one.
bool reads_text(const std::string& query) {
    return query.find("STR") != std::string::npos || query.find("#string>(") != std::string::npos;
}

}  // namespace

Outcome renamed(const Subject& s) {
    const std::string text = select(s, group(s.p()) + " FILTER(" + s.e() + ")");
    if (reads_text(text)) throw NotHere{};
    std::vector<Quad> quads;
    for (const Quad& quad : s.store.quads())
        quads.push_back({renamed_term(quad.subject), renamed_term(quad.predicate),
                         renamed_term(quad.object),
                         quad.graph.text().empty() ? Term() : renamed_term(quad.graph)});
    const EngineStore other(quads, Making::bulk);
    Rows mine = rows_of(s, text);
    for (TextRow& row : mine)
        for (std::string& cell : row) rename(cell);
    std::string other_text = text;
    rename(other_text);
    Rows theirs = rows_of(other, variants()[0], other_text);
    const bool any = !mine.empty();
    try {
        // Blank nodes have any names.
        const bool holds = with_new_nodes_named(mine, {}) == with_new_nodes_named(theirs, {});
        return {holds, any, text + "\n" + other_text + "\n"};
    } catch (const LeftOpen&) {
        throw NotHere{};
    }
}

Outcome inserted_and_deleted(const Subject& s) {
    std::set<std::string> before;
    for (const Quad& quad : s.store.quads()) {
        const std::string line = to_text({quad});
        if (line.find("_:") != std::string::npos) throw NotHere{};
        before.insert(line);
    }
    std::string data;
    const std::size_t count = 1 + s.chance.below(4);
    for (std::size_t i = 0; i < count; ++i) {
        Term subject = random_constant(s.chance);
        while (!subject.is_iri()) subject = random_constant(s.chance);
        const Quad quad{subject, Term::iri("http://p/" + std::to_string(s.chance.below(3))),
                        random_constant(s.chance),
                        s.chance.of(0.5) ? Term() : Term::iri("http://g/new")};
        if (before.contains(to_text({quad}))) continue;
        const std::string triple = quad.subject.to_string() + " " + quad.predicate.to_string() +
                                   " " + quad.object.to_string() + " . ";
        data += quad.graph.text().empty() ? triple
                                          : "GRAPH " + quad.graph.to_string() + group(triple) + " ";
    }
    EngineStore store(s.store.quads(), random_making(s.chance));
    const std::string insertion = "INSERT DATA " + group(data);
    const std::string deletion = "DELETE DATA " + group(data);
    // As two commits or as one.
    if (s.chance.of(0.5)) {
        store.update(insertion);
        store.update(deletion);
    } else {
        store.update(insertion + " ; " + deletion);
    }
    store.read_back();
    std::set<std::string> after;
    for (const Quad& quad : store.quads()) after.insert(to_text({quad}));
    const std::string text = select(s, s.p());
    const Rows rows = rows_of(s, text);
    return {before == after && rows == rows_of(store, variants()[0], text), !rows.empty(),
            insertion + "\n" + text + "\n"};
}

}  // namespace dossier::oracle
