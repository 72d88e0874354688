#pragma once

#include <fstream>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dossier/dossier.h>

#include "shell/interrupt.h"
#include "shell/presenter.h"
#include "shell/session_log.h"
#include "shell/terminal.h"

namespace dossier::shell {

enum class ExplainMode { off, plan, analyze, json };

// Exit codes: 1 is a negative answer, 2 and above are trouble (docs/shell.md, "Exit codes").
enum ExitCode : int {
    exit_success = 0,
    exit_negative = 1,
    exit_usage = 2,
    exit_syntax = 3,
    exit_store = 4,
    exit_failure = 5,
    exit_limit = 6,
    exit_interrupted = 130,
};

// The code for what was thrown, after its message has been written to `err`.
int report_error(const std::exception& error, std::ostream& err, const Terminal& terminal);

// A statement without the semicolon that ended it; SPARQL has one between updates only.
std::string_view without_end_mark(std::string_view text);

// A store cannot be opened, whatever the reason: the program ends with exit_store.
class OpenError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// What one run of the program knows: a store, settings, where output goes. Used by one thread.
class Session {
  public:
    Session(InterruptWatch& interrupts, ColorChoice color);
    ~Session();

    // ---- the store ----
    // Sets the store to work on; it is opened when it is needed, and made at the first write.
    void set_store(std::string path, bool read_only);
    void close_store();
    // For options that count when a store is opened. One in memory stays as it is.
    void reopen_store();
    // Removes a store that this session made and that nothing was written to.
    void forget_new_store();
    // For reading: a store that does not exist is an empty one. Throws OpenError.
    Store& store();
    // For writing: made where it does not exist. Throws OpenError.
    Store& writable_store();
    const std::string& path() const { return path_; }
    bool read_only() const { return read_only_; }
    bool exists() const;

    // ---- statements ----
    // Runs a query, an update, a prologue or a bare pattern. Throws what the library throws.
    // Returns the number of rows, statements or (ASK) 1 for true; an update returns its changes.
    std::uint64_t run(std::string_view text, const std::string& source);
    std::uint64_t run_query(std::string_view text, const std::string& source);
    std::uint64_t run_pattern(std::string_view text, const std::string& source);
    UpdateReport run_update(std::string_view text, const std::string& source, bool dry_run);
    // Whether the last statement was a query that had an answer.
    bool answered() const { return answered_; }

    QueryOptions query_options(const std::string& source) const;
    // All prefixes that shorten IRIs in output, in the order of precedence.
    Prefixes output_prefixes();

    void begin();
    UpdateReport commit();
    void rollback();
    bool in_transaction() const { return transaction_.has_value(); }

    InterruptWatch& interrupts() { return interrupts_; }

    // Runs `work` so that Ctrl-C cancels it.
    template <typename Work>
    auto interruptible(Work work) {
        Store& target = store();
        const InterruptWatch::Running running(interrupts_, [&target] { target.interrupt(); });
        return work();
    }

    // ---- output ----
    std::ostream& out() { return once_ ? *once_ : (output_ ? *output_ : *standard_out_); }
    std::ostream& err() { return *standard_err_; }
    // What is known of where out() goes: a file is no terminal.
    Terminal out_terminal() const;
    const Terminal& err_terminal() const { return err_terminal_; }
    // Sends results to a file or, as "|COMMAND", into a program; an empty name means standard
    // output again. `once`: the next statement's only. Refuses to overwrite unless `force`.
    void redirect(const std::string& file, bool once, bool force);
    void end_once() { end_stream(once_); }
    // After a failure: what was written for the statement is half of something. Its file goes.
    void discard_once();
    void message(std::string_view text);  // to standard error, unless quiet
    SessionLog& log() { return *log_; }

    // ---- settings, changed by dot commands and options ----
    Presentation presentation;
    Prefixes session_prefixes;
    Prefixes user_prefixes;  // of the user's prefixes.ttl and --prefixes
    std::string base;
    std::optional<bool> union_default_graph;
    std::optional<std::chrono::nanoseconds> timeout;
    std::size_t memory = std::size_t{1} << 30;
    unsigned threads = 0;
    std::size_t cache = OpenOptions().cache_bytes;  // of a store that is opened from now on
    std::vector<std::pair<std::string, Term>> parameters;
    std::vector<Term> default_graphs, named_graphs;
    ExplainMode explain = ExplainMode::off;
    bool semicolon_only = false;  // statements end at a semicolon, also on one line
    std::string allowed_load_directory;
    Durability durability = Durability::durable;
    bool quiet = false;
    bool verbose = false;
    bool progress = true;
    bool force = false;
    bool yes = false;
    bool safe = false;  // no files, programs or editors from statements
    bool bail = false;
    bool echo = false;

  private:
    void open_now(bool create);
    static void end_stream(std::unique_ptr<std::ostream>& stream);
    void tell_cut(const Presenter& presenter);
    void warn(std::string_view text, const QueryOptions& options,
              const std::vector<std::string>& given);
    void hint_empty(const Query& query, std::string_view text, const std::string& source);

    InterruptWatch& interrupts_;
    std::string path_;
    bool read_only_ = false;
    std::optional<Store> store_;
    bool placeholder_ = false;  // store_ is an empty one in memory in place of one not made yet
    std::optional<Transaction> transaction_;
    bool answered_ = false;

    std::ostream* standard_out_;
    std::ostream* standard_err_;
    Terminal out_terminal_, err_terminal_;
    std::unique_ptr<std::ostream> output_, once_;
    std::string once_file_;
    // A store's threads write to it, too, as long as they live.
    std::shared_ptr<SessionLog> log_;
};

}  // namespace dossier::shell
