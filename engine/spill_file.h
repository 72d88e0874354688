#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "storage/term_id.h"

// Temporary files of operators that outgrow the memory budget.

namespace dossier::engine {

// Where a query's temporary files go and how many bytes they may hold together. Thread-safe.
class SpillSpace {
  public:
    // An empty directory means TMPDIR, else /tmp.
    SpillSpace(std::string directory, std::uint64_t byte_limit)
        : directory_(std::move(directory)), limit_(byte_limit) {}
    // Closes what is to be closed in a thread of its own.
    ~SpillSpace();
    SpillSpace(const SpillSpace&) = delete;
    SpillSpace& operator=(const SpillSpace&) = delete;

    const std::string& directory() const { return directory_; }
    std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }
    // Throws LimitError naming the limit.
    void charge(std::uint64_t bytes);
    void release(std::uint64_t bytes) noexcept;

    // The query is given up: files are closed after it, for the system takes its time to drop a
    // large one's pages and nobody should wait for that.
    void give_up() noexcept { given_up_.store(true, std::memory_order_relaxed); }
    void close(int descriptor) noexcept;

  private:
    const std::string directory_;
    const std::uint64_t limit_;
    std::atomic<std::uint64_t> used_{0};
    std::atomic<bool> given_up_{false};
    std::mutex mutex_;
    std::vector<int> to_close_;
};

// A sequence of bytes on disk, appended to and then read from any place. It has no name from the
// moment it is made, so nothing is left behind however the process ends. Belongs to one thread
// while it is written; read by SpillReaders of any thread afterwards. Failures throw StoreError.
class SpillFile {
  public:
    explicit SpillFile(SpillSpace& space, std::size_t buffer_bytes = std::size_t{256} << 10);
    ~SpillFile();
    SpillFile(const SpillFile&) = delete;
    SpillFile& operator=(const SpillFile&) = delete;

    void write(const void* data, std::size_t bytes);
    void write_ids(std::span<const storage::TermId> ids) { write(ids.data(), ids.size_bytes()); }
    // Bytes written so far: the offset of what is written next.
    std::uint64_t size() const { return flushed_ + buffer_.size(); }
    // Hands the buffered bytes to the file; call before reading.
    void flush();
    // After the last write: flush() that gives the buffer's memory back, too.
    void finish();

  private:
    friend class SpillReader;

    SpillSpace& space_;
    const std::size_t buffer_bytes_;
    int descriptor_ = -1;
    std::uint64_t flushed_ = 0;
    std::vector<char> buffer_;
};

// Reads [begin, end) of a flushed SpillFile in order, buffered. The file must outlive it.
class SpillReader {
  public:
    SpillReader(const SpillFile& file, std::uint64_t begin, std::uint64_t end,
                std::size_t buffer_bytes = std::size_t{64} << 10);

    // Reads exactly `bytes` unless the range ends before: returns what was read.
    std::size_t read(void* data, std::size_t bytes);
    std::size_t read_ids(std::span<storage::TermId> ids) {
        return read(ids.data(), ids.size_bytes()) / sizeof(storage::TermId);
    }
    bool at_end() const { return position_ == end_ && next_ == buffer_.size(); }

  private:
    const SpillFile* file_;
    std::uint64_t position_;  // of what the buffer is filled with next
    std::uint64_t end_;
    std::size_t buffer_bytes_;
    std::vector<char> buffer_;
    std::size_t next_ = 0;
};

}  // namespace dossier::engine
