#include "engine/function_table.h"

namespace dossier::engine {

ScalarEntry scalar_function(ExpressionOperator op) {
    for (const auto& find : {term_function, string_function, number_function, digest_function})
        if (const ScalarEntry entry = find(op); entry.function != nullptr) return entry;
    return date_function(op);
}

ScalarEntry scalar_function(std::string_view iri, std::size_t arguments) {
    if (arguments != 1) return {};
    if (const ScalarEntry entry = cast_function(iri); entry.function != nullptr) return entry;
    return date_function(iri);
}

}  // namespace dossier::engine
