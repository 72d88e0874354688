#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

// One interface to zlib, libzstd and libbz2: compressed bytes in, plain bytes out.

namespace dossier {

enum class Compression { none, gzip, zstd, bzip2 };

// By the first bytes of a file.
Compression compression_of(std::string_view head) noexcept;
// True once `head` holds enough bytes for compression_of to be sure, or cannot be any of them.
inline constexpr std::size_t compression_magic_bytes = 4;

// Undoes one compressed stream, concatenated members included. Errors are InputErrors that begin
// with `name`.
class Decompressor {
  public:
    struct Step {
        std::size_t consumed = 0;  // of the input
        std::size_t produced = 0;  // in the output
    };

    virtual ~Decompressor();
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;

    // Consumes some of `input` and writes up to `size` bytes; makes progress when `input` is not
    // empty or output was left over.
    virtual Step step(std::string_view input, char* output, std::size_t size) = 0;
    // Call when the input is at its end and nothing more was produced: throws when it was cut off.
    virtual void finish() = 0;

  protected:
    explicit Decompressor(std::string name) : name_(std::move(name)) {}
    [[noreturn]] void fail(const std::string& reason) const;

  private:
    std::string name_;
};

// `compression` is not none.
std::unique_ptr<Decompressor> make_decompressor(Compression compression, const std::string& name);

}  // namespace dossier
