#pragma once

#include <filesystem>

namespace dossier::shell {

// Where a user's own files are: $XDG_CONFIG_HOME/dossier, else ~/.config/dossier. Empty where
// neither is known.
std::filesystem::path configuration_folder();
// $XDG_STATE_HOME/dossier, else ~/.local/state/dossier.
std::filesystem::path state_folder();

}  // namespace dossier::shell
