#include "storage/manifest_guard.h"

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include <rocksdb/file_system.h>

namespace dossier::storage {

namespace {

using rocksdb::FSDirectory;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// Nobody knows what the MANIFEST on disk says.
using Doubt = std::shared_ptr<std::atomic<bool>>;

IOStatus noted(IOStatus status, const Doubt& doubt) {
    if (!status.ok()) {
        *doubt = true;
    }
    return status;
}

std::string_view file_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

bool is_manifest(std::string_view path) {
    return file_name(path).starts_with("MANIFEST-");
}

class ManifestFile : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    ManifestFile(std::unique_ptr<FSWritableFile> file, Doubt doubt)
        : FSWritableFileOwnerWrapper(std::move(file)), doubt_(std::move(doubt)) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        return noted(FSWritableFileOwnerWrapper::Append(data, options, debug), doubt_);
    }
    IOStatus Append(const Slice& data, const IOOptions& options,
                    const rocksdb::DataVerificationInfo& verification,
                    IODebugContext* debug) override {
        return noted(FSWritableFileOwnerWrapper::Append(data, options, verification, debug),
                     doubt_);
    }
    IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
        return noted(FSWritableFileOwnerWrapper::Flush(options, debug), doubt_);
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        return noted(FSWritableFileOwnerWrapper::Sync(options, debug), doubt_);
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return noted(FSWritableFileOwnerWrapper::Fsync(options, debug), doubt_);
    }
    IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
        return noted(FSWritableFileOwnerWrapper::Close(options, debug), doubt_);
    }

  private:
    Doubt doubt_;
};

// The directory is synced when CURRENT comes to name a new MANIFEST.
class GuardedDirectory : public rocksdb::FSDirectoryWrapper {
  public:
    GuardedDirectory(std::unique_ptr<FSDirectory>&& directory, Doubt doubt)
        : FSDirectoryWrapper(std::move(directory)), doubt_(std::move(doubt)) {}

    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return noted(FSDirectoryWrapper::Fsync(options, debug), doubt_);
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                                 const rocksdb::DirFsyncOptions& directory_options) override {
        return noted(FSDirectoryWrapper::FsyncWithDirOptions(options, debug, directory_options),
                     doubt_);
    }

  private:
    Doubt doubt_;
};

class ManifestGuard : public rocksdb::FileSystemWrapper {
  public:
    explicit ManifestGuard(const std::shared_ptr<rocksdb::FileSystem>& base)
        : FileSystemWrapper(base) {}

    const char* Name() const override { return "DossierManifestGuard"; }

    IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                             std::unique_ptr<FSWritableFile>* result,
                             IODebugContext* debug) override {
        const IOStatus status = target()->NewWritableFile(name, options, result, debug);
        if (status.ok() && is_manifest(name)) {
            *result = std::make_unique<ManifestFile>(std::move(*result), doubt_);
        }
        return status;
    }
    IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                          std::unique_ptr<FSDirectory>* result, IODebugContext* debug) override {
        const IOStatus status = target()->NewDirectory(name, options, result, debug);
        if (status.ok()) {
            *result = std::make_unique<GuardedDirectory>(std::move(*result), doubt_);
        }
        return status;
    }
    IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                        IODebugContext* debug) override {
        IOStatus status = target()->RenameFile(from, to, options, debug);
        return file_name(to) == "CURRENT" ? noted(std::move(status), doubt_) : status;
    }
    IOStatus DeleteFile(const std::string& name, const IOOptions& options,
                        IODebugContext* debug) override {
        if (*doubt_ && (name.ends_with(".sst") || is_manifest(name))) {
            return IOStatus::IOError("kept, since the MANIFEST may name it: " + name);
        }
        return target()->DeleteFile(name, options, debug);
    }

  private:
    Doubt doubt_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> make_manifest_guard(
    const std::shared_ptr<rocksdb::FileSystem>& base) {
    return std::make_shared<ManifestGuard>(base);
}

}  // namespace dossier::storage
