#include <catch2/catch.hpp>

#include <unordered_set>

#include <dossier/error.h>
#include <dossier/term.h>

#include "rdf/vocabulary.h"

using namespace dossier;

namespace {

std::vector<Term> zoo() {
    const Term a = Term::iri("http://a");
    return {Term(),
            a,
            Term::iri("http://b"),
            Term::blank_node("a"),
            Term::blank_node("http://a"),
            Term::literal(""),
            Term::literal("http://a"),
            Term::literal("a"),
            Term::literal("a", "http://a"),
            Term::literal("1", std::string(xsd::integer)),
            Term::literal("01", std::string(xsd::integer)),
            Term::literal("1", std::string(xsd::decimal)),
            Term::language_literal("a", "en"),
            Term::language_literal("a", "en-GB"),
            Term::language_literal("a", "en", Direction::left_to_right),
            Term::language_literal("a", "en", Direction::right_to_left),
            Term::language_literal("a", "de"),
            Term::triple(a, a, a),
            Term::triple(a, a, Term::literal("a")),
            Term::triple(a, a, Term::triple(a, a, a))};
}

}  // namespace

TEST_CASE("identity of terms is a total order that the hash follows", "[term]") {
    const auto terms = zoo();
    for (std::size_t i = 0; i < terms.size(); ++i) {
        for (std::size_t j = 0; j < terms.size(); ++j) {
            CAPTURE(terms[i].to_string(), terms[j].to_string());
            CHECK((terms[i] == terms[j]) == (i == j));
            CHECK(((terms[i] <=> terms[j]) == 0) == (i == j));
            CHECK(((terms[i] <=> terms[j]) < 0) == ((terms[j] <=> terms[i]) > 0));
            for (const Term& third : terms) {
                if (terms[i] < terms[j] && terms[j] < third) CHECK(terms[i] < third);
            }
        }
        const Term copy(terms[i].view());
        CHECK(copy == terms[i]);
        CHECK(hash_value(copy.view()) == hash_value(terms[i].view()));
        CHECK(copy.to_string() == terms[i].to_string());
    }
    const std::unordered_set<Term> set(terms.begin(), terms.end());
    CHECK(set.size() == terms.size());
}

TEST_CASE("a string is the same with and without its datatype written", "[term]") {
    const Term plain = Term::literal("a");
    const Term typed = Term::literal("a", std::string(xsd::string));
    CHECK(plain == typed);
    CHECK(hash_value(plain.view()) == hash_value(typed.view()));
    CHECK(TermView::literal("a") == TermView::literal("a", xsd::string));
    CHECK(plain.datatype() == xsd::string);
    CHECK(Term::language_literal("a", "en").datatype() == rdf::lang_string);
    CHECK(Term::language_literal("a", "en", Direction::right_to_left).datatype() ==
          rdf::dir_lang_string);
    CHECK(Term::iri("a").datatype().empty());
}

TEST_CASE("language tags that differ by case make one term, written as it was", "[term]") {
    const Term lower = Term::language_literal("a", "en-gb");
    const Term mixed = Term::language_literal("a", "en-GB");
    CHECK(lower == mixed);
    CHECK(((lower <=> mixed) == 0));
    CHECK(hash_value(lower.view()) == hash_value(mixed.view()));
    CHECK(mixed.language() == "en-GB");
    CHECK_FALSE(lower == Term::language_literal("a", "en"));
}

TEST_CASE("views of a term live as long as it does, copies are their own", "[term]") {
    Term copy;
    {
        const Term inner = Term::triple(Term::iri("s"), Term::iri("p"), Term::literal("o"));
        const Term outer = Term::triple(Term::iri("s"), Term::iri("p"), inner);
        copy = outer;
        CHECK(outer.view().triple().object.triple().object.text() == "o");
    }
    CHECK(copy.object().object().text() == "o");
    const Term moved = std::move(copy);
    CHECK(moved.view().triple().object.is_triple());
    copy = Term::iri("again");
    CHECK(copy.text() == "again");
}

TEST_CASE("triple terms nest to the limit and no deeper", "[term]") {
    Term term = Term::iri("o");
    for (int i = 0; i < Term::max_triple_depth; ++i) {
        term = Term::triple(Term::iri("s"), Term::iri("p"), term);
    }
    CHECK(term == Term(term.view()));
    CHECK_THROWS_AS(Term::triple(Term::iri("s"), Term::iri("p"), term), LimitError);
}

TEST_CASE("terms are made of plain values", "[term]") {
    CHECK(Term::integer(INT64_MIN).to_string() ==
          "\"-9223372036854775808\"^^<http://www.w3.org/2001/XMLSchema#integer>");
    CHECK(Term::real(48.8).text() == "4.88E1");
    CHECK(Term::boolean(true).text() == "true");
    CHECK(Term::boolean(false).datatype() == xsd::boolean);
    CHECK(Term().is_iri());
    CHECK(Term().text().empty());
}

TEST_CASE("each error has its kind and stable code", "[error]") {
    CHECK(QueryError("x").code() == -2);
    CHECK(StoreError("x").code() == -3);
    CHECK(Conflict("x").code() == -4);
    CHECK(LimitError("x").code() == -5);
    CHECK(Interrupted("x").code() == -6);
    CHECK(UsageError("x").code() == -7);
    CHECK(InputError("x").code() == -8);
    CHECK(std::string(LimitError("what it says").what()) == "what it says");
}
