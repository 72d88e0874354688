#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace dossier::engine {

// file:///... of an absolute path, with everything percent-encoded that an IRI cannot carry.
std::string file_iri(const std::filesystem::path& path);

// The file that LOAD <file:...> means, if it lies in `directory` or below it after all symbolic
// links are followed. Throws QueryError for any other IRI, for a file elsewhere, and when
// `directory` is empty.
std::string allowed_file(std::string_view iri, const std::string& directory);

}  // namespace dossier::engine
