#pragma once

#include <string>

namespace dossier {

// The parsers' libraries and their versions, one a line.
std::string parser_build_information();

}  // namespace dossier
