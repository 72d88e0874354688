#include "storage/log_sync.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dossier/error.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include "storage/manifest_guard.h"
#include "storage/options_files.h"

namespace dossier::storage {

namespace {

using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// What a log file and the syncing side share of it.
struct OpenLog {
    std::mutex mutex;                // held while syncing and closing, not while appending
    FSWritableFile* file = nullptr;  // null once closed
    std::string directory;
    bool directory_synced = false;
    std::atomic<std::uint64_t> written{0};  // how often something was appended
    std::uint64_t synced = 0;               // of those appends
};

// The open log files of one store.
struct OpenLogs {
    std::mutex mutex;
    std::vector<std::shared_ptr<OpenLog>> logs;
    std::atomic<bool> failed{false};

    void remove(const std::shared_ptr<OpenLog>& log) {
        const std::lock_guard lock(mutex);
        std::erase(logs, log);
    }
};

// log->mutex is held.
IOStatus sync_file(OpenLog& log) {
    const std::uint64_t written = log.written.load(std::memory_order_acquire);
    if (log.synced == written) {
        return IOStatus::OK();
    }
    const IOStatus status = log.file->Sync(IOOptions(), nullptr);
    if (status.ok()) {
        log.synced = written;
    }
    return status;
}

class LogFile : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    LogFile(std::unique_ptr<FSWritableFile> file, std::shared_ptr<OpenLog> log,
            std::shared_ptr<OpenLogs> logs)
        : FSWritableFileOwnerWrapper(std::move(file)),
          log_(std::move(log)),
          logs_(std::move(logs)) {}

    ~LogFile() override { end(); }

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        return noted(FSWritableFileOwnerWrapper::Append(data, options, debug));
    }
    IOStatus Append(const Slice& data, const IOOptions& options,
                    const rocksdb::DataVerificationInfo& verification,
                    IODebugContext* debug) override {
        return noted(FSWritableFileOwnerWrapper::Append(data, options, verification, debug));
    }
    IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
        return checked(FSWritableFileOwnerWrapper::Flush(options, debug));
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        return checked(FSWritableFileOwnerWrapper::Sync(options, debug));
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return checked(FSWritableFileOwnerWrapper::Fsync(options, debug));
    }
    // A group may be waiting for bytes of a file that RocksDB is done with.
    IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
        IOStatus synced = IOStatus::OK();
        {
            const std::lock_guard lock(log_->mutex);
            if (log_->file != nullptr && !logs_->failed) {
                synced = checked(sync_file(*log_));
            }
        }
        end();
        const IOStatus closed = checked(FSWritableFileOwnerWrapper::Close(options, debug));
        return synced.ok() ? closed : synced;
    }

  private:
    IOStatus checked(IOStatus status) {
        if (!status.ok()) {
            logs_->failed = true;
        }
        return status;
    }
    IOStatus noted(IOStatus status) {
        log_->written.fetch_add(1, std::memory_order_release);
        return checked(std::move(status));
    }
    void end() {
        {
            const std::lock_guard lock(log_->mutex);
            log_->file = nullptr;
        }
        logs_->remove(log_);
    }

    std::shared_ptr<OpenLog> log_;
    std::shared_ptr<OpenLogs> logs_;
};

class LogFileSystem : public rocksdb::FileSystemWrapper {
  public:
    LogFileSystem(const std::shared_ptr<rocksdb::FileSystem>& base, std::shared_ptr<OpenLogs> logs)
        : FileSystemWrapper(base), logs_(std::move(logs)) {}

    const char* Name() const override { return "DossierLogFileSystem"; }

    IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                             std::unique_ptr<FSWritableFile>* result,
                             IODebugContext* debug) override {
        std::unique_ptr<FSWritableFile> file;
        const IOStatus status = target()->NewWritableFile(name, options, &file, debug);
        if (!status.ok()) {
            return status;
        }
        // Nobody else's business. The directory above is closed to others already, and
        // a file system without modes is none of ours.
        static_cast<void>(::chmod(name.c_str(), S_IRUSR | S_IWUSR));
        if (!std::string_view(name).ends_with(".log")) {
            *result = std::move(file);
            return status;
        }
        auto log = std::make_shared<OpenLog>();
        log->file = file.get();
        log->directory = name.substr(0, name.rfind('/'));
        {
            const std::lock_guard lock(logs_->mutex);
            logs_->logs.push_back(log);
        }
        *result = std::make_unique<LogFile>(std::move(file), std::move(log), logs_);
        return status;
    }

  private:
    std::shared_ptr<OpenLogs> logs_;
};

class RocksdbLogSync : public LogSync {
  public:
    explicit RocksdbLogSync(rocksdb::Env* base)
        : files_(std::make_shared<LogFileSystem>(
              make_manifest_guard(make_options_unsynced(base->GetFileSystem())), logs_)),
          environment_(rocksdb::NewCompositeEnv(files_)) {}

    rocksdb::Env* environment() override { return environment_.get(); }

    void sync() override {
        std::vector<std::shared_ptr<OpenLog>> logs;
        {
            const std::lock_guard lock(logs_->mutex);
            logs = logs_->logs;
        }
        for (const auto& log : logs) {
            if (logs_->failed) {
                throw StoreError("a write to the store's log has failed");
            }
            const std::lock_guard lock(log->mutex);
            if (log->file == nullptr) {
                continue;  // closed meanwhile, and synced then
            }
            check(sync_file(*log), "syncing the store's log");
            if (!log->directory_synced) {
                sync_directory(*log);
            }
        }
        if (logs_->failed) {
            throw StoreError("a write to the store's log has failed");
        }
    }

  private:
    void check(const IOStatus& status, std::string_view what) {
        if (!status.ok()) {
            logs_->failed = true;
            throw StoreError(std::string(what) + ": " + status.ToString());
        }
    }

    // A new file is lost with its name, however well its bytes are synced.
    void sync_directory(OpenLog& log) {
        std::unique_ptr<rocksdb::FSDirectory> directory;
        check(files_->NewDirectory(log.directory, IOOptions(), &directory, nullptr),
              "opening the store's directory");
        check(directory->FsyncWithDirOptions(IOOptions(), nullptr, rocksdb::DirFsyncOptions()),
              "syncing the store's directory");
        log.directory_synced = true;
    }

    std::shared_ptr<OpenLogs> logs_ = std::make_shared<OpenLogs>();
    std::shared_ptr<LogFileSystem> files_;
    std::unique_ptr<rocksdb::Env> environment_;
};

}  // namespace

std::shared_ptr<LogSync> LogSync::create(rocksdb::Env* base) {
    return std::make_shared<RocksdbLogSync>(base != nullptr ? base : rocksdb::Env::Default());
}

}  // namespace dossier::storage
