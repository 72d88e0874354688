#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "tests/oracle/campaign.h"

// Random queries against the reference evaluator; tests/oracle/run builds and starts it.

namespace {

using namespace dossier::oracle;

constexpr const char* usage =
    "usage: tests/oracle/run COUNT [SEED] [options]\n"
    "\n"
    "Answers COUNT random queries over random data with the engine, in its variants, and with the\n"
    "reference evaluator, and compares. Differences are shrunk and printed with the line that\n"
    "repeats them; the exit code is 0 only where there is none and 60 % of the queries have "
    "answers.\n"
    "\n"
    "  --relations   relations that hold between queries in place of the reference evaluator\n"
    "  --updates     requests of random updates, and the statements they leave\n"
    "  --first N     start with query N of the seed\n"
    "  --variants N  further runs of each query, in turn: passes off, joins forced, little memory\n"
    "  --folder DIR  writes each query, its data and its answer there, for other programs\n"
    "  --threads N   default: one for each processor\n"
    "  -h, --help    this text\n";

std::uint64_t number_of(const char* text) {
    char* end = nullptr;
    const unsigned long long number = std::strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0') {
        std::fprintf(stderr, "not a number: %s\n%s", text, usage);
        std::exit(2);
    }
    return number;
}

void add(CampaignReport& sum, const CampaignReport& part) {
    sum.queries += part.queries;
    sum.non_empty += part.non_empty;
    sum.skipped += part.skipped;
    sum.runs += part.runs;
    sum.stopped += part.stopped;
    sum.differences += part.differences;
    for (const auto& [shape, count] : part.by_shape) sum.by_shape[shape] += count;
    sum.operators.insert(part.operators.begin(), part.operators.end());
    sum.pairs.insert(part.pairs.begin(), part.pairs.end());
}

}  // namespace

int main(int argc, char** argv) {
    CampaignOptions options;
    bool relations = false, updates = false;
    std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::uint64_t> numbers;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        const auto value = [&] {
            if (++i >= argc) {
                std::fputs(usage, stderr);
                std::exit(2);
            }
            return number_of(argv[i]);
        };
        if (argument == "-h" || argument == "--help") {
            std::fputs(usage, stdout);
            return 0;
        }
        if (argument == "--relations")
            relations = true;
        else if (argument == "--updates")
            updates = true;
        else if (argument == "--first")
            options.first = value();
        else if (argument == "--variants")
            options.variants = value();
        else if (argument == "--folder" && i + 1 < argc)
            options.folder = argv[++i];
        else if (argument == "--threads")
            threads = std::max<std::size_t>(1, value());
        else
            numbers.push_back(number_of(argv[i]));
    }
    if (numbers.empty() || numbers.size() > 2) {
        std::fputs(usage, stderr);
        return 2;
    }
    if (numbers.size() == 2) options.seed = numbers[1];
    options.print = [](const std::string& text) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    };

    // Each thread has its own stretch of the query numbers, far apart.
    const auto begin = std::chrono::steady_clock::now();
    if (numbers[0] < threads * 100) threads = 1;
    std::vector<CampaignReport> reports(threads);
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < threads; ++i) {
        CampaignOptions own = options;
        own.queries = numbers[0] / threads + (i < numbers[0] % threads ? 1 : 0);
        own.first = options.first + i * 1'000'000'000;
        workers.emplace_back([own, relations, updates, &report = reports[i]] {
            report = relations ? run_relations(own)
                     : updates ? run_updates(own)
                               : run_campaign(own);
        });
    }
    for (std::thread& worker : workers) worker.join();
    CampaignReport sum;
    for (const CampaignReport& report : reports) add(sum, report);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

    const double share = sum.queries == 0 ? 0
                                          : 100.0 * static_cast<double>(sum.non_empty) /
                                                static_cast<double>(sum.queries);
    std::string by_shape;
    for (const auto& [shape, count] : sum.by_shape)
        by_shape += (by_shape.empty() ? "" : ", ") + shape + " " + std::to_string(count);
    const auto missing = sum.missing_pairs();
    std::printf(
        "%s seed %llu: %llu queries (%s), %llu runs, %llu stopped at a memory limit, "
        "%llu skipped\n",
        relations ? "relations"
        : updates ? "updates"
                  : "reference",
        static_cast<unsigned long long>(options.seed), static_cast<unsigned long long>(sum.queries),
        by_shape.c_str(), static_cast<unsigned long long>(sum.runs),
        static_cast<unsigned long long>(sum.stopped), static_cast<unsigned long long>(sum.skipped));
    std::printf("operators %zu, pairs %zu of %zu", sum.operators.size(), sum.pairs.size(),
                sum.pairs.size() + missing.size());
    if (!missing.empty() && missing.size() <= 20) {
        std::printf(" (not met:");
        for (const std::string& pair : missing) std::printf(" %s", pair.c_str());
        std::printf(")");
    }
    std::printf("\nqueries %llu seed %llu non-empty %.1f %% differences %llu in %.0f s\n",
                static_cast<unsigned long long>(sum.queries),
                static_cast<unsigned long long>(options.seed), share,
                static_cast<unsigned long long>(sum.differences), seconds);
    // A few queries may well be empty; many may not.
    const bool enough = relations || updates || sum.queries < 1000 || share >= 60;
    if (!enough) std::printf("fewer than 60 %% of the queries have an answer\n");
    return sum.differences == 0 && enough ? 0 : 1;
}
