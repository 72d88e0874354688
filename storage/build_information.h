#pragma once

#include <string>

namespace dossier::storage {

// The store's libraries and their versions, one a line.
std::string build_information();

}  // namespace dossier::storage
