#include <catch2/catch.hpp>

#include <tao/pegtl/contrib/analyze.hpp>

#include "parser/ntriples_grammar.h"
#include "parser/turtle_grammar.h"

using namespace dossier;

TEST_CASE("the grammars of the Turtle family have no loop that consumes nothing", "[turtle]") {
    CHECK(tao::pegtl::analyze<ntriples::line<ntriples::triple>>() == 0);
    CHECK(tao::pegtl::analyze<ntriples::line<ntriples::quad>>() == 0);
    CHECK(tao::pegtl::analyze<turtle::turtle_statement>() == 0);
    CHECK(tao::pegtl::analyze<turtle::trig_statement>() == 0);
    CHECK(tao::pegtl::analyze<turtle::graph_statement>() == 0);
}
