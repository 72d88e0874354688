#include "tests/oracle/random_data.h"

#include "rdf/vocabulary.h"

namespace dossier::oracle {

namespace {

Term node(std::size_t number) {
    return Term::iri("http://n/" + std::to_string(number));
}
Term predicate(std::size_t number) {
    return Term::iri("http://p/" + std::to_string(number));
}
Term graph(std::size_t number) {
    return Term::iri("http://g/" + std::to_string(number));
}
Term typed(const char* text, std::string_view datatype) {
    return Term::literal(text, std::string(datatype));
}

// Equal and nearly equal values in many forms, and values that are none.
const std::vector<Term>& literals() {
    static const std::vector<Term> all = {
        Term::integer(0),
        Term::integer(1),
        Term::integer(2),
        Term::integer(3),
        Term::integer(-1),
        typed("01", xsd::integer),
        typed("1", xsd::int_),
        typed("2", xsd::non_negative_integer),
        typed("9223372036854775807", xsd::integer),
        typed("9223372036854775808", xsd::integer),
        typed("288230376151711744", xsd::integer),
        typed("1.0", xsd::decimal),
        typed("1.5", xsd::decimal),
        typed("-0.25", xsd::decimal),
        typed("0.1", xsd::decimal),
        typed("123456789012345678.5", xsd::decimal),
        typed("1.0E0", xsd::double_),
        typed("1", xsd::double_),
        typed("-0.0E0", xsd::double_),
        typed("2.5", xsd::double_),
        typed("INF", xsd::double_),
        typed("NaN", xsd::double_),
        typed("1.5", xsd::float_),
        typed("x", xsd::integer),
        typed("true", xsd::boolean),
        typed("1", xsd::boolean),
        typed("false", xsd::boolean),
        typed("maybe", xsd::boolean),
        Term::literal(""),
        Term::literal("a"),
        Term::literal("A"),
        Term::literal("ab"),
        Term::literal("a long text that does not fit into the number of a term"),
        Term::literal("\xE6\xBC\xA2\xF0\x9F\x90\x91"),
        Term::literal("1"),
        Term::language_literal("a", "en"),
        Term::language_literal("a", "de"),
        Term::language_literal("ab", "en"),
        typed("-0.5", xsd::decimal),
        typed("2.5", xsd::decimal),
        typed("7.", xsd::decimal),
        typed("-2.5E0", xsd::double_),
        typed("-INF", xsd::double_),
        typed("1.0E21", xsd::double_),
        typed("0.0000001", xsd::double_),
        typed("NaN", xsd::float_),
        typed("-0.5", xsd::float_),
        typed("1e", xsd::double_),
        typed("-1", xsd::non_negative_integer),
        Term::literal(" 2 "),
        Term::literal("2.50"),
        Term::literal("true"),
        Term::literal("2024-02-29T12:00:00Z"),
        Term::literal("Stra\xC3\x9F"
                      "e, \xC3\xA9t\xC3\xA9"),
        Term::literal("a/b?c=1&d"),
        Term::language_literal("b", "de-at"),
        Term::language_literal("a", "en", Direction::left_to_right),
        Term::language_literal("ab", "en", Direction::right_to_left),
        typed("2024-02-29T12:00:00Z", xsd::date_time),
        typed("2024-02-29T12:00:00", xsd::date_time),
        typed("2024-02-29T14:00:00+02:00", xsd::date_time),
        typed("2024-02-29T24:00:00Z", xsd::date_time),
        typed("2024-03-01T02:00:01", xsd::date_time),
        typed("2024-03-01T05:29:07.250-05:30", xsd::date_time),
        typed("-0044-03-15T00:00:00Z", xsd::date_time),
        typed("12024-12-31T23:59:59.9", xsd::date_time),
        typed("2023-02-29T00:00:00Z", xsd::date_time),
        typed("2024-02-29Z", xsd::date),
        typed("2024-02-29", xsd::date),
        typed("2025-01-01", xsd::date),
        typed("a", "http://datatype/unknown"),
        typed("1", "http://datatype/unknown"),
    };
    return all;
}

const Term& literal_of(Chance& chance) {
    return chance.one_of(literals());
}
Term literal(Chance& chance) {
    return chance.one_of(literals());
}

Term triple_term(Chance& chance, std::size_t depth) {
    const Term object = depth > 0 && chance.of(0.2) ? triple_term(chance, depth - 1)
                        : chance.of(0.3)            ? literal(chance)
                                                    : node(chance.below(5));
    return Term::triple(node(chance.below(5)), predicate(chance.below(3)), object);
}

using Quads = std::vector<Quad>;

Quads adversarial(Chance& chance) {
    Quads out;
    const std::size_t count = 6 + chance.below(25);
    for (std::size_t i = 0; i < count; ++i) {
        Quad quad{node(chance.below(4)), predicate(chance.below(3)), node(chance.below(4)), {}};
        if (chance.of(0.12)) quad.subject = Term::blank_node("s" + std::to_string(chance.below(2)));
        if (chance.of(0.08)) quad.subject = predicate(chance.below(3));
        if (chance.of(0.08)) quad.predicate = node(chance.below(3));
        const std::size_t kind = chance.below(10);
        if (kind < 5) quad.object = literal(chance);
        if (kind == 5) quad.object = quad.subject;
        if (kind == 6) quad.object = predicate(chance.below(3));
        if (kind == 7) quad.object = Term::blank_node("s" + std::to_string(chance.below(2)));
        if (kind == 8) quad.object = triple_term(chance, 2);
        if (chance.of(0.15)) quad.graph = chance.of(0.5) ? graph(0) : node(chance.below(4));
        out.push_back(std::move(quad));
    }
    return out;
}

Quads chains(Chance& chance) {
    Quads out;
    const std::size_t length = 5 + chance.below(25);
    for (std::size_t i = 0; i < length; ++i) {
        out.push_back({node(i), predicate(0), node(i + 1), {}});
        if (chance.of(0.2))
            out.push_back({node(i), predicate(3), Term::integer(static_cast<std::int64_t>(i)), {}});
    }
    const std::size_t cycle = 1 + chance.below(6);
    for (std::size_t i = 0; i < cycle; ++i)
        out.push_back({node(i), predicate(1), node((i + 1) % cycle), {}});
    for (std::size_t i = 0; i < 6; ++i)
        out.push_back({node(chance.below(length)), predicate(2), node(chance.below(length)), {}});
    if (chance.of(0.5))
        for (std::size_t i = 0; i < 4; ++i)
            out.push_back({node(i), predicate(0), node((i * 3 + 1) % 4), graph(0)});
    return out;
}

Quads skewed(Chance& chance) {
    Quads out;
    const std::size_t count = 60 + chance.below(140);
    for (std::size_t i = 0; i < count; ++i) {
        // A hub with most of the statements, one predicate with nearly all of them.
        const Term subject = chance.of(0.5) ? node(0) : node(1 + chance.below(30));
        const Term link = chance.of(0.7) ? predicate(0) : predicate(1 + chance.below(4));
        const Term object = chance.of(0.4)
                                ? Term::integer(static_cast<std::int64_t>(chance.below(50)))
                            : chance.of(0.1) ? literal(chance)
                                             : node(chance.below(60));
        out.push_back({subject, link, object, chance.of(0.05) ? graph(0) : Term()});
    }
    return out;
}

Quads graphs(Chance& chance) {
    Quads out;
    const std::size_t count = 20 + chance.below(40);
    const Term reifies = Term::iri(std::string(rdf::reifies));
    for (std::size_t i = 0; i < count; ++i) {
        const Term where = chance.of(0.25) ? Term() : graph(chance.below(5));
        const Term statement = triple_term(chance, 1);
        const std::size_t kind = chance.below(4);
        if (kind == 0) {
            const Term reifier = chance.of(0.3)
                                     ? Term::blank_node("r" + std::to_string(chance.below(3)))
                                     : node(10 + chance.below(4));
            out.push_back({reifier, reifies, statement, where});
            if (chance.of(0.5)) out.push_back({reifier, predicate(3), literal(chance), where});
        } else if (kind == 1) {
            out.push_back({node(chance.below(5)), predicate(chance.below(3)), statement, where});
        } else {
            const Term object = statement.object().is_triple() ? node(1) : statement.object();
            out.push_back({statement.subject(), statement.predicate(), object, where});
        }
        // The same statement in another graph.
        if (chance.of(0.2)) {
            Quad copy = out.back();
            copy.graph = chance.of(0.3) ? Term() : graph(chance.below(5));
            out.push_back(std::move(copy));
        }
    }
    // Statements about graphs.
    for (std::size_t i = 0; i < 4; ++i)
        out.push_back({graph(chance.below(6)), predicate(chance.below(3)), literal(chance), {}});
    return out;
}

}  // namespace

const char* name_of(Shape shape) {
    static constexpr const char* names[] = {"empty", "adversarial", "chains", "skewed", "graphs"};
    return names[static_cast<std::size_t>(shape)];
}

std::vector<Quad> random_data(Shape shape, Chance& chance) {
    switch (shape) {
        case Shape::empty:
            return {};
        case Shape::adversarial:
            return adversarial(chance);
        case Shape::chains:
            return chains(chance);
        case Shape::skewed:
            return skewed(chance);
        case Shape::graphs:
            break;
    }
    return graphs(chance);
}

std::string to_text(const std::vector<Quad>& quads) {
    std::string out;
    for (const Quad& quad : quads) {
        out += quad.subject.to_string() + " " + quad.predicate.to_string() + " " +
               quad.object.to_string();
        if (!quad.graph.text().empty()) out += " " + quad.graph.to_string();
        out += " .\n";
    }
    return out;
}

Term random_moment(Chance& chance) {
    for (;;) {
        const Term& term = literal_of(chance);
        if (term.datatype() == xsd::date_time || term.datatype() == xsd::date) return term;
    }
}

Term random_constant(Chance& chance) {
    if (chance.of(0.5)) return literal(chance);
    if (chance.of(0.15)) return triple_term(chance, 1);
    if (chance.of(0.1)) return predicate(chance.below(4));
    if (chance.of(0.1)) return graph(chance.below(5));
    return node(chance.below(6));
}

}  // namespace dossier::oracle
