#include "storage/merged_cursor.h"

#include <algorithm>
#include <array>
#include <vector>

#include "storage/row.h"

namespace dossier::storage {

namespace {

// One of the two scans, a batch ahead.
class Side {
  public:
    explicit Side(std::unique_ptr<RowCursor> cursor) : cursor_(std::move(cursor)) {}

    // The row it stands at, nullptr at the end.
    const Row* row() {
        if (at_ == rows_ && !ended_) {
            const std::array<TermId*, 4> columns{columns_[0].data(), columns_[1].data(),
                                                 columns_[2].data(), columns_[3].data()};
            rows_ = cursor_->next(columns, batch_rows);
            at_ = 0;
            ended_ = rows_ == 0;
        }
        if (ended_) {
            return nullptr;
        }
        current_ = {columns_[0][at_], columns_[1][at_], columns_[2][at_], columns_[3][at_]};
        return &current_;
    }
    void pass() { ++at_; }

    void seek(std::size_t prefix, std::span<const TermId> key) {
        const auto before = [&](std::size_t at) {
            for (std::size_t i = 0; i < key.size(); ++i) {
                const TermId id = columns_[prefix + i][at];
                if (id != key[i]) {
                    return id < key[i];
                }
            }
            return false;
        };
        while (at_ < rows_ && before(at_)) {
            ++at_;
        }
        if (at_ == rows_ && !ended_) {
            cursor_->seek(key);
        }
    }

  private:
    static constexpr std::size_t batch_rows = 256;
    std::unique_ptr<RowCursor> cursor_;
    std::array<std::array<TermId, batch_rows>, 4> columns_;
    Row current_{};
    std::size_t at_ = 0, rows_ = 0;
    bool ended_ = false;
};

class MergedCursor : public RowCursor {
  public:
    MergedCursor(std::size_t prefix, std::unique_ptr<RowCursor> first,
                 std::unique_ptr<RowCursor> second)
        : prefix_(prefix), first_(std::move(first)), second_(std::move(second)) {}

    std::size_t next(std::span<TermId* const> columns, std::size_t capacity) override {
        std::size_t written = 0;
        while (written < capacity) {
            const Row* const row = current();
            if (row == nullptr) {
                break;
            }
            write(*row, columns, written++);
            pass();
        }
        return written;
    }

    void seek(std::span<const TermId> key) override {
        first_.seek(prefix_, key);
        second_.seek(prefix_, key);
    }

    std::size_t lookup(std::span<const TermId> keys, std::size_t& key, std::uint32_t* key_numbers,
                       std::span<TermId* const> columns, std::size_t capacity) override {
        std::size_t written = 0;
        while (key < keys.size() && written < capacity) {
            const Row* row = current();
            if (row != nullptr && (*row)[prefix_] < keys[key]) {
                seek(keys.subspan(key, 1));
                row = current();
            }
            if (row == nullptr || (*row)[prefix_] > keys[key]) {
                ++key;
                continue;
            }
            key_numbers[written] = static_cast<std::uint32_t>(key);
            write(*row, columns, written++);
            pass();
        }
        return written;
    }

  private:
    // The lesser of the two rows.
    const Row* current() {
        const Row* const a = first_.row();
        const Row* const b = second_.row();
        from_first_ = a != nullptr && (b == nullptr || *a < *b);
        return from_first_ ? a : b;
    }
    void pass() { (from_first_ ? first_ : second_).pass(); }

    static void write(const Row& row, std::span<TermId* const> columns, std::size_t at) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (columns[i] != nullptr) {
                columns[i][at] = row[i];
            }
        }
    }

    std::size_t prefix_;
    Side first_, second_;
    bool from_first_ = false;
};

}  // namespace

std::unique_ptr<RowCursor> merge_cursors(const ScanRequest& request,
                                         std::unique_ptr<RowCursor> first,
                                         std::unique_ptr<RowCursor> second) {
    return std::make_unique<MergedCursor>(request.prefix_length, std::move(first),
                                          std::move(second));
}

}  // namespace dossier::storage
