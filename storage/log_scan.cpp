#include "storage/log_scan.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include <rocksdb/write_batch.h>

#include "storage/block_store.h"
#include "storage/store_record.h"

namespace dossier::storage {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_size = 32'768;
constexpr std::size_t header_size = 7;              // checksum 4, length 2, type 1
constexpr std::size_t recyclable_header_size = 11;  // and the log's number

// The types of fragments, RocksDB's db/log_format.h.
enum FragmentType : std::uint8_t {
    zero = 0,  // preallocated and not written
    full = 1,
    first = 2,
    middle = 3,
    last = 4,
    recyclable_full = 5,
    recyclable_last = 8,
    last_known = 11,
};

constexpr std::array<std::uint32_t, 256> crc32c_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78u : 0);
        }
        table[i] = value;
    }
    return table;
}();

std::uint32_t crc32c(std::string_view bytes) {
    std::uint32_t value = 0xFFFF'FFFFu;
    for (const char byte : bytes) {
        value = crc32c_table[(value ^ static_cast<unsigned char>(byte)) & 0xFF] ^ (value >> 8);
    }
    return value ^ 0xFFFF'FFFFu;
}

// How checksums are stored.
std::uint32_t masked(std::uint32_t crc) {
    return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

// Finds the greatest commit number that a batch writes a header of.
class CommitFinder : public rocksdb::WriteBatch::Handler {
  public:
    rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice& key,
                          const rocksdb::Slice& /*value*/) override {
        const std::string_view bytes(key.data(), key.size());
        if (family == static_cast<std::uint32_t>(Family::log) && bytes.size() == 12 &&
            read_key_u32(bytes.substr(8)) == 0) {
            newest = std::max(newest, read_key_u64(bytes));
        }
        return rocksdb::Status::OK();
    }
    rocksdb::Status DeleteCF(std::uint32_t, const rocksdb::Slice&) override {
        return rocksdb::Status::OK();
    }
    rocksdb::Status DeleteRangeCF(std::uint32_t, const rocksdb::Slice&,
                                  const rocksdb::Slice&) override {
        return rocksdb::Status::OK();
    }
    void LogData(const rocksdb::Slice&) override {}

    std::uint64_t newest = 0;
};

struct Fragment {
    std::uint8_t type = zero;
    std::string_view payload;
    std::size_t size = 0;  // with its header
};

// The fragment at `at`, if it is whole and its checksum right.
std::optional<Fragment> fragment_at(std::string_view bytes, std::size_t at) {
    const std::size_t left_in_block = block_size - at % block_size;
    if (at + header_size > bytes.size() || left_in_block < header_size) {
        return std::nullopt;
    }
    ByteReader reader(bytes.substr(at, header_size), "a log record");
    const std::uint32_t checksum = reader.u32();
    const std::size_t length = reader.u16();
    const std::uint8_t type = reader.u8();
    const bool recyclable = type >= recyclable_full && type <= recyclable_last;
    const std::size_t header = recyclable ? recyclable_header_size : header_size;
    if (type == zero || type > last_known || header + length > left_in_block ||
        at + header + length > bytes.size() ||
        masked(crc32c(bytes.substr(at + 6, header - 6 + length))) != checksum) {
        return std::nullopt;
    }
    return Fragment{recyclable ? static_cast<std::uint8_t>(type - 4) : type,
                    bytes.substr(at + header, length), header + length};
}

// One log file, read from the front; skips over what is damaged.
class LogFileScan {
  public:
    explicit LogFileScan(std::string bytes) : bytes_(std::move(bytes)) {}

    void run() {
        std::size_t at = 0;
        while (at < bytes_.size()) {
            const std::size_t left = block_size - at % block_size;
            if (left < header_size) {
                at += left;  // the filling of a block's end
                continue;
            }
            if (const auto fragment = fragment_at(bytes_, at)) {
                take(*fragment, at);
                at += fragment->size;
                continue;
            }
            if (nothing_but_zeros(at)) {
                break;
            }
            note_damage(at);
            at = after_damage(at);
        }
        if (in_record_) {
            note_damage(record_start_);
        }
    }

    bool damaged() const { return damaged_; }
    std::size_t offset() const { return offset_; }
    bool records_before() const { return records_before_; }
    bool records_after() const { return records_after_; }
    std::uint64_t newest_before() const { return newest_before_; }
    std::uint64_t newest_after() const { return newest_after_; }

  private:
    bool nothing_but_zeros(std::size_t at) const {
        return bytes_.find_first_not_of('\0', at) == std::string::npos;
    }

    void note_damage(std::size_t at) {
        in_record_ = false;
        if (!damaged_) {
            damaged_ = true;
            offset_ = at;
        }
    }

    // Where reading may go on: behind the fragment whose length may still be right, else at the
    // next block, which always begins with a fragment.
    std::size_t after_damage(std::size_t at) const {
        const std::size_t next_block = at - at % block_size + block_size;
        if (at + header_size <= bytes_.size()) {
            ByteReader reader(std::string_view(bytes_).substr(at + 4, 2), "a log record");
            const std::size_t next = at + header_size + reader.u16();
            if (next < next_block && fragment_at(bytes_, next)) {
                return next;
            }
        }
        return next_block;
    }

    void take(const Fragment& fragment, std::size_t at) {
        switch (fragment.type) {
            case full:
                if (in_record_) {
                    note_damage(record_start_);
                }
                complete(fragment.payload);
                break;
            case first:
                if (in_record_) {
                    note_damage(record_start_);
                }
                record_.assign(fragment.payload);
                record_start_ = at;
                in_record_ = true;
                break;
            case middle:
            case last:
                if (!in_record_) {
                    // Its beginning was lost with the damage before it.
                    if (!damaged_) {
                        note_damage(at);
                    }
                    break;
                }
                record_.append(fragment.payload);
                if (fragment.type == last) {
                    in_record_ = false;
                    complete(record_);
                }
                break;
            default:
                break;  // of the file itself
        }
    }

    void complete(std::string_view record) {
        CommitFinder finder;
        const rocksdb::WriteBatch batch{std::string(record)};
        static_cast<void>(batch.Iterate(&finder).ok());
        (damaged_ ? records_after_ : records_before_) = true;
        std::uint64_t& newest = damaged_ ? newest_after_ : newest_before_;
        newest = std::max(newest, finder.newest);
    }

    std::string bytes_;
    std::string record_;
    std::size_t record_start_ = 0;
    bool in_record_ = false;
    bool damaged_ = false;
    std::size_t offset_ = 0;
    bool records_before_ = false, records_after_ = false;
    std::uint64_t newest_before_ = 0, newest_after_ = 0;
};

// The log files in the order they were written.
std::vector<std::pair<std::uint64_t, fs::path>> log_files(const std::string& directory) {
    std::vector<std::pair<std::uint64_t, fs::path>> files;
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        std::uint64_t number = 0;
        const auto [rest, problem] =
            std::from_chars(name.data(), name.data() + name.size(), number);
        if (problem == std::errc() && std::string_view(rest) == ".log") {
            files.emplace_back(number, entry->path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

std::optional<LogDamage> find_log_damage(const std::string& directory) {
    std::optional<LogDamage> damage;
    std::uint64_t newest = 0;
    for (const auto& [number, path] : log_files(directory)) {
        std::ifstream in(path, std::ios::binary);
        LogFileScan scan(std::string(std::istreambuf_iterator<char>(in), {}));
        scan.run();
        if (damage) {
            damage->records_follow =
                damage->records_follow || scan.records_before() || scan.records_after();
            damage->last_commit_after =
                std::max({damage->last_commit_after, scan.newest_before(), scan.newest_after()});
            continue;
        }
        newest = std::max(newest, scan.newest_before());
        if (scan.damaged()) {
            damage = LogDamage{path.filename().string(), scan.offset(), scan.records_after(),
                               newest, scan.newest_after()};
        }
    }
    return damage;
}

}  // namespace dossier::storage
