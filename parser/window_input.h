#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tao/pegtl.hpp>

#include <dossier/error.h>

#include "parser/byte_source.h"
#include "parser/syntax_failure.h"

namespace dossier {

// A PEGTL input that holds a window of a byte source: the current token, what was read ahead of it,
// and a little of what came before for messages. It reads on as rules look ahead, and lets go of
// what is behind only in discard().
//
// The window never moves but in discard(), so pointers of a token live as long as the token is
// being read. It lies in reserved address space of the largest size a token may have; only what is
// used becomes memory.
//
// PEGTL's own buffer_input counts lines and columns as it goes, which costs a third of the speed;
// here positions are worked out when a message needs one.
class WindowInput {
  public:
    using eol_t = tao::pegtl::eol::lf_crlf;
    using iterator_t = const char*;
    using action_t = tao::pegtl::internal::action_input<WindowInput>;
    static constexpr tao::pegtl::tracking_mode tracking_mode_v = tao::pegtl::tracking_mode::lazy;

    // Puts the position back where it was, unless the window moved since: then the rule is
    // committed and fails with an exception only.
    template <tao::pegtl::rewind_mode Mode>
    class Marker {
      public:
        static constexpr tao::pegtl::rewind_mode next_rewind_mode =
            Mode == tao::pegtl::rewind_mode::required ? tao::pegtl::rewind_mode::active : Mode;

        explicit Marker(WindowInput& in)
            : in_(&in), saved_(in.current_), generation_(in.generation_) {}
        Marker(const Marker&) = delete;
        Marker& operator=(const Marker&) = delete;
        ~Marker() {
            if constexpr (Mode == tao::pegtl::rewind_mode::required) {
                if (in_ != nullptr && in_->generation_ == generation_) in_->current_ = saved_;
            }
        }

        bool operator()(bool result) {
            if (result) in_ = nullptr;
            return result;
        }
        const char* const& iterator() const { return saved_; }

      private:
        WindowInput* in_;
        const char* saved_;
        std::uint64_t generation_;
    };

    // A token, as written, may have `max_token_bytes`. The source must outlive the input.
    WindowInput(ByteSource& source, std::string source_name, std::size_t read_size,
                std::size_t max_token_bytes);
    ~WindowInput();
    WindowInput(const WindowInput&) = delete;
    WindowInput& operator=(const WindowInput&) = delete;

    bool empty() { return size(1) == 0; }
    std::size_t size(std::size_t amount) {
        return static_cast<std::size_t>(end(amount) - current_);
    }
    const char* end(std::size_t amount = 0) {
        if (amount > static_cast<std::size_t>(end_ - current_)) read_ahead(amount);
        return end_;
    }
    const char* current() const noexcept { return current_; }
    char peek_char(std::size_t offset = 0) const noexcept { return current_[offset]; }
    std::uint8_t peek_uint8(std::size_t offset = 0) const noexcept {
        return static_cast<std::uint8_t>(current_[offset]);
    }
    void bump(std::size_t count = 1) noexcept { current_ += count; }
    void bump_in_this_line(std::size_t count = 1) noexcept { current_ += count; }
    void bump_to_next_line(std::size_t count = 1) noexcept { current_ += count; }
    template <tao::pegtl::rewind_mode Mode>
    Marker<Mode> mark() {
        return Marker<Mode>(*this);
    }

    // Lets go of what is behind the current position, when it is time to. Only between tokens.
    void discard() {
        if (current_ >= discard_at_) move_window();
    }

    // The end of what has been read, without reading on.
    const char* input_end() const noexcept { return end_; }
    // Nothing but white space stands before the current position in its line.
    bool begins_line() const;

    // Goes on at a place within the window, for recovery.
    void go_to(const char* place) { current_ = place; }
    // The column of the current position, counted in bytes; in long lines only that it is large.
    std::uint64_t rough_column() const;

    // Reads on to the end of a line of common length, so that the message can show it.
    SyntaxError error(const SyntaxFailure& failure);
    std::uint64_t bytes_read() const { return origin_.offset + held(); }
    // Line ends up to the current position.
    std::uint64_t lines_passed() const;

  private:
    std::size_t held() const { return static_cast<std::size_t>(end_ - begin_); }
    void read_ahead(std::size_t amount);
    void move_window();
    // The nearest place not behind `place` where the text can be cut: neither within a code point
    // nor within CR LF.
    const char* cut_before(const char* place) const;

    ByteSource& source_;
    std::string source_name_;
    std::size_t read_size_;
    std::size_t capacity_;
    char* begin_ = nullptr;
    const char* current_ = nullptr;
    const char* discard_at_ = nullptr;
    char* end_ = nullptr;
    bool at_end_ = false;
    std::uint64_t generation_ = 0;
    Position origin_;  // of begin_
    // Where the last message began to look: the next one counts lines from there, so that many
    // errors do not make the parse quadratic.
    Position counted_;
};

}  // namespace dossier
