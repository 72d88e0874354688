#include "parser/text_input.h"

#include <utility>

namespace dossier {

namespace {

constexpr std::size_t buffer_size = 64 << 10;

}  // namespace

TextInput::TextInput(ByteSource& source, std::string source_name)
    : source_(source),
      source_name_(source_name.empty() ? source.name() : std::move(source_name)),
      buffer_(buffer_size, '\0') {
    origin_.source = source_name_;
}

bool TextInput::fill() {
    if (mark_) {
        marked_ = position_at({buffer_.data(), size_}, *mark_, origin_);
        mark_.reset();
    }
    const Position next = position();
    origin_.line = next.line;
    origin_.column = next.column;
    origin_.offset = next.offset;
    at_ = 0;
    size_ = source_.read(buffer_.data(), buffer_.size());
    return size_ != 0;
}

Position TextInput::position() const {
    return position_at({buffer_.data(), size_}, at_, origin_);
}

void TextInput::fail(std::string message, std::string hint) const {
    throw SyntaxError(describe_error({buffer_.data(), size_}, at_, 1, std::move(message), origin_,
                                     std::move(hint)));
}

void TextInput::fail_at_mark(std::string message, std::uint64_t columns,
                             std::uint64_t bytes) const {
    SyntaxError::Details details;
    details.source = source_name_;
    details.message = std::move(message);
    details.position = mark_ ? position_at({buffer_.data(), size_}, *mark_, origin_) : marked_;
    details.position.column += columns;
    details.position.offset += bytes;
    throw SyntaxError(std::move(details));
}

void TextInput::fail_limit(const std::string& message) const {
    const Position place = position();
    throw LimitError(source_name_ + ":" + std::to_string(place.line) + ":" +
                     std::to_string(place.column) + ": " + message);
}

}  // namespace dossier
