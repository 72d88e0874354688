#include "storage/row_sorter.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <dossier/error.h>
#include <fmt/format.h>

#include "storage/disk_full.h"
#include "storage/large_buffer.h"
#include "storage/row_packing.h"
#include "storage/run_tasks.h"

namespace dossier::storage {
namespace {

constexpr std::size_t chunk_rows = std::size_t{1} << 16;

struct Chunk {
    std::uint64_t* column(std::size_t number) const { return values.data() + number * chunk_rows; }

    LargeBuffer<std::uint64_t> values{4 * chunk_rows};
    std::size_t rows = 0;
};

// A file without a name: gone when it is closed, whatever happens.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& directory) {
        std::string path = directory + "/sort-XXXXXX";
        descriptor_ = ::mkostemp(path.data(), O_CLOEXEC);
        if (descriptor_ < 0) {
            throw_failed("making a temporary file in " + directory);
        }
        ::unlink(path.c_str());
    }
    ~TemporaryFile() { ::close(descriptor_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    void append(const void* data, std::size_t size) {
        const char* from = static_cast<const char*>(data);
        while (size > 0) {
            const ssize_t written = ::write(descriptor_, from, size);
            if (written < 0 && errno == EINTR) {
                continue;
            }
            if (written <= 0) {
                throw_failed("writing a temporary file");
            }
            from += written;
            size -= static_cast<std::size_t>(written);
        }
    }

    void read(std::uint64_t offset, void* data, std::size_t size) const {
        char* to = static_cast<char*>(data);
        while (size > 0) {
            const ssize_t got = ::pread(descriptor_, to, size, static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got <= 0) {
                throw_failed("reading a temporary file");
            }
            to += got;
            offset += static_cast<std::uint64_t>(got);
            size -= static_cast<std::size_t>(got);
        }
    }

  private:
    [[noreturn]] static void throw_failed(const std::string& what) {
        throw_system_error(what, errno);
    }
    int descriptor_;
};

using Records =
    std::variant<LargeBuffer<std::uint64_t>, LargeBuffer<radix::Wide>, LargeBuffer<radix::Quad>>;

// Sorted packed rows: in memory, or in a file that is read by pieces.
class SortedRun {
  public:
    // The first `rows` records are there.
    SortedRun(RowPacking packing, Records records, std::size_t rows)
        : packing_(std::move(packing)),
          records_(std::move(records)),
          rows_(rows),
          piece_limit_(rows) {}

    // Moves the records to a file; they come back `piece_bytes` at a time.
    void spill(const std::string& directory) {
        file_ = std::make_unique<TemporaryFile>(directory);
        std::visit(
            [&](auto& records) {
                file_->append(records.data(), rows_ * sizeof records[0]);
                records = {};
            },
            records_);
        piece_limit_ = 0;
    }
    void set_piece_bytes(std::size_t bytes) { piece_bytes_ = bytes; }

    // The next row; false at the end.
    bool next(Row& row) {
        if (unpacked_next_ == unpacked_) {
            unpack_some();
            if (unpacked_ == 0) {
                return false;
            }
        }
        for (std::size_t column = 0; column < 4; ++column) {
            row[column].bits = columns_[column][unpacked_next_];
        }
        ++unpacked_next_;
        return true;
    }

    // Rows in memory, unpacked to columns without those equal to their predecessor.
    std::size_t unpack(std::span<TermId* const> columns, std::size_t capacity,
                       bool remove_duplicates) {
        return std::visit(
            [&](auto& records) {
                auto* const data = records.data();
                std::size_t written = 0;
                while (next_ < rows_ && written < capacity) {
                    const std::size_t first = next_;
                    std::size_t count = std::min(rows_ - next_, capacity - written);
                    next_ += count;
                    if (remove_duplicates) {
                        count = keep_distinct(data, first, count);
                    }
                    std::array<std::uint64_t*, 4> out;
                    for (std::size_t column = 0; column < 4; ++column) {
                        out[column] = reinterpret_cast<std::uint64_t*>(columns[column] + written);
                    }
                    packing_.unpack(data + first, count, out);
                    written += count;
                }
                return written;
            },
            records_);
    }

  private:
    static constexpr std::size_t batch_rows = 256;

    // Moves those of `count` records that differ from their predecessor to the front. Records
    // before `first` were given out and are not looked at, but for the last one, which is copied.
    template <typename Record>
    std::size_t keep_distinct(Record* data, std::size_t first, std::size_t count) {
        auto& last = std::get<LargeBuffer<Record>>(last_);
        const bool has_last = last.size() > 0;
        if (!has_last) {
            last = LargeBuffer<Record>(1);
        }
        Record before = has_last ? last[0] : data[first];
        std::size_t kept = first;
        for (std::size_t i = first; i < first + count; ++i) {
            const Record record = data[i];
            data[kept] = record;
            kept += static_cast<std::size_t>(record != before || (i == first && !has_last));
            before = record;
        }
        last[0] = before;
        return kept - first;
    }

    void unpack_some() {
        unpacked_next_ = 0;
        std::visit(
            [&](auto& records) {
                if (next_ == piece_limit_ && next_ < rows_) {
                    load_piece(records);
                }
                unpacked_ = std::min(batch_rows, piece_limit_ - next_);
                packing_.unpack(records.data() + (next_ - piece_first_), unpacked_,
                                {columns_[0].data(), columns_[1].data(), columns_[2].data(),
                                 columns_[3].data()});
                next_ += unpacked_;
            },
            records_);
    }

    template <typename Record>
    void load_piece(LargeBuffer<Record>& records) {
        const std::size_t most = std::max<std::size_t>(1, piece_bytes_ / sizeof(Record));
        const std::size_t count = std::min(most, rows_ - next_);
        if (records.size() < count) {
            records = LargeBuffer<Record>(count);
        }
        file_->read(next_ * sizeof(Record), records.data(), count * sizeof(Record));
        piece_first_ = next_;
        piece_limit_ = next_ + count;
    }

    RowPacking packing_;
    Records records_;
    std::unique_ptr<TemporaryFile> file_;
    std::size_t rows_ = 0;
    std::size_t next_ = 0;
    std::size_t piece_first_ = 0, piece_limit_ = 0;
    std::size_t piece_bytes_ = std::size_t{1} << 20;
    std::tuple<LargeBuffer<std::uint64_t>, LargeBuffer<radix::Wide>, LargeBuffer<radix::Quad>>
        last_;
    // What next() gives out.
    std::array<std::array<std::uint64_t, batch_rows>, 4> columns_;
    std::size_t unpacked_ = 0, unpacked_next_ = 0;
};

// The least row of several runs; of equal keys the one of the earliest run. A tree of losers: one
// comparison a level.
class RunMerger {
  public:
    RunMerger(std::vector<std::unique_ptr<SortedRun>>& runs, std::size_t key_columns)
        : runs_(runs), key_columns_(key_columns), rows_(runs.size()), alive_(runs.size()) {
        while (leaves_ < runs.size()) {
            leaves_ *= 2;
        }
        losers_.assign(leaves_, 0);
        for (std::size_t run = 0; run < runs.size(); ++run) {
            alive_[run] = static_cast<char>(runs_[run]->next(rows_[run]));
        }
        winner_ = build(1);
    }

    bool next(Row& row) {
        if (winner_ >= runs_.size() || alive_[winner_] == 0) {
            return false;
        }
        row = rows_[winner_];
        alive_[winner_] = static_cast<char>(runs_[winner_]->next(rows_[winner_]));
        for (std::size_t node = (winner_ + leaves_) / 2; node > 0; node /= 2) {
            if (before(losers_[node], winner_)) {
                std::swap(losers_[node], winner_);
            }
        }
        return true;
    }

  private:
    bool before(std::size_t a, std::size_t b) const {
        const bool a_alive = a < runs_.size() && alive_[a] != 0;
        const bool b_alive = b < runs_.size() && alive_[b] != 0;
        if (!a_alive || !b_alive) {
            return a_alive && !b_alive;
        }
        for (std::size_t column = 0; column < key_columns_; ++column) {
            if (rows_[a][column] != rows_[b][column]) {
                return rows_[a][column] < rows_[b][column];
            }
        }
        return a < b;
    }

    std::size_t build(std::size_t node) {
        if (node >= leaves_) {
            return node - leaves_;
        }
        const std::size_t left = build(2 * node);
        const std::size_t right = build(2 * node + 1);
        const bool right_wins = before(right, left);
        losers_[node] = right_wins ? left : right;
        return right_wins ? right : left;
    }

    std::vector<std::unique_ptr<SortedRun>>& runs_;
    std::size_t key_columns_;
    std::vector<Row> rows_;
    std::vector<char> alive_;
    std::vector<std::size_t> losers_;
    std::size_t leaves_ = 1;
    std::size_t winner_ = 0;
};

}  // namespace

struct RowSorter::Implementation {
    SortOptions options;
    // Rows wait here as they are, or packed where what varies among them is known.
    std::vector<std::unique_ptr<Chunk>> chunks;
    Records packed;
    std::size_t packed_capacity = 0;
    RowPacking packing, packing_of_runs;
    std::uint64_t added = 0, added_to_runs = 0;
    std::size_t buffered = 0;
    std::vector<std::unique_ptr<SortedRun>> runs;
    std::optional<RunMerger> merger;
    std::optional<Row> last;
    bool sorted = false;

    std::size_t record_bytes() const {
        const unsigned bits = packing.bits();
        return bits <= 64 ? 8 : (bits <= 128 ? 16 : 32);
    }

    // What sorting the buffered rows takes: they are packed chunk by chunk, each chunk is given
    // back at once, and sorting needs the packed rows twice.
    std::size_t memory_needed() const {
        const std::size_t record = record_bytes();
        return (buffered + chunk_rows) * std::max(sizeof(Row) + record, 2 * record);
    }

    void add(std::span<const TermId* const> columns, std::size_t rows) {
        if (sorted) {
            throw UsageError("rows are added before they are sorted");
        }
        added += rows;
        if (options.known) {
            add_packed(columns, rows);
            return;
        }
        for (std::size_t at = 0; at < rows;) {
            if (chunks.empty() || chunks.back()->rows == chunk_rows) {
                if (!options.directory.empty() && buffered > 0 &&
                    memory_needed() + chunk_rows * sizeof(Row) > options.memory_bytes) {
                    end_run();
                    runs.back()->spill(options.directory);
                }
                chunks.push_back(std::make_unique<Chunk>());
            }
            Chunk& chunk = *chunks.back();
            const std::size_t count = std::min(rows - at, chunk_rows - chunk.rows);
            for (std::size_t column = 0; column < 4; ++column) {
                std::uint64_t* to = chunk.column(column) + chunk.rows;
                std::memcpy(to, columns[column] + at, count * 8);
                packing.add(column, to, count);
            }
            chunk.rows += count;
            buffered += count;
            at += count;
        }
    }

    void add_packed(std::span<const TermId* const> columns, std::size_t rows) {
        for (std::size_t at = 0; at < rows;) {
            if (buffered > 0 && buffered == packed_capacity) {
                if (options.directory.empty()) {
                    throw UsageError("more rows are added to a sorter than it was told");
                }
                end_run();
                runs.back()->spill(options.directory);
            }
            if (buffered == 0) {
                start_packed();
            }
            std::size_t count = std::min(rows - at, packed_capacity - buffered);
            // By pieces that stay in the nearest cache over all parts of the ids.
            count = std::min<std::size_t>(count, 512);
            const auto ids = [&](std::size_t column) {
                return reinterpret_cast<const std::uint64_t*>(columns[column] + at);
            };
            std::visit(
                [&](auto& records) {
                    packing.pack({ids(0), ids(1), ids(2), ids(3)}, count,
                                 records.data() + buffered);
                },
                packed);
            buffered += count;
            at += count;
        }
    }

    // Room for the rows that are expected, or for as many as can be sorted in the memory.
    void start_packed() {
        packing = options.known->packing;
        packing.prepare();
        const std::size_t record = record_bytes();
        const std::uint64_t expected = options.known->rows;
        packed_capacity = expected > added_to_runs ? expected - added_to_runs : chunk_rows;
        if (!options.directory.empty()) {
            const std::size_t fitting = std::max(chunk_rows, options.memory_bytes / (2 * record));
            packed_capacity = std::min(packed_capacity, fitting);
        }
        if (record == 8) {
            packed = LargeBuffer<std::uint64_t>(packed_capacity);
        } else if (record == 16) {
            packed = LargeBuffer<radix::Wide>(packed_capacity);
        } else {
            packed = LargeBuffer<radix::Quad>(packed_capacity);
        }
    }

    // Full chunks and those that are not may come in any order.
    void take(Implementation& other) {
        std::move(other.chunks.begin(), other.chunks.end(), std::back_inserter(chunks));
        std::move(other.runs.begin(), other.runs.end(), std::back_inserter(runs));
        other.chunks.clear();
        other.runs.clear();
        packing.add(other.packing);
        packing_of_runs.add(other.packing_of_runs);
        added += std::exchange(other.added, 0);
        added_to_runs += std::exchange(other.added_to_runs, 0);
        buffered += std::exchange(other.buffered, 0);
    }

    template <typename Record>
    LargeBuffer<Record> packed_and_sorted() {
        if (options.known) {
            return sorted_records(std::move(std::get<LargeBuffer<Record>>(packed)));
        }
        LargeBuffer<Record> records(buffered);
        std::vector<std::function<void()>> tasks;
        std::size_t at = 0;
        for (auto& chunk : chunks) {
            tasks.push_back([this, &chunk, to = records.data() + at] {
                // By pieces that stay in the nearest cache over all parts of the ids.
                constexpr std::size_t piece = 512;
                for (std::size_t first = 0; first < chunk->rows; first += piece) {
                    const std::size_t count = std::min(piece, chunk->rows - first);
                    packing.pack<Record>({chunk->column(0) + first, chunk->column(1) + first,
                                          chunk->column(2) + first, chunk->column(3) + first},
                                         count, to + first);
                }
                chunk.reset();
            });
            at += chunk->rows;
        }
        run_tasks(tasks, options.threads);
        chunks.clear();
        return sorted_records(std::move(records));
    }

    template <typename Record>
    LargeBuffer<Record> sorted_records(LargeBuffer<Record> records) {
        const bool wide = sizeof(Record) == 32;
        const std::size_t keys = options.key_columns;
        const unsigned high = wide ? 256 : packing.bits();
        const unsigned low = wide ? static_cast<unsigned>(64 * (4 - keys)) : packing.bits(keys);
        const auto ordered = [&](const Record& a, const Record& b) {
            return radix::key_less(a, b, low);
        };
        // A column that does not vary leaves nothing to do; a shift by all bits is undefined.
        Record* const data = records.data();
        if (low >= high || std::is_sorted(data, data + buffered, ordered)) {
            return records;
        }
        LargeBuffer<Record> scratch(buffered);
        if (high - low <= radix::digit_bits) {
            radix::sort_by_digit(data, scratch.data(), buffered, low, high - low);
            return scratch;
        }
        if (options.threads > 1) {
            radix::sort_by_threads(data, scratch.data(), buffered, low, high, options.threads);
        } else {
            radix::sort(data, scratch.data(), buffered, low, high);
        }
        return records;
    }

    void end_run() {
        packing.prepare();
        Records records;
        switch (record_bytes()) {
            case 8:
                records = packed_and_sorted<std::uint64_t>();
                break;
            case 16:
                records = packed_and_sorted<radix::Wide>();
                break;
            default:
                records = packed_and_sorted<radix::Quad>();
                break;
        }
        runs.push_back(std::make_unique<SortedRun>(packing, std::move(records), buffered));
        packing_of_runs.add(packing);
        packing = RowPacking();
        added_to_runs += buffered;
        buffered = 0;
    }

    void sort() {
        sorted = true;
        if (buffered > 0) {
            end_run();
        }
        if (runs.size() <= 1) {
            return;
        }
        // The last run stays in memory only if all others were meant to.
        if (!options.directory.empty()) {
            runs.back()->spill(options.directory);
        }
        const std::size_t piece = std::clamp<std::size_t>(
            options.memory_bytes / runs.size(), std::size_t{64} << 10, std::size_t{4} << 20);
        for (auto& run : runs) {
            run->set_piece_bytes(piece);
        }
        merger.emplace(runs, options.key_columns);
    }

    std::size_t next(std::span<TermId* const> columns, std::size_t capacity) {
        if (runs.size() == 1) {
            return runs.front()->unpack(columns, capacity, options.remove_duplicates);
        }
        std::size_t written = 0;
        Row row;
        while (merger && written < capacity && merger->next(row)) {
            if (options.remove_duplicates && last && *last == row) {
                continue;
            }
            last = row;
            for (std::size_t column = 0; column < 4; ++column) {
                columns[column][written] = row[column];
            }
            ++written;
        }
        return written;
    }
};

RowSorter::RowSorter(SortOptions options) : implementation_(std::make_unique<Implementation>()) {
    if (options.key_columns < 1 || options.key_columns > 4) {
        throw UsageError("rows are sorted by one to four columns");
    }
    implementation_->options = std::move(options);
}

RowSorter::~RowSorter() = default;

void RowSorter::add(std::span<const TermId* const> columns, std::size_t rows) {
    implementation_->add(columns, rows);
}

void RowSorter::add(const Row& row) {
    const std::array<const TermId*, 4> columns{&row[0], &row[1], &row[2], &row[3]};
    implementation_->add(columns, 1);
}

void RowSorter::take(RowSorter& other) {
    implementation_->take(*other.implementation_);
}

std::uint64_t RowSorter::added() const {
    return implementation_->added;
}

RowPacking RowSorter::packing() const {
    RowPacking all = implementation_->packing_of_runs;
    all.add(implementation_->packing);
    return all;
}

void RowSorter::sort() {
    implementation_->sort();
}

std::size_t RowSorter::next(std::span<TermId* const> columns, std::size_t capacity) {
    return implementation_->next(columns, capacity);
}

}  // namespace dossier::storage
