#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/graph.h"

// The W3C's test manifests.

namespace dossier::conformance {

namespace mf {
inline constexpr std::string_view prefix =
    "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
inline constexpr std::string_view name =
    "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#name";
inline constexpr std::string_view include =
    "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#include";
inline constexpr std::string_view entries =
    "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#entries";
inline constexpr std::string_view action =
    "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#action";
inline constexpr std::string_view result =
    "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#result";
}  // namespace mf

// The folder of suites, and the place in the web where their files are said to be: IRIs in
// manifests are resolved there, which tests of relative IRIs rely on.
class SuiteFolder {
  public:
    explicit SuiteFolder(std::filesystem::path root) : root_(std::move(root)) {}

    const std::filesystem::path& root() const { return root_; }
    std::string iri_of(const std::filesystem::path& file) const;
    // Throws std::runtime_error when the IRI is not below the folder's.
    std::filesystem::path path_of(std::string_view iri) const;

  private:
    std::filesystem::path root_;
};

struct Test {
    Term node;         // the test in its manifest
    std::string name;  // mf:name, or the IRI's fragment
    std::string type;  // the IRI of its class
    std::shared_ptr<const Graph> manifest;
    const SuiteFolder* folder = nullptr;

    // A property of the test; throws std::runtime_error when it has none.
    Term value(std::string_view predicate) const;
    // The file that a property of the test names.
    std::string file(std::string_view predicate) const;
};

struct Suite {
    std::string name;  // the manifest's folder, from the folder of suites
    std::vector<Test> tests;
};

// The suites that are found in the folder: each topmost manifest and what it includes, every
// manifest once, in the order of includes. Then those of `names` that are folders with a manifest
// which no other one includes, such as those of optional features.
std::vector<Suite> read_suites(const SuiteFolder& folder, const std::vector<std::string>& names);

}  // namespace dossier::conformance
