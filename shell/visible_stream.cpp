#include "shell/visible_stream.h"

#include <streambuf>
#include <string>
#include <string_view>

#include <dossier/text_width.h>

namespace dossier::shell {

namespace {

constexpr std::size_t block_size = std::size_t{16} << 10;

// Where text may be cut without cutting a code point.
std::size_t whole_code_points(std::string_view text) {
    std::size_t end = text.size();
    for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if (byte < 0x80) break;
        if (byte >= 0xC0) {  // the first byte of a sequence of 2 to 4
            const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
            if (length > back) end = text.size() - back;
            break;
        }
    }
    return end;
}

}  // namespace

class VisibleStream::Buffer : public std::streambuf {
  public:
    explicit Buffer(std::ostream& target) : target_(target) {}

    void write(bool all) {
        std::size_t end = all ? text_.size() : whole_code_points(text_);
        // A carriage return at the end may belong to a line end that is still to come.
        if (!all && end > 0 && text_[end - 1] == '\r') --end;
        const std::string_view text = std::string_view(text_).substr(0, end);
        visible_.clear();
        std::size_t begin = 0;
        while (begin < text.size()) {
            const std::size_t stop = std::min(text.size(), text.find_first_of("\n\t\r", begin));
            append_visible(visible_, text.substr(begin, stop - begin));
            begin = stop;
            if (begin == text.size()) break;
            if (text.substr(begin, 2) == "\r\n") {
                visible_ += '\n';
                begin += 2;
            } else {
                if (text[begin] == '\r')
                    append_visible(visible_, "\r");
                else
                    visible_ += text[begin];
                ++begin;
            }
        }
        target_ << visible_;
        text_.erase(0, end);
    }

  protected:
    int_type overflow(int_type c) override {
        if (!traits_type::eq_int_type(c, traits_type::eof())) {
            text_ += traits_type::to_char_type(c);
            if (text_.size() >= block_size) write(false);
        }
        return target_ ? traits_type::not_eof(c) : traits_type::eof();
    }
    std::streamsize xsputn(const char* data, std::streamsize size) override {
        text_.append(data, static_cast<std::size_t>(size));
        if (text_.size() >= block_size) write(false);
        return target_ ? size : 0;
    }
    int sync() override {
        write(false);
        target_.flush();
        return target_ ? 0 : -1;
    }

  private:
    std::ostream& target_;
    std::string text_, visible_;
};

VisibleStream::VisibleStream(std::ostream& target)
    : std::ostream(nullptr), buffer_(std::make_unique<Buffer>(target)) {
    rdbuf(buffer_.get());
}

VisibleStream::~VisibleStream() {
    buffer_->write(true);
    rdbuf(nullptr);
}

}  // namespace dossier::shell
