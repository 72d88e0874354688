#pragma once

#include <tao/pegtl/must_if.hpp>

// What is said when a rule that must match does not: `message<rule>`, specialised next to the
// rules. A rule without a message cannot stand in must<>: it does not compile.

namespace dossier::sparql::grammar {

struct messages {
    template <typename Rule>
    static constexpr const char* message = nullptr;
    // Rules fail silently everywhere else.
    template <typename Rule>
    static constexpr bool raise_on_failure = false;
};

template <typename Rule>
using control = tao::pegtl::must_if<messages>::control<Rule>;

}  // namespace dossier::sparql::grammar
