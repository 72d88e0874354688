#include "parser/sparql_syntax.h"

namespace dossier::sparql {

std::optional<Variable> Symbols::find_variable(std::string_view name) const {
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (variables[i] == name) return Variable{static_cast<std::uint32_t>(i)};
    }
    return std::nullopt;
}

}  // namespace dossier::sparql
