#include "shell/pipe_stream.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <streambuf>

#include <dossier/error.h>

namespace dossier::shell {

class PipeStream::Buffer : public std::streambuf {
  public:
    explicit Buffer(const std::string& command) {
        pipe_ = ::popen(command.c_str(), "we");
        if (pipe_ == nullptr) throw InputError("'" + command + "' cannot be started");
        // Only now, for the program must not inherit it.
        old_ = std::signal(SIGPIPE, SIG_IGN);
        setp(text_.data(), text_.data() + text_.size());
    }
    ~Buffer() override {
        write();
        ::pclose(pipe_);
        std::signal(SIGPIPE, old_);
    }

  protected:
    int_type overflow(int_type c) override {
        if (!write()) return traits_type::eof();
        if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
        return traits_type::not_eof(c);
    }
    int sync() override { return write() && std::fflush(pipe_) == 0 ? 0 : -1; }

  private:
    bool write() {
        const auto size = static_cast<std::size_t>(pptr() - pbase());
        const bool whole = std::fwrite(pbase(), 1, size, pipe_) == size;
        setp(text_.data(), text_.data() + text_.size());
        return whole;
    }

    std::FILE* pipe_;
    void (*old_)(int) = nullptr;
    std::array<char, 16384> text_{};
};

PipeStream::PipeStream(const std::string& command)
    : std::ostream(nullptr), buffer_(std::make_unique<Buffer>(command)) {
    rdbuf(buffer_.get());
}

PipeStream::~PipeStream() {
    rdbuf(nullptr);
}

}  // namespace dossier::shell
