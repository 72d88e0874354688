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
#include <new>
#include <thread>

#include <dossier/error.h>

namespace dossier::engine {

namespace {

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

void SpillSpace::charge(std::uint64_t bytes) {
    const std::uint64_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes > limit_) {
        used_.fetch_sub(bytes, std::memory_order_relaxed);
        throw LimitError(
            fmt::format("the query's limit of {} bytes in temporary files was reached", limit_));
    }
}

void SpillSpace::release(std::uint64_t bytes) noexcept {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
}

void SpillSpace::close(int descriptor) noexcept {
    if (given_up_.load(std::memory_order_relaxed)) {
        try {
            const std::lock_guard lock(mutex_);
            to_close_.push_back(descriptor);
            return;
        } catch (const std::bad_alloc&) {
            // Then now.
        }
    }
    ::close(descriptor);
}

SpillSpace::~SpillSpace() {
    if (to_close_.empty()) return;
    const auto close_all = [](const std::vector<int>& descriptors) {
        for (const int descriptor : descriptors) ::close(descriptor);
    };
    try {
        std::thread(close_all, to_close_).detach();
    } catch (const std::exception&) {
        close_all(to_close_);
    }
}

SpillFile::SpillFile(SpillSpace& space, std::size_t buffer_bytes)
    : space_(space),
      buffer_bytes_(buffer_bytes),
      descriptor_(open_unnamed(chosen_directory(space.directory()))) {
    try {
        buffer_.reserve(buffer_bytes_);
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

SpillFile::~SpillFile() {
    space_.close(descriptor_);
    space_.release(flushed_);
}

void SpillFile::write(const void* data, std::size_t bytes) {
    const char* from = static_cast<const char*>(data);
    while (bytes > 0) {
        const std::size_t part = std::min(bytes, buffer_bytes_ - buffer_.size());
        buffer_.insert(buffer_.end(), from, from + part);
        from += part;
        bytes -= part;
        if (buffer_.size() == buffer_bytes_) flush();
    }
}

void SpillFile::flush() {
    std::size_t done = 0;
    while (done < buffer_.size()) {
        const std::size_t wanted = buffer_.size() - done;
        space_.charge(wanted);
        const ssize_t written =
            ::pwrite(descriptor_, buffer_.data() + done, wanted, static_cast<off_t>(flushed_));
        if (written <= 0) {
            space_.release(wanted);
            if (written < 0 && errno == EINTR) continue;
            throw_errno("cannot write to a temporary file");
        }
        const auto count = static_cast<std::size_t>(written);
        space_.release(wanted - count);
        flushed_ += count;
        done += count;
    }
    buffer_.clear();
}

void SpillFile::finish() {
    flush();
    buffer_ = {};
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
            std::size_t filled = 0;
            while (filled < wanted) {
                const ssize_t got =
                    ::pread(file_->descriptor_, buffer_.data() + filled, wanted - filled,
                            static_cast<off_t>(position_ + filled));
                if (got < 0 && errno == EINTR) continue;
                if (got <= 0) throw_errno("cannot read a temporary file");
                filled += static_cast<std::size_t>(got);
            }
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
