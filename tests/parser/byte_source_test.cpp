#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <bzlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <dossier/error.h>

#include "parser/byte_source.h"

using namespace dossier;

namespace {

std::string gzip(const std::string& text) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<unsigned>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<unsigned>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    ZSTD_CCtx* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    out.resize(ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size()));
    ZSTD_freeCCtx(context);
    return out;
}

std::string bzip2(const std::string& text) {
    std::string out(text.size() + text.size() / 100 + 700, '\0');
    auto size = static_cast<unsigned>(out.size());
    BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char*>(text.data()),
                             static_cast<unsigned>(text.size()), 9, 0, 0);
    out.resize(size);
    return out;
}

std::string read_all(ByteSource& source, std::size_t step = 1000) {
    std::string text;
    std::string block(step, '\0');
    while (const std::size_t count = source.read(block.data(), step)) {
        text.append(block, 0, count);
    }
    return text;
}

std::string read_all(const std::string& bytes, const ByteSourceOptions& options = {},
                     std::size_t step = 1000) {
    return read_all(*open_memory(bytes, "bytes", options), step);
}

std::string some_text(std::size_t lines) {
    std::string text;
    for (std::size_t i = 0; i < lines; ++i) {
        text += "<http://e/" + std::to_string(i * 7919 % 100003) + "> a <http://e/T> .\n";
    }
    return text;
}

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "dossier-test-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    std::string file(const std::string& name, const std::string& content) const {
        const std::string path = (path_ / name).string();
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    std::filesystem::path path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("compressed bytes are read as what they hold, members one after the other",
          "[byte_source]") {
    const std::string text = some_text(20000);
    for (const auto compress : {gzip, zstd, bzip2}) {
        for (const std::size_t step : {1000, 1 << 20}) {
            CHECK(read_all(compress(text), {}, step) == text);
            CHECK(read_all(compress(text) + compress("") + compress("more"), {}, step) ==
                  text + "more");
        }
        CHECK(read_all(compress("")) == "");
        CHECK(read_all(compress(text), {.decompress = false}) == compress(text));
        std::istringstream stream(compress(text));
        CHECK(read_all(*open_stream(stream, "stream")) == text);
    }
    CHECK(read_all(text) == text);
    CHECK(read_all("") == "");
    CHECK(read_all("BZh, a name") == "BZh, a name");
}

TEST_CASE("damaged compression is an error, never half a file", "[byte_source]") {
    const std::string text = some_text(5000);
    for (const auto compress : {gzip, zstd, bzip2}) {
        const std::string whole = compress(text);
        for (const std::size_t kept : {5ul, 20ul, whole.size() / 2, whole.size() - 1}) {
            CHECK_THROWS_AS(read_all(whole.substr(0, kept)), InputError);
        }
        std::string flipped = whole;
        flipped[flipped.size() - 3] ^= 1;  // of the checksum
        CHECK_THROWS_AS(read_all(flipped), InputError);
        flipped = whole;
        flipped[flipped.size() / 2] ^= 0x10;
        CHECK_THROWS_AS(read_all(flipped), InputError);
        CHECK_THROWS_AS(read_all(whole + "garbage"), InputError);
        CHECK_THROWS_AS(read_all(compress(compress(text))), InputError);
    }
}

TEST_CASE("data that grows too much while decompressed is refused, with the limit named",
          "[byte_source]") {
    const std::string zeros(3 << 20, '0');
    ByteSourceOptions options;
    options.ratio_floor = 1 << 20;
    for (const auto compress : {gzip, zstd, bzip2}) {
        CHECK_THROWS_WITH(read_all(compress(zeros), options), Catch::Contains("200 to 1"));
        CHECK(read_all(compress(zeros)) == zeros);  // small enough to pass anyway
        options.ratio_limit = 0;
        CHECK(read_all(compress(zeros), options) == zeros);
        options.total_limit = 2 << 20;
        CHECK_THROWS_WITH(read_all(compress(zeros), options), Catch::Contains("2097152"));
        options.ratio_limit = 200;
        options.total_limit = 0;
    }
}

TEST_CASE("compressed data without content does not go on for ever", "[byte_source]") {
    // Deflate blocks of length zero, as many as one likes.
    std::string bytes("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    for (int i = 0; i < 4 * 1024 * 1024; ++i) bytes.append("\0\0\0\xff\xff", 5);
    CHECK_THROWS_AS(read_all(bytes), InputError);
}

TEST_CASE("the byte order mark of UTF-8 is left out, other encodings are refused",
          "[byte_source]") {
    CHECK(read_all("\xef\xbb\xbfx") == "x");
    CHECK(read_all("x\xef\xbb\xbfy") == "x\xef\xbb\xbfy");
    CHECK(read_all(gzip("\xef\xbb\xbfx")) == "x");
    using namespace std::string_literals;
    for (const std::string& text :
         {"\xff\xfe<\0a\0"s, "\xfe\xff\0<\0a"s, "<\0h\0t\0"s, "\0<\0h\0t"s}) {
        CHECK_THROWS_WITH(read_all(text), Catch::Contains("UTF-16"));
        const auto source = open_memory(text, "xml");
        source->allow_any_encoding();
        CHECK(read_all(*source) == text);
    }
    for (const std::string& text : {"\xff\xfe\0\0"s, "\0\0\xfe\xff"s, "<\0\0\0"s, "\0\0\0<"s}) {
        CHECK_THROWS_WITH(read_all(text), Catch::Contains("UTF-32"));
    }
}

TEST_CASE("peeking takes nothing away", "[byte_source]") {
    const auto source = open_memory("\xef\xbb\xbfhello", "bytes");
    CHECK(source->peek(3) == "hel");
    CHECK(source->peek(100) == "hello");
    char c = 0;
    CHECK(source->read(&c, 1) == 1);
    CHECK(source->peek(100) == "ello");
    CHECK(read_all(*source, 2) == "ello");
    CHECK(source->peek(1).empty());
}

TEST_CASE("files are read by their content, whatever their name", "[byte_source]") {
    const TemporaryFolder folder;
    const std::string text = some_text(3000);
    const std::string path = folder.file("wrong.nt", gzip(text));
    const auto source = open_file(path);
    CHECK(source->name() == path);
    CHECK(source->progress().total == std::filesystem::file_size(path));
    CHECK(read_all(*source) == text);
    CHECK(source->progress().consumed == source->progress().total);
    CHECK(read_all(*open_file(folder.file("wrong.gz", text))) == text);
    CHECK(read_all(*open_file(folder.file("empty", ""))).empty());
}

TEST_CASE("what is not a regular file is refused at once", "[byte_source]") {
    const TemporaryFolder folder;
    CHECK_THROWS_AS(open_file((folder.path() / "absent").string()), InputError);
    CHECK_THROWS_WITH(open_file(folder.path().string()), Catch::Contains("directory"));
    CHECK_THROWS_WITH(open_file("/dev/zero"), Catch::Contains("device"));
    CHECK_THROWS_AS(open_file("/proc/self/maps"), InputError);
    const std::string fifo = (folder.path() / "fifo").string();
    REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
    CHECK_THROWS_WITH(open_file(fifo), Catch::Contains("FIFO"));
    const std::string link = (folder.path() / "link").string();
    REQUIRE(symlink(fifo.c_str(), link.c_str()) == 0);
    CHECK_THROWS_WITH(open_file(link), Catch::Contains("FIFO"));
    const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string socket_path = (folder.path() / "socket").string();
    std::snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path.c_str());
    REQUIRE(bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    CHECK_THROWS_AS(open_file(socket_path), InputError);
    close(descriptor);
}
