#pragma once

#include <memory>
#include <ostream>

namespace dossier::shell {

enum class Compression { gzip, zstd };

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

}  // namespace dossier::shell
