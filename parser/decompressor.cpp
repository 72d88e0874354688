#include "parser/decompressor.h"

#include <algorithm>
#include <limits>

#include <bzlib.h>
#include <zlib.h>
#include <zstd.h>

#include <dossier/error.h>

namespace dossier {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view gzip_magic = "\x1f\x8b\x08"sv;
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd"sv;
constexpr std::string_view bzip2_magic = "BZh"sv;

// The libraries count in unsigned int.
unsigned clamped(std::size_t size) {
    return static_cast<unsigned>(
        std::min<std::size_t>(size, std::numeric_limits<unsigned>::max() / 2));
}

class GzipDecompressor final : public Decompressor {
  public:
    explicit GzipDecompressor(std::string name) : Decompressor(std::move(name)) {
        // 15 bits of window, 16 for the gzip wrapper with its CRC.
        if (inflateInit2(&stream_, 15 + 16) != Z_OK) fail("no memory for gzip");
    }
    ~GzipDecompressor() override { inflateEnd(&stream_); }

    Step step(std::string_view input, char* output, std::size_t size) override {
        if (!input.empty() && between_members_) {
            // RFC 1952 section 2.2: members follow each other with nothing between them.
            if (input.front() != '\x1f') fail("data after the end of the gzip data");
            inflateReset(&stream_);
            between_members_ = false;
        }
        if (between_members_) return {};
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
        stream_.avail_in = clamped(input.size());
        stream_.next_out = reinterpret_cast<Bytef*>(output);
        stream_.avail_out = clamped(size);
        const auto in_before = stream_.avail_in;
        const auto out_before = stream_.avail_out;
        const int result = inflate(&stream_, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            between_members_ = true;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            fail(std::string("damaged gzip data") +
                 (stream_.msg ? std::string(": ") + stream_.msg : ""));
        }
        return {in_before - stream_.avail_in, out_before - stream_.avail_out};
    }

    void finish() override {
        if (!between_members_) fail("the gzip data is cut off");
    }

  private:
    z_stream stream_{};
    bool between_members_ = false;
};

class ZstdDecompressor final : public Decompressor {
  public:
    explicit ZstdDecompressor(std::string name)
        : Decompressor(std::move(name)), stream_(ZSTD_createDStream()) {
        if (stream_ == nullptr) fail("no memory for zstd");
    }
    ~ZstdDecompressor() override { ZSTD_freeDStream(stream_); }

    Step step(std::string_view input, char* output, std::size_t size) override {
        if (input.empty() && frame_complete_) return {};
        ZSTD_inBuffer in{input.data(), input.size(), 0};
        ZSTD_outBuffer out{output, size, 0};
        const std::size_t result = ZSTD_decompressStream(stream_, &out, &in);
        if (ZSTD_isError(result)) {
            if (frame_complete_) fail("data after the end of the zstd data");
            fail(std::string("damaged zstd data: ") + ZSTD_getErrorName(result));
        }
        // Zero says that a frame is complete and flushed; the next byte begins another one.
        if (in.pos > 0 || out.pos > 0) frame_complete_ = result == 0;
        return {in.pos, out.pos};
    }

    void finish() override {
        if (!frame_complete_) fail("the zstd data is cut off");
    }

  private:
    ZSTD_DStream* stream_;
    bool frame_complete_ = false;
};

class Bzip2Decompressor final : public Decompressor {
  public:
    explicit Bzip2Decompressor(std::string name) : Decompressor(std::move(name)) { begin(); }
    ~Bzip2Decompressor() override { BZ2_bzDecompressEnd(&stream_); }

    Step step(std::string_view input, char* output, std::size_t size) override {
        if (!input.empty() && between_members_) {
            if (input.front() != 'B') fail("data after the end of the bzip2 data");
            BZ2_bzDecompressEnd(&stream_);
            begin();
        }
        if (between_members_) return {};
        stream_.next_in = const_cast<char*>(input.data());
        stream_.avail_in = clamped(input.size());
        stream_.next_out = output;
        stream_.avail_out = clamped(size);
        const auto in_before = stream_.avail_in;
        const auto out_before = stream_.avail_out;
        const int result = BZ2_bzDecompress(&stream_);
        if (result == BZ_STREAM_END) {
            between_members_ = true;
        } else if (result != BZ_OK) {
            fail("damaged bzip2 data");
        }
        return {in_before - stream_.avail_in, out_before - stream_.avail_out};
    }

    void finish() override {
        if (!between_members_) fail("the bzip2 data is cut off");
    }

  private:
    void begin() {
        stream_ = {};
        between_members_ = false;
        if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) fail("no memory for bzip2");
    }

    bz_stream stream_{};
    bool between_members_ = false;
};

}  // namespace

Decompressor::~Decompressor() = default;

void Decompressor::fail(const std::string& reason) const {
    throw InputError(name_ + ": " + reason);
}

Compression compression_of(std::string_view head) noexcept {
    if (head.starts_with(gzip_magic)) return Compression::gzip;
    if (head.starts_with(zstd_magic)) return Compression::zstd;
    // The level is a digit; without it "BZh" could be the beginning of a name.
    if (head.starts_with(bzip2_magic) && head.size() > 3 && head[3] >= '1' && head[3] <= '9') {
        return Compression::bzip2;
    }
    return Compression::none;
}

std::unique_ptr<Decompressor> make_decompressor(Compression compression, const std::string& name) {
    switch (compression) {
        case Compression::gzip:
            return std::make_unique<GzipDecompressor>(name);
        case Compression::zstd:
            return std::make_unique<ZstdDecompressor>(name);
        case Compression::bzip2:
            return std::make_unique<Bzip2Decompressor>(name);
        case Compression::none:
            break;
    }
    throw UsageError("no compression to undo");
}

}  // namespace dossier
