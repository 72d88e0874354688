#include "tests/oracle/load_folder.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace dossier::oracle {

LoadFolder::LoadFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "oracle-load-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for files to load");
    folder_ = std::filesystem::canonical(name);
}

LoadFolder::~LoadFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string LoadFolder::iri(const std::string& name) const {
    return "file://" + (folder_ / name).string();
}

std::string LoadFolder::write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return iri(name);
}

}  // namespace dossier::oracle
