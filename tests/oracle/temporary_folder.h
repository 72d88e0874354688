#pragma once

#include <filesystem>
#include <string>

namespace dossier::oracle {

// A folder of its own, removed with this.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string path() const { return folder_.string(); }
    // Writes the file; what comes back is its IRI.
    std::string write(const std::string& name, const std::string& text) const;
    std::string iri(const std::string& name) const;  // also of a file that is not there

  private:
    std::filesystem::path folder_;
};

}  // namespace dossier::oracle
