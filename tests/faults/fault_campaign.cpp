// usage: fault_campaign CAMPAIGN CYCLES [SEED]; see tests/faults/run.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <dossier/error.h>

#include "failing_environment.h"
#include "full_disk.h"
#include "power_loss.h"
#include "storage/store.h"
#include "workload.h"
#include "writing_process.h"

namespace {

using namespace dossier;
using namespace dossier::faults;
namespace fs = std::filesystem;

struct Totals {
    std::uint64_t lost = 0, partial = 0, silent = 0, failed_opens = 0;
    bool clean() const { return lost + partial + silent + failed_opens == 0; }
};

// What the writing process is told, as text between blanks.
struct Task {
    std::string campaign, path, notes;
    std::uint64_t seed = 0;
    std::uint64_t most_commits = 0;
    unsigned threads = 1;
    FailingCalls faults;
};

// The other side of Process: runs with the end of the pipe as its descriptor 3.
int write_task(char** arguments) {
    Task task;
    task.campaign = arguments[0];
    task.path = arguments[1];
    task.notes = arguments[2];
    task.seed = std::stoull(arguments[3]);
    task.most_commits = std::stoull(arguments[4]);
    task.threads = static_cast<unsigned>(std::stoul(arguments[5]));
    task.faults.first = std::stoull(arguments[6]);
    task.faults.all_later = arguments[7] == std::string("1");
    task.faults.disk_full = arguments[8] == std::string("1");
    task.faults.only_syncs = task.campaign == "fsync";
    std::unique_ptr<rocksdb::Env> environment;
    if (task.campaign == "power") {
        environment = make_noting_environment(task.notes);
    } else if (task.campaign == "full") {
        environment = make_filling_environment(task.faults.first);
    } else if (task.campaign != "kill") {
        environment = make_failing_environment(task.faults);
    }
    // Only the disk that others fill has space again; a failing one may be full for ever.
    const std::uint64_t most_refusals = task.campaign == "full" ? ~std::uint64_t{0} : 20;
    return write_until_killed(task.path, task.seed, 3, task.most_commits, task.threads,
                              most_refusals, environment.get());
}

// A process that writes. Its acknowledgements are read until it is over.
class Process {
  public:
    explicit Process(const Task& task) {
        int ends[2];
        if (::pipe(ends) != 0) {
            throw std::runtime_error("cannot make a pipe");
        }
        std::vector<std::string> words{"fault_campaign",
                                       "--write",
                                       task.campaign,
                                       task.path,
                                       task.notes,
                                       std::to_string(task.seed),
                                       std::to_string(task.most_commits),
                                       std::to_string(task.threads),
                                       std::to_string(task.faults.first),
                                       task.faults.all_later ? "1" : "0",
                                       task.faults.disk_full ? "1" : "0"};
        std::vector<char*> arguments;
        for (std::string& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(ends[1], 3);
            if (ends[0] != 3) {
                ::close(ends[0]);
            }
            if (ends[1] != 3) {
                ::close(ends[1]);
            }
            ::execv("/proc/self/exe", arguments.data());
            ::_exit(127);
        }
        ::close(ends[1]);
        reader_ = ends[0];
    }
    ~Process() { ::close(reader_); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void kill_after(std::chrono::milliseconds life) {
        std::this_thread::sleep_for(life);
        ::kill(child_, SIGKILL);
    }
    // The acknowledged numbers, once the process is over.
    std::vector<std::uint64_t> acknowledged() {
        std::vector<std::uint64_t> numbers;
        std::uint64_t number = 0;
        while (::read(reader_, &number, sizeof number) == sizeof number) {
            numbers.push_back(number);
        }
        ::waitpid(child_, &status_, 0);
        return numbers;
    }
    // A signal that nobody sent, 0 for none.
    int crash() const {
        return WIFSIGNALED(status_) && WTERMSIG(status_) != SIGKILL ? WTERMSIG(status_) : 0;
    }
    int exit_code() const { return WIFEXITED(status_) ? WEXITSTATUS(status_) : 0; }

  private:
    pid_t child_ = 0;
    int reader_ = -1;
    int status_ = 0;
};

// Opens the store and compares it with what was acknowledged. Returns the number it is at.
std::uint64_t check(const Task& task, const std::vector<std::uint64_t>& acknowledged,
                    std::uint64_t known, Totals& totals) {
    std::shared_ptr<storage::Store> store;
    std::uint64_t number = 0;
    try {
        storage::OpenOptions options;
        options.create = true;
        options.cache_bytes = std::size_t{16} << 20;
        store = storage::Store::open(task.path, options);
        number = store->info().commits;
        for (const std::uint64_t one : acknowledged) {
            totals.lost += one > number ? 1 : 0;
        }
        if (number < known) {
            std::fprintf(stderr, "  at commit %llu, but %llu was there before\n",
                         static_cast<unsigned long long>(number),
                         static_cast<unsigned long long>(known));
            ++totals.lost;
        }
        const Contents expected = Workload(task.seed).contents(number);
        const Contents found = contents_of(*store->snapshot());
        if (found != expected) {
            std::fprintf(stderr, "  at commit %llu: %zu statements, expected %zu\n",
                         static_cast<unsigned long long>(number), found.size(), expected.size());
            ++totals.partial;
        }
        for (const std::string& problem : store->verify()) {
            std::fprintf(stderr, "  %s\n", problem.c_str());
            ++totals.silent;
        }
    } catch (const Error& error) {
        std::fprintf(stderr, "  %s\n", error.what());
        ++totals.failed_opens;
    }
    return number;
}

int run(const std::string& campaign, std::uint64_t cycles, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::string root = (fs::temp_directory_path() / "dossier-faults-XXXXXX").string();
    if (::mkdtemp(root.data()) == nullptr) {
        std::fprintf(stderr, "cannot make a directory in %s\n", fs::temp_directory_path().c_str());
        return 5;
    }
    const bool killed = campaign == "kill" || campaign == "power";
    Totals totals;
    Task task;
    task.campaign = campaign;
    std::uint64_t known = 0;
    std::uint64_t commits = 0;
    for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
        // A store lives for some cycles, so that damage has time to show.
        if (cycle % 8 == 0) {
            if (!task.path.empty()) {
                fs::remove_all(task.path);
            }
            task.path = root + "/store" + std::to_string(cycle);
            task.seed = random();
            known = 0;
        }
        task.notes = root + "/notes" + std::to_string(cycle);
        task.threads = 1 + static_cast<unsigned>(random() % 4);
        task.most_commits = killed ? ~std::uint64_t{0} : 30 + random() % 100;
        // Every call from the first on, and others at random.
        const std::uint64_t most_calls = campaign == "fsync" ? 120 : 900;
        task.faults.first = cycle % 2 == 0 ? 1 + cycle / 2 : 1 + random() % most_calls;
        if (campaign == "full") {
            task.faults.first = random();  // the seed of the disk
        }
        task.faults.all_later = random() % 2 == 0;
        task.faults.disk_full = random() % 3 == 0;
        const Totals before = totals;
        const auto leftover = static_cast<Leftover>(random() % leftover_count);
        std::vector<std::uint64_t> acknowledged;
        {
            Process process(task);
            if (killed) {
                // Mostly short, now and then long enough for loads and merging.
                const std::uint64_t longest = random() % 4 == 0 ? 1500 : 200;
                process.kill_after(std::chrono::milliseconds(5 + random() % (longest - 5)));
            }
            acknowledged = process.acknowledged();
            if (const int signal = process.crash(); signal != 0) {
                std::fprintf(stderr, "  the writing process died of signal %d\n", signal);
                ++totals.silent;
            }
            if (campaign == "full" && process.exit_code() != 0) {
                std::fprintf(stderr, "  the store did not go on when there was space again\n");
                ++totals.silent;
            }
        }
        commits += acknowledged.size();
        if (campaign == "power") {
            lose_power(task.notes, task.path, leftover, random());
        }
        fs::remove(task.notes);
        known = check(task, acknowledged, known, totals);
        if (totals.lost + totals.partial + totals.silent + totals.failed_opens >
            before.lost + before.partial + before.silent + before.failed_opens) {
            std::fprintf(stderr, "cycle %llu failed; repeat: tests/faults/run %s %llu %llu\n",
                         static_cast<unsigned long long>(cycle + 1), campaign.c_str(),
                         static_cast<unsigned long long>(cycles),
                         static_cast<unsigned long long>(seed));
            std::fprintf(stderr, "  the store is in %s\n", task.path.c_str());
            task.path.clear();  // kept to look at; the next cycle begins another
            cycle += 7 - cycle % 8;
        }
    }
    std::fprintf(stderr, "%llu commits acknowledged; seed %llu\n",
                 static_cast<unsigned long long>(commits), static_cast<unsigned long long>(seed));
    if (totals.clean()) {
        fs::remove_all(root);
    }
    std::printf("%s cycles %llu lost %llu partial %llu silent %llu failed-opens %llu\n",
                campaign.c_str(), static_cast<unsigned long long>(cycles),
                static_cast<unsigned long long>(totals.lost),
                static_cast<unsigned long long>(totals.partial),
                static_cast<unsigned long long>(totals.silent),
                static_cast<unsigned long long>(totals.failed_opens));
    return totals.clean() ? 0 : 5;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        if (count == 11 && arguments[1] == std::string("--write")) {
            return write_task(arguments + 2);
        }
        if (count < 3 || count > 4) {
            std::fprintf(stderr, "usage: fault_campaign kill|power|io|fsync|full CYCLES [SEED]\n");
            return 2;
        }
        const std::uint64_t seed = count == 4 ? std::stoull(arguments[3]) : std::random_device()();
        return run(arguments[1], std::stoull(arguments[2]), seed);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 5;
    }
}
