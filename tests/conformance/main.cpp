#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/handler.h"
#include "tests/conformance/manifest.h"

namespace {

using namespace dossier::conformance;

constexpr const char* usage =
    "usage: run [--failures] [--skipped] [--verbose] SUITES [NAME...]\n"
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
    "  --verbose   and say why they failed\n";

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
    std::vector<std::string> names;
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
    for (const Suite& suite : read_suites(folder, options.names)) {
        bool wanted = options.names.empty();
        for (std::size_t i = 0; i < options.names.size(); ++i) {
            if (!is_named(suite.name, options.names[i])) continue;
            wanted = used[i] = true;
        }
        if (!wanted) continue;
        ++suites_run;
        const Counts counts = run_suite(suite, options);
        print(suite.name, counts);
        total += counts;
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
        if (used[i]) continue;
        std::fprintf(stderr, "no suite is named %s\n", options.names[i].c_str());
        return 2;
    }
    print("total", total);
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
