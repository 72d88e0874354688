#include "shell/compressed_stream.h"

#include <zlib.h>
#include <zstd.h>

#include <array>
#include <streambuf>
#include <vector>

#include <dossier/error.h>

namespace dossier::shell {

namespace {
constexpr std::size_t block_size = std::size_t{64} << 10;
}

class CompressedStream::Buffer : public std::streambuf {
  public:
    Buffer(std::ostream& target, Compression compression)
        : target_(target), input_(block_size), output_(block_size) {
        setp(input_.data(), input_.data() + input_.size());
        if (compression == Compression::gzip) {
            gzip_ = true;
            // 16 asks zlib for gzip's frame.
            if (deflateInit2(&deflate_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                             Z_DEFAULT_STRATEGY) != Z_OK)
                throw InputError("the compression cannot be started");
        } else {
            zstd_.reset(ZSTD_createCCtx());
            if (!zstd_) throw InputError("the compression cannot be started");
        }
    }
    ~Buffer() override {
        if (gzip_) deflateEnd(&deflate_);
    }

    void finish() {
        compress(true);
        target_.flush();
    }

  protected:
    int_type overflow(int_type c) override {
        compress(false);
        if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
        return traits_type::not_eof(c);
    }
    // Flushing is for the end: a flush in the middle would only cost size.
    int sync() override { return target_ ? 0 : -1; }

  private:
    struct FreeContext {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };

    void compress(bool end) {
        const auto size = static_cast<std::size_t>(pptr() - pbase());
        if (gzip_) {
            deflate_.next_in = reinterpret_cast<Bytef*>(pbase());
            deflate_.avail_in = static_cast<uInt>(size);
            int result = Z_OK;
            do {
                deflate_.next_out = reinterpret_cast<Bytef*>(output_.data());
                deflate_.avail_out = static_cast<uInt>(output_.size());
                result = deflate(&deflate_, end ? Z_FINISH : Z_NO_FLUSH);
                write(output_.size() - deflate_.avail_out);
            } while (deflate_.avail_out == 0 || (end && result != Z_STREAM_END));
        } else {
            ZSTD_inBuffer in{pbase(), size, 0};
            std::size_t left = 0;
            do {
                ZSTD_outBuffer out{output_.data(), output_.size(), 0};
                left = ZSTD_compressStream2(zstd_.get(), &out, &in,
                                            end ? ZSTD_e_end : ZSTD_e_continue);
                if (ZSTD_isError(left) != 0) throw InputError("the compression failed");
                write(out.pos);
            } while (in.pos < in.size || (end && left > 0));
        }
        setp(input_.data(), input_.data() + input_.size());
    }
    void write(std::size_t size) {
        target_.write(output_.data(), static_cast<std::streamsize>(size));
        if (!target_) throw InputError("the compressed data cannot be written");
    }

    std::ostream& target_;
    bool gzip_ = false;
    z_stream deflate_{};
    std::unique_ptr<ZSTD_CCtx, FreeContext> zstd_;
    std::vector<char> input_, output_;
};

std::optional<Compression> compression_of_file(std::string_view name) {
    if (name.ends_with(".gz")) return Compression::gzip;
    if (name.ends_with(".zst")) return Compression::zstd;
    if (name.ends_with(".bz2"))
        throw UsageError("'" + std::string(name) +
                         "': bzip2 is read but not written; .gz and .zst are");
    return std::nullopt;
}

std::string_view without_compression(std::string_view name) {
    for (const std::string_view extension : {".gz", ".zst"})
        if (name.ends_with(extension)) name.remove_suffix(extension.size());
    return name;
}

CompressedStream::CompressedStream(std::ostream& target, Compression compression)
    : std::ostream(nullptr), buffer_(std::make_unique<Buffer>(target, compression)) {
    rdbuf(buffer_.get());
    // What goes wrong below is told as it was thrown.
    exceptions(std::ios::badbit);
}
CompressedStream::~CompressedStream() {
    exceptions(std::ios::goodbit);  // a stream without a buffer is a bad one
    rdbuf(nullptr);
}

void CompressedStream::finish() {
    buffer_->finish();
}

}  // namespace dossier::shell
