#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace dossier::rdf_xml {

// The entities that a document declares for itself. They are common in OWL files as abbreviations
// of namespaces; what goes beyond that use is refused when it is declared, before it can be used:
// an entity that expands to more than a megabyte, nests deeper than 16, or refers to one that is
// not declared yet (so that none can contain itself).
class EntityGuard {
  public:
    static constexpr std::uint64_t max_expanded_bytes = 1u << 20;
    static constexpr std::size_t max_depth = 16;
    static constexpr std::size_t max_declared_bytes = 1u << 20;  // of all together, as written

    // A declaration `<!ENTITY name "value">`; of two for one name the first counts. Throws
    // SyntaxFailure.
    void declare(std::string_view name, std::string_view value);

  private:
    struct Expanded {
        std::uint64_t bytes = 0;
        std::size_t depth = 1;
    };

    std::map<std::string, Expanded, std::less<>> entities_;
    std::size_t declared_bytes_ = 0;
};

}  // namespace dossier::rdf_xml
