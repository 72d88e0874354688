#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

// Where bytes come from: a file, standard input, memory or a stream; plain or compressed with gzip,
// zstd or bzip2, which is recognised by the first bytes and undone on the way.

namespace dossier {

struct ByteSourceOptions {
    // Decompressed data may not grow beyond `ratio_limit` times the compressed bytes read so far.
    // Only looked at once `ratio_floor` bytes came out, so that small regular files pass. 0: no
    // limit.
    std::uint64_t ratio_limit = 200;
    std::uint64_t ratio_floor = 64ull << 20;
    // Decompressed bytes at most; 0: no limit.
    std::uint64_t total_limit = 0;
    // False leaves compressed data as it is.
    bool decompress = true;
};

// A sequence of bytes that is read once, from front to back. For one thread at a time.
class ByteSource {
  public:
    struct Progress {
        std::uint64_t consumed = 0;  // bytes taken from the file, compressed where it is
        std::uint64_t total = 0;     // the file's size; 0 where it is unknown
    };

    virtual ~ByteSource();
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;

    // Reads up to `size` bytes (at least 1) to `buffer`, as many as come without waiting for more
    // than the first; returns how many, 0 only at the end. Throws InputError: unreadable or damaged
    // data, a limit of decompression, and at the beginning text in UTF-16 or UTF-32. A byte order
    // mark of UTF-8 at the very start is left out.
    std::size_t read(char* buffer, std::size_t size);

    // The first `size` bytes that the next reads will give, fewer where the input is shorter; waits
    // for them. To guess a format; valid until the next call. Throws as read() does.
    std::string_view peek(std::size_t size);

    // For XML, which declares its own encoding: UTF-16 and byte order marks are let through. Before
    // the first read or peek.
    void allow_any_encoding() noexcept { encoding_checked_ = true; }
    // Undoes that; before the first read.
    void expect_utf8() noexcept { encoding_checked_ = false; }

    // May be called by any thread.
    virtual Progress progress() const noexcept = 0;

    // For messages: the path, "standard input" or the name given.
    const std::string& name() const noexcept { return name_; }

  protected:
    explicit ByteSource(std::string name) : name_(std::move(name)) {}

    // As read(), without the look at the beginning.
    virtual std::size_t read_some(char* buffer, std::size_t size) = 0;

  private:
    void fill_head(std::size_t size);
    void check_encoding();

    std::string name_;
    std::string head_;  // bytes read ahead
    std::size_t head_taken_ = 0;
    bool encoding_checked_ = false;
};

// Opens a regular file. A directory, FIFO, socket or device is refused, and so is a file of /proc:
// reading it could wait for ever. Throws InputError.
std::unique_ptr<ByteSource> open_file(const std::string& path,
                                      const ByteSourceOptions& options = {});
// Standard input of any kind; it is not closed.
std::unique_ptr<ByteSource> open_standard_input(const ByteSourceOptions& options = {});
// Bytes in memory, which must outlive the source.
std::unique_ptr<ByteSource> open_memory(std::string_view bytes, std::string name,
                                        const ByteSourceOptions& options = {});
// A stream, which must outlive the source.
std::unique_ptr<ByteSource> open_stream(std::istream& stream, std::string name,
                                        const ByteSourceOptions& options = {});

}  // namespace dossier
