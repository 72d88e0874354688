#pragma once

#include "parser/sparql_tokens.h"

// The grammar is compiled in parts, which call each other through these functions: expressions in
// one file, everything else in another. Each returns false, nothing taken, when its first token is
// not there, and throws when it fails later.

namespace dossier::sparql::grammar {

bool match_expression(Input& in, Builder& builder);
// Constraint [75]: a bracketted expression, a built-in call or a function call.
bool match_constraint(Input& in, Builder& builder);
// A built-in call or a function call.
bool match_call(Input& in, Builder& builder);
// [140] BrackettedExpression
bool match_bracketted(Input& in, Builder& builder);
bool match_group(Input& in, Builder& builder);

// A rule that another file matches.
template <bool (*function)(Input&, Builder&)>
struct part {
    using rule_t = part;
    using subs_t = pegtl::type_list<>;
    template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
              template <typename...> class Control>
    static bool match(Input& in, Builder& builder) {
        return function(in, builder);
    }
};

struct expression : part<match_expression> {};      // [127] Expression
struct constraint : part<match_constraint> {};      // [75] Constraint
struct bracketted : part<match_bracketted> {};      // [140] BrackettedExpression
struct call : part<match_call> {};                  // [141] BuiltInCall, FunctionCall
struct group_graph_pattern : part<match_group> {};  // [55] GroupGraphPattern

}  // namespace dossier::sparql::grammar

namespace tao::pegtl {
template <typename Name,
          bool (*function)(dossier::sparql::grammar::Input&, dossier::sparql::Builder&)>
struct analyze_traits<Name, dossier::sparql::grammar::part<function>> : analyze_any_traits<> {};
}  // namespace tao::pegtl
