#include "shell/loading.h"

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <ostream>

#include <dossier/text_width.h>

#include "shell/statement_runner.h"

namespace dossier::shell {

namespace {

using Clock = std::chrono::steady_clock;

std::string human_count(double number) {
    if (number >= 1e6) return fmt::format("{:.2f} M", number / 1e6);
    if (number >= 1e4) return fmt::format("{:.1f} K", number / 1e3);
    return fmt::format("{:.0f}", number);
}

// One line that is rewritten on a terminal; elsewhere a plain line every ten seconds. Nothing
// within the first second.
class ProgressLine {
  public:
    explicit ProgressLine(Session& session) : session_(session) {}
    ~ProgressLine() { clear(); }

    void show(const Progress& progress) {
        if (session_.quiet || !session_.progress) return;
        const auto now = Clock::now();
        const bool terminal = session_.err_terminal().is_terminal;
        if (now - begin_ < std::chrono::seconds(1)) return;
        if (now - last_ < (terminal ? std::chrono::milliseconds(200) : std::chrono::seconds(10)))
            return;
        last_ = now;
        const double seconds = std::chrono::duration<double>(now - begin_).count();
        std::string line = std::filesystem::path(progress.file).filename().string();
        if (progress.bytes_total > 0)
            line += fmt::format("  {:.0f} %", 100.0 * static_cast<double>(progress.bytes_done) /
                                                  static_cast<double>(progress.bytes_total));
        line += fmt::format("  {} statements  {}/s",
                            human_count(static_cast<double>(progress.statements)),
                            human_count(static_cast<double>(progress.statements) / seconds));
        if (progress.bytes_total > progress.bytes_done && progress.bytes_done > 0) {
            const double left = seconds *
                                static_cast<double>(progress.bytes_total - progress.bytes_done) /
                                static_cast<double>(progress.bytes_done);
            line += fmt::format("  ETA {}:{:02}", static_cast<int>(left) / 60,
                                static_cast<int>(left) % 60);
        }
        if (terminal) {
            // A line that wraps could not be taken back.
            const std::size_t width = session_.err_terminal().width;
            line = prefix_of_width(line, width > 1 ? width - 1 : 1);
            session_.err() << "\r\x1b[K" << line << std::flush;
            shown_ = true;
        } else {
            session_.err() << line << '\n';
        }
    }
    void clear() {
        if (shown_) session_.err() << "\r\x1b[K" << std::flush;
        shown_ = false;
    }

  private:
    Session& session_;
    Clock::time_point begin_ = Clock::now(), last_ = begin_;
    bool shown_ = false;
};

}  // namespace

Term graph_term(Session& session, const std::string& text) {
    if (text == "default") return Term();
    if (!text.empty() && text.front() != '<' && text.find("://") != std::string::npos)
        return Term::iri(text);
    if (text.starts_with("urn:") || text.starts_with("file:")) return Term::iri(text);
    session.store();  // its prefixes count
    return parse_term(text, session.query_options("--graph"));
}

std::string human_bytes(std::uint64_t bytes) {
    if (bytes >= 10'000'000'000) return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9);
    if (bytes >= 1'000'000) return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
    if (bytes >= 1000) return fmt::format("{:.1f} KB", static_cast<double>(bytes) / 1e3);
    return fmt::format("{} bytes", bytes);
}

int load(Session& session, const LoadRequest& request) {
    LoadOptions options;
    if (!request.format.empty()) {
        options.format = data_format_of_name(request.format);
        if (!options.format)
            throw UsageError("'" + request.format +
                             "' is no format for data; there are nt, nq, ttl, trig, rdf");
    }
    if (request.on_error != "stop" && request.on_error != "skip")
        throw UsageError("--on-error is stop or skip, not '" + request.on_error + "'");
    options.base = request.base;
    options.graph_from_file = request.graph_from_file;
    options.replace = request.replace;
    options.lenient = request.lenient;
    options.on_error = request.on_error == "skip" ? ErrorPolicy::skip : ErrorPolicy::stop;
    options.max_errors = request.max_errors;
    options.limit = request.limit;
    options.dry_run = request.dry_run;
    options.threads = request.jobs;
    options.memory = request.memory.empty() ? session.memory : parse_size(request.memory);

    bool standard_input = false;
    std::vector<std::filesystem::path> files;
    for (const std::string& file : request.files) {
        if (file == "-")
            standard_input = true;
        else
            files.emplace_back(file);
    }
    if (standard_input && !files.empty())
        throw UsageError("standard input (-) cannot be loaded together with files");
    if (session.in_transaction())
        throw UsageError("a load is a commit of its own; end the open transaction first");
    // What cannot be read must not make a store.
    for (const auto& file : files) {
        std::error_code error;
        const auto status = std::filesystem::status(file, error);
        if (!std::filesystem::exists(status))
            throw InputError("'" + file.string() + "' does not exist");
        if (std::filesystem::is_directory(status))
            throw InputError("'" + file.string() + "' is a directory; name the files in it");
    }
    if (!request.graph.empty()) options.graph = graph_term(session, request.graph);

    std::ofstream log;
    if (!request.error_log.empty()) {
        log.open(request.error_log);
        if (!log) throw InputError("'" + request.error_log + "' cannot be written");
    }
    ProgressLine line(session);
    std::uint64_t printed = 0;
    options.on_progress = [&](const Progress& progress) {
        line.show(progress);
        return true;
    };
    options.on_skipped = [&](const SyntaxError& error) {
        if (log.is_open()) {
            log << error.pretty() << "\n\n";
        } else if (printed < 10) {
            line.clear();
            session.err() << error.pretty() << '\n';
            if (++printed == 10) session.err() << "(more errors are not shown; --error-log FILE)\n";
        }
    };

    if (standard_input && isatty(STDIN_FILENO) != 0)
        session.message("reading standard input from the terminal; Ctrl-D ends it");
    const bool was_there = session.exists();
    Store& store = request.dry_run ? session.store() : session.writable_store();
    LoadReport report;
    try {
        // Reading standard input cannot be broken off from outside, so Ctrl-C ends the program:
        // what has not been committed is nothing to the store.
        report = standard_input
                     ? store.load_standard_input(options)
                     : session.interruptible([&] { return store.load_files(files, options); });
    } catch (...) {
        // A first load that fails leaves no empty store behind.
        if (!was_there && !request.dry_run && !session.path().empty()) session.forget_new_store();
        throw;
    }
    line.clear();
    for (const std::string& warning : report.warnings) session.message("warning: " + warning);
    const double seconds = std::max(0.001, std::chrono::duration<double>(report.elapsed).count());
    std::string text =
        fmt::format("read {} statement{}", grouped(report.read), report.read == 1 ? "" : "s");
    text += request.dry_run ? " (nothing was loaded)"
                            : fmt::format(": {} new, {} known before", grouped(report.added),
                                          grouped(report.duplicates));
    if (report.removed > 0) text += fmt::format(", {} removed", grouped(report.removed));
    if (report.skipped > 0) text += fmt::format(", {} in error left out", grouped(report.skipped));
    text += fmt::format("; {} in {:.2f} s, {}/s", human_bytes(report.bytes), seconds,
                        human_count(static_cast<double>(report.read) / seconds));
    if (report.skipped > 0 && log.is_open()) text += "; errors in " + request.error_log;
    session.message(text);
    return exit_success;
}

}  // namespace dossier::shell
