#include "shell/user_files.h"

#include <cstdlib>

namespace dossier::shell {

namespace {

// $NAME, or below $HOME when that is not set; empty where neither is.
std::filesystem::path folder_of_user(const char* name, const char* below_home) {
    const char* folder = std::getenv(name);
    if (folder != nullptr && *folder != '\0') return std::filesystem::path(folder) / "dossier";
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') return {};
    return std::filesystem::path(home) / below_home / "dossier";
}

}  // namespace

std::filesystem::path configuration_folder() {
    return folder_of_user("XDG_CONFIG_HOME", ".config");
}

std::filesystem::path state_folder() {
    return folder_of_user("XDG_STATE_HOME", ".local/state");
}

}  // namespace dossier::shell
