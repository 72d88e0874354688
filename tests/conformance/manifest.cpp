#include "tests/conformance/manifest.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "rdf/vocabulary.h"

namespace dossier::conformance {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view suites_iri = "https://w3c.github.io/rdf-tests/";

// Manifests that have none above them within the folder.
void find_topmost(const fs::path& folder, std::vector<fs::path>& found) {
    if (fs::exists(folder / "manifest.ttl")) {
        found.push_back(folder / "manifest.ttl");
        return;
    }
    std::vector<fs::path> folders;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        if (entry.is_directory()) folders.push_back(entry.path());
    }
    std::sort(folders.begin(), folders.end());
    for (const fs::path& path : folders) find_topmost(path, found);
}

class Reader {
  public:
    explicit Reader(const SuiteFolder& folder) : folder_(folder) {}

    void read(const fs::path& file) {
        // Some include what was never published.
        if (!fs::exists(file) || !seen_.insert(file.lexically_normal()).second) return;
        const std::string iri = folder_.iri_of(file);
        const auto graph =
            std::make_shared<const Graph>(read_graph(file.string(), Format::turtle, iri));
        Suite suite;
        suite.name = file.parent_path().lexically_relative(folder_.root()).generic_string();
        for (const Quad& quad : graph->quads()) {
            if (quad.predicate.text() != mf::entries) continue;
            for (const Term& entry : graph->list(quad.object)) add_test(suite, entry, graph);
        }
        if (!suite.tests.empty()) suites.push_back(std::move(suite));
        for (const Quad& quad : graph->quads()) {
            if (quad.predicate.text() != mf::include) continue;
            for (const Term& included : graph->list(quad.object)) {
                read(folder_.path_of(included.text()));
            }
        }
    }

    std::vector<Suite> suites;

  private:
    void add_test(Suite& suite, const Term& node, const std::shared_ptr<const Graph>& graph) {
        Test test;
        test.node = node;
        test.manifest = graph;
        test.folder = &folder_;
        const std::optional<Term> type = graph->object(node, rdf::type);
        if (type) test.type = type->text();
        const std::optional<Term> name = graph->object(node, mf::name);
        const std::string_view iri = node.text();
        test.name = name ? std::string(name->text()) : std::string(iri.substr(iri.find('#') + 1));
        suite.tests.push_back(std::move(test));
    }

    const SuiteFolder& folder_;
    std::set<fs::path> seen_;
};

}  // namespace

std::string SuiteFolder::iri_of(const fs::path& file) const {
    return std::string(suites_iri) + file.lexically_relative(root_).generic_string();
}

fs::path SuiteFolder::path_of(std::string_view iri) const {
    if (!iri.starts_with(suites_iri)) {
        throw std::runtime_error("not a file of the suites: " + std::string(iri));
    }
    return root_ / iri.substr(suites_iri.size());
}

Term Test::value(std::string_view predicate) const {
    const std::optional<Term> found = manifest->object(node, predicate);
    if (!found) throw std::runtime_error("the test has no " + std::string(predicate));
    return *found;
}

std::string Test::file(std::string_view predicate) const {
    return folder->path_of(value(predicate).text()).string();
}

std::vector<Suite> read_suites(const SuiteFolder& folder, const std::vector<std::string>& names) {
    std::vector<fs::path> topmost;
    find_topmost(folder.root(), topmost);
    Reader reader(folder);
    for (const fs::path& file : topmost) reader.read(file);
    for (const std::string& name : names) reader.read(folder.root() / name / "manifest.ttl");
    return std::move(reader.suites);
}

}  // namespace dossier::conformance
