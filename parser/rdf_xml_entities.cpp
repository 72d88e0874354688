#include "parser/rdf_xml_entities.h"

#include <algorithm>

#include "parser/syntax_failure.h"

namespace dossier::rdf_xml {

namespace {

[[noreturn]] void refuse(std::string_view name, const std::string& reason) {
    throw SyntaxFailure{nullptr, 1, "the entity '" + std::string(name) + "' " + reason};
}

bool is_predefined(std::string_view name) {
    return name == "amp" || name == "lt" || name == "gt" || name == "apos" || name == "quot";
}

}  // namespace

void EntityGuard::declare(std::string_view name, std::string_view value) {
    declared_bytes_ += name.size() + value.size();
    if (declared_bytes_ > max_declared_bytes) {
        refuse(name, "and those before it are longer than the limit of " +
                         std::to_string(max_declared_bytes) + " bytes");
    }
    Expanded expanded{value.size(), 1};
    for (std::size_t at = value.find('&'); at != std::string_view::npos;
         at = value.find('&', at + 1)) {
        const std::size_t end = value.find(';', at);
        if (end == std::string_view::npos) break;
        const std::string_view inner = value.substr(at + 1, end - at - 1);
        if (inner.starts_with('#') || is_predefined(inner)) continue;
        const auto found = entities_.find(inner);
        if (found == entities_.end()) {
            refuse(name, "refers to '" + std::string(inner) + "', which is not declared before it");
        }
        expanded.bytes += found->second.bytes;
        expanded.depth = std::max(expanded.depth, found->second.depth + 1);
        if (expanded.bytes > max_expanded_bytes) {
            refuse(name, "expands to more than the limit of " + std::to_string(max_expanded_bytes) +
                             " bytes");
        }
        if (expanded.depth > max_depth) {
            refuse(name, "refers to others deeper than the limit of " + std::to_string(max_depth));
        }
    }
    entities_.emplace(name, expanded);
}

}  // namespace dossier::rdf_xml
