#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/conformance/handler.h"
#include "tests/conformance/manifest.h"

namespace {

using namespace dossier::conformance;

constexpr const char* usage =
    "usage: run [--failures] [--skipped] [--verbose] [--table FILE] SUITES [NAME...]\n"
    "\n"
    "Runs the W3C test suites in the folder SUITES, a line for each:\n"
    "  NAME passed P failed F skipped S\n"
    "then the same for their total. NAME is a suite's folder or a part of its path, as in "
    "rdf/rdf12\n"
    "or rdf-turtle; without NAME all suites run that the topmost manifests include. Exits 0 where\n"
    "nothing failed or was skipped, 1 otherwise, 2 for wrong usage.\n"
    "\n"
    "  --failures  name the tests that failed\n"
    "  --skipped   name the tests that were skipped\n"
    "  --verbose   and say why they failed\n"
    "  --table FILE  writes the counts to FILE as a page (docs/conformance.md), with the suites "
    "in\n"
    "              the folder that are not run\n";

// Suites of optional features that no topmost manifest includes.
const std::vector<std::string> optional_suites = {"sparql/sparql11/service",
                                                  "sparql/sparql11/syntax-fed"};

struct Counts {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t skipped = 0;

    Counts& operator+=(const Counts& other) {
        passed += other.passed;
        failed += other.failed;
        skipped += other.skipped;
        return *this;
    }
};

struct Options {
    bool failures = false;
    bool skipped = false;
    bool verbose = false;
    std::string suites;
    std::string table;
    std::vector<std::string> names;
};

// Why a folder's tests are not run, by what its path contains.
constexpr std::pair<const char*, const char*> reasons[] = {
    {"entailment", "entailment regimes: only simple entailment is implemented"},
    {"rdf-mt", "semantics: only simple entailment is implemented"},
    {"semantics", "semantics: only simple entailment is implemented"},
    {"graph-store-protocol", "the graph store protocol: there is no server"},
    {"http-rdf-update", "the graph store protocol: there is no server"},
    {"protocol", "the protocol: there is no server"},
    {"service-description", "service descriptions: there is no server"},
};

// The page docs/conformance.md.
class Table {
  public:
    void add(const std::string& suite, const Counts& counts) { rows_.emplace_back(suite, counts); }

    // The suites below `folder` that were not run are read and counted.
    void write(const SuiteFolder& folder, const Counts& total, const std::string& file) const {
        std::ofstream out(file);
        out << "# Conformance\n\n"
               "The test suites of the W3C for RDF 1.1 and 1.2 and SPARQL 1.0, 1.1 and 1.2. "
               "Written "
               "by\n`tests/conformance/run --table docs/conformance.md SUITES`.\n\n"
               "| suite | passed | failed | skipped |\n|---|---|---|---|\n";
        for (const auto& [suite, counts] : rows_) row(out, suite, counts);
        row(out, "total", total);
        out << "\n## Not run\n\n| suite | tests | why |\n|---|---|---|\n";
        std::size_t sum = 0;
        for (const auto& [suite, tests] : not_run(folder)) {
            out << "| " << suite << " | " << tests << " | " << reason(suite) << " |\n";
            sum += tests;
        }
        out << "| total | " << sum << " | |\n";
        if (!out.flush()) throw std::runtime_error("cannot write " + file);
    }

  private:
    static void row(std::ostream& out, const std::string& name, const Counts& counts) {
        out << "| " << name << " | " << counts.passed << " | " << counts.failed << " | "
            << counts.skipped << " |\n";
    }
    static const char* reason(const std::string& suite) {
        for (const auto& [part, why] : reasons)
            if (suite.find(part) != std::string::npos) return why;
        return "no part of what the suites above include";
    }
    std::map<std::string, std::size_t> not_run(const SuiteFolder& folder) const {
        std::set<std::string> known;
        for (const auto& [suite, counts] : rows_) known.insert(suite);
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.root())) {
            if (entry.path().filename() != "manifest.ttl") continue;
            std::string name =
                entry.path().parent_path().lexically_relative(folder.root()).generic_string();
            if (!known.contains(name)) names.push_back(std::move(name));
        }
        std::map<std::string, std::size_t> out;
        for (const Suite& suite : read_suites(folder, names))
            if (!known.contains(suite.name) && !suite.tests.empty())
                out[suite.name] = suite.tests.size();
        return out;
    }

    std::vector<std::pair<std::string, Counts>> rows_;
};

// Whole folders: "rdf-turtle" does not stand for "rdf-turtle-star".
bool is_named(const std::string& suite, const std::string& name) {
    const std::string slashed = "/" + suite + "/";
    return slashed.find("/" + name + "/") != std::string::npos;
}

Failure run_test(const Handler& handler, const Test& test) {
    try {
        return handler(test);
    } catch (const std::exception& error) {
        return error.what();
    }
}

Counts run_suite(const Suite& suite, const Options& options) {
    Counts counts;
    for (const Test& test : suite.tests) {
        const Handler* handler = find_handler(test.type);
        if (handler == nullptr) {
            ++counts.skipped;
            if (options.skipped)
                std::printf("skipped: %s: %s\n", suite.name.c_str(), test.name.c_str());
            continue;
        }
        const Failure failure = run_test(*handler, test);
        if (failure.empty()) {
            ++counts.passed;
            continue;
        }
        ++counts.failed;
        if (options.failures) {
            std::printf("failed: %s: %s (%s)\n", suite.name.c_str(), test.name.c_str(),
                        std::string(test.node.text()).c_str());
        }
        if (options.verbose) std::printf("  %s\n", failure.c_str());
    }
    return counts;
}

void print(const std::string& name, const Counts& counts) {
    std::printf("%s passed %zu failed %zu skipped %zu\n", name.c_str(), counts.passed,
                counts.failed, counts.skipped);
    std::fflush(stdout);
}

int run(const Options& options) {
    const SuiteFolder folder(std::filesystem::canonical(options.suites));
    Counts total;
    std::vector<bool> used(options.names.size(), false);
    std::size_t suites_run = 0;
    Table table;
    std::vector<std::string> read = options.names;
    for (const std::string& name : optional_suites)
        if (std::filesystem::exists(folder.root() / name / "manifest.ttl")) read.push_back(name);
    for (const Suite& suite : read_suites(folder, read)) {
        bool wanted = options.names.empty();
        for (std::size_t i = 0; i < options.names.size(); ++i) {
            if (!is_named(suite.name, options.names[i])) continue;
            wanted = used[i] = true;
        }
        if (!wanted) continue;
        ++suites_run;
        const Counts counts = run_suite(suite, options);
        print(suite.name, counts);
        table.add(suite.name, counts);
        total += counts;
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
        if (used[i]) continue;
        std::fprintf(stderr, "no suite is named %s\n", options.names[i].c_str());
        return 2;
    }
    print("total", total);
    if (!options.table.empty()) table.write(folder, total, options.table);
    // A folder without any suite is a mistake, not a success.
    return suites_run > 0 && total.failed == 0 && total.skipped == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--help" || argument == "-h") {
            std::fputs(usage, stdout);
            return 0;
        }
        if (argument == "--failures") {
            options.failures = true;
        } else if (argument == "--skipped") {
            options.skipped = true;
        } else if (argument == "--verbose") {
            options.failures = options.verbose = true;
        } else if (argument == "--table" && i + 1 < argc) {
            options.table = argv[++i];
        } else if (argument.starts_with("-")) {
            std::fprintf(stderr, "no option %s\n%s", argv[i], usage);
            return 2;
        } else if (options.suites.empty()) {
            options.suites = argument;
        } else {
            std::string name(argument);
            while (name.ends_with('/')) name.pop_back();
            options.names.push_back(std::move(name));
        }
    }
    if (options.suites.empty()) {
        std::fputs(usage, stderr);
        return 2;
    }
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}
