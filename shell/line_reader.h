#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dossier::shell {

// Lines typed or piped in.
class LineReader {
  public:
    // `interrupted`: by Ctrl-C; `interrupted_empty`: with nothing on the line.
    enum class Result { line, interrupted, interrupted_empty, end };

    virtual ~LineReader() = default;
    // The next line without its end. `prompt` is shown on a terminal only.
    virtual Result read(const std::string& prompt, std::string& line) = 0;
    // The line that read() will give, where that is known already.
    virtual std::optional<std::string> next_line() { return std::nullopt; }
    // Remembers a whole statement.
    virtual void remember(const std::string&) {}
    // Old statements, oldest first.
    virtual std::vector<std::string> history() const { return {}; }
};

// What a word being typed may become: completions of `word`, which begins at the start of the line
// or after a space.
using Completer =
    std::function<std::vector<std::string>(std::string_view line, std::string_view word)>;

// Lines with editing, history and completion. The history is kept in `history_file` (readable by
// its owner only) unless that is empty; lines that begin with a space are not remembered.
std::unique_ptr<LineReader> make_terminal_reader(const std::string& history_file,
                                                 Completer completer);
// Lines of a stream, as they are.
std::unique_ptr<LineReader> make_stream_reader(std::istream& in);

}  // namespace dossier::shell
