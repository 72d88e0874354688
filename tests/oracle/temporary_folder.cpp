#include "tests/oracle/temporary_folder.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace dossier::oracle {

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "oracle-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = std::filesystem::canonical(name);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string TemporaryFolder::iri(const std::string& name) const {
    return "file://" + (folder_ / name).string();
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return iri(name);
}

}  // namespace dossier::oracle
