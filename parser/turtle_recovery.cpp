#include "parser/turtle_recovery.h"

#include "parser/turtle_characters.h"

namespace dossier::turtle {

namespace {

bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

bool is_space(char c) {
    return space_class[static_cast<std::uint8_t>(c)];
}

bool could_be_of_a_name(char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte >= 0x80 || name_class[byte] || c == ':' || c == '%' || c == '\\' || c == '.';
}

class Skipper {
  public:
    Skipper(WindowInput& in, bool in_graph) : in_(in), in_graph_(in_graph) {}

    void skip() {
        while (!in_.empty()) {
            in_.discard();
            const char c = in_.peek_char();
            switch (c) {
                case '#':
                    skip_line();
                    break;
                case '"':
                case '\'':
                    if (skip_string(c)) return;
                    break;
                case '<':
                    skip_iri();
                    break;
                case '\\':
                    next();
                    if (!in_.empty()) next();
                    break;
                case '.':
                    next();
                    if (was_final_dot()) return;
                    break;
                case '}':
                    if (in_graph_ && previous_ != '|') return;
                    next();
                    break;
                default:
                    next();
            }
        }
    }

    void skip_line() {
        while (!in_.empty() && !is_line_end(in_.peek_char())) next();
    }

  private:
    void next() {
        before_previous_ = previous_;
        previous_ = in_.peek_char();
        in_.bump();
        in_.discard();
    }

    // previous_ is a dot. It ends the statement unless it is within a name or a number.
    bool was_final_dot() {
        const bool after_delimiter = is_space(before_previous_) || before_previous_ == '>' ||
                                     before_previous_ == '"' || before_previous_ == '\'' ||
                                     before_previous_ == ']' || before_previous_ == ')' ||
                                     before_previous_ == '}';
        if (in_.empty()) return true;
        const char c = in_.peek_char();
        if (after_delimiter) return !is_digit(static_cast<std::uint8_t>(c));
        return !could_be_of_a_name(c);
    }

    // True when the statement ends with the string's line.
    bool skip_string(char quote) {
        next();
        bool is_long = false;
        if (!in_.empty() && in_.peek_char() == quote) {
            next();
            if (in_.empty() || in_.peek_char() != quote) return false;  // the empty string
            next();
            is_long = true;
        }
        int quotes = 0;
        char last = ' ';  // that is no space
        while (!in_.empty()) {
            const char c = in_.peek_char();
            if (!is_long && is_line_end(c)) return last == '.';
            next();
            if (c == quote) {
                if (++quotes == (is_long ? 3 : 1)) return false;
                continue;
            }
            quotes = 0;
            if (!is_space(c)) last = c;
            if (c == '\\' && !in_.empty() && !is_line_end(in_.peek_char())) next();
        }
        return true;
    }

    // Over an IRI, also one with a space in it. Where no '>' follows on the line, it is no IRI.
    void skip_iri() {
        constexpr std::size_t longest = 4096;
        std::size_t size = 1;
        for (; size < longest && in_.size(size + 1) > size; ++size) {
            const char c = in_.peek_char(size);
            if (c == '>') {
                for (; size > 0; --size) next();
                next();
                return;
            }
            if (is_line_end(c) || c == '<' || c == '"') break;
        }
        next();
    }

    WindowInput& in_;
    bool in_graph_;
    char previous_ = ' ';
    char before_previous_ = ' ';
};

}  // namespace

void skip_broken_statement(WindowInput& in, const SyntaxFailure& failure,
                           std::uint64_t statement_column, bool in_graph, bool only_comment) {
    in.go_to(failure.token != nullptr ? failure.token : failure.at);
    Skipper skipper(in, in_graph);
    if (failure.in_comment) skipper.skip_line();
    if (only_comment) return;
    if (failure.only_end_missing && !in.empty()) {
        const bool on_new_line = in.begins_line();
        if (on_new_line && in.rough_column() <= statement_column) return;
    }
    skipper.skip();
}

}  // namespace dossier::turtle
