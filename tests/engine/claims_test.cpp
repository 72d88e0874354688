#include <dossier/dossier.h>
#include <catch2/catch.hpp>

using namespace dossier;

namespace {

Store store_of(const std::string& text) {
    Store store = Store::in_memory();
    store.load_text(
        "PREFIX : <http://example.org/> PREFIX dos: <https://w3id.org/dossier#> "
        "PREFIX prov: <http://www.w3.org/ns/prov#> "
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> " +
            text,
        DataFormat::trig);
    return store;
}

ClaimAnswer only(const ClaimAnswers& answers) {
    REQUIRE(answers.answers.size() == 1);
    return answers.answers[0];
}

}  // namespace

TEST_CASE("an asserted triple is asserted, a claimed one supported", "[claims]") {
    Store store =
        store_of(":a :met :b . :g { << :a :met :c ~ :c1 >> dos:saidBy :v ; dos:in :g . }");
    const ClaimAnswers answers = store.claims(":a :met ?x");
    REQUIRE(answers.variables == std::vector<std::string>{"x"});
    REQUIRE(answers.answers.size() == 2);
    for (const ClaimAnswer& answer : answers.answers) {
        if (answer.values[0]->text() == "http://example.org/b") {
            REQUIRE(answer.status == ClaimStatus::asserted);
        } else {
            REQUIRE(answer.status == ClaimStatus::supported);
            REQUIRE(answer.said_by == std::vector<Term>{iri("http://example.org/v")});
            REQUIRE(answer.origins == 1);
        }
    }
}

TEST_CASE("a reifier without a stance is no claim", "[claims]") {
    Store store = store_of("<< :a :met :b ~ :r >> :note \"nothing\" .");
    REQUIRE(store.claims(":a :met ?x").answers.empty());
}

TEST_CASE("newspapers that copy one leak are one origin", "[claims]") {
    Store store = store_of(R"(
        :d1 { :d1 dos:copyOf :d0 . << :a :met :b ~ :c1 >> dos:saidBy :leak ; dos:in :d1 . }
        :d2 { :d2 dos:copyOf :d1 . << :a :met :b ~ :c2 >> dos:saidBy :leak ; dos:in :d2 . }
        :d3 { << :a :met :b ~ :c3 >> dos:saidBy :d3 ; dos:in :d3 ; dos:via :c1 . }
        :d4 { << :a :met :b ~ :c4 >> dos:saidBy :d4 ; dos:in :d4 . })");
    // :leak, and :d4 on its own; :d3 has it from :c1.
    REQUIRE(only(store.claims(":a :met ?x")).origins == 2);
}

TEST_CASE("spokespersons are no origins of their own, unnamed ones are counted apart", "[claims]") {
    Store store = store_of(R"(
        :spokesman prov:actedOnBehalfOf :ministry .
        :somebody dos:unnamed true .
        << :a :met :b ~ :c1 >> dos:saidBy :spokesman ; dos:in :d1 .
        << :a :met :b ~ :c2 >> dos:saidBy :ministry ; dos:in :d2 .
        << :a :met :b ~ :c3 >> dos:saidBy :somebody ; dos:in :d3 .)");
    const ClaimAnswer answer = only(store.claims(":a :met ?x"));
    REQUIRE(answer.origins == 1);
    REQUIRE(answer.unnamed_origins == 1);
    REQUIRE(answer.said_by.size() == 3);
}

TEST_CASE("denials dispute, also through an answer; alone they deny", "[claims]") {
    Store store = store_of(R"(
        << :a :met :b ~ :c1 >> dos:saidBy :v ; dos:in :d1 .
        << :a :knew :b ~ :c2 >> dos:deniedBy :a ; dos:in :d1 ; dos:answers :c1 .
        << :a :saw :b ~ :c3 >> dos:deniedBy :a ; dos:in :d1 .)");
    REQUIRE(only(store.claims(":a :met ?x")).status == ClaimStatus::disputed);
    REQUIRE(only(store.claims(":a :saw ?x")).status == ClaimStatus::denied);
}

TEST_CASE("a refusal keeps nothing alive", "[claims]") {
    Store store = store_of("<< :a :met :b ~ :c1 >> dos:declinedBy :a ; dos:in :d1 .");
    REQUIRE(only(store.claims(":a :met ?x")).status == ClaimStatus::unsupported);
}

TEST_CASE("claims fall with their documents, voices and premises", "[claims]") {
    const char* struck[] = {":c1 dos:standing dos:Retracted .",
                            ":d1 dos:standing dos:Compromised .",
                            ":d0 dos:standing dos:Compromised .", ":v dos:standing dos:Garbled .",
                            ":p dos:standing dos:Retracted ."};
    const std::string data = R"(
        :d1 dos:copyOf :d0 .
        << :a :met :b ~ :c1 >> dos:saidBy :v ; dos:in :d1 ; dos:inferredFrom :p .
        << :a :was :there ~ :p >> dos:saidBy :w ; dos:in :d2 . )";
    {
        Store store = store_of(data);
        REQUIRE(only(store.claims(":a :met ?x")).status == ClaimStatus::supported);
    }
    for (const char* mark : struck) {
        Store store = store_of(data + mark);
        INFO(mark);
        const ClaimAnswer answer = only(store.claims(":a :met ?x"));
        REQUIRE(answer.status == ClaimStatus::unsupported);
        REQUIRE(answer.said_by.empty());
        REQUIRE(answer.origins == 0);
    }
}

TEST_CASE("circles of copies and of claims end", "[claims]") {
    Store store = store_of(R"(
        :d1 dos:copyOf :d2 . :d2 dos:copyOf :d3 . :d3 dos:copyOf :d2 .
        << :a :met :b ~ :c1 >> dos:saidBy :d1 ; dos:in :d1 .
        << :a :saw :b ~ :c2 >> dos:saidBy :v ; dos:in :e ; dos:via :c3 .
        << :a :saw :b ~ :c3 >> dos:saidBy :v ; dos:in :e ; dos:via :c2 .)");
    const ClaimAnswers met = store.claims(":a :met ?x");
    REQUIRE(only(met).origins == 1);
    REQUIRE(met.notes.size() == 1);
    // Each stands only if the other does: neither does.
    REQUIRE(only(store.claims(":a :saw ?x")).status == ClaimStatus::unsupported);
}

TEST_CASE("what excludes another is contradicted", "[claims]") {
    Store store = store_of(R"(
        :bornIn dos:singleValued true .
        << :a :bornIn :x ~ :c1 >> dos:saidBy :v ; dos:in :d1 .
        << :a :bornIn :y ~ :c2 >> dos:saidBy :w ; dos:in :d2 .
        << :b :bornIn :x ~ :c3 >> dos:saidBy :w ; dos:in :d2 .)");
    for (const ClaimAnswer& answer : store.claims(":a :bornIn ?x").answers)
        REQUIRE(answer.status == ClaimStatus::contradicted);
    REQUIRE(only(store.claims(":b :bornIn ?x")).status == ClaimStatus::supported);
}

TEST_CASE("claims whose times exclude each other are variants", "[claims]") {
    Store store = store_of(R"(
        << :a :met :b ~ :c1 >> dos:saidBy :v ; dos:in :d1 ; dos:when "2022-11"^^xsd:gYearMonth .
        << :a :met :b ~ :c2 >> dos:saidBy :w ; dos:in :d2 ; dos:when "2023"^^xsd:gYear .
        << :a :met :b ~ :c3 >> dos:deniedBy :a ; dos:in :d3 ; dos:notBefore "2023-01-01"^^xsd:date .)");
    const ClaimAnswers answers = store.claims(":a :met ?x");
    REQUIRE(answers.answers.size() == 2);
    for (const ClaimAnswer& answer : answers.answers) {
        const bool early = answer.variant.find("2022-11") != std::string::npos;
        REQUIRE(answer.status == (early ? ClaimStatus::supported : ClaimStatus::disputed));
    }
}

TEST_CASE("a pattern of several triples is as good as its weakest", "[claims]") {
    Store store = store_of(R"(
        :b :livesIn :c .
        << :a :met :b ~ :c1 >> dos:saidBy :v ; dos:in :d1 .
        << :a :met :b ~ :c2 >> dos:deniedBy :a ; dos:in :d1 .)");
    const ClaimAnswer answer = only(store.claims(":a :met ?x . ?x :livesIn ?y"));
    REQUIRE(answer.status == ClaimStatus::disputed);
    REQUIRE(answer.values[1]->text() == "http://example.org/c");
}

TEST_CASE("a SELECT query can be asked for the claims behind it", "[claims]") {
    Store store = store_of("<< :a :met :b ~ :c1 >> dos:saidBy :v ; dos:in :d1 .");
    const ClaimAnswers answers = store.claims("SELECT ?x { :a :met ?x }");
    REQUIRE(answers.claims == 1);
    REQUIRE(answers.origins == 1);
    REQUIRE_THROWS_AS(store.claims("ASK { :a :met ?x }"), UsageError);
}
