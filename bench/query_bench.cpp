// Runs the query set of bench/make_queries.py: each query several times in this process, results
// read and decoded to the end; prints the best time in milliseconds and the number of rows, or
// writes the answers to a folder for comparison. --processor-time counts the time of the process
// and not that of the clock, for machines that do other work.
//
// usage: dossier-query-bench STORE QUERIES [--answers FOLDER] [--runs N] [--processor-time]
// [NAME...]

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <dossier/dossier.h>

namespace {

// Seconds since some moment.
double now(bool of_processor) {
    timespec time{};
    clock_gettime(of_processor ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct NamedQuery {
    std::string name, text;
};

std::vector<NamedQuery> read_queries(const std::string& file) {
    std::vector<NamedQuery> queries;
    std::ifstream in(file);
    std::string line;
    while (std::getline(in, line)) {
        if (line.starts_with("### "))
            queries.push_back({line.substr(4), ""});
        else if (!queries.empty())
            queries.back().text += line + "\n";
    }
    return queries;
}

// Reads every cell of every row.
std::uint64_t read_results(const dossier::Query& query) {
    std::uint64_t count = 0;
    std::size_t bytes = 0;
    switch (query.form()) {
        case dossier::QueryForm::ask:
            return query.ask() ? 1 : 0;
        case dossier::QueryForm::select: {
            dossier::Rows rows = query.rows();
            const std::size_t columns = rows.variables().size();
            while (rows.next()) {
                ++count;
                const dossier::Row row = rows.row();
                for (std::size_t i = 0; i < columns; ++i)
                    if (row.bound(i)) bytes += row[i].text().size();
            }
            break;
        }
        default: {
            dossier::Graph graph = query.graph();
            while (graph.next()) {
                ++count;
                bytes += graph.statement().object.text().size();
            }
        }
    }
    asm volatile("" : : "r"(bytes));
    return count;
}

}  // namespace

int main(int count, char** arguments) try {
    std::vector<std::string> words;
    std::string answers;
    int runs = 3;
    bool of_processor = false;
    for (int i = 1; i < count; ++i) {
        const std::string argument = arguments[i];
        if (argument == "--answers" && i + 1 < count)
            answers = arguments[++i];
        else if (argument == "--runs" && i + 1 < count)
            runs = std::stoi(arguments[++i]);
        else if (argument == "--processor-time")
            of_processor = true;
        else
            words.push_back(argument);
    }
    if (words.size() < 2) {
        std::fputs(
            "usage: dossier-query-bench STORE QUERIES [--answers FOLDER] [--runs N] "
            "[--processor-time] [NAME...]\n",
            stderr);
        return 2;
    }
    const dossier::Store store = dossier::Store::open(words[0], {.read_only = true});
    const std::vector<std::string> wanted(words.begin() + 2, words.end());
    if (!answers.empty()) std::filesystem::create_directories(answers);
    for (const NamedQuery& named : read_queries(words[1])) {
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), named.name) == wanted.end())
            continue;
        try {
            const dossier::Query query =
                store.prepare(named.text).with({.timeout = std::chrono::seconds(120)});
            if (!answers.empty()) {
                std::ofstream out(std::filesystem::path(answers) / (named.name + ".txt"));
                if (query.form() == dossier::QueryForm::construct)
                    query.write(dossier::DataFormat::ntriples, out);
                else
                    query.write(dossier::ResultFormat::tsv, out);
                fmt::print("{}\n", named.name);
                std::fflush(stdout);
                continue;
            }
            double best = 1e300;
            std::uint64_t rows = 0;
            for (int run = 0; run < runs; ++run) {
                const double begin = now(of_processor);
                rows = read_results(
                    store.prepare(named.text).with({.timeout = std::chrono::seconds(20)}));
                best = std::min(best, now(of_processor) - begin);
                if (best > 5) break;
            }
            fmt::print("{}\t{:.4f}\t{}\n", named.name, best * 1e3, rows);
        } catch (const dossier::Error& error) {
            fmt::print("{}\terror\t{}\n", named.name, error.what());
        }
        std::fflush(stdout);
    }
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "dossier-query-bench: %s\n", error.what());
    return 1;
}
