#include "storage/bulk_load_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <dossier/error.h>

#include "storage/disk_full.h"

namespace dossier::storage {

namespace {

[[noreturn]] void throw_file_error(const char* what) {
    throw_system_error(what, errno);
}

std::string directory_or_default(std::string directory) {
    if (!directory.empty()) return directory;
    const char* const variable = std::getenv("TMPDIR");
    return variable != nullptr && *variable != '\0' ? variable : "/tmp";
}

}  // namespace

SpoolSpace::SpoolSpace(std::size_t memory_bytes, std::string directory)
    : memory_bytes_(memory_bytes), directory_(directory_or_default(std::move(directory))) {}

SpoolSpace::~SpoolSpace() {
    if (file_ >= 0) ::close(file_);
}

bool SpoolSpace::reserve() {
    if (used_.fetch_add(block_bytes) + block_bytes <= memory_bytes_) return true;
    used_ -= block_bytes;
    return false;
}

std::uint64_t SpoolSpace::write_block(const char* bytes, std::size_t size) {
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        if (file_ < 0) {
            std::string path = directory_ + "/load-XXXXXX";
            file_ = ::mkostemp(path.data(), O_CLOEXEC);
            if (file_ < 0) throw_file_error("making a temporary file");
            ::unlink(path.c_str());
        }
        if (free_blocks_.empty()) {
            number = next_block_++;
        } else {
            number = free_blocks_.back();
            free_blocks_.pop_back();
        }
    }
    std::uint64_t offset = number * block_bytes;
    while (size > 0) {
        const ssize_t written = ::pwrite(file_, bytes, size, static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) throw_file_error("writing a temporary file");
        bytes += written;
        offset += static_cast<std::uint64_t>(written);
        size -= static_cast<std::size_t>(written);
    }
    return number;
}

void SpoolSpace::read_block(std::uint64_t number, std::size_t offset, char* bytes,
                            std::size_t size) const {
    std::uint64_t at = number * block_bytes + offset;
    while (size > 0) {
        const ssize_t got = ::pread(file_, bytes, size, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw_file_error("reading a temporary file");
        bytes += got;
        at += static_cast<std::uint64_t>(got);
        size -= static_cast<std::size_t>(got);
    }
}

void SpoolSpace::free_block(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    free_blocks_.push_back(number);
}

Spool::~Spool() {
    for (const Block& block : blocks_) {
        if (block.reserved) space_->release();
        if (!block.memory) space_->free_block(block.number);
    }
}

void Spool::append(const void* bytes, std::size_t size) {
    const char* from = static_cast<const char*>(bytes);
    while (size > 0) {
        const std::size_t used = size_ % SpoolSpace::block_bytes;
        if (used == 0) {
            // The block before is full; where there is no memory for it, it goes to the file and
            // its memory serves the next one.
            std::unique_ptr<char[]> memory;
            if (!blocks_.empty() && !blocks_.back().reserved) {
                Block& full = blocks_.back();
                full.number = space_->write_block(full.memory.get(), SpoolSpace::block_bytes);
                memory = std::move(full.memory);
            }
            if (!memory) memory = std::make_unique_for_overwrite<char[]>(SpoolSpace::block_bytes);
            blocks_.push_back({std::move(memory), 0, space_->reserve()});
        }
        const std::size_t count = std::min(size, SpoolSpace::block_bytes - used);
        std::memcpy(blocks_.back().memory.get() + used, from, count);
        from += count;
        size -= count;
        size_ += count;
    }
}

void Spool::read(std::uint64_t offset, void* bytes, std::size_t size) const {
    char* to = static_cast<char*>(bytes);
    if (offset + size > size_) throw StoreError("a temporary file of a load ends early");
    while (size > 0) {
        const Block& block = blocks_[offset / SpoolSpace::block_bytes];
        const std::size_t within = offset % SpoolSpace::block_bytes;
        const std::size_t count = std::min(size, SpoolSpace::block_bytes - within);
        if (block.memory) {
            std::memcpy(to, block.memory.get() + within, count);
        } else {
            space_->read_block(block.number, within, to, count);
        }
        to += count;
        offset += count;
        size -= count;
    }
}

SpoolReader::SpoolReader(const Spool& spool, std::uint64_t offset, std::uint64_t end)
    : spool_(&spool), offset_(offset), end_(end) {}

void SpoolReader::fill(std::size_t size) {
    constexpr std::size_t step = SpoolSpace::block_bytes;
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
