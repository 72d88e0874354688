#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What a load keeps between its steps: in memory as long as its share lasts, then in files that are
// unlinked as soon as they are made, so that nothing is ever left behind.

namespace dossier::storage {

// The share of memory and the directory, for all spools of a load. Thread-safe.
class SpoolSpace {
  public:
    // `directory` empty: TMPDIR, else /tmp.
    SpoolSpace(std::size_t memory_bytes, std::string directory);

    bool reserve(std::size_t bytes);
    void release(std::size_t bytes) { used_ -= bytes; }
    // A descriptor of a new file without a name. Throws StoreError.
    int make_file() const;

  private:
    const std::size_t memory_bytes_;
    const std::string directory_;
    std::atomic<std::size_t> used_{0};
};

// A sequence of bytes: written by one thread, then read by any number.
class Spool {
  public:
    explicit Spool(std::shared_ptr<SpoolSpace> space);
    Spool(Spool&&) noexcept;
    Spool& operator=(Spool&&) = delete;
    ~Spool();

    void append(const void* bytes, std::size_t size);
    void append(std::string_view bytes) { append(bytes.data(), bytes.size()); }
    std::uint64_t size() const { return size_; }
    // Copies [offset, offset + size), which must exist.
    void read(std::uint64_t offset, void* bytes, std::size_t size) const;
    // Gives memory and file back.
    void clear();

  private:
    static constexpr std::size_t block_bytes = std::size_t{256} << 10;
    void move_to_file();
    void write_out(const char* bytes, std::size_t size, std::uint64_t offset);

    std::shared_ptr<SpoolSpace> space_;
    std::vector<std::unique_ptr<char[]>> blocks_;  // while in memory
    std::string buffer_;                           // the end of the file, not yet written
    int file_ = -1;
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
