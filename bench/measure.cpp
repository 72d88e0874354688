// Measures the rows of docs/benchmarks.md: each figure beside its goal and, where there is one, a
// limit of this machine taken in the same run. Results are checked before they are timed.
//
// usage: dossier-bench --data FILE.nq --triples N --work FOLDER --program DOSSIER [--json]
//        [NAME...]

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <span>
#include <streambuf>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <dossier/dossier.h>

#include "storage/store.h"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The best of several runs: on a machine that others use too, the least disturbed one.
double best_seconds(int runs, const std::function<void()>& work) {
    double best = 1e300;
    for (int i = 0; i < runs; ++i) {
        const auto begin = Clock::now();
        work();
        best = std::min(best, seconds_since(begin));
    }
    return best;
}

// A sink that counts bytes and keeps none.
class NullStream : public std::ostream {
  public:
    NullStream() : std::ostream(&buffer_) {}

  private:
    class Buffer : public std::streambuf {
      protected:
        int_type overflow(int_type c) override { return traits_type::not_eof(c); }
        std::streamsize xsputn(const char*, std::streamsize size) override { return size; }
    };
    Buffer buffer_;
};

struct Row {
    std::string name, measured, goal, limit;
    double value = 0;
};

class Bench {
  public:
    Bench(std::string data, std::uint64_t triples, fs::path work, std::string program, bool json,
          std::vector<std::string> wanted)
        : data_(std::move(data)),
          triples_(triples),
          work_(std::move(work)),
          program_(std::move(program)),
          json_(json),
          wanted_(std::move(wanted)) {}

    void run() {
        load();
        open();
        scan();
        lookups();
        counts();
        queries();
        join();
        export_rows();
        commits();
        delta();
        if (json_) std::puts(json_rows_.empty() ? "[]" : ("[" + json_rows_ + "\n]").c_str());
    }

  private:
    bool wants(const std::string& name) const {
        return wanted_.empty() ||
               std::any_of(wanted_.begin(), wanted_.end(), [&](const std::string& part) {
                   return name.find(part) != std::string::npos;
               });
    }
    void report(const Row& row) {
        if (json_) {
            json_rows_ += fmt::format(
                "{}\n  {{\"name\": \"{}\", \"value\": {}, \"measured\": \"{}\", \"goal\": \"{}\", "
                "\"limit\": \"{}\"}}",
                json_rows_.empty() ? "" : ",", row.name, row.value, row.measured, row.goal,
                row.limit);
            return;
        }
        if (!header_) {
            fmt::print("{:<34} {:>18} {:>18}  {}\n", "work", "measured", "goal", "machine's limit");
            header_ = true;
        }
        fmt::print("{:<34} {:>18} {:>18}  {}\n", row.name, row.measured, row.goal, row.limit);
        std::fflush(stdout);
    }
    static std::string rate(double per_second) {
        if (per_second >= 1e9) return fmt::format("{:.2f} G/s", per_second / 1e9);
        if (per_second >= 1e6) return fmt::format("{:.2f} M/s", per_second / 1e6);
        if (per_second >= 1e3) return fmt::format("{:.1f} K/s", per_second / 1e3);
        return fmt::format("{:.1f} /s", per_second);
    }
    static void check(bool condition, const std::string& what) {
        if (!condition) throw std::runtime_error("wrong result: " + what);
    }
    fs::path store_path() const { return work_ / "store"; }

    // ---- loading ----
    void load() {
        const bool there = fs::exists(store_path());
        if (there && !wants("load")) return;
        double parse = 0;
        if (wants("load")) {
            dossier::Store scratch = dossier::Store::in_memory();
            const auto begin = Clock::now();
            const auto parsed = scratch.load_file(data_, {.dry_run = true});
            parse = static_cast<double>(parsed.read) / seconds_since(begin);
        }
        fs::remove_all(store_path());
        reset_peak_memory();
        const auto begin = Clock::now();
        dossier::LoadReport loaded;
        {
            dossier::Store store = dossier::Store::open(store_path(), {.create = true});
            loaded = store.load_file(data_);
            check(loaded.read == triples_, "number of statements read");
            check(store.size() == loaded.added, "number of statements stored");
            store.close();
        }
        const double speed = static_cast<double>(loaded.read) / seconds_since(begin);
        if (wants("load"))
            report({"load N-Quads, two cores", rate(speed), "1.00 M/s",
                    fmt::format("{} parsing only; {} MB at most", rate(parse), peak_memory() >> 20),
                    speed});
        std::uint64_t bytes = 0;
        for (const auto& entry : fs::recursive_directory_iterator(store_path()))
            if (entry.is_regular_file()) bytes += entry.file_size();
        const double size = static_cast<double>(bytes) / static_cast<double>(loaded.added);
        if (wants("size"))
            report({"bytes a statement", fmt::format("{:.1f} B", size), "25 B (30 at most)", "",
                    size});
        if (wants("load")) load_trig(loaded.added);
    }

    // The same statements as TriG, as the store itself writes them down.
    void load_trig(std::uint64_t statements) {
        const fs::path file = work_ / "data.trig";
        if (!fs::exists(file)) {
            const dossier::Store store = dossier::Store::open(store_path(), {.read_only = true});
            const fs::path unfinished = work_ / "data.trig.unfinished";
            std::ofstream out(unfinished, std::ios::binary);
            store.dump(dossier::DataFormat::trig, out,
                       {.prefixes = {{"e", "http://example.org/"},
                                     {"p", "http://example.org/property/"},
                                     {"c", "http://example.org/class/"},
                                     {"xsd", "http://www.w3.org/2001/XMLSchema#"}}});
            out.close();
            check(static_cast<bool>(out), "writing TriG");
            fs::rename(unfinished, file);
        }
        const fs::path path = work_ / "trig";
        fs::remove_all(path);
        reset_peak_memory();
        const auto begin = Clock::now();
        {
            dossier::Store store = dossier::Store::open(path, {.create = true});
            const dossier::LoadReport loaded = store.load_file(file);
            check(loaded.added == statements, "number of statements loaded from TriG");
            store.close();
        }
        const double speed = static_cast<double>(statements) / seconds_since(begin);
        report({"load TriG, two cores", rate(speed), "1.00 M/s",
                fmt::format("{} MB at most", peak_memory() >> 20), speed});
        fs::remove_all(path);
    }

    // The most memory of this process since the last reset, in bytes, files in memory not counted
    // apart: an upper bound.
    static void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }
    static std::uint64_t peak_memory() {
        std::ifstream status("/proc/self/status");
        std::string line;
        while (std::getline(status, line))
            if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) << 10;
        return 0;
    }

    void open() {
        if (!wants("open")) return;
        const double empty_seconds = best_seconds(3, [&] {
            fs::remove_all(work_ / "empty");
            dossier::Store::open(work_ / "empty", {.create = true}).close();
        });
        const double again = best_seconds(5, [&] { dossier::Store::open(work_ / "empty"); });
        report({"make and close an empty store", fmt::format("{:.1f} ms", empty_seconds * 1e3), "",
                "", empty_seconds});
        report({"open an empty store", fmt::format("{:.1f} ms", again * 1e3), "30 ms", "", again});
        const double large = best_seconds(5, [&] {
            dossier::Store store = dossier::Store::open(store_path(), {.read_only = true});
            check(store.ask("ASK { <http://example.org/person/1> ?p ?o }"), "a first question");
        });
        report({"open the store and ask", fmt::format("{:.1f} ms", large * 1e3),
                "60 ms (100 at most)", "", large});
    }

    // ---- storage ----
    std::shared_ptr<dossier::storage::Store> open_storage() {
        dossier::storage::OpenOptions options;
        options.read_only = true;
        options.cache_bytes = std::size_t{4} << 30;
        return dossier::storage::Store::open(store_path().string(), options);
    }
    static std::uint64_t scan_predicate(const dossier::storage::Snapshot& snapshot,
                                        dossier::storage::TermId predicate,
                                        dossier::storage::GraphSelection graphs) {
        using namespace dossier::storage;
        ScanRequest request;
        request.permutation = Permutation::pso;
        request.prefix[0] = predicate;
        request.prefix_length = 1;
        request.graphs = std::move(graphs);
        const auto cursor = snapshot.scan(request);
        static std::vector<TermId> subjects(4096), objects(4096);
        const std::array<TermId*, 4> columns{nullptr, subjects.data(), objects.data(), nullptr};
        std::uint64_t rows = 0;
        while (const std::size_t count = cursor->next(columns, 4096)) rows += count;
        return rows;
    }
    static dossier::storage::TermId id_of(const dossier::storage::Snapshot& snapshot,
                                          const std::string& iri) {
        return snapshot.find(dossier::TermView::iri(iri)).value_or(dossier::storage::unbound);
    }
    static std::string copy_limit() {
        // Moving two columns of ids through memory in blocks that stay in the cache.
        constexpr std::size_t rows = 4096;
        std::vector<std::uint64_t> from(rows * 2, 1), to(rows * 2);
        constexpr int rounds = 20000;
        const double seconds = best_seconds(3, [&] {
            for (int i = 0; i < rounds; ++i) {
                std::memcpy(to.data(), from.data(), rows * 16);
                asm volatile("" : : "r"(to.data()) : "memory");
            }
        });
        return rate(static_cast<double>(rows) * rounds / seconds) + " copied";
    }

    void scan() {
        if (!wants("scan")) return;
        const auto store = open_storage();
        const auto snapshot = store->snapshot();
        for (const char* name : {"words", "title", "knows"}) {
            const auto predicate =
                id_of(*snapshot, std::string("http://example.org/property/") + name);
            const std::uint64_t rows = scan_predicate(*snapshot, predicate, {});
            dossier::storage::ScanRequest request;
            request.permutation = dossier::storage::Permutation::pso;
            request.prefix[0] = predicate;
            request.prefix_length = 1;
            check(rows == snapshot->count(request), "rows of a scan");
            const double seconds = best_seconds(15, [&] {
                for (int i = 0; i < 10; ++i) scan_predicate(*snapshot, predicate, {});
            });
            const double speed = static_cast<double>(rows) * 10 / seconds;
            report({fmt::format("scan one predicate ({})", name), rate(speed), "800 M/s (600)",
                    copy_limit(), speed});
        }
        dossier::storage::GraphSelection each;
        each.mode = dossier::storage::GraphSelection::Mode::each;
        const auto predicate = id_of(*snapshot, "http://example.org/property/mentions");
        const std::uint64_t rows = scan_predicate(*snapshot, predicate, each);
        const double seconds = best_seconds(5, [&] { scan_predicate(*snapshot, predicate, each); });
        report({"scan one predicate (100 graphs)", rate(static_cast<double>(rows) / seconds), "",
                copy_limit(), static_cast<double>(rows) / seconds});
    }

    void lookups() {
        if (!wants("look-up")) return;
        using namespace dossier::storage;
        const auto store = open_storage();
        const auto snapshot = store->snapshot();
        const TermId predicate = id_of(*snapshot, "http://example.org/property/words");
        ScanRequest all;
        all.permutation = Permutation::pso;
        all.prefix[0] = predicate;
        all.prefix_length = 1;
        std::vector<TermId> keys;
        {
            const auto cursor = snapshot->scan(all);
            std::vector<TermId> subjects(4096);
            const std::array<TermId*, 4> columns{nullptr, subjects.data(), nullptr, nullptr};
            while (const std::size_t count = cursor->next(columns, 4096))
                keys.insert(keys.end(), subjects.begin(),
                            subjects.begin() + static_cast<std::ptrdiff_t>(count));
        }
        std::mt19937_64 random(7);
        std::vector<TermId> shuffled = keys;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        shuffled.resize(std::min<std::size_t>(shuffled.size(), 200'000));
        std::uint64_t found = 0;
        const double at_random = best_seconds(3, [&] {
            found = 0;
            for (const TermId key : shuffled) {
                ScanRequest one = all;
                one.prefix[1] = key;
                one.prefix_length = 2;
                TermId object;
                const std::array<TermId*, 4> columns{nullptr, nullptr, &object, nullptr};
                found += snapshot->scan(one)->next(columns, 1);
            }
        });
        check(found == shuffled.size(), "look-ups at random");
        const double random_rate = static_cast<double>(shuffled.size()) / at_random;
        report({"look-up (s, p, ?) at random", rate(random_rate), "600 K/s", "", random_rate});
        // Every seventh, in order, in one batch.
        std::vector<TermId> some;
        for (std::size_t i = 0; i < keys.size(); i += 7) some.push_back(keys[i]);
        const double sorted = best_seconds(5, [&] {
            const auto cursor = snapshot->scan(all);
            std::vector<std::uint32_t> numbers(4096);
            std::vector<TermId> objects(4096);
            const std::array<TermId*, 4> columns{nullptr, nullptr, objects.data(), nullptr};
            std::size_t key = 0;
            found = 0;
            while (key < some.size())
                found += cursor->lookup(some, key, numbers.data(), columns, 4096);
        });
        check(found == some.size(), "look-ups in a batch");
        const double sorted_rate = static_cast<double>(some.size()) / sorted;
        report({"look-up (s, p, ?) sorted", rate(sorted_rate), "2 M/s", "", sorted_rate});
    }

    // ---- queries ----
    static constexpr const char* prologue =
        "PREFIX p: <http://example.org/property/> PREFIX c: <http://example.org/class/> "
        "PREFIX e: <http://example.org/> ";

    void time_query(const std::string& name, const std::string& text, const std::string& goal,
                    bool with_parsing = false) {
        dossier::Store& store = *queries_;
        const dossier::Query query = store.prepare(prologue + text);
        const auto read = [](const dossier::Query& prepared) {
            std::uint64_t rows = 0;
            dossier::Rows result = prepared.rows();
            while (result.next()) ++rows;
            return rows;
        };
        const std::uint64_t rows = read(query);
        const int repeats = 200;
        const double seconds =
            best_seconds(
                5,
                [&] {
                    for (int i = 0; i < repeats; ++i)
                        check(read(with_parsing ? store.prepare(prologue + text) : query) == rows,
                              name);
                }) /
            repeats;
        report({name, fmt::format("{:.1f} us", seconds * 1e6), goal, fmt::format("{} rows", rows),
                seconds});
    }
    void open_queries() {
        if (!queries_) queries_.emplace(dossier::Store::open(store_path(), {.read_only = true}));
    }

    void counts() {
        if (!wants("count")) return;
        open_queries();
        time_query("count of a predicate", "SELECT (COUNT(*) AS ?n) { ?s p:words ?o }", "20 us");
        time_query("count of a class", "SELECT (COUNT(*) AS ?n) { ?s a c:Person }", "20 us");
        time_query("count of everything", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "20 us");
    }
    void queries() {
        if (!wants("star") && !wants("chain")) return;
        open_queries();
        const std::string star =
            "SELECT * { e:document\\/4711 p:words ?w ; p:issued ?i ; p:publisher ?o . ?o p:seat ?s "
            "}";
        const std::string chain =
            "SELECT * { e:person\\/4711 p:worksFor ?o . ?o p:seat ?s . ?s p:within ?w . ?w "
            "p:population ?n }";
        time_query("selective star, prepared", star, "50 us");
        time_query("selective star, with parsing", star, "200 us", true);
        time_query("selective chain, prepared", chain, "50 us");
        time_query("selective chain, with parsing", chain, "200 us", true);
    }
    void join() {
        if (!wants("join")) return;
        open_queries();
        const dossier::Query query = queries_->prepare(
            std::string(prologue) + "SELECT ?d ?w ?i { ?d p:words ?w ; p:issued ?i }");
        NullStream out;
        std::uint64_t rows = 0;
        const double seconds = best_seconds(5, [&] {
            rows = 0;
            for (auto [n] :
                 queries_
                     ->prepare(std::string(prologue) +
                               "SELECT (COUNT(?w) AS ?n) { ?d p:words ?w ; p:issued ?i }")
                     .rows<std::uint64_t>())
                rows = n;
        });
        const double speed = 2 * static_cast<double>(rows) / seconds;
        report(
            {"merge join, rows read", rate(speed), "300 M/s", fmt::format("{} rows", rows), speed});
    }
    void export_rows() {
        if (!wants("export")) return;
        open_queries();
        const dossier::Query query = queries_->prepare(
            std::string(prologue) + "SELECT ?q ?v { ?m p:quality ?q ; p:value ?v }");
        for (const auto& [name, format, goal] :
             {std::tuple("CSV", dossier::ResultFormat::csv, "4 M/s"),
              std::tuple("TSV", dossier::ResultFormat::tsv, "4 M/s"),
              std::tuple("JSON", dossier::ResultFormat::json, "2 M/s")}) {
            std::uint64_t rows = 0;
            const double seconds = best_seconds(3, [&] {
                NullStream out;
                rows = query.write(format, out);
            });
            const double speed = static_cast<double>(rows) / seconds;
            report({fmt::format("export two short columns, {}", name), rate(speed), goal,
                    fmt::format("{} rows", rows), speed});
        }
        export_table();
    }
    // The table belongs to the program, which writes it into /dev/null; its start is part of it.
    void export_table() {
        std::uint64_t rows = 0;
        const std::string query =
            std::string(prologue) + "SELECT ?q ?v { ?m p:quality ?q ; p:value ?v }";
        for (const dossier::Row& row :
             queries_->query(std::string(prologue) +
                             "SELECT (COUNT(*) AS ?n) { ?m p:quality ?q ; p:value ?v }"))
            rows = row.get<std::uint64_t>(0);
        const double seconds = best_seconds(3, [&] {
            const pid_t child = ::fork();
            if (child == 0) {
                const int null = ::open("/dev/null", O_WRONLY);
                ::dup2(null, STDOUT_FILENO);
                ::execl(program_.c_str(), program_.c_str(), "query", "--format", "table",
                        store_path().c_str(), query.c_str(), nullptr);
                ::_exit(127);
            }
            int status = 0;
            check(child > 0 && ::waitpid(child, &status, 0) == child && status == 0,
                  program_ + " query --format table");
        });
        const double speed = static_cast<double>(rows) / seconds;
        report({"export two short columns, table", rate(speed), "2 M/s",
                fmt::format("{} rows", rows), speed});
    }

    // ---- commits ----
    double raw_syncs() {
        const fs::path file = work_ / "raw";
        const int descriptor = ::open(file.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
        const std::string bytes(300, 'x');
        constexpr int count = 300;
        const auto begin = Clock::now();
        for (int i = 0; i < count; ++i) {
            if (::write(descriptor, bytes.data(), bytes.size()) < 0 || ::fdatasync(descriptor) != 0)
                throw std::runtime_error("the work folder cannot be written");
        }
        const double seconds = seconds_since(begin);
        ::close(descriptor);
        fs::remove(file);
        return count / seconds;
    }
    void commits() {
        if (!wants("commit")) return;
        fs::remove_all(work_ / "commits");
        dossier::Store store = dossier::Store::open(work_ / "commits", {.create = true});
        const dossier::Term s = dossier::iri("urn:s"), p = dossier::iri("urn:p");
        const double raw = raw_syncs();
        constexpr int count = 300;
        int number = 0;
        store.insert(s, p, dossier::Term::integer(-1));
        const double one = count / best_seconds(3, [&] {
                               for (int i = 0; i < count; ++i)
                                   store.insert(s, p, dossier::Term::integer(number++));
                           });
        report({"commit of one statement, durable", rate(one), "raw / 1.15",
                rate(raw) + " raw fdatasync", one});
        std::atomic<int> next{1'000'000};
        const auto begin = Clock::now();
        {
            std::vector<std::jthread> writers;
            for (int w = 0; w < 8; ++w)
                writers.emplace_back([&] {
                    for (int i = 0; i < count; ++i)
                        store.insert(s, p, dossier::Term::integer(next++));
                });
        }
        const double eight = 8 * count / seconds_since(begin);
        report({"commits of 8 writers", rate(eight), "4 x one", rate(one) + " one", eight});
        check(store.size() == static_cast<std::uint64_t>(1 + number + 8 * count),
              "commits counted");

        constexpr int batches = 100;
        for (const bool fresh : {false, true}) {
            const auto start = Clock::now();
            for (int b = 0; b < batches; ++b) {
                dossier::Transaction transaction = store.begin();
                for (int i = 0; i < 1000; ++i)
                    transaction.insert(
                        fresh ? dossier::iri("urn:new" + std::to_string(b * 1000 + i)) : s, p,
                        dossier::Term::integer(5'000'000 + b * 1000 + i));
                transaction.commit({.durability = dossier::Durability::relaxed});
            }
            const double speed = batches * 1000 / seconds_since(start);
            report({fresh ? "batches of 1,000, a new term each" : "batches of 1,000, known terms",
                    rate(speed), fresh ? "150 K/s" : "300 K/s", "", speed});
        }
        store.close();
    }

    // A twentieth of the store changed and not folded.
    void delta() {
        if (!wants("delta")) return;
        using namespace dossier::storage;
        fs::remove_all(work_ / "delta");
        fs::copy(store_path(), work_ / "delta", fs::copy_options::recursive);
        const auto store = Store::open((work_ / "delta").string(), {});
        auto snapshot = store->snapshot();
        const TermId predicate = id_of(*snapshot, "http://example.org/property/words");
        std::uint64_t rows = scan_predicate(*snapshot, predicate, {});
        const double clean = static_cast<double>(rows) /
                             best_seconds(10, [&] { scan_predicate(*snapshot, predicate, {}); });
        {
            std::vector<QuadIds> changed;
            ScanRequest request;
            request.permutation = Permutation::pso;
            request.prefix[0] = predicate;
            request.prefix_length = 1;
            const auto cursor = snapshot->scan(request);
            std::vector<TermId> subjects(4096), objects(4096);
            const std::array<TermId*, 4> columns{nullptr, subjects.data(), objects.data(), nullptr};
            std::size_t number = 0;
            while (const std::size_t count = cursor->next(columns, 4096))
                for (std::size_t i = 0; i < count; ++i)
                    if (number++ % 20 == 0)
                        changed.push_back({subjects[i], predicate, objects[i], default_graph});
            const auto transaction = store->begin(std::chrono::seconds(10));
            for (std::size_t i = 0; i < changed.size(); ++i) {
                if (i % 2 == 0)
                    transaction->remove(changed[i]);
                else
                    transaction->insert({changed[i].subject, predicate,
                                         TermId::of(Tag::integer, (std::uint64_t{1} << 57) + 77),
                                         default_graph});
            }
            transaction->commit({});
        }
        snapshot = store->snapshot();
        rows = scan_predicate(*snapshot, predicate, {});
        const double changed = static_cast<double>(rows) /
                               best_seconds(10, [&] { scan_predicate(*snapshot, predicate, {}); });
        report({"scan with 5 % in the delta", rate(changed), "0.75 x clean", rate(clean) + " clean",
                changed});
        snapshot.reset();
    }

    std::string data_;
    std::uint64_t triples_;
    fs::path work_;
    std::string program_;
    bool json_;
    std::vector<std::string> wanted_;
    bool header_ = false;
    std::string json_rows_;
    std::optional<dossier::Store> queries_;
};

}  // namespace

int main(int count, char** arguments) try {
    std::string data, work, program;
    std::uint64_t triples = 0;
    bool json = false;
    std::vector<std::string> wanted;
    for (int i = 1; i < count; ++i) {
        const std::string argument = arguments[i];
        if (argument == "--data" && i + 1 < count)
            data = arguments[++i];
        else if (argument == "--work" && i + 1 < count)
            work = arguments[++i];
        else if (argument == "--program" && i + 1 < count)
            program = arguments[++i];
        else if (argument == "--triples" && i + 1 < count)
            triples = std::stoull(arguments[++i]);
        else if (argument == "--json")
            json = true;
        else
            wanted.push_back(argument);
    }
    if (data.empty() || work.empty() || program.empty() || triples == 0) {
        std::fputs(
            "usage: dossier-bench --data FILE.nq --triples N --work FOLDER --program DOSSIER "
            "[--json] "
            "[NAME...]\n",
            stderr);
        return 2;
    }
    Bench(data, triples, work, program, json, wanted).run();
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "dossier-bench: %s\n", error.what());
    return 1;
}
