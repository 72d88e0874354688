#include "shell/dot_arguments.h"

#include <charconv>

namespace dossier::shell {

namespace {

// Reads options one after the other; `--name=value` is the same as `--name value`.
class OptionReader {
  public:
    explicit OptionReader(const std::vector<std::string>& arguments) : arguments_(arguments) {}

    // Moves to the next argument; false at the end.
    bool next() {
        if (next_ == arguments_.size()) return false;
        word_ = arguments_[next_++];
        const std::size_t equals = word_.find('=');
        attached_ = word_.starts_with("--") && equals != std::string::npos;
        if (attached_) {
            value_ = word_.substr(equals + 1);
            word_.resize(equals);
        }
        return true;
    }
    const std::string& word() const { return word_; }
    bool is(std::string_view name, std::string_view other = {}) const {
        return word_ == name || (!other.empty() && word_ == other);
    }
    bool is_option() const { return word_.size() > 1 && word_[0] == '-'; }
    std::string value() {
        if (attached_) return value_;
        if (next_ == arguments_.size()) throw UsageError(word_ + " needs a value");
        return arguments_[next_++];
    }

  private:
    const std::vector<std::string>& arguments_;
    std::size_t next_ = 0;
    std::string word_, value_;
    bool attached_ = false;
};

}  // namespace

std::uint64_t number(const std::string& text, std::string_view what) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        throw UsageError(std::string(what) + " takes a number, not '" + text + "'");
    return value;
}

std::vector<std::string> split_arguments(std::string_view line) {
    std::vector<std::string> result;
    std::size_t i = 0;
    while (i < line.size()) {
        if (line[i] == ' ' || line[i] == '\t') {
            ++i;
            continue;
        }
        std::string word;
        if (line[i] == '"' || line[i] == '\'') {
            const char quote = line[i++];
            while (i < line.size() && line[i] != quote) {
                if (quote == '"' && line[i] == '\\' && i + 1 < line.size()) {
                    ++i;
                    word += line[i] == 'n' ? '\n' : line[i] == 't' ? '\t' : line[i];
                } else {
                    word += line[i];
                }
                ++i;
            }
            if (i == line.size()) throw UsageError("a quote is not closed");
            ++i;
        } else {
            while (i < line.size() && line[i] != ' ' && line[i] != '\t') word += line[i++];
        }
        result.push_back(std::move(word));
    }
    return result;
}

LoadRequest load_request(const std::vector<std::string>& arguments) {
    LoadRequest request;
    OptionReader option(arguments);
    while (option.next()) {
        if (option.is("-F", "--format"))
            request.format = option.value();
        else if (option.is("-g", "--graph"))
            request.graph = option.value();
        else if (option.is("--base"))
            request.base = option.value();
        else if (option.is("--graph-from-file"))
            request.graph_from_file = true;
        else if (option.is("--replace"))
            request.replace = true;
        else if (option.is("--on-error"))
            request.on_error = option.value();
        else if (option.is("--max-errors"))
            request.max_errors = number(option.value(), "--max-errors");
        else if (option.is("--error-log"))
            request.error_log = option.value();
        else if (option.is("--lenient"))
            request.lenient = true;
        else if (option.is("-j", "--jobs"))
            request.jobs = static_cast<unsigned>(number(option.value(), "--jobs"));
        else if (option.is("--memory"))
            request.memory = option.value();
        else if (option.is("--limit"))
            request.limit = number(option.value(), "--limit");
        else if (option.is("--dry-run"))
            request.dry_run = true;
        else if (option.is_option())
            throw UsageError(".load does not know " + option.word());
        else
            request.files.push_back(option.word());
    }
    if (request.files.empty()) throw UsageError("usage: .load [OPTIONS] FILE...");
    return request;
}

DumpRequest dump_request(const std::vector<std::string>& arguments) {
    DumpRequest request;
    OptionReader option(arguments);
    while (option.next()) {
        if (option.is("-F", "--format"))
            request.format = option.value();
        else if (option.is("-o", "--output"))
            request.output = option.value();
        else if (option.is("-g", "--graph"))
            request.graphs.push_back(option.value());
        else if (option.is("--sorted"))
            request.sorted = true;
        else if (option.is("-z", "--compress"))
            request.compression = option.value();
        else if (option.is_option())
            throw UsageError(".dump does not know " + option.word());
        else
            request.output = option.word();
    }
    return request;
}

}  // namespace dossier::shell
