#include "parser/window_input.h"

#include <algorithm>
#include <cstring>
#include <new>

#include <sys/mman.h>

#include "parser/line_count.h"
#include "rdf/source_text.h"
#include "rdf/unicode.h"

namespace dossier {

namespace {

// What stays before the current position, so that a message can show the line.
constexpr std::size_t kept_behind = 512;
// Memory beyond this is given back after a large token.
constexpr std::size_t kept_memory = 4u << 20;

// Moves a position past `text`, which begins there.
void advance(Position& position, std::string_view text) {
    if (const std::uint64_t lines = count_line_ends(text); lines > 0) {
        position.line += lines;
        position.column = 1 + count_code_points(text.substr(begin_of_last_line(text)));
    } else {
        position.column += count_code_points(text);
    }
    position.offset += text.size();
}

}  // namespace

WindowInput::WindowInput(ByteSource& source, std::string source_name, std::size_t read_size,
                         std::size_t max_token_bytes)
    : source_(source),
      source_name_(std::move(source_name)),
      read_size_(std::max<std::size_t>(read_size, 1)),
      capacity_(max_token_bytes + 2 * read_size_ + 4 * kept_behind) {
    void* memory = ::mmap(nullptr, capacity_, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    begin_ = end_ = static_cast<char*>(memory);
    current_ = begin_;
    discard_at_ = begin_ + read_size_ + 2 * kept_behind;
}

WindowInput::~WindowInput() {
    ::munmap(begin_, capacity_);
}

void WindowInput::read_ahead(std::size_t amount) {
    while (!at_end_ && static_cast<std::size_t>(end_ - current_) < amount) {
        const std::size_t free = capacity_ - held();
        if (free == 0) {
            throw SyntaxFailure{current_, 1,
                                "what begins here is longer than the limit of " +
                                    std::to_string(capacity_) + " bytes (max_literal_bytes)"};
        }
        const std::size_t count = source_.read(end_, std::min(read_size_, free));
        at_end_ = count == 0;
        end_ += count;
    }
}

const char* WindowInput::cut_before(const char* place) const {
    while (place > begin_ && (static_cast<unsigned char>(*place) & 0xC0) == 0x80) --place;
    if (place > begin_ && place[-1] == '\r' && *place == '\n') --place;
    return place;
}

void WindowInput::move_window() {
    const char* new_begin = cut_before(current_ - kept_behind);
    const std::string_view gone(begin_, static_cast<std::size_t>(new_begin - begin_));
    advance(origin_, gone);

    const bool large = held() > kept_memory;
    const auto left = static_cast<std::size_t>(end_ - new_begin);
    std::memmove(begin_, new_begin, left);
    current_ -= gone.size();
    end_ = begin_ + left;
    ++generation_;
    if (large && left < kept_memory) {
        ::madvise(begin_ + kept_memory, capacity_ - kept_memory, MADV_DONTNEED);
    }
}

std::uint64_t WindowInput::rough_column() const {
    const auto before = static_cast<std::size_t>(current_ - begin_);
    const std::string_view near(current_ - std::min(before, kept_behind),
                                std::min(before, kept_behind));
    const std::size_t begin = begin_of_last_line(near);
    return near.size() - begin + (begin == 0 && before <= kept_behind ? origin_.column : 1);
}

bool WindowInput::begins_line() const {
    const auto before = static_cast<std::size_t>(current_ - begin_);
    const char* const stop = current_ - std::min(before, kept_behind);
    for (const char* p = current_; p > stop; --p) {
        if (p[-1] == '\n' || p[-1] == '\r') return true;
        if (p[-1] != ' ' && p[-1] != '\t') return false;
    }
    return stop == begin_ && origin_.column == 1;
}

std::uint64_t WindowInput::lines_passed() const {
    return origin_.line - 1 +
           count_line_ends({begin_, static_cast<std::size_t>(current_ - begin_)});
}

SyntaxError WindowInput::error(const SyntaxFailure& failure) {
    constexpr std::size_t shown = 200;
    const auto at = static_cast<std::size_t>(failure.at - begin_);
    const auto rest = [&] { return std::string_view(begin_, held()).substr(at); };
    try {
        while (!at_end_ && rest().size() < shown && held() < capacity_ &&
               rest().find_first_of("\r\n") == std::string_view::npos) {
            read_ahead(static_cast<std::size_t>(end_ - current_) + 1);
        }
    } catch (const InputError&) {
        // What was read is enough to report the error that came first.
    }
    const std::size_t shown_end =
        at + std::min(rest().substr(0, 4 * shown).find_first_of("\r\n"), rest().size());
    const std::size_t stop = std::min(shown_end, at + 4 * shown);
    // The line, or of a long one what is near.
    const char* begin = cut_before(failure.at - std::min(at, 4 * shown));
    const std::string_view before(begin, static_cast<std::size_t>(failure.at - begin));
    begin += begin_of_last_line(before);
    const std::uint64_t begin_offset = origin_.offset + static_cast<std::uint64_t>(begin - begin_);
    if (counted_.offset < origin_.offset || counted_.offset > begin_offset) counted_ = origin_;
    const char* counted = begin_ + (counted_.offset - origin_.offset);
    advance(counted_, {counted, static_cast<std::size_t>(begin - counted)});
    const std::string_view text(begin, static_cast<std::size_t>(begin_ + stop - begin));
    return SyntaxError(describe_error(
        text, static_cast<std::size_t>(failure.at - begin), failure.length, failure.message,
        {source_name_, counted_.line, counted_.column, counted_.offset}, failure.hint));
}

}  // namespace dossier
