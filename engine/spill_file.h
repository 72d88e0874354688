#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/term_id.h"

// Temporary files of operators that outgrow the memory budget.

namespace dossier::engine {

// The one temporary file of a query, and how many bytes it may hold. It is made when the first byte
// is written and has no name from then on, so that nothing is left behind however the process ends;
// one file, since a process may open few and a query may need hundreds of sequences. Thread-safe.
class SpillSpace {
  public:
    // An empty directory means TMPDIR, else /tmp.
    SpillSpace(std::string directory, std::uint64_t byte_limit)
        : directory_(std::move(directory)), limit_(byte_limit) {}
    // Closes the file of a query that was given up in a thread of its own.
    ~SpillSpace();
    SpillSpace(const SpillSpace&) = delete;
    SpillSpace& operator=(const SpillSpace&) = delete;

    // Bytes written and not freed.
    std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }

    // A part of the file that nobody else has; it takes space on the disk as it is written.
    std::uint64_t reserve(std::size_t bytes) {
        return end_.fetch_add(bytes, std::memory_order_relaxed);
    }
    // Throws LimitError naming the limit, and StoreError.
    void write(std::uint64_t offset, const char* data, std::size_t bytes);
    void read(std::uint64_t offset, char* data, std::size_t bytes) const;
    // Gives the disk back what was written there, where the file system can.
    void free(std::uint64_t offset, std::size_t bytes) noexcept;

    // The query is given up: the file goes after it, for the system takes its time to drop a large
    // one's pages and nobody should wait for that.
    void give_up() noexcept { given_up_.store(true, std::memory_order_relaxed); }

  private:
    int open();

    const std::string directory_;
    const std::uint64_t limit_;
    std::atomic<std::uint64_t> used_{0};
    std::atomic<std::uint64_t> end_{0};
    std::atomic<bool> given_up_{false};
    std::atomic<int> descriptor_{-1};
    std::mutex opening_;
};

// A sequence of bytes, appended to and then read from any place: in memory up to the size of its
// buffer, then in the query's temporary file. Belongs to one thread while it is written; read by
// SpillReaders of any thread afterwards. Failures throw StoreError.
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
    // After the last write: hands the buffered bytes to the file and gives their memory back.
    void finish();

  private:
    friend class SpillReader;

    // Consecutive bytes: from `begin` of this sequence on, at `offset` of the space.
    struct Extent {
        std::uint64_t begin, offset;
    };

    void flush();
    // Copies [position, position + bytes), which exists.
    void read(std::uint64_t position, char* data, std::size_t bytes) const;
    // Where the byte is in the space, and how many follow it there.
    std::pair<std::uint64_t, std::uint64_t> place(std::uint64_t position) const;

    SpillSpace& space_;
    const std::size_t buffer_bytes_;
    std::vector<Extent> extents_;
    std::uint64_t room_ = 0;         // left in the last extent
    std::size_t next_extent_bytes_;  // the longer the sequence, the longer its extents
    std::uint64_t flushed_ = 0;
    std::vector<char> buffer_;  // what follows
};

// Reads [begin, end) of a SpillFile in order, buffered. The file must outlive it, and nothing is
// written to it meanwhile.
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
