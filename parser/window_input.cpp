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

void WindowInput::move_window() {
    const char* new_begin = current_ - kept_behind;
    // Neither a code point nor CR LF is cut: both count as one.
    while (new_begin > begin_ && (static_cast<unsigned char>(*new_begin) & 0xC0) == 0x80) {
        --new_begin;
    }
    if (new_begin > begin_ && new_begin[-1] == '\r' && *new_begin == '\n') --new_begin;
    const std::string_view gone(begin_, static_cast<std::size_t>(new_begin - begin_));
    if (const std::uint64_t lines = count_line_ends(gone); lines > 0) {
        origin_line_ += lines;
        origin_column_ = 1 + count_code_points(gone.substr(begin_of_last_line(gone)));
    } else {
        origin_column_ += count_code_points(gone);
    }
    origin_offset_ += gone.size();

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
    const std::string_view before(begin_, static_cast<std::size_t>(current_ - begin_));
    const std::size_t begin = begin_of_last_line(before);
    return before.size() - begin + (begin == 0 ? origin_column_ : 1);
}

bool WindowInput::begins_line() const {
    for (const char* p = current_; p > begin_; --p) {
        if (p[-1] == '\n' || p[-1] == '\r') return true;
        if (p[-1] != ' ' && p[-1] != '\t') return false;
    }
    return origin_column_ == 1;
}

std::uint64_t WindowInput::lines_passed() const {
    return origin_line_ - 1 +
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
    const std::size_t end = std::min(rest().find_first_of("\r\n"), 4 * shown);
    return SyntaxError(describe_error(
        std::string_view(begin_, held()).substr(0, at + end), at, failure.length, failure.message,
        {source_name_, origin_line_, origin_column_, origin_offset_}, failure.hint));
}

}  // namespace dossier
