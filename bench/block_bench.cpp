#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/memory_block_store.h"
#include "storage/permutation_index.h"
#include "storage/rocksdb_block_store.h"
#include "storage/row_sorter.h"

// The block room by itself: building, sorting, scans, look-ups, and what unfolded changes cost.
// Usage: block_bench [statements] [directory or -] [parts: s scans, l look-ups, c changes]. Figures
// are per core; answers are checked on the way.

namespace {

using namespace dossier::storage;
// Time of this thread's core, so that other processes do not count.
double core_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds_of(const std::function<void()>& work) {
    const double start = core_seconds();
    work();
    return core_seconds() - start;
}

// The best of several runs: other processes only slow down.
double best_of(int rounds, const std::function<void()>& work) {
    double best = 1e9;
    for (int i = 0; i < rounds; ++i) {
        best = std::min(best, seconds_of(work));
    }
    return best;
}

void report(const char* what, double count, double seconds, const char* unit) {
    std::printf("%-46s %10.2f M %s/s  (%.3f s)\n", what, count / seconds / 1e6, unit, seconds);
    std::fflush(stdout);
}

// Statements as data sets have them: entities with a type, a label, numbers and links.
std::vector<QuadIds> make_statements(std::size_t count) {
    std::mt19937_64 random(1);
    std::vector<QuadIds> quads;
    quads.reserve(count);
    const std::size_t entities = count / 10;
    for (std::size_t entity = 0; quads.size() < count; ++entity) {
        const TermId subject = TermId::of(Tag::iri, entity);
        const auto add = [&](std::uint64_t predicate, TermId object) {
            quads.push_back({subject, TermId::of(Tag::name, predicate), object, default_graph});
        };
        add(1, TermId::of(Tag::iri, entities + random() % 50));
        add(2, TermId::of(Tag::string, entity * 7919 % count));
        add(3, TermId::of(Tag::integer, (std::uint64_t{1} << 57) + random() % 100000));
        add(4, TermId::of(Tag::date_local, random() % 20000));
        for (int i = 0; i < 3; ++i) {
            add(5, TermId::of(Tag::iri, random() % entities));
        }
        for (int i = 0; i < 3; ++i) {
            add(6 + random() % 20, random() % 2 == 0 ? TermId::of(Tag::iri, random() % entities)
                                                     : TermId::of(Tag::string, random() % count));
        }
    }
    return quads;
}

struct Columns {
    static constexpr std::size_t capacity = 4096;
    std::array<std::vector<TermId>, 4> data;
    Columns() {
        for (auto& column : data) {
            column.resize(capacity);
        }
    }
    std::array<TermId*, 4> some(std::initializer_list<int> wanted) {
        std::array<TermId*, 4> result{};
        for (const int column : wanted) {
            const auto i = static_cast<std::size_t>(column);
            result[i] = data[i].data();
        }
        return result;
    }
};

Generation build(const std::shared_ptr<BlockStore>& store, RowSorter& sorter,
                 Permutation permutation, double& seconds) {
    Columns columns;
    const auto pointers = columns.some({0, 1, 2, 3});
    GenerationBuilder builder(store, permutation, 1);
    Generation result;
    seconds = seconds_of([&] {
        while (const std::size_t rows = sorter.next(pointers, Columns::capacity)) {
            builder.add(
                std::array<const TermId*, 4>{pointers[0], pointers[1], pointers[2], pointers[3]},
                rows);
        }
        result = builder.finish();
    });
    return result;
}

std::uint64_t scan_all(const PermutationIndex& index, const ScanRequest& request,
                       std::uint64_t number, std::initializer_list<int> wanted,
                       std::uint64_t& check) {
    Columns columns;
    const auto pointers = columns.some(wanted);
    const auto cursor = index.scan(request, number);
    std::uint64_t rows = 0;
    while (const std::size_t count = cursor->next(pointers, Columns::capacity)) {
        rows += count;
        for (const TermId* pointer : pointers) {
            check += pointer == nullptr ? 0 : pointer[count - 1].bits;
        }
    }
    return rows;
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
    const std::string directory = argc > 2 && std::string(argv[2]) != "-" ? argv[2] : "";
    const std::string parts = argc > 3 ? argv[3] : "slc";
    const auto wanted = [&](char part) { return parts.find(part) != std::string::npos; };
    std::shared_ptr<BlockStore> store;
    if (directory.empty()) {
        store = open_memory_block_store();
    } else {
        RocksdbOptions options;
        options.path = directory;
        options.create = true;
        store = open_rocksdb_block_store(options);
    }
    const auto cache = std::make_shared<BlockCache>(store, std::size_t{2} << 30);
    const std::vector<QuadIds> quads = make_statements(count);
    std::printf("%zu statements, %s\n", count, directory.empty() ? "in memory" : "on disk");

    std::array<std::shared_ptr<PermutationIndex>, 6> indexes;
    for (const Permutation permutation :
         {Permutation::spo, Permutation::pso, Permutation::pos, Permutation::osp}) {
        RowSorter sorter({.memory_bytes = std::size_t{4} << 30});
        std::array<std::vector<TermId>, 4> columns;
        for (auto& column : columns) {
            column.resize(count);
        }
        for (std::size_t i = 0; i < count; ++i) {
            const Row row = to_row(quads[i], permutation);
            for (std::size_t c = 0; c < 4; ++c) {
                columns[c][i] = row[c];
            }
        }
        const double sort_seconds = seconds_of([&] {
            sorter.add(std::array<const TermId*, 4>{columns[0].data(), columns[1].data(),
                                                    columns[2].data(), columns[3].data()},
                       count);
            sorter.sort();
        });
        double seconds = 0;
        const Generation made = build(store, sorter, permutation, seconds);
        std::printf("permutation %u: %.2f bytes a row\n", static_cast<unsigned>(permutation),
                    static_cast<double>(made.bytes) / static_cast<double>(made.rows));
        report("  sort", static_cast<double>(count), sort_seconds, "rows");
        report("  blocks from sorted rows", static_cast<double>(made.rows), seconds, "rows");
        indexes[static_cast<std::size_t>(permutation)] =
            PermutationIndex::create(cache, permutation)->replace_base(made, 1);
    }

    std::uint64_t check = 0;
    const auto& pso = *indexes[static_cast<std::size_t>(Permutation::pso)];
    const auto& pos = *indexes[static_cast<std::size_t>(Permutation::pos)];
    const auto& spo = *indexes[static_cast<std::size_t>(Permutation::spo)];
    for (const std::uint64_t predicate : {1, 2, 3, 5}) {
        if (!wanted('s')) {
            break;
        }
        for (const auto* index : {&pso, &pos}) {
            ScanRequest request;
            request.permutation = index->permutation();
            request.prefix[0] = TermId::of(Tag::name, predicate);
            request.prefix_length = 1;
            const std::uint64_t rows = index->count(request, 1);
            std::uint64_t seen = 0;
            const double seconds = best_of(7, [&] {
                seen = scan_all(*index, request, 1, {1, 2}, check);
            });
            if (seen != rows) {
                std::printf("WRONG: %llu rows, counted %llu\n",
                            static_cast<unsigned long long>(seen),
                            static_cast<unsigned long long>(rows));
                return 1;
            }
            const std::string what = std::string("scan of predicate ") + std::to_string(predicate) +
                                     (index == &pso ? ", pso, s and o" : ", pos, o and s");
            report(what.c_str(), static_cast<double>(rows), seconds, "rows");
        }
    }
    if (wanted('s')) {
        ScanRequest request;
        request.permutation = Permutation::spo;
        const double seconds = best_of(5, [&] { scan_all(spo, request, 1, {0, 1, 2}, check); });
        report("scan of all, spo, s p o", static_cast<double>(count), seconds, "rows");
    }

    std::mt19937_64 random(2);
    const std::size_t probes = 1'000'000;
    const std::size_t entities = count / 10;
    Columns columns;
    if (wanted('l')) {
        std::vector<TermId> subjects(probes);
        for (TermId& subject : subjects) {
            subject = TermId::of(Tag::iri, random() % entities);
        }
        std::uint64_t found = 0;
        const double seconds = best_of(3, [&] {
            found = 0;
            const auto pointers = columns.some({2});
            for (const TermId subject : subjects) {
                ScanRequest request;
                request.permutation = Permutation::spo;
                request.prefix = {subject, TermId::of(Tag::name, 2), {}, {}};
                request.prefix_length = 2;
                found += spo.scan(request, 1)->next(pointers, 64);
            }
        });
        report("look-ups (s, p, ?), random, a cursor each", static_cast<double>(probes), seconds,
               "look-ups");
        if (found != probes) {
            std::printf("WRONG: %llu found\n", static_cast<unsigned long long>(found));
            return 1;
        }
        std::sort(subjects.begin(), subjects.end());
        std::vector<std::uint32_t> numbers(Columns::capacity);
        const double sorted_seconds = best_of(3, [&] {
            found = 0;
            const auto pointers = columns.some({1, 2});
            ScanRequest request;
            request.permutation = Permutation::pso;
            request.prefix[0] = TermId::of(Tag::name, 2);
            request.prefix_length = 1;
            const auto cursor = pso.scan(request, 1);
            for (std::size_t key = 0; key < subjects.size();) {
                found += cursor->lookup(subjects, key, numbers.data(), pointers, Columns::capacity);
            }
        });
        report("look-ups (s, p, ?), sorted in a batch", static_cast<double>(probes), sorted_seconds,
               "look-ups");
        if (found != probes) {
            std::printf("WRONG: %llu found\n", static_cast<unsigned long long>(found));
            return 1;
        }
        const double count_seconds = best_of(3, [&] {
            for (std::size_t i = 0; i < probes / 10; ++i) {
                ScanRequest request;
                request.permutation = Permutation::pso;
                request.prefix = {TermId::of(Tag::name, 1 + i % 5), {}, {}, {}};
                request.prefix_length = 1;
                check += pso.count(request, 1);
            }
        });
        report("counts (?, p, ?)", static_cast<double>(probes / 10), count_seconds, "counts");
    }

    // Five of a hundred statements changed and not folded.
    if (wanted('c')) {
        std::vector<Change> changes;
        for (std::size_t i = 0; i < count / 20; ++i) {
            QuadIds quad = quads[random() % quads.size()];
            const bool insert = i % 2 == 0;
            if (insert) {
                quad.object = TermId::of(Tag::iri, entities + 100 + i);
            }
            changes.push_back({quad, Version::of(2, insert)});
        }
        std::sort(changes.begin(), changes.end());
        changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
        auto& index = *indexes[static_cast<std::size_t>(Permutation::pso)];
        index.append(std::make_shared<const ChangeLayer>(changes));
        for (const std::uint64_t predicate : {1, 2, 5}) {
            ScanRequest request;
            request.permutation = Permutation::pso;
            request.prefix[0] = TermId::of(Tag::name, predicate);
            request.prefix_length = 1;
            const double first = seconds_of([&] { scan_all(index, request, 2, {1, 2}, check); });
            std::uint64_t rows = 0;
            const double seconds = best_of(7, [&] {
                rows = scan_all(index, request, 2, {1, 2}, check);
            });
            if (rows != index.count(request, 2)) {
                std::printf("WRONG count with changes\n");
                return 1;
            }
            const std::string what =
                "scan of predicate " + std::to_string(predicate) + " with 5 % changed";
            report(what.c_str(), static_cast<double>(rows), seconds, "rows");
            report("  the first time", static_cast<double>(rows), first, "rows");
        }
        const auto folded_seconds = seconds_of([&] {
            const auto run = index.make_run(store, 2, 2);
            check += run->fold(store, 3, 2, 0, count)->base()->rows();
        });
        report("run and fold of 5 %, pso", static_cast<double>(changes.size()), folded_seconds,
               "changes");
    }
    std::printf("check %llu\n", static_cast<unsigned long long>(check));
    return 0;
}
