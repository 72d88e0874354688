#include <dossier/error.h>

#include <algorithm>
#include <utility>

#include <dossier/text_width.h>

namespace dossier {

Error::Error(ErrorKind kind, const std::string& message)
    : std::runtime_error(message), kind_(kind) {}
Error::~Error() = default;

SyntaxError::SyntaxError(Details details)
    : Error(ErrorKind::syntax, details.message), details_(std::move(details)) {}
SyntaxError::~SyntaxError() = default;

QueryError::QueryError(const std::string& message) : Error(ErrorKind::query, message) {}
QueryError::~QueryError() = default;

StoreError::StoreError(const std::string& message) : Error(ErrorKind::store, message) {}
StoreError::~StoreError() = default;

Conflict::Conflict(const std::string& message) : Error(ErrorKind::conflict, message) {}
Conflict::~Conflict() = default;

LimitError::LimitError(const std::string& message) : Error(ErrorKind::limit, message) {}
LimitError::~LimitError() = default;

Interrupted::Interrupted(const std::string& message) : Error(ErrorKind::interrupted, message) {}
Interrupted::~Interrupted() = default;

UsageError::UsageError(const std::string& message) : Error(ErrorKind::usage, message) {}
UsageError::~UsageError() = default;

InputError::InputError(const std::string& message) : Error(ErrorKind::input, message) {}
InputError::~InputError() = default;

namespace {

// "  4 | text" and below it "    |    ^^ remark".
void append_marked_line(std::string& out, std::size_t number_width, std::uint64_t line,
                        const std::string& text, std::uint64_t caret_column,
                        std::uint64_t caret_length, char caret, const std::string& remark) {
    // A position is data: no caller's mistake may ask for gigabytes of blanks.
    constexpr std::uint64_t widest = 1'000;
    const std::string number = std::to_string(line);
    out += "\n  ";
    out.append(number_width - std::min(number_width, number.size()), ' ');
    out += number;
    out += " | ";
    append_visible(out, text);
    out += "\n  ";
    out.append(number_width, ' ');
    out += " | ";
    out.append(std::min(caret_column == 0 ? 0 : caret_column - 1, widest), ' ');
    out.append(std::clamp<std::uint64_t>(caret_length, 1, widest), caret);
    if (!remark.empty()) {
        out += ' ';
        append_visible(out, remark);
    }
}

}  // namespace

std::string SyntaxError::pretty() const {
    const Details& d = details_;
    std::string out;
    append_visible(out, d.source);
    out += ':' + std::to_string(d.position.line) + ':' + std::to_string(d.position.column);
    out += ": error: ";
    append_visible(out, d.message);
    const bool related = d.related_position.line != 0;
    const std::uint64_t last_line =
        std::max(d.position.line, related ? d.related_position.line : std::uint64_t{0});
    const std::size_t number_width = std::to_string(last_line).size();
    append_marked_line(out, number_width, d.position.line, d.line_text, d.caret_column,
                       d.caret_length, '^', {});
    if (related) {
        append_marked_line(out, number_width, d.related_position.line, d.related_line_text,
                           d.related_caret_column, d.related_caret_length, '-', d.related_message);
    }
    if (!d.hint.empty()) {
        out += "\nhint: ";
        append_visible(out, d.hint);
    }
    return out;
}

}  // namespace dossier
