#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string_view>
#include <utility>

namespace dossier::shell {

enum class Compression { gzip, zstd };

// What a file's name asks for; nothing where it asks for none. Throws UsageError for .bz2, which is
// read and not written.
std::optional<Compression> compression_of_file(std::string_view name);
// The name without .gz or .zst.
std::string_view without_compression(std::string_view name);

// A stream that compresses what is written to it into another one, which must outlive it. Without
// finish() the compressed data are cut off.
class CompressedStream : public std::ostream {
  public:
    CompressedStream(std::ostream& target, Compression compression);
    ~CompressedStream() override;

    void finish();

  private:
    class Buffer;
    std::unique_ptr<Buffer> buffer_;
};

// The same into a stream of its own.
class CompressedFile final : public CompressedStream {
  public:
    CompressedFile(std::unique_ptr<std::ostream> file, Compression compression)
        : CompressedStream(*file, compression), file_(std::move(file)) {}

  private:
    std::unique_ptr<std::ostream> file_;
};

}  // namespace dossier::shell
