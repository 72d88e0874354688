#include "storage/bulk_load_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <dossier/error.h>

namespace dossier::storage {

namespace {

[[noreturn]] void throw_file_error(const char* what) {
    throw StoreError(std::string(what) + ": " + std::strerror(errno));
}

std::string directory_or_default(std::string directory) {
    if (!directory.empty()) return directory;
    const char* const variable = std::getenv("TMPDIR");
    return variable != nullptr && *variable != '\0' ? variable : "/tmp";
}

}  // namespace

SpoolSpace::SpoolSpace(std::size_t memory_bytes, std::string directory)
    : memory_bytes_(memory_bytes), directory_(directory_or_default(std::move(directory))) {}

bool SpoolSpace::reserve(std::size_t bytes) {
    if (used_.fetch_add(bytes) + bytes <= memory_bytes_) return true;
    used_ -= bytes;
    return false;
}

int SpoolSpace::make_file() const {
    std::string path = directory_ + "/load-XXXXXX";
    const int file = ::mkostemp(path.data(), O_CLOEXEC);
    if (file < 0) throw_file_error("making a temporary file");
    ::unlink(path.c_str());
    return file;
}

Spool::Spool(std::shared_ptr<SpoolSpace> space) : space_(std::move(space)) {}

Spool::Spool(Spool&& other) noexcept
    : space_(std::move(other.space_)),
      blocks_(std::move(other.blocks_)),
      buffer_(std::move(other.buffer_)),
      file_(std::exchange(other.file_, -1)),
      size_(std::exchange(other.size_, 0)) {
    other.blocks_.clear();
}

Spool::~Spool() {
    clear();
}

void Spool::clear() {
    if (space_) space_->release(blocks_.size() * block_bytes);
    blocks_.clear();
    buffer_.clear();
    buffer_.shrink_to_fit();
    if (file_ >= 0) ::close(file_);
    file_ = -1;
    size_ = 0;
}

void Spool::append(const void* bytes, std::size_t size) {
    const char* from = static_cast<const char*>(bytes);
    while (size > 0 && file_ < 0) {
        const std::size_t used = size_ % block_bytes;
        if (used == 0) {
            if (!space_->reserve(block_bytes)) {
                move_to_file();
                break;
            }
            blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes));
        }
        const std::size_t count = std::min(size, block_bytes - used);
        std::memcpy(blocks_.back().get() + used, from, count);
        from += count;
        size -= count;
        size_ += count;
    }
    if (size == 0) return;
    buffer_.append(from, size);
    size_ += size;
    if (buffer_.size() >= block_bytes) {
        write_out(buffer_.data(), buffer_.size(), size_ - buffer_.size());
        buffer_.clear();
    }
}

void Spool::move_to_file() {
    file_ = space_->make_file();
    std::uint64_t offset = 0;
    for (const auto& block : blocks_) {
        write_out(block.get(), block_bytes, offset);
        offset += block_bytes;
    }
    space_->release(blocks_.size() * block_bytes);
    blocks_.clear();
}

void Spool::write_out(const char* bytes, std::size_t size, std::uint64_t offset) {
    while (size > 0) {
        const ssize_t written = ::pwrite(file_, bytes, size, static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) throw_file_error("writing a temporary file");
        bytes += written;
        offset += static_cast<std::uint64_t>(written);
        size -= static_cast<std::size_t>(written);
    }
}

void Spool::read(std::uint64_t offset, void* bytes, std::size_t size) const {
    char* to = static_cast<char*>(bytes);
    if (offset + size > size_) throw StoreError("a temporary file of a load ends early");
    while (size > 0) {
        std::size_t count = 0;
        if (file_ < 0) {
            const std::size_t within = offset % block_bytes;
            count = std::min(size, block_bytes - within);
            std::memcpy(to, blocks_[offset / block_bytes].get() + within, count);
        } else if (const std::uint64_t on_file = size_ - buffer_.size(); offset >= on_file) {
            count = size;
            std::memcpy(to, buffer_.data() + (offset - on_file), count);
        } else {
            count = static_cast<std::size_t>(std::min<std::uint64_t>(size, on_file - offset));
            const ssize_t got = ::pread(file_, to, count, static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) throw_file_error("reading a temporary file");
            count = static_cast<std::size_t>(got);
        }
        to += count;
        offset += count;
        size -= count;
    }
}

SpoolReader::SpoolReader(const Spool& spool, std::uint64_t offset, std::uint64_t end)
    : spool_(&spool), offset_(offset), end_(end) {}

void SpoolReader::fill(std::size_t size) {
    constexpr std::size_t step = std::size_t{64} << 10;
    const std::size_t left = limit_ - at_;
    if (at_ > 0) std::memmove(buffer_.data(), buffer_.data() + at_, left);
    at_ = 0;
    limit_ = left;
    const std::uint64_t wanted =
        std::min<std::uint64_t>(end_ - offset_, std::max(size - left, step));
    if (wanted < size - left) throw StoreError("a temporary file of a load ends early");
    if (buffer_.size() < left + wanted) buffer_.resize(left + wanted);
    spool_->read(offset_, buffer_.data() + left, wanted);
    offset_ += wanted;
    limit_ += wanted;
}

const char* SpoolReader::take(std::size_t size) {
    if (limit_ - at_ < size) fill(size);
    const char* const bytes = buffer_.data() + at_;
    at_ += size;
    return bytes;
}

std::uint64_t SpoolReader::take_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const auto byte = static_cast<unsigned char>(*take(1));
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) break;
    }
    return value;
}

}  // namespace dossier::storage
