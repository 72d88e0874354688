#include "shell/line_reader.h"

#include <fcntl.h>
#include <histedit.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <istream>
#include <utility>

namespace dossier::shell {

namespace {

constexpr int history_size = 2000;

class StreamReader final : public LineReader {
  public:
    explicit StreamReader(std::istream& in) : in_(in) {}

    Result read(const std::string&, std::string& line) override {
        if (next_) {
            line = *std::exchange(next_, std::nullopt);
            return Result::line;
        }
        return read_line(line) ? Result::line : Result::end;
    }

    std::optional<std::string> next_line() override {
        std::string line;
        // Never waits: whoever wrote the lines so far may wait for their answer.
        if (!next_ && in_.rdbuf()->in_avail() > 0 && read_line(line)) next_ = std::move(line);
        return next_;
    }

  private:
    bool read_line(std::string& line) {
        if (!std::getline(in_, line)) return false;
        if (first_ && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
        first_ = false;
        if (!line.empty() && line.back() == '\r') line.pop_back();
        return true;
    }

    std::istream& in_;
    std::optional<std::string> next_;
    bool first_ = true;
};

class TerminalReader final : public LineReader {
  public:
    TerminalReader(const std::string& history_file, Completer completer)
        : history_file_(history_file), completer_(std::move(completer)) {
        edit_ = el_init("dossier", stdin, stdout, stderr);
        history_ = history_init();
        HistEvent event;
        ::history(history_, &event, H_SETSIZE, history_size);
        ::history(history_, &event, H_SETUNIQUE, 1);
        el_set(edit_, EL_CLIENTDATA, this);
        el_set(edit_, EL_PROMPT, &TerminalReader::prompt);
        el_set(edit_, EL_EDITOR, "emacs");
        el_set(edit_, EL_SIGNAL, 0);
        el_set(edit_, EL_HIST, ::history, history_);
        el_set(edit_, EL_ADDFN, "dossier-complete", "Complete the word", &TerminalReader::complete);
        el_set(edit_, EL_BIND, "^I", "dossier-complete", nullptr);
        el_set(edit_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
        el_source(edit_, nullptr);  // the user's ~/.editrc
        if (!history_file_.empty()) ::history(history_, &event, H_LOAD, history_file_.c_str());
    }
    ~TerminalReader() override {
        history_end(history_);
        el_end(edit_);
    }

    Result read(const std::string& prompt, std::string& line) override {
        prompt_ = prompt;
        int length = 0;
        errno = 0;
        // The library writes the prompt first and takes over the echo behind it: what is typed in
        // between would be shown twice.
        el_set(edit_, EL_PREP_TERM, 1);
        const char* text = el_gets(edit_, &length);
        if (text == nullptr || length <= 0) {
            if (errno == EINTR) {
                const LineInfo* info = el_line(edit_);
                const bool empty = info->lastchar == info->buffer;
                el_reset(edit_);
                std::fputs("\n", stdout);
                return empty ? Result::interrupted_empty : Result::interrupted;
            }
            return Result::end;
        }
        line.assign(text, static_cast<std::size_t>(length));
        while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
        return Result::line;
    }

    void remember(const std::string& statement) override {
        if (statement.empty() || statement.front() == ' ') return;
        HistEvent event;
        ::history(history_, &event, H_ENTER, statement.c_str());
        if (history_file_.empty()) return;
        // Made readable by its owner only before anything is written to it.
        const int descriptor =
            ::open(history_file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (descriptor < 0) return;
        ::fchmod(descriptor, S_IRUSR | S_IWUSR);
        ::close(descriptor);
        ::history(history_, &event, H_SAVE, history_file_.c_str());
    }

    std::vector<std::string> history() const override {
        std::vector<std::string> result;
        HistEvent event;
        for (int more = ::history(history_, &event, H_LAST); more >= 0;
             more = ::history(history_, &event, H_PREV)) {
            std::string line(event.str);
            while (!line.empty() && line.back() == '\n') line.pop_back();
            result.push_back(std::move(line));
        }
        return result;
    }

  private:
    static TerminalReader& self(EditLine* edit) {
        void* data = nullptr;
        el_get(edit, EL_CLIENTDATA, &data);
        return *static_cast<TerminalReader*>(data);
    }
    static char* prompt(EditLine* edit) { return self(edit).prompt_.data(); }

    static unsigned char complete(EditLine* edit, int) {
        TerminalReader& reader = self(edit);
        // A tab in pasted text is a tab: more input is waiting already.
        pollfd input{STDIN_FILENO, POLLIN, 0};
        if (::poll(&input, 1, 0) > 0) {
            el_insertstr(edit, "\t");
            return CC_REFRESH;
        }
        const LineInfo* info = el_line(edit);
        const std::string_view line(info->buffer,
                                    static_cast<std::size_t>(info->cursor - info->buffer));
        const std::size_t begin = line.find_last_of(" \t({") + 1;
        const std::string_view word = line.substr(begin);
        const std::vector<std::string> found = reader.completer_(line, word);
        if (found.empty()) return CC_REFRESH_BEEP;
        std::string common = found.front();
        for (const std::string& candidate : found) {
            const auto [end, other] =
                std::mismatch(common.begin(), common.end(), candidate.begin(), candidate.end());
            common.erase(end, common.end());
        }
        if (common.size() > word.size() || found.size() == 1) {
            el_deletestr(edit, static_cast<int>(word.size()));
            if (found.size() == 1 && common.back() != ':' && common.back() != '/') common += ' ';
            el_insertstr(edit, common.c_str());
            return CC_REFRESH;
        }
        std::string list = "\n";
        for (std::size_t i = 0; i < found.size() && i < 60; ++i) list += found[i] + "  ";
        if (found.size() > 60) list += "...";
        std::puts(list.c_str());
        return CC_REDISPLAY;
    }

    std::string history_file_;
    Completer completer_;
    EditLine* edit_;
    History* history_;
    std::string prompt_;
};

}  // namespace

std::unique_ptr<LineReader> make_terminal_reader(const std::string& history_file,
                                                 Completer completer) {
    return std::make_unique<TerminalReader>(history_file, std::move(completer));
}

std::unique_ptr<LineReader> make_stream_reader(std::istream& in) {
    return std::make_unique<StreamReader>(in);
}

}  // namespace dossier::shell
