#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <dossier/export.h>

// What the library throws. An exception ends a statement; anything expected is a return value.

namespace dossier {

// What an error is about; the values are stable.
enum class ErrorKind : std::uint8_t {
    syntax = 1,       // a query, an update or data does not follow its grammar
    query = 2,        // a well-formed query asks what cannot be done
    store = 3,        // the store cannot be opened, read or written
    conflict = 4,     // somebody else holds the writer's right
    limit = 5,        // a limit (time, memory, nesting ...) was reached; the message names it
    interrupted = 6,  // cancelled by the caller
    usage = 7,        // the caller broke a rule of the interface
    input = 8,        // a file or stream cannot be read
};

// The base of all. Copyable; what() is one line without a position.
class DOSSIER_EXPORT Error : public std::runtime_error {
  public:
    Error(ErrorKind kind, const std::string& message);
    ~Error() override;

    ErrorKind kind() const noexcept { return kind_; }
    // Stable and equal to the C interface's code: minus the kind's value.
    int code() const noexcept { return -static_cast<int>(kind_); }

  private:
    ErrorKind kind_;
};

// Where in a text something is. Lines and columns count from 1, columns in code points; the offset
// counts bytes from 0.
struct Position {
    std::uint64_t line = 1;
    std::uint64_t column = 1;
    std::uint64_t offset = 0;
};

// Text that does not follow its grammar.
class DOSSIER_EXPORT SyntaxError : public Error {
  public:
    // `source` names the file or "query"; `line_text` is the line the error is in, cut to a window
    // around the position when it is long (then `caret_column` says where in it the caret stands);
    // `caret_length` is at least 1.
    struct Details {
        std::string source;
        std::string message;
        Position position;
        std::string line_text;
        std::uint64_t caret_column = 1;
        std::uint64_t caret_length = 1;
        std::string hint;  // empty when there is none
        // A second place worth showing, as "first bound here"; line 0 when there is none.
        Position related_position{0, 0, 0};
        std::string related_line_text;
        std::uint64_t related_caret_column = 1;
        std::uint64_t related_caret_length = 1;
        std::string related_message;
    };

    explicit SyntaxError(Details details);
    ~SyntaxError() override;

    const Details& details() const noexcept { return details_; }
    const Position& position() const noexcept { return details_.position; }

    // Several lines without a final line end: source:line:column: error: message, the line, a
    // caret, the related place, the hint.
    std::string pretty() const;

  private:
    Details details_;
};

class DOSSIER_EXPORT QueryError : public Error {
  public:
    explicit QueryError(const std::string& message);
    ~QueryError() override;
};

class DOSSIER_EXPORT StoreError : public Error {
  public:
    explicit StoreError(const std::string& message);
    ~StoreError() override;
};

// Another writer holds the store; the message names its process where that is known.
class DOSSIER_EXPORT Conflict : public Error {
  public:
    explicit Conflict(const std::string& message);
    ~Conflict() override;
};

class DOSSIER_EXPORT LimitError : public Error {
  public:
    explicit LimitError(const std::string& message);
    ~LimitError() override;
};

class DOSSIER_EXPORT Interrupted : public Error {
  public:
    explicit Interrupted(const std::string& message);
    ~Interrupted() override;
};

// The caller broke a rule, for example closed a store while a cursor lives.
class DOSSIER_EXPORT UsageError : public Error {
  public:
    explicit UsageError(const std::string& message);
    ~UsageError() override;
};

// A file or stream that cannot be read: absent, a directory, damaged compression, wrong encoding.
class DOSSIER_EXPORT InputError : public Error {
  public:
    explicit InputError(const std::string& message);
    ~InputError() override;
};

}  // namespace dossier
