#include "engine/spill_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <thread>

#include <dossier/error.h>

namespace dossier::engine {

namespace {

// What file systems give and take at least; where it is more, a little less is given back.
constexpr std::size_t block_bytes = 4'096;
constexpr std::size_t most_extent_bytes = std::size_t{1} << 20;

std::string chosen_directory(const std::string& directory) {
    if (!directory.empty()) return directory;
    const char* from_environment = std::getenv("TMPDIR");
    return from_environment != nullptr && *from_environment != '\0' ? from_environment : "/tmp";
}

[[noreturn]] void throw_errno(const std::string& doing) {
    const int error = errno;
    throw StoreError(fmt::format("{}: {}", doing, std::strerror(error)));
}

// A file that has no name: made so, or, on file systems that cannot, unlinked at once.
int open_unnamed(const std::string& directory) {
    int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor >= 0) return descriptor;
    std::string name = directory + "/dossier-spill-XXXXXX";
    descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) throw_errno("cannot make a temporary file in " + directory);
    ::unlink(name.c_str());
    return descriptor;
}

}  // namespace

int SpillSpace::open() {
    int descriptor = descriptor_.load(std::memory_order_acquire);
    if (descriptor >= 0) return descriptor;
    const std::lock_guard lock(opening_);
    descriptor = descriptor_.load(std::memory_order_relaxed);
    if (descriptor < 0) {
        descriptor = open_unnamed(chosen_directory(directory_));
        descriptor_.store(descriptor, std::memory_order_release);
    }
    return descriptor;
}

void SpillSpace::write(std::uint64_t offset, const char* data, std::size_t bytes) {
    const std::uint64_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
    try {
        if (before + bytes > limit_)
            throw LimitError(fmt::format(
                "the query's limit of {} bytes in temporary files was reached", limit_));
        const int descriptor = open();
        std::size_t done = 0;
        while (done < bytes) {
            const ssize_t written =
                ::pwrite(descriptor, data + done, bytes - done, static_cast<off_t>(offset + done));
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) throw_errno("cannot write to a temporary file");
            done += static_cast<std::size_t>(written);
        }
    } catch (...) {
        used_.fetch_sub(bytes, std::memory_order_relaxed);
        throw;
    }
}

void SpillSpace::read(std::uint64_t offset, char* data, std::size_t bytes) const {
    const int descriptor = descriptor_.load(std::memory_order_acquire);
    std::size_t done = 0;
    while (done < bytes) {
        const ssize_t got =
            ::pread(descriptor, data + done, bytes - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw_errno("cannot read a temporary file");
        if (got == 0) throw StoreError("cannot read a temporary file: it is too short");
        done += static_cast<std::size_t>(got);
    }
}

void SpillSpace::free(std::uint64_t offset, std::size_t bytes) noexcept {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    if (given_up_.load(std::memory_order_relaxed)) return;
    const std::uint64_t whole = (bytes + block_bytes - 1) / block_bytes * block_bytes;
    // What the file system cannot give back now goes with the file.
    [[maybe_unused]] const int ignored = ::fallocate(
        descriptor_.load(std::memory_order_acquire), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
        static_cast<off_t>(offset), static_cast<off_t>(whole));
}

SpillSpace::~SpillSpace() {
    const int descriptor = descriptor_.load(std::memory_order_acquire);
    if (descriptor < 0) return;
    if (given_up_.load(std::memory_order_relaxed)) {
        try {
            std::thread([descriptor] { ::close(descriptor); }).detach();
            return;
        } catch (const std::exception&) {
            // Then now.
        }
    }
    ::close(descriptor);
}

SpillFile::SpillFile(SpillSpace& space, std::size_t buffer_bytes)
    : space_(space), buffer_bytes_(buffer_bytes), next_extent_bytes_(buffer_bytes) {}

SpillFile::~SpillFile() {
    for (std::size_t i = 0; i < extents_.size(); ++i) {
        const std::uint64_t end = i + 1 < extents_.size() ? extents_[i + 1].begin : flushed_;
        space_.free(extents_[i].offset, end - extents_[i].begin);
    }
}

void SpillFile::write(const void* data, std::size_t bytes) {
    const char* from = static_cast<const char*>(data);
    while (bytes > 0) {
        const std::size_t part = std::min(bytes, buffer_bytes_ - buffer_.size());
        // Many sequences stay short: the buffer grows with what is written, and not beyond.
        if (buffer_.size() + part > buffer_.capacity())
            buffer_.reserve(std::min(buffer_bytes_, 2 * (buffer_.size() + part)));
        buffer_.insert(buffer_.end(), from, from + part);
        from += part;
        bytes -= part;
        if (buffer_.size() == buffer_bytes_) flush();
    }
}

void SpillFile::flush() {
    std::size_t done = 0;
    while (done < buffer_.size()) {
        if (room_ == 0) {
            const std::size_t bytes =
                (next_extent_bytes_ + block_bytes - 1) / block_bytes * block_bytes;
            extents_.push_back({flushed_, space_.reserve(bytes)});
            room_ = bytes;
            next_extent_bytes_ = std::min(2 * bytes, most_extent_bytes);
        }
        const auto part =
            static_cast<std::size_t>(std::min<std::uint64_t>(room_, buffer_.size() - done));
        const Extent& extent = extents_.back();
        space_.write(extent.offset + (flushed_ - extent.begin), buffer_.data() + done, part);
        flushed_ += part;
        room_ -= part;
        done += part;
    }
    buffer_.clear();
}

void SpillFile::finish() {
    flush();
    buffer_ = {};
}

std::pair<std::uint64_t, std::uint64_t> SpillFile::place(std::uint64_t position) const {
    const auto after =
        std::upper_bound(extents_.begin(), extents_.end(), position,
                         [](std::uint64_t at, const Extent& extent) { return at < extent.begin; });
    const Extent& extent = *(after - 1);
    const std::uint64_t end = after == extents_.end() ? flushed_ : after->begin;
    return {extent.offset + (position - extent.begin), end - position};
}

void SpillFile::read(std::uint64_t position, char* data, std::size_t bytes) const {
    while (bytes > 0 && position < flushed_) {
        const auto [offset, there] = place(position);
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, there));
        space_.read(offset, data, part);
        position += part;
        data += part;
        bytes -= part;
    }
    if (bytes > 0) std::memcpy(data, buffer_.data() + (position - flushed_), bytes);
}

SpillReader::SpillReader(const SpillFile& file, std::uint64_t begin, std::uint64_t end,
                         std::size_t buffer_bytes)
    : file_(&file), position_(begin), end_(end), buffer_bytes_(buffer_bytes) {}

std::size_t SpillReader::read(void* data, std::size_t bytes) {
    char* to = static_cast<char*>(data);
    std::size_t done = 0;
    while (done < bytes) {
        if (next_ == buffer_.size()) {
            const auto wanted =
                static_cast<std::size_t>(std::min<std::uint64_t>(buffer_bytes_, end_ - position_));
            if (wanted == 0) break;
            buffer_.resize(wanted);
            next_ = 0;
            file_->read(position_, buffer_.data(), wanted);
            position_ += wanted;
        }
        const std::size_t part = std::min(bytes - done, buffer_.size() - next_);
        std::memcpy(to + done, buffer_.data() + next_, part);
        next_ += part;
        done += part;
    }
    return done;
}

}  // namespace dossier::engine
