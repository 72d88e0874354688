#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <dossier/error.h>

#include "parser/byte_source.h"
#include "rdf/source_text.h"

namespace dossier {

// The characters of a byte source one by one, with their place in it. For formats that need no look
// ahead; a token that is kept is copied.
class TextInput {
  public:
    TextInput(ByteSource& source, std::string source_name);

    static constexpr int end = -1;
    // The next byte, or `end`.
    int peek() { return at_ < size_ || fill() ? static_cast<unsigned char>(buffer_[at_]) : end; }
    // Moves past it; not at the end.
    void take() { ++at_; }
    bool take_if(char c) {
        if (peek() != static_cast<unsigned char>(c)) return false;
        take();
        return true;
    }

    // Remembers the place of the next byte, for fail_at_mark().
    void mark() { mark_ = at_; }
    // An error at the next byte.
    [[noreturn]] void fail(std::string message, std::string hint = {}) const;
    // An error at the mark, or behind it on the same line.
    [[noreturn]] void fail_at_mark(std::string message, std::uint64_t columns = 0,
                                   std::uint64_t bytes = 0) const;
    [[noreturn]] void fail_limit(const std::string& message) const;

  private:
    bool fill();
    Position position() const;

    ByteSource& source_;
    std::string source_name_;
    std::string buffer_;
    std::size_t at_ = 0;
    std::size_t size_ = 0;
    TextOrigin origin_;  // of the buffer's first byte
    // In the buffer, or, when that has been read on, in the file.
    std::optional<std::size_t> mark_;
    Position marked_;
};

}  // namespace dossier
