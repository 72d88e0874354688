#include "parser/byte_source.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <istream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <dossier/error.h>

#include "parser/decompressor.h"

namespace dossier {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t compressed_block = 64u << 10;
constexpr long proc_file_system = 0x9fa0;  // PROC_SUPER_MAGIC of <linux/magic.h>
// So much compressed input without any output is an attack or damage, not data.
constexpr std::uint64_t silent_input_limit = 16u << 20;

std::string error_text(int error) {
    return std::generic_category().message(error);
}

class DescriptorSource final : public ByteSource {
  public:
    DescriptorSource(std::string name, int descriptor, bool owned, std::uint64_t total)
        : ByteSource(std::move(name)), descriptor_(descriptor), owned_(owned), total_(total) {}
    ~DescriptorSource() override {
        if (owned_) ::close(descriptor_);
    }

    Progress progress() const noexcept override { return {consumed_.load(), total_}; }

  protected:
    std::size_t read_some(char* buffer, std::size_t size) override {
        for (;;) {
            const ssize_t count = ::read(descriptor_, buffer, size);
            if (count >= 0) {
                consumed_ += static_cast<std::uint64_t>(count);
                return static_cast<std::size_t>(count);
            }
            if (errno != EINTR) throw InputError(name() + ": " + error_text(errno));
        }
    }

  private:
    int descriptor_;
    bool owned_;
    std::uint64_t total_;
    std::atomic<std::uint64_t> consumed_{0};
};

class MemorySource final : public ByteSource {
  public:
    MemorySource(std::string name, std::string_view bytes)
        : ByteSource(std::move(name)), bytes_(bytes) {}

    Progress progress() const noexcept override { return {taken_.load(), bytes_.size()}; }

  protected:
    std::size_t read_some(char* buffer, std::size_t size) override {
        const std::size_t count = bytes_.copy(buffer, size, taken_.load());
        taken_ += count;
        return count;
    }

  private:
    std::string_view bytes_;
    std::atomic<std::size_t> taken_{0};
};

class StreamSource final : public ByteSource {
  public:
    StreamSource(std::string name, std::istream& stream)
        : ByteSource(std::move(name)), stream_(stream) {}

    Progress progress() const noexcept override { return {consumed_.load(), 0}; }

  protected:
    std::size_t read_some(char* buffer, std::size_t size) override {
        if (stream_.eof()) return 0;
        stream_.read(buffer, static_cast<std::streamsize>(size));
        if (stream_.bad()) throw InputError(name() + ": the stream cannot be read");
        const auto count = static_cast<std::size_t>(stream_.gcount());
        if (count == 0 && !stream_.eof()) {
            throw InputError(name() + ": the stream is in a failed state");
        }
        consumed_ += count;
        return count;
    }

  private:
    std::istream& stream_;
    std::atomic<std::uint64_t> consumed_{0};
};

class DecompressedSource final : public ByteSource {
  public:
    DecompressedSource(std::unique_ptr<ByteSource> compressed, Compression compression,
                       const ByteSourceOptions& options)
        : ByteSource(compressed->name()),
          compressed_(std::move(compressed)),
          decompressor_(make_decompressor(compression, name())),
          options_(options),
          block_(compressed_block, '\0') {}

    Progress progress() const noexcept override { return compressed_->progress(); }

  protected:
    std::size_t read_some(char* buffer, std::size_t size) override {
        for (;;) {
            if (input_.empty() && !at_end_) {
                const std::size_t count = compressed_->read(block_.data(), block_.size());
                input_ = std::string_view(block_).substr(0, count);
                at_end_ = count == 0;
            }
            const Decompressor::Step step = decompressor_->step(input_, buffer, size);
            input_.remove_prefix(step.consumed);
            total_in_ += step.consumed;
            if (step.produced > 0) {
                total_out_ += step.produced;
                silent_ = 0;
                check_limits();
                if (total_out_ == step.produced &&
                    compression_of({buffer, step.produced}) != Compression::none) {
                    throw InputError(name() + ": compressed more than once");
                }
                return step.produced;
            }
            silent_ += step.consumed;
            if (silent_ > silent_input_limit) {
                throw InputError(name() + ": " + std::to_string(silent_) +
                                 " compressed bytes without any content");
            }
            if (step.consumed == 0) {
                if (at_end_) {
                    decompressor_->finish();
                    return 0;
                }
                if (!input_.empty()) throw InputError(name() + ": damaged compressed data");
            }
        }
    }

  private:
    void check_limits() const {
        if (options_.total_limit != 0 && total_out_ > options_.total_limit) {
            throw InputError(name() + ": the decompressed data is larger than the limit of " +
                             std::to_string(options_.total_limit) + " bytes");
        }
        if (options_.ratio_limit != 0 && total_out_ > options_.ratio_floor &&
            total_out_ / options_.ratio_limit > total_in_) {
            throw InputError(name() + ": " + std::to_string(total_in_) +
                             " compressed bytes have grown to " + std::to_string(total_out_) +
                             ", more than the limit of " + std::to_string(options_.ratio_limit) +
                             " to 1; if the file can be trusted, decompress it first or raise "
                             "the limit");
        }
    }

    std::unique_ptr<ByteSource> compressed_;
    std::unique_ptr<Decompressor> decompressor_;
    ByteSourceOptions options_;
    std::string block_;
    std::string_view input_;  // the part of block_ not yet decompressed
    std::uint64_t total_in_ = 0;
    std::uint64_t total_out_ = 0;
    std::uint64_t silent_ = 0;
    bool at_end_ = false;
};

std::unique_ptr<ByteSource> decompressed(std::unique_ptr<ByteSource> source,
                                         const ByteSourceOptions& options) {
    if (!options.decompress) return source;
    // Standard input may wait here for its first bytes.
    ByteSource& raw = *source;
    raw.allow_any_encoding();
    const Compression compression = compression_of(raw.peek(compression_magic_bytes));
    if (compression == Compression::none) {
        raw.expect_utf8();
        return source;
    }
    return std::make_unique<DecompressedSource>(std::move(source), compression, options);
}

const char* kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "a directory";
    if (S_ISFIFO(mode)) return "a FIFO";
    if (S_ISSOCK(mode)) return "a socket";
    if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
    return nullptr;
}

}  // namespace

ByteSource::~ByteSource() = default;

void ByteSource::fill_head(std::size_t size) {
    if (head_taken_ > 0) {
        head_.erase(0, head_taken_);
        head_taken_ = 0;
    }
    while (head_.size() < size) {
        const std::size_t old_size = head_.size();
        head_.resize(size);
        std::size_t count = 0;
        try {
            count = read_some(head_.data() + old_size, size - old_size);
        } catch (...) {
            head_.resize(old_size);
            throw;
        }
        head_.resize(old_size + count);
        if (count == 0) break;
    }
}

void ByteSource::check_encoding() {
    encoding_checked_ = true;
    fill_head(4);
    const std::string_view head = head_;
    const auto refuse = [this](const char* encoding) {
        throw InputError(name_ + ": the text is in " + encoding +
                         "; only UTF-8 is read (iconv converts it)");
    };
    if (head.starts_with("\xff\xfe\0\0"sv) || head.starts_with("\0\0\xfe\xff"sv)) refuse("UTF-32");
    if (head.starts_with("\xff\xfe"sv) || head.starts_with("\xfe\xff"sv)) refuse("UTF-16");
    // Without a mark: text of these formats begins with an ASCII character and holds no NUL there.
    if (head.size() == 4) {
        if (head.starts_with("\0\0\0"sv) || head.substr(1) == "\0\0\0"sv) refuse("UTF-32");
        if (head[0] == '\0' && head[1] != '\0' && head[2] == '\0') refuse("UTF-16");
        if (head[0] != '\0' && head[1] == '\0' && head[3] == '\0') refuse("UTF-16");
    }
    if (head.starts_with("\xef\xbb\xbf"sv)) head_taken_ = 3;
}

std::size_t ByteSource::read(char* buffer, std::size_t size) {
    if (!encoding_checked_) check_encoding();
    if (head_taken_ < head_.size()) {
        const std::size_t count = head_.copy(buffer, size, head_taken_);
        head_taken_ += count;
        return count;
    }
    return read_some(buffer, size);
}

std::string_view ByteSource::peek(std::size_t size) {
    if (!encoding_checked_) check_encoding();
    fill_head(size);
    return std::string_view(head_).substr(0, size);
}

std::unique_ptr<ByteSource> open_file(const std::string& path, const ByteSourceOptions& options) {
    // Without O_NONBLOCK, opening a FIFO would wait for its writer before it can be refused.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) throw InputError(path + ": " + error_text(errno));
    struct stat status {};
    struct statfs file_system {};
    const bool known = ::fstat(descriptor, &status) == 0;
    auto source = std::make_unique<DescriptorSource>(
        path, descriptor, true, known ? static_cast<std::uint64_t>(status.st_size) : 0);
    if (!known) throw InputError(path + ": " + error_text(errno));
    if (const char* kind = kind_of(status.st_mode)) {
        throw InputError(path + " is " + kind + ", not a regular file" +
                         (S_ISDIR(status.st_mode) ? "" : "; '-' reads standard input"));
    }
    if (::fstatfs(descriptor, &file_system) == 0 && file_system.f_type == proc_file_system) {
        throw InputError(path + " is a file of the kernel's, not a regular file");
    }
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    return decompressed(std::move(source), options);
}

std::unique_ptr<ByteSource> open_standard_input(const ByteSourceOptions& options) {
    struct stat status {};
    const bool regular = ::fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode);
    if (regular == false && S_ISDIR(status.st_mode)) {
        throw InputError("standard input is a directory");
    }
    return decompressed(std::make_unique<DescriptorSource>(
                            "standard input", STDIN_FILENO, false,
                            regular ? static_cast<std::uint64_t>(status.st_size) : 0),
                        options);
}

std::unique_ptr<ByteSource> open_memory(std::string_view bytes, std::string name,
                                        const ByteSourceOptions& options) {
    return decompressed(std::make_unique<MemorySource>(std::move(name), bytes), options);
}

std::unique_ptr<ByteSource> open_stream(std::istream& stream, std::string name,
                                        const ByteSourceOptions& options) {
    return decompressed(std::make_unique<StreamSource>(std::move(name), stream), options);
}

}  // namespace dossier
