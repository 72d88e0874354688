#include "shell/statement_runner.h"

#include <fmt/core.h>

#include <charconv>
#include <fstream>
#include <ostream>

#include "shell/bracket_scanner.h"
#include "shell/dot_commands.h"

namespace dossier::shell {

namespace {

constexpr int max_read_depth = 16;

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Whether a line can only belong to the statement before it. A script can be looked ahead in, and
// there SELECT on a line of its own with LIMIT on the next is one query.
bool goes_on(const std::optional<std::string>& line) {
    if (!line) return false;
    const std::size_t begin = line->find_first_not_of(" \t");
    if (begin == std::string::npos) return false;
    std::string word;
    for (std::size_t i = begin; i < line->size(); ++i) {
        const char c = (*line)[i];
        if (c >= 'a' && c <= 'z')
            word += static_cast<char>(c - 'a' + 'A');
        else if (c >= 'A' && c <= 'Z')
            word += c;
        else
            break;
    }
    return word == "LIMIT" || word == "OFFSET" || word == "ORDER" || word == "GROUP" ||
           word == "HAVING" || word == "VALUES";
}

// The same error with lines counted from the beginning of the script.
SyntaxError moved_down(const SyntaxError& error, std::uint64_t lines) {
    SyntaxError::Details details = error.details();
    details.position.line += lines;
    if (details.related_position.line > 0) details.related_position.line += lines;
    return SyntaxError(std::move(details));
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(const std::string& text) {
    if (text == "off" || text == "0") return std::nullopt;
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string unit(end, text.data() + text.size());
    double seconds = -1;
    if (unit.empty() || unit == "s") seconds = number;
    if (unit == "ms") seconds = number / 1e3;
    if (unit == "m" || unit == "min") seconds = number * 60;
    if (unit == "h") seconds = number * 3600;
    if (error != std::errc() || !(seconds >= 0) || seconds > 1e9)
        throw UsageError("'" + text + "' is no duration; write 500ms, 30s, 2m or off");
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

std::size_t parse_size(const std::string& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    std::string unit(end, text.data() + text.size());
    if (unit.ends_with("B") || unit.ends_with("b")) unit.pop_back();
    double factor = -1;
    if (unit.empty()) factor = 1;
    if (unit == "K" || unit == "k") factor = 1 << 10;
    if (unit == "M" || unit == "m") factor = 1 << 20;
    if (unit == "G" || unit == "g") factor = 1 << 30;
    if (unit == "T" || unit == "t") factor = 1024.0 * (1 << 30);
    if (error != std::errc() || factor < 0 || !(number >= 0) || number * factor > 1e15)
        throw UsageError("'" + text + "' is no size; write 64M or 2G");
    return static_cast<std::size_t>(number * factor);
}

StatementRunner::StatementRunner(Session& session, bool interactive)
    : session_(session), interactive_(interactive) {}

std::vector<std::string> StatementRunner::history() const {
    return reader_ == nullptr ? std::vector<std::string>{} : reader_->history();
}

std::string StatementRunner::prompt(bool continued) const {
    if (continued) return "     ...> ";
    if (session_.in_transaction()) return "dossier*> ";
    return session_.read_only() ? "dossier(ro)> " : "dossier> ";
}

// A line that is a whole statement runs at once; a statement over several lines at a final
// semicolon (a bare pattern: a final dot) or at an empty line (docs/shell.md, "The shell").
bool StatementRunner::is_ready(const std::string& text, bool blank_line, LineReader& reader) const {
    const Completeness found = completeness_of_statement(text, session_.query_options("statement"));
    if (found == Completeness::ended) return true;
    if (session_.semicolon_only && found != Completeness::wrong) return false;
    const bool one_line = text.find('\n') == std::string::npos;
    if (!one_line) return blank_line && found != Completeness::empty;
    if (found == Completeness::wrong) return true;
    // The predicates of a bare pattern go on behind a semicolon.
    if (text[text.find_last_not_of(" \t")] == ';' &&
        kind_of_statement(text) == StatementKind::pattern)
        return false;
    return found == Completeness::complete && !goes_on(reader.next_line());
}

std::optional<int> StatementRunner::execute(const std::string& typed, const std::string& source,
                                            std::uint64_t first_line) {
    if (is_blank(typed)) return std::nullopt;
    // What people try first is no SPARQL, so it cannot mean anything else.
    std::string text = typed;
    if (interactive_ && (typed == "help" || typed == "quit" || typed == "exit"))
        text.insert(0, ".");
    if (interactive_ && typed == "?") text = ".help";
    if (session_.echo) session_.out() << text << '\n';
    last_statement_ = text;
    int code = 0;
    try {
        if (text.front() == '.' && !is_blank(text.substr(1)) && text[1] >= 'a' && text[1] <= 'z') {
            const DotResult result =
                session_.log().logged(text, [&] { return run_dot_command(text, session_, *this); });
            if (result.quit) return result.quit;
            if (!is_blank(result.rerun)) return execute(result.rerun, "edited statement");
            return std::nullopt;
        }
        session_.log().logged(text, [&] { return session_.run(text, source); });
        session_.end_once();
        return std::nullopt;
    } catch (const SyntaxError& error) {
        code = report_error(moved_down(error, first_line - 1), session_.err(),
                            session_.err_terminal());
    } catch (const std::exception& error) {
        code = report_error(error, session_.err(), session_.err_terminal());
    }
    session_.discard_once();
    if (first_failure_ == 0) first_failure_ = code;
    // A person goes on; a script that asked a question of a store that cannot be opened does not.
    if (interactive_ && !session_.bail) return std::nullopt;
    if (keep_going) return std::nullopt;
    return code;
}

std::optional<int> StatementRunner::run_text(const std::string& text, const std::string& source) {
    return execute(text, source);
}

std::optional<int> StatementRunner::run_file(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw InputError("'" + file + "' cannot be read");
    if (depth_ >= max_read_depth) throw LimitError(".read is nested too deep (16 files)");
    ++depth_;
    const bool interactive = std::exchange(interactive_, false);
    LineReader* const outer = reader_;
    const auto lines = make_stream_reader(in);
    const int failure = std::exchange(first_failure_, 0);
    const int code = run(*lines, file);
    first_failure_ = failure != 0 ? failure : first_failure_;
    reader_ = outer;
    interactive_ = interactive;
    --depth_;
    if (code != 0 && !interactive_ && !keep_going) return code;
    return std::nullopt;
}

int StatementRunner::run(LineReader& reader, const std::string& source) {
    reader_ = &reader;
    std::string statement, line;
    BracketScanner brackets;
    std::uint64_t line_number = 0, first_line = 1;
    const auto run_statement = [&](const std::string& text) {
        return execute(text, source, interactive_ ? 1 : first_line);
    };
    for (;;) {
        switch (reader.read(prompt(!statement.empty()), line)) {
            case LineReader::Result::interrupted_empty:
                if (statement.empty() && session_.interrupts().cancelled_lately())
                    return exit_interrupted;
                [[fallthrough]];
            case LineReader::Result::interrupted:
                statement.clear();
                continue;
            case LineReader::Result::end:
                if (const auto code = run_statement(statement)) return *code;
                return interactive_ ? 0 : first_failure_;
            case LineReader::Result::line:
                break;
        }
        ++line_number;
        if (statement.empty()) {
            if (is_blank(line)) continue;
            first_line = line_number;
            const std::size_t begin = line.find_first_not_of(" \t");
            if (line[begin] == '.' && begin + 1 < line.size() && line[begin + 1] >= 'a' &&
                line[begin + 1] <= 'z') {
                reader.remember(line);
                if (const auto code = run_statement(line.substr(begin))) return *code;
                continue;
            }
        }
        const bool blank = is_blank(line);
        if (!statement.empty()) statement += '\n';
        statement += line;
        if (statement.size() == line.size()) brackets = BracketScanner();
        brackets.add_line(line);
        const bool certainly_open = statement.size() > line.size() && brackets.open();
        if (certainly_open || !is_ready(statement, blank, reader)) {
            // Nothing but comments: an empty line ends them.
            if (blank && kind_of_statement(statement) == StatementKind::empty) statement.clear();
            continue;
        }
        while (!statement.empty() && is_blank(statement.substr(statement.size() - 1)))
            statement.pop_back();
        reader.remember(statement);
        const std::string text = std::exchange(statement, {});
        if (const auto code = run_statement(text)) return *code;
    }
}

}  // namespace dossier::shell
