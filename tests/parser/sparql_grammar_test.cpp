#include <catch2/catch.hpp>

#include <tao/pegtl/contrib/analyze.hpp>

#include "parser/sparql_expression_grammar.h"
#include "parser/sparql_update_grammar.h"

// PEGTL's analysis: no rule of the grammar can loop without taking anything.

namespace dossier::sparql::grammar {

TEST_CASE("the grammar of SPARQL makes progress", "[sparql]") {
    CHECK(pegtl::analyze<beginning>() == 0);
    CHECK(pegtl::analyze<query_rest>() == 0);
    CHECK(pegtl::analyze<update_rest>() == 0);
    CHECK(pegtl::analyze<bare_pattern>() == 0);
    CHECK(pegtl::analyze<conditional_or_expression>() == 0);
}

}  // namespace dossier::sparql::grammar
