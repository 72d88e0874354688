// Runs the hard queries of bench/hard_queries.txt, each in a process of its own with little memory,
// and prints docs/limits.md's table: how each ends, the peak of anonymous memory and the time from
// a cancellation until control returns.
//
// usage: dossier-hard-queries --make STORE DATA.nq     makes the store
//        dossier-hard-queries STORE QUERIES [options] [NAME...]
//
// A query file has "### name" before each query, then perhaps lines of settings: "## update" (an
// update, rolled back), "## seconds N" (may take so long, whatever --time-limit says), "## without
// PASS" (leaves out a pass of the optimizer). In the text, [[N|part]] stands for N copies of
// `part`, in which # is the copy's number. What ends well is compared with a run in a memory of 8
// GB.

#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <ostream>
#include <random>
#include <sstream>
#include <stop_token>
#include <streambuf>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <dossier/dossier.h>

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Settings {
    std::string store, queries;
    std::size_t memory = std::size_t{64} << 20;
    std::size_t cache = std::size_t{8} << 20;
    double time_limit = 6;  // seconds a query may take
    double latest = 2;      // seconds: cancellations come at most so late
    int cancels = 12;
    bool compare = true;  // with a run in much memory
    std::vector<std::string> names;
};

struct HardQuery {
    std::string name, text;
    bool is_update = false;
    double seconds = 0;  // 0: those of the settings
    std::vector<std::string> without;
};

// ---- The query file -------------------------------------------------------------------------

std::string expanded(std::string_view text) {
    std::string out;
    for (;;) {
        const std::size_t begin = text.find("[[");
        if (begin == std::string_view::npos) return out.append(text);
        const std::size_t bar = text.find('|', begin);
        const std::size_t end = text.find("]]", begin);
        if (bar == std::string_view::npos || end == std::string_view::npos || bar > end)
            throw dossier::UsageError("a [[N|part]] is not complete");
        out.append(text.substr(0, begin));
        const std::uint64_t copies = std::stoull(std::string(text.substr(begin + 2, bar)));
        const std::string_view part = text.substr(bar + 1, end - bar - 1);
        for (std::uint64_t i = 0; i < copies; ++i)
            for (const char c : part)
                if (c == '#')
                    out += std::to_string(i);
                else
                    out += c;
        text.remove_prefix(end + 2);
    }
}

std::vector<HardQuery> read_queries(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw dossier::InputError("cannot read " + file);
    std::vector<HardQuery> queries;
    std::string line, prologue;
    while (std::getline(in, line)) {
        if (line.starts_with("### ")) {
            queries.emplace_back();
            queries.back().name = line.substr(4);
            queries.back().text = prologue;
        } else if (queries.empty()) {
            prologue += line + "\n";
        } else if (line.starts_with("## seconds ")) {
            queries.back().seconds = std::stod(line.substr(11));
        } else if (line == "## update") {
            queries.back().is_update = true;
        } else if (line.starts_with("## without ")) {
            queries.back().without.push_back(line.substr(11));
        } else {
            queries.back().text += line + "\n";
        }
    }
    return queries;
}

// ---- One run, in a process of its own -------------------------------------------------------

// Keeps of what is written how many lines there were and two checksums of them: one that the order
// does not change, and one that it does.
class Lines : public std::ostream {
  public:
    Lines() : std::ostream(&buffer_) {}
    std::uint64_t sum() const { return buffer_.sum; }
    std::uint64_t sequence() const { return buffer_.sequence; }

  private:
    struct Buffer : std::streambuf {
        std::uint64_t sum = 0, sequence = 0, line = seed;
        static constexpr std::uint64_t seed = 0xCBF29CE484222325u;

        int_type overflow(int_type c) override {
            const char one = static_cast<char>(c);
            xsputn(&one, 1);
            return traits_type::not_eof(c);
        }
        std::streamsize xsputn(const char* data, std::streamsize size) override {
            for (std::streamsize i = 0; i < size; ++i) {
                if (data[i] != '\n') {
                    line = (line ^ static_cast<unsigned char>(data[i])) * 0x100000001B3u;
                    continue;
                }
                sum += line * 0x9E3779B97F4A7C15u ^ line >> 29;
                sequence = (sequence ^ line) * 0x100000001B3u + 1;
                line = seed;
            }
            return size;
        }
    };
    Buffer buffer_;
};

std::uint64_t answer(dossier::Store& store, const HardQuery& query,
                     const dossier::QueryOptions& options, Lines& out) {
    if (query.is_update) {
        dossier::Transaction transaction = store.begin();
        const dossier::UpdateReport report = transaction.update(query.text, options);
        transaction.rollback();
        return report.removed + report.inserted;
    }
    const dossier::Query prepared = store.prepare(query.text, options);
    if (prepared.form() == dossier::QueryForm::construct ||
        prepared.form() == dossier::QueryForm::describe)
        return prepared.write(dossier::DataFormat::ntriples, out);
    return prepared.write(dossier::ResultFormat::tsv, out);
}

double processor_seconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// The value of a line "name: number ..." of a file of /proc; 0 where there is none.
std::size_t number_in(const std::string& file, std::string_view name) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(name)) return std::stoull(line.substr(name.size()));
    return 0;
}
std::size_t anonymous_bytes(const std::string& process) {
    return number_in("/proc/" + process + "/status", "RssAnon:") << 10;
}
// Temporary files are all that a query writes.
std::size_t written_bytes() {
    return number_in("/proc/self/io", "wchar:");
}

// Prints "outcome TAB seconds TAB checksums TAB processor seconds TAB bytes of anonymous memory
// before TAB bytes written".
void run_once(dossier::Store& store, const HardQuery& query, dossier::QueryOptions options) {
    Lines out;
    std::string outcome;
    const std::size_t anonymous = anonymous_bytes("self");
    const std::size_t written = written_bytes();
    const double processor = processor_seconds(CLOCK_PROCESS_CPUTIME_ID);
    const auto begin = Clock::now();
    try {
        outcome = fmt::format("{} rows", answer(store, query, options, out));
    } catch (const dossier::Error& error) {
        outcome = error.what();
        std::replace(outcome.begin(), outcome.end(), '\n', ' ');
    }
    const double seconds = Seconds(Clock::now() - begin).count();
    fmt::print("{}\t{}\t{:016x} {:016x}\t{}\t{}\t{}\n", outcome, seconds, out.sum(), out.sequence(),
               processor_seconds(CLOCK_PROCESS_CPUTIME_ID) - processor, anonymous,
               written_bytes() - written);
}

// Prints, for each cancellation, the seconds until control returned and the processor time of that.
void cancel_often(dossier::Store& store, const HardQuery& query, dossier::QueryOptions options,
                  int times, double latest) {
    std::mt19937_64 random(42);
    clockid_t thread_clock{};
    pthread_getcpuclockid(pthread_self(), &thread_clock);
    for (int i = 0; i < times; ++i) {
        std::stop_source stop;
        options.stop = stop.get_token();
        const double moment =
            latest * (i + std::uniform_real_distribution<double>(0, 1)(random)) / times;
        Clock::time_point asked;
        double processor_asked = 0;
        std::jthread canceller([&](const std::stop_token& early) {
            const auto until =
                Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(moment));
            while (Clock::now() < until && !early.stop_requested())
                std::this_thread::sleep_for(std::chrono::microseconds(500));
            if (early.stop_requested()) return;
            processor_asked = processor_seconds(thread_clock);
            asked = Clock::now();
            stop.request_stop();
        });
        bool was_cancelled = false;
        Lines out;
        try {
            answer(store, query, options, out);
        } catch (const dossier::Interrupted&) {
            was_cancelled = true;
        } catch (const dossier::Error&) {
        }
        const auto back = Clock::now();
        const double processor_back = processor_seconds(thread_clock);
        canceller.request_stop();
        canceller.join();
        if (was_cancelled)
            fmt::print("{}\t{}\n", Seconds(back - asked).count(), processor_back - processor_asked);
    }
}

int run_child(const Settings& settings, const HardQuery& query, const std::string& what) {
    dossier::Store store = dossier::Store::open(
        settings.store, {.read_only = !query.is_update, .cache_bytes = settings.cache});
    HardQuery full = query;
    full.text = expanded(query.text);
    dossier::QueryOptions options;
    options.memory = settings.memory;
    options.union_default_graph = true;
    options.disabled_passes = query.without;
    options.timeout = std::chrono::duration_cast<std::chrono::nanoseconds>(
        Seconds(query.seconds > 0 ? query.seconds : settings.time_limit));
    if (what == "once")
        run_once(store, full, options);
    else
        cancel_often(store, full, options, settings.cancels, settings.latest);
    return 0;
}

// ---- The runs from outside ------------------------------------------------------------------

struct Finished {
    std::vector<std::string> lines;
    std::size_t peak_anonymous = 0;
    int status = 0;
};

// Calls `work` in a child that begins with this program's image anew, so that no run inherits
// memory; looks at its memory every millisecond.
Finished in_child(const Settings& settings, const HardQuery& query, const std::string& what,
                  std::size_t memory, double latest) {
    int ends[2];
    if (::pipe(ends) != 0) throw dossier::InputError("no pipe");
    const std::vector<std::string> words = {"/proc/self/exe",
                                            settings.store,
                                            settings.queries,
                                            "--child",
                                            what,
                                            "--memory",
                                            std::to_string(memory >> 20),
                                            "--cache",
                                            std::to_string(settings.cache >> 20),
                                            "--time-limit",
                                            std::to_string(settings.time_limit),
                                            "--latest",
                                            std::to_string(latest),
                                            "--cancels",
                                            std::to_string(settings.cancels),
                                            query.name};
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t process = ::fork();
    if (process == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        ::execv("/proc/self/exe", arguments.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    Finished result;
    while (::waitpid(process, &result.status, WNOHANG) == 0) {
        result.peak_anonymous =
            std::max(result.peak_anonymous, anonymous_bytes(std::to_string(process)));
        ::usleep(1000);
    }
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    ::close(ends[0]);
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) result.lines.push_back(line);
    return result;
}

std::string field(const std::string& line, std::size_t index) {
    std::istringstream in(line);
    std::string word;
    for (std::size_t i = 0; i <= index; ++i) word.clear(), std::getline(in, word, '\t');
    return word;
}

// Whether what ended well has the answer it has in much memory.
std::string verdict(const Settings& settings, const HardQuery& query, const Finished& limited) {
    if (!settings.compare || !field(limited.lines[0], 0).ends_with(" rows")) return "";
    constexpr std::size_t plenty = std::size_t{8} << 30;
    const Finished unlimited = in_child(settings, query, "once", plenty, 0);
    if (unlimited.lines.empty()) return "nothing to compare with";
    // Only an ORDER BY promises the sequence, which the second checksum is of.
    const bool is_ordered = query.text.find("ORDER BY") != std::string::npos;
    const std::size_t compared = is_ordered ? std::string::npos : 16;
    if (field(limited.lines[0], 0) != field(unlimited.lines[0], 0) ||
        field(limited.lines[0], 2).substr(0, compared) !=
            field(unlimited.lines[0], 2).substr(0, compared))
        return "**WRONG**";
    return fmt::format("yes ({:.1f} s there)", std::stod(field(unlimited.lines[0], 3)));
}

// "median / 99th in a hundred / greatest".
std::string spread(std::vector<double> times) {
    if (times.empty()) return "";
    std::sort(times.begin(), times.end());
    return fmt::format("{:.1f} / {:.1f} / {:.1f}", times[times.size() / 2],
                       times[(times.size() * 99 + 99) / 100 - 1], times.back());
}

void print_head() {
    fmt::print(
        "| query | ends with | as with 8 GB | s | processor s | budget MB | peak MB | MB in files "
        "| "
        "cancels | ms from cancel to return: median / p99 / worst | of them processor ms |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|\n");
    std::fflush(stdout);
}

void report(const Settings& settings, const HardQuery& query) {
    const Finished once = in_child(settings, query, "once", settings.memory, 0);
    if (once.lines.empty()) {
        fmt::print("| {} | **no answer: status {}** | | | | | {} | | | | |\n", query.name,
                   once.status, once.peak_anonymous >> 20);
        return;
    }
    const std::string& line = once.lines[0];
    const double seconds = std::stod(field(line, 1));
    const std::string equal = verdict(settings, query, once);
    Finished cancelled;
    if (settings.cancels > 0)
        cancelled = in_child(settings, query, "cancel", settings.memory,
                             std::min(seconds, settings.latest));
    std::vector<double> wall, processor;
    for (const std::string& one : cancelled.lines) {
        wall.push_back(std::stod(field(one, 0)) * 1e3);
        processor.push_back(std::stod(field(one, 1)) * 1e3);
    }
    const std::size_t before = std::stoull(field(line, 4));
    const std::size_t peak = std::max(once.peak_anonymous, cancelled.peak_anonymous);
    fmt::print("| {} | {} | {} | {:.1f} | {:.1f} | {} | {} | {} | {} | {} | {} |\n", query.name,
               field(line, 0), equal, seconds, std::stod(field(line, 3)), settings.memory >> 20,
               (peak - std::min(peak, before)) >> 20, std::stoull(field(line, 5)) >> 20,
               wall.size(), spread(wall), spread(processor));
}

// ---- The store ------------------------------------------------------------------------------

// The generated statements with a cycle of a million nodes and a clique of three hundred, in one
// load, so that no part of them waits in the log.
void make_store(const std::string& path, const std::string& data) {
    dossier::Store store = dossier::Store::open(path, {.create = true});
    const std::string more = path + ".more.nq";
    std::ofstream out(more);
    constexpr int cycle = 1'000'000;
    constexpr int clique = 300;
    for (int i = 0; i < cycle; ++i)
        out << "<urn:cycle:" << i << "> <urn:next> <urn:cycle:" << (i + 1) % cycle
            << "> <urn:cycle> .\n";
    for (int i = 0; i < clique; ++i)
        for (int k = 0; k < clique; ++k)
            if (i != k)
                out << "<urn:clique:" << i << "> <urn:peer> <urn:clique:" << k
                    << "> <urn:clique> .\n";
    out.close();
    store.load_files({data, more});
    std::filesystem::remove(more);
}

}  // namespace

int main(int count, char** arguments) try {
    Settings settings;
    std::string child;
    bool make = false;
    std::vector<std::string> words;
    for (int i = 1; i < count; ++i) {
        const std::string argument = arguments[i];
        const auto value = [&] { return std::string(i + 1 < count ? arguments[++i] : "0"); };
        if (argument == "--make")
            make = true;
        else if (argument == "--child")
            child = value();
        else if (argument == "--memory")
            settings.memory = std::stoull(value()) << 20;
        else if (argument == "--cache")
            settings.cache = std::stoull(value()) << 20;
        else if (argument == "--time-limit")
            settings.time_limit = std::stod(value());
        else if (argument == "--latest")
            settings.latest = std::stod(value());
        else if (argument == "--cancels")
            settings.cancels = std::stoi(value());
        else if (argument == "--no-comparison")
            settings.compare = false;
        else
            words.push_back(argument);
    }
    if (words.size() < 2) {
        std::fputs(
            "usage: dossier-hard-queries --make STORE DATA.nq\n"
            "       dossier-hard-queries STORE QUERIES [--memory MB] [--cache MB] [--time-limit "
            "S]\n"
            "                            [--cancels N] [--latest S] [--no-comparison] [NAME...]\n",
            stderr);
        return 2;
    }
    if (make) {
        make_store(words[0], words[1]);
        return 0;
    }
    settings.store = words[0];
    settings.queries = words[1];
    settings.names.assign(words.begin() + 2, words.end());
    const auto is_wanted = [&](const HardQuery& query) {
        return settings.names.empty() || std::find(settings.names.begin(), settings.names.end(),
                                                   query.name) != settings.names.end();
    };
    const std::vector<HardQuery> queries = read_queries(settings.queries);
    if (child.empty()) print_head();
    for (const HardQuery& query : queries) {
        if (!is_wanted(query)) continue;
        if (!child.empty()) return run_child(settings, query, child);
        report(settings, query);
        std::fflush(stdout);
    }
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "dossier-hard-queries: %s\n", error.what());
    return 1;
}
