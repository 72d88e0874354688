#include "storage/rocksdb_block_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>

#include <dossier/error.h>
#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/metadata.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include "storage/disk_full.h"

namespace dossier::storage {
namespace {

namespace files = std::filesystem;

rocksdb::Slice slice(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}
std::string_view view(const rocksdb::Slice& bytes) {
    return {bytes.data(), bytes.size()};
}

// Families that are filled by ingests alone: values are large and checked or compressed by
// themselves, files are dropped whole, nothing is ever compacted.
bool is_ingested(Family family) {
    return family == Family::blocks || family == Family::terms || family == Family::term_index ||
           family == Family::term_filter;
}

rocksdb::ColumnFamilyOptions family_options(Family family, const RocksdbOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::ColumnFamilyOptions result;
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.format_version = 5;
    table.checksum = rocksdb::kXXH3;
    result.write_buffer_size = options.write_buffer_bytes;
    result.max_write_buffer_number = 3;
    if (is_ingested(family)) {
        // Below the size of a value, so that each value is a block of its own.
        table.block_size = 1024;
        result.compression = rocksdb::kNoCompression;
        result.disable_auto_compactions = true;
        result.write_buffer_size = std::size_t{1} << 20;
    } else {
        result.compression = rocksdb::kLZ4Compression;
        if (family == Family::names || family == Family::tail_index || family == Family::triples) {
            table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
        }
    }
    result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return result;
}

// Hands RocksDB's own messages of weight to the host.
class HostLogger : public rocksdb::Logger {
  public:
    explicit HostLogger(std::function<void(std::string_view)> log)
        : rocksdb::Logger(rocksdb::WARN_LEVEL), log_(std::move(log)) {}

    using rocksdb::Logger::Logv;
    void Logv(const char* format, va_list arguments) override {
        // RocksDB calls this back: nothing may be thrown through it.
        try {
            std::array<char, 1024> text{};
            const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
            if (length > 0 && log_) {
                log_(std::string_view(text.data(),
                                      std::min(static_cast<std::size_t>(length), text.size() - 1)));
            }
        } catch (...) {
            return;
        }
    }

  private:
    std::function<void(std::string_view)> log_;
};

// After an error RocksDB would try to go on in a thread of its own. The store writes nothing more
// with this handle then, and a recovered one still takes itself for stopped in 7.8.3
// (docs/storage-faults.md).
class NoRecovery : public rocksdb::EventListener {
  public:
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                              bool* automatic) override {
        *automatic = false;
    }
};

// Owns RocksDB's handle; everything handed out shares it, since closing a DB under a live iterator
// aborts the process.
struct Core {
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    RocksdbOptions options;
    std::string secondary_directory;
    // A write met a fault below: nothing is written any more. One more sync of the log would abort
    // the process; destroying the handle does not (docs/storage-faults.md).
    std::atomic<bool> faulted{false};
    std::shared_ptr<rocksdb::WriteBufferManager> memtables;
    std::atomic<std::uint64_t> next_file{1};

    Core() = default;
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
    ~Core() {
        if (db != nullptr) {
            if (!faulted) {
                rocksdb::CancelAllBackgroundWork(db, true);
            }
            for (rocksdb::ColumnFamilyHandle* handle : handles) {
                db->DestroyColumnFamilyHandle(handle);
            }
            delete db;
        }
        if (!secondary_directory.empty()) {
            std::error_code ignored;
            files::remove_all(secondary_directory, ignored);
        }
    }

    rocksdb::ColumnFamilyHandle* handle(Family family) const {
        return handles[static_cast<std::size_t>(family)];
    }
    void throw_if_faulted() const {
        if (faulted) {
            throw StoreError("the store met a fault and takes no more writes; open it again");
        }
    }
    // RocksDB is never let into a write that may find no space: after an error in one it cannot go
    // on (docs/storage-faults.md). What is in its memtables must find a place some time, too.
    void require_space(std::uint64_t bytes) const {
        constexpr std::uint64_t margin = std::uint64_t{4} << 20;
        require_free(bytes + memtables->memory_usage() + margin);
    }
    void require_free(std::uint64_t bytes) const {
        throw_if_faulted();
        std::uint64_t free = 0;
        const rocksdb::IOStatus known =
            db->GetFileSystem()->GetFreeSpace(options.path, rocksdb::IOOptions(), &free, nullptr);
        if (known.ok() && free < bytes) {
            throw DiskFull(fmt::format("{} KB are free where the store is, and {} KB are needed",
                                       free >> 10, (bytes >> 10) + 1));
        }
    }
    void sync_log() {
        throw_if_faulted();
        if (!options.sync_log) {
            const rocksdb::Status status = db->SyncWAL();
            faulted = !status.ok();
            throw_if_failed(status, "syncing the log");
            return;
        }
        try {
            options.sync_log();
        } catch (...) {
            faulted = true;
            throw;
        }
    }
    void check_write(const rocksdb::Status& status, std::string_view what) {
        if (!status.ok()) {
            if (status.IsIOError() || status.IsCorruption()) {
                faulted = true;
            }
            if (status.IsNoSpace()) {
                // Not a DiskFull: something of it may have been written.
                throw StoreError(fmt::format("the disk is full: {}: {}", what, status.ToString()));
            }
            throw_if_failed(status, what);
        }
    }
};

rocksdb::ReadOptions read_options(Family family) {
    rocksdb::ReadOptions options;
    if (is_ingested(family)) {
        // The values carry a checksum that our readers check, and live on in our own cache.
        options.verify_checksums = family != Family::blocks;
        options.fill_cache = family != Family::blocks;
    }
    return options;
}

struct HeldSlice {
    std::shared_ptr<const Core> core;  // declared first: the slice is released before it
    rocksdb::PinnableSlice slice;
};

class RocksdbCursor : public KeyCursor {
  public:
    RocksdbCursor(std::shared_ptr<const Core> core, Family family, std::string_view first,
                  std::string_view limit)
        : core_(std::move(core)), first_(first), limit_(limit), bound_(limit_) {
        rocksdb::ReadOptions options = read_options(family);
        options.readahead_size = std::size_t{256} << 10;
        if (!limit_.empty()) {
            options.iterate_upper_bound = &bound_;
        }
        iterator_.reset(core_->db->NewIterator(options, core_->handle(family)));
    }

    bool next() override {
        if (started_) {
            iterator_->Next();
        } else {
            iterator_->Seek(first_);
            started_ = true;
        }
        if (iterator_->Valid()) {
            return true;
        }
        throw_if_failed(iterator_->status(), "scanning the store");
        return false;
    }
    std::string_view key() const override { return view(iterator_->key()); }
    std::string_view value() const override { return view(iterator_->value()); }

  private:
    std::shared_ptr<const Core> core_;
    std::string first_, limit_;  // iterator_ points into limit_: declared before it
    rocksdb::Slice bound_;
    std::unique_ptr<rocksdb::Iterator> iterator_;
    bool started_ = false;
};

class RocksdbBatch : public WriteBatch {
  public:
    explicit RocksdbBatch(std::shared_ptr<const Core> core)
        : batch(0, 0, 8, 0), core_(std::move(core)) {}

    void put(Family family, std::string_view key, std::string_view value) override {
        throw_if_failed(batch.Put(core_->handle(family), slice(key), slice(value)),
                        "preparing a write");
    }
    void remove(Family family, std::string_view key) override {
        throw_if_failed(batch.Delete(core_->handle(family), slice(key)), "preparing a write");
    }
    void remove_range(Family family, std::string_view first, std::string_view limit) override {
        throw_if_failed(batch.DeleteRange(core_->handle(family), slice(first), slice(limit)),
                        "preparing a write");
    }
    std::size_t bytes() const override { return batch.GetDataSize(); }

    rocksdb::WriteBatch batch;

  private:
    std::shared_ptr<const Core> core_;
};

class RocksdbIngest : public Ingest {
  public:
    RocksdbIngest(std::shared_ptr<Core> core, Family family)
        : core_(std::move(core)), family_(family) {}

    ~RocksdbIngest() override {
        writer_.reset();
        std::error_code ignored;
        for (const std::string& path : paths_) {
            files::remove(path, ignored);
        }
    }

    void add(std::string_view key, std::string_view value) override {
        if (writer_ != nullptr && file_bytes_ >= file_limit) {
            end_file();
        }
        if (writer_ == nullptr) {
            begin_file();
        }
        throw_if_failed(writer_->Put(slice(key), slice(value)), "writing a file to ingest");
        const std::uint64_t before = bytes_;
        file_bytes_ += key.size() + value.size();
        bytes_ += key.size() + value.size();
        if (bytes_ / bytes_between_checks != before / bytes_between_checks) {
            core_->require_space(0);  // leaves some for a memtable that is due meanwhile
        }
    }

    std::uint64_t bytes() const override { return bytes_; }

    void finish() override {
        if (writer_ != nullptr) {
            end_file();
        }
        if (paths_.empty()) {
            return;
        }
        core_->require_space(0);
        core_->sync_log();
        rocksdb::IngestExternalFileOptions options;
        options.move_files = true;
        options.failed_move_fall_back_to_copy = true;
        options.snapshot_consistency = false;  // the keys are new: nobody can have seen less
        options.allow_global_seqno = false;
        options.allow_blocking_flush = false;
        core_->check_write(core_->db->IngestExternalFile(core_->handle(family_), paths_, options),
                           "ingesting files");
        paths_.clear();
    }

  private:
    static constexpr std::uint64_t file_limit = std::uint64_t{256} << 20;
    static constexpr std::uint64_t bytes_between_checks = std::uint64_t{1} << 20;

    void begin_file() {
        const files::path directory = files::path(core_->options.path) / "ingest";
        std::error_code failure;
        files::create_directories(directory, failure);
        if (failure) {
            throw StoreError(fmt::format("making {}: {}", directory.string(), failure.message()));
        }
        std::string path = (directory / fmt::format("{}.sst", core_->next_file++)).string();
        rocksdb::Options options(core_->db->GetDBOptions(),
                                 family_options(family_, core_->options, nullptr));
        writer_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(), options,
                                                           core_->handle(family_),
                                                           /*invalidate_page_cache=*/false);
        paths_.push_back(path);
        throw_if_failed(writer_->Open(path), "making a file to ingest");
        file_bytes_ = 0;
    }

    void end_file() {
        throw_if_failed(writer_->Finish(), "writing a file to ingest");
        writer_.reset();
    }

    std::shared_ptr<Core> core_;
    Family family_;
    std::unique_ptr<rocksdb::SstFileWriter> writer_;
    std::vector<std::string> paths_;
    std::uint64_t file_bytes_ = 0;
    std::uint64_t bytes_ = 0;
};

class RocksdbBlockStore : public BlockStore {
  public:
    explicit RocksdbBlockStore(std::shared_ptr<Core> core) : core_(std::move(core)) {}

    PinnedValue get(Family family, std::string_view key) const override {
        auto held = std::make_shared<HeldSlice>();
        const rocksdb::Status status =
            core_->db->Get(read_options(family), core_->handle(family), slice(key), &held->slice);
        return pinned(status, std::move(held));
    }

    void multi_get(Family family, std::span<const std::string_view> keys,
                   std::span<PinnedValue> values) const override {
        std::vector<rocksdb::Slice> slices(keys.size());
        std::vector<rocksdb::PinnableSlice> found(keys.size());
        std::vector<rocksdb::Status> statuses(keys.size());
        std::transform(keys.begin(), keys.end(), slices.begin(), slice);
        const bool sorted = std::is_sorted(keys.begin(), keys.end());
        core_->db->MultiGet(read_options(family), core_->handle(family), keys.size(), slices.data(),
                            found.data(), statuses.data(), sorted);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            auto held = std::make_shared<HeldSlice>();
            held->slice = std::move(found[i]);
            values[i] = pinned(statuses[i], std::move(held));
        }
    }

    std::unique_ptr<KeyCursor> scan(Family family, std::string_view first,
                                    std::string_view limit) const override {
        return std::make_unique<RocksdbCursor>(core_, family, first, limit);
    }

    std::unique_ptr<WriteBatch> batch() const override {
        return std::make_unique<RocksdbBatch>(core_);
    }

    void write(WriteBatch& batch, bool sync) override {
        rocksdb::WriteBatch& changes = dynamic_cast<RocksdbBatch&>(batch).batch;
        // In the log and in a memtable.
        core_->require_space(2 * changes.GetDataSize());
        rocksdb::WriteOptions options;
        options.sync = sync;
        core_->check_write(core_->db->Write(options, &changes), "writing to the store");
    }

    void sync_log() override { core_->sync_log(); }

    std::unique_ptr<Ingest> begin_ingest(Family family) override {
        if (!is_ingested(family)) {
            throw UsageError(fmt::format("the family {} takes no ingests", family_name(family)));
        }
        return std::make_unique<RocksdbIngest>(core_, family);
    }

    std::vector<IngestedFile> list(Family family) const override {
        rocksdb::ColumnFamilyMetaData data;
        core_->db->GetColumnFamilyMetaData(core_->handle(family), &data);
        std::vector<IngestedFile> result;
        for (const rocksdb::LevelMetaData& level : data.levels) {
            for (const rocksdb::SstFileMetaData& file : level.files) {
                result.push_back({file.smallestkey, file.largestkey, file.size});
            }
        }
        std::sort(result.begin(), result.end(), [](const IngestedFile& a, const IngestedFile& b) {
            return a.first_key < b.first_key;
        });
        return result;
    }

    void drop(Family family, std::string_view first, std::string_view limit) override {
        if (first >= limit) {
            return;
        }
        // Makes space: a few bytes for the MANIFEST must do.
        core_->require_free(std::uint64_t{256} << 10);
        const rocksdb::Slice from = slice(first);
        const rocksdb::Slice to = slice(limit);
        const rocksdb::RangePtr range(&from, &to);
        core_->check_write(rocksdb::DeleteFilesInRanges(core_->db, core_->handle(family), &range, 1,
                                                        /*include_end=*/false),
                           "dropping files");
        const std::vector<IngestedFile> left = list(family);
        const bool sticks_out = std::any_of(left.begin(), left.end(), [&](const auto& file) {
            return file.last_key >= first && file.first_key < limit;
        });
        if (sticks_out) {
            core_->check_write(
                core_->db->DeleteRange(rocksdb::WriteOptions(), core_->handle(family), from, to),
                "deleting a range");
        }
    }

    void flush() override {
        core_->require_space(0);
        rocksdb::FlushOptions options;
        options.wait = true;
        core_->check_write(core_->db->Flush(options, core_->handles), "flushing");
    }

    std::uint64_t bytes_on_disk() const override {
        std::uint64_t total = 0;
        std::error_code failure;
        files::recursive_directory_iterator at(core_->options.path, failure);
        while (!failure && at != files::recursive_directory_iterator()) {
            std::error_code gone;  // files vanish while we look
            if (at->is_regular_file(gone) && !gone) {
                const std::uint64_t size = at->file_size(gone);
                total += gone ? 0 : size;
            }
            at.increment(failure);
        }
        return total;
    }

    void checkpoint(const std::string& directory) override {
        rocksdb::Checkpoint* made = nullptr;
        throw_if_failed(rocksdb::Checkpoint::Create(core_->db, &made), "preparing a copy");
        const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
        throw_if_failed(checkpoint->CreateCheckpoint(directory), "copying the store");
    }

    std::vector<std::string> verify() const override {
        const rocksdb::Status status = core_->db->VerifyChecksum();
        if (status.ok()) {
            return {};
        }
        return {status.ToString()};
    }

    bool read_only() const override { return core_->options.read_only; }
    bool persistent() const override { return true; }
    void catch_up() override {
        if (core_->options.read_only) {
            throw_if_failed(core_->db->TryCatchUpWithPrimary(), "catching up with the writer");
        }
    }

  private:
    PinnedValue pinned(const rocksdb::Status& status, std::shared_ptr<HeldSlice> held) const {
        if (status.IsNotFound()) {
            return {};
        }
        throw_if_failed(status, "reading the store");
        held->core = core_;
        const std::string_view bytes = view(held->slice);
        return {std::move(held), bytes};
    }

    std::shared_ptr<Core> core_;
};

// The process that holds the lock file, 0 when unknown. Only after an open has failed and the lock
// is not ours: closing any descriptor of the file would release a lock of this process.
pid_t lock_holder(const std::string& path) {
    const int descriptor = ::open((path + "/LOCK").c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) {
        return 0;
    }
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const bool known = ::fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    ::close(descriptor);
    return known ? lock.l_pid : 0;
}

void throw_if_not_opened(const rocksdb::Status& status, const std::string& path) {
    if (status.ok()) {
        return;
    }
    const std::string text = status.ToString();
    if (status.IsIOError() && text.find("lock hold by current process") != std::string::npos) {
        throw Conflict(fmt::format("{} is already open in this process", path));
    }
    if (status.IsIOError() && text.find("lock") != std::string::npos &&
        text.find("LOCK") != std::string::npos) {
        const pid_t holder = lock_holder(path);
        if (holder != 0) {
            throw Conflict(fmt::format("{} is held by process {}", path, holder));
        }
        throw Conflict(fmt::format("{} is held by another process", path));
    }
    throw_if_failed(status, fmt::format("opening {}", path));
}

// RocksDB starts its threads that open table files anew for each column family, also where there is
// one file to open: a small store would be opened by two hundred threads. So they are as many as
// the files need.
int threads_to_open_files(const std::string& path) {
    constexpr int files_a_thread = 32, most = 16;
    int tables = 0;
    std::error_code failure;
    for (files::directory_iterator entry(path, failure), end; !failure && entry != end;
         entry.increment(failure))
        tables += entry->path().extension() == ".sst" ? 1 : 0;
    return std::clamp(tables / files_a_thread, 1, most);
}

rocksdb::DBOptions database_options(const RocksdbOptions& options,
                                    const std::shared_ptr<rocksdb::WriteBufferManager>& memtables) {
    rocksdb::DBOptions result;
    if (options.environment != nullptr) {
        result.env = options.environment;
    }
    result.create_if_missing = options.create;
    result.create_missing_column_families = options.create;
    result.paranoid_checks = true;
    result.listeners.push_back(std::make_shared<NoRecovery>());
    result.max_bgerror_resume_count = 0;
    result.verify_sst_unique_id_in_manifest = true;
    result.track_and_verify_wals_in_manifest = true;
    result.recycle_log_file_num = 0;
    result.wal_recovery_mode = options.recovery == LogRecovery::point_in_time
                                   ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                                   : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    result.max_total_wal_size = 4 * options.write_buffer_bytes;
    result.write_buffer_manager = memtables;
    result.max_open_files = options.read_only ? -1 : 512;
    result.max_file_opening_threads = threads_to_open_files(options.path);
    result.max_background_jobs = 2;
    result.stats_dump_period_sec = 0;
    result.stats_persist_period_sec = 0;
    result.skip_stats_update_on_db_open = true;
    result.keep_log_file_num = 2;
    result.max_log_file_size = std::size_t{1} << 20;
    // The packaged header's default is DEBUG_LEVEL without NDEBUG.
    result.info_log_level = rocksdb::WARN_LEVEL;
    if (options.log) {
        result.info_log = std::make_shared<HostLogger>(options.log);
    }
    return result;
}

// An open that finds no space aborts the process (docs/storage-faults.md). It writes what the log
// holds to table files, and some small files.
void require_space_to_open(const RocksdbOptions& options, const rocksdb::Env& environment) {
    std::uint64_t needed = std::uint64_t{2} << 20;
    std::error_code failure;
    for (files::directory_iterator entry(options.path, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        std::error_code gone;
        if (entry->path().extension() == ".log") {
            const std::uint64_t size = entry->file_size(gone);
            needed += gone ? 0 : size;
        }
    }
    // The directory of a new store is not there yet; its parent is.
    const files::path directory =
        failure ? files::path(options.path).parent_path() : files::path(options.path);
    std::uint64_t free = 0;
    const rocksdb::IOStatus known = environment.GetFileSystem()->GetFreeSpace(
        directory.string(), rocksdb::IOOptions(), &free, nullptr);
    if (known.ok() && free < needed) {
        throw DiskFull(fmt::format(
            "{} KB are free where the store is, and {} KB are needed to open it for writing",
            free >> 10, (needed >> 10) + 1));
    }
}

}  // namespace

void throw_if_failed(const rocksdb::Status& status, std::string_view what) {
    if (status.IsNoSpace()) {
        throw DiskFull(fmt::format("{}: {}", what, status.ToString()));
    }
    if (!status.ok()) {
        throw StoreError(fmt::format("{}: {}", what, status.ToString()));
    }
}

std::shared_ptr<BlockStore> open_rocksdb_block_store(const RocksdbOptions& options) {
    auto core = std::make_shared<Core>();
    core->options = options;
    const auto cache = rocksdb::NewLRUCache(options.cache_bytes, 4);
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    descriptors.reserve(family_count);
    for (std::size_t i = 0; i < family_count; ++i) {
        const auto family = static_cast<Family>(i);
        // RocksDB insists on its default family; meta lives in it.
        const std::string name =
            i == 0 ? rocksdb::kDefaultColumnFamilyName : std::string(family_name(family));
        descriptors.emplace_back(name, family_options(family, options, cache));
    }
    core->memtables = std::make_shared<rocksdb::WriteBufferManager>(2 * options.write_buffer_bytes);
    const rocksdb::DBOptions database = database_options(options, core->memtables);
    if (options.read_only) {
        std::string directory = (files::temp_directory_path() / "dossier-reader-XXXXXX").string();
        if (::mkdtemp(directory.data()) == nullptr) {
            throw StoreError("cannot make a temporary directory for a reader");
        }
        core->secondary_directory = directory;
        throw_if_not_opened(rocksdb::DB::OpenAsSecondary(database, options.path, directory,
                                                         descriptors, &core->handles, &core->db),
                            options.path);
    } else {
        require_space_to_open(options, options.environment != nullptr ? *options.environment
                                                                      : *rocksdb::Env::Default());
        throw_if_not_opened(
            rocksdb::DB::Open(database, options.path, descriptors, &core->handles, &core->db),
            options.path);
        // What an interrupted ingest left behind; only the holder of the lock may clean.
        std::error_code ignored;
        files::remove_all(files::path(options.path) / "ingest", ignored);
    }
    return std::make_shared<RocksdbBlockStore>(std::move(core));
}

}  // namespace dossier::storage
