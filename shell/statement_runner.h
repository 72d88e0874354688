#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shell/line_reader.h"
#include "shell/session.h"

namespace dossier::shell {

// Puts lines together to statements and runs them: what is typed, piped in, or read from a file.
class StatementRunner {
  public:
    // `interactive`: prompts, and errors do not end the run.
    StatementRunner(Session& session, bool interactive);

    // Until the input ends or .quit; returns the exit code of the run.
    int run(LineReader& reader, const std::string& source);
    // The statements of a file; nothing when the run is to go on, an exit code when a statement
    // failed and the run is to end.
    std::optional<int> run_file(const std::string& file);
    // One text that may hold a dot command or a statement.
    std::optional<int> run_text(const std::string& text, const std::string& source);

    const std::string& last_statement() const { return last_statement_; }
    std::vector<std::string> history() const;
    bool interactive() const { return interactive_; }

    bool keep_going = false;  // a failed statement of a script does not end it

  private:
    // Runs what has been collected; the exit code when the run is to end.
    std::optional<int> execute(const std::string& typed, const std::string& source,
                               std::uint64_t first_line = 1);
    bool is_ready(const std::string& text, bool blank_line, LineReader& reader) const;
    std::string prompt(bool continued) const;

    Session& session_;
    bool interactive_;
    LineReader* reader_ = nullptr;
    std::string last_statement_;
    int first_failure_ = 0;
    int depth_ = 0;  // of .read within .read
};

// "30s", "500ms", "2m", "1h"; "off" is no limit. Throws UsageError.
std::optional<std::chrono::nanoseconds> parse_duration(const std::string& text);
// "2G", "64M", "1000". Throws UsageError.
std::size_t parse_size(const std::string& text);

}  // namespace dossier::shell
