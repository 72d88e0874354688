#include <dossier/value_of.h>

#include <catch2/catch.hpp>

namespace dossier {

TEST_CASE("a term is read as the C++ value it denotes", "[value_of]") {
    CHECK(Term::integer(-7).as<int>() == -7);
    CHECK(Term::integer(-7).as<double>() == -7.0);
    CHECK(Term::boolean(true).to<bool>());
    CHECK(Term::literal("x").to<std::string>() == "x");
    CHECK(Term::iri("urn:a").to<std::string>() == "urn:a");
    CHECK(Term::iri("urn:a").iri() == "urn:a");
    CHECK(Term::literal("x").lexical() == "x");
    CHECK(Term::integer(1).view().as<Term>() == Term::integer(1));
}

TEST_CASE("a term without a value of the type gives nothing or throws", "[value_of]") {
    CHECK_FALSE(Term::integer(-7).as<unsigned>());
    CHECK_FALSE(Term::integer(std::int64_t{1} << 40).as<int>());
    CHECK_FALSE(Term::iri("urn:a").as<int>());
    CHECK_FALSE(Term::literal("1").as<int>());  // a string is no number
    CHECK_FALSE(Term::real(1.5).as<int>());
    CHECK_THROWS_AS(Term::iri("urn:a").to<int>(), QueryError);
}

TEST_CASE("the error about a long term shows whole characters of its beginning", "[value_of]") {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "\u00e9";
    std::string message;
    try {
        Term::literal(text).to<int>();
    } catch (const QueryError& error) {
        message = error.what();
    }
    CHECK(message.starts_with("\"\u00e9"));
    CHECK(message.find("\u00e9... has no value") != std::string::npos);
    CHECK(message.size() < 200);
}

}  // namespace dossier
