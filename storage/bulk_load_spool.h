#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// What a load keeps between its steps: in memory as long as its share lasts, then in one file that
// is unlinked as soon as it is made, so that nothing is ever left behind.

namespace dossier::storage {

// The share of memory, and the file, for all spools of a load. Thread-safe.
class SpoolSpace {
  public:
    static constexpr std::size_t block_bytes = std::size_t{64} << 10;

    // `directory` empty: TMPDIR, else /tmp.
    SpoolSpace(std::size_t memory_bytes, std::string directory);
    ~SpoolSpace();
    SpoolSpace(const SpoolSpace&) = delete;
    SpoolSpace& operator=(const SpoolSpace&) = delete;

    // A block's share of the memory; false when there is none left.
    bool reserve();
    void release() { used_ -= block_bytes; }

    // Writes a block to the file and returns its number there. Throws StoreError.
    std::uint64_t write_block(const char* bytes, std::size_t size);
    void read_block(std::uint64_t number, std::size_t offset, char* bytes, std::size_t size) const;
    void free_block(std::uint64_t number);

  private:
    const std::size_t memory_bytes_;
    const std::string directory_;
    std::atomic<std::size_t> used_{0};
    std::mutex mutex_;
    int file_ = -1;
    std::uint64_t next_block_ = 0;
    std::vector<std::uint64_t> free_blocks_;
};

// A sequence of bytes: written by one thread, then read by any number.
class Spool {
  public:
    explicit Spool(std::shared_ptr<SpoolSpace> space) : space_(std::move(space)) {}
    Spool(Spool&& other) noexcept = default;
    Spool& operator=(Spool&&) = delete;
    ~Spool();

    void append(const void* bytes, std::size_t size);
    void append(std::string_view bytes) { append(bytes.data(), bytes.size()); }
    std::uint64_t size() const { return size_; }
    // Copies [offset, offset + size), which must exist.
    void read(std::uint64_t offset, void* bytes, std::size_t size) const;

  private:
    struct Block {
        std::unique_ptr<char[]> memory;  // null: in the file
        std::uint64_t number = 0;
        bool reserved = false;
    };
    std::shared_ptr<SpoolSpace> space_;
    std::vector<Block> blocks_;  // the last one is in memory until it is full
    std::uint64_t size_ = 0;
};

// Reads a part of a spool from the front. The views it gives are valid until the next call.
class SpoolReader {
  public:
    SpoolReader(const Spool& spool, std::uint64_t offset, std::uint64_t end);

    bool done() const { return at_ == limit_ && offset_ == end_; }
    // Exactly `size` bytes; throws StoreError beyond the end.
    const char* take(std::size_t size);
    std::uint64_t take_varint();

  private:
    void fill(std::size_t size);

    const Spool* spool_;
    std::uint64_t offset_, end_;  // of what is still in the spool
    std::string buffer_;
    std::size_t at_ = 0, limit_ = 0;
};

}  // namespace dossier::storage
