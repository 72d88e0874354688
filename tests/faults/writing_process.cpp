#include "writing_process.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include <dossier/error.h>

#include "storage/disk_full.h"
#include "storage/recovery.h"
#include "storage/store.h"
#include "workload.h"

namespace dossier::faults {

using namespace storage;

int write_until_killed(const std::string& path, std::uint64_t seed, int acknowledgements,
                       std::uint64_t most_commits, unsigned threads, std::uint64_t most_refusals,
                       rocksdb::Env* environment) {
    const Workload workload(seed);
    OpenOptions options;
    options.create = true;
    options.cache_bytes = std::size_t{16} << 20;
    std::shared_ptr<Store> store;
    for (std::uint64_t refusals = 0; !store;) {
        try {
            // So that the process dies, and calls fail, in the middle of folds too.
            store = open_store_over(path, options, environment,
                                    {.most_unfolded = 500, .most_waiting = 20'000});
        } catch (const DiskFull& error) {
            if (++refusals > most_refusals) {
                std::fprintf(stderr, "opening: %s\n", error.what());
                return 4;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        } catch (const Error& error) {
            std::fprintf(stderr, "opening: %s\n", error.what());
            return 4;
        }
    }
    // Loads number themselves when they end: nobody else commits meanwhile.
    std::shared_mutex loading;
    std::atomic<bool> over{false};
    std::atomic<std::uint64_t> made{0};
    std::atomic<std::uint64_t> refused{0};
    const auto acknowledge = [&](std::uint64_t number) {
        if (::write(acknowledgements, &number, sizeof number) != sizeof number) {
            over = true;
        }
        over = over || ++made >= most_commits;
    };
    const auto work = [&] {
        std::uint64_t refusals = 0;  // one behind the other
        while (!over) {
            try {
                bool load = false;
                {
                    const std::shared_lock lock(loading);
                    const auto transaction = store->begin(std::chrono::seconds(60));
                    const std::uint64_t number = transaction->snapshot()->number() + 1;
                    load = Workload::is_load(number);
                    if (!load) {
                        workload.fill(*transaction, number);
                        acknowledge(transaction->commit({}).number);
                    }
                }
                if (load) {
                    const std::unique_lock lock(loading);
                    const std::uint64_t number = store->info().commits + 1;
                    if (Workload::is_load(number)) {
                        workload.load(*store, number);
                        acknowledge(number);
                    }
                }
                refusals = 0;
            } catch (const DiskFull&) {
                // Nothing has happened; there may be space again.
                ++refused;
                over = over || ++refusals > most_refusals;
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            } catch (const Error& error) {
                std::fprintf(stderr, "writing: %s\n", error.what());
                over = true;
            }
        }
    };
    std::vector<std::thread> workers;
    for (unsigned i = 1; i < threads; ++i) {
        workers.emplace_back(work);
    }
    work();
    for (std::thread& worker : workers) {
        worker.join();
    }
    if (refused != 0) {
        std::fprintf(stderr, "writing: %llu times there was no space\n",
                     static_cast<unsigned long long>(refused));
    }
    try {
        store->close();
    } catch (const Error& error) {
        std::fprintf(stderr, "closing: %s\n", error.what());
        return 5;
    }
    return 0;
}

}  // namespace dossier::faults
