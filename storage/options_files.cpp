#include "storage/options_files.h"

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

bool is_options(std::string_view path) {
    return path.substr(path.rfind('/') + 1).starts_with("OPTIONS-");
}

class OptionsFile : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    explicit OptionsFile(std::unique_ptr<FSWritableFile> file)
        : FSWritableFileOwnerWrapper(std::move(file)) {}

    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        return Flush(options, debug);
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return Flush(options, debug);
    }
};

// The directory is synced when such a file gets its name.
class OptionsDirectory : public rocksdb::FSDirectoryWrapper {
  public:
    explicit OptionsDirectory(std::unique_ptr<FSDirectory>&& directory)
        : FSDirectoryWrapper(std::move(directory)) {}

    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                                 const rocksdb::DirFsyncOptions& directory_options) override {
        if (directory_options.reason == rocksdb::DirFsyncOptions::kFileRenamed &&
            is_options(directory_options.renamed_new_name)) {
            return IOStatus::OK();
        }
        return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, directory_options);
    }
};

class OptionsUnsynced : public rocksdb::FileSystemWrapper {
  public:
    explicit OptionsUnsynced(const std::shared_ptr<rocksdb::FileSystem>& base)
        : FileSystemWrapper(base) {}

    const char* Name() const override { return "DossierOptionsUnsynced"; }

    IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                             std::unique_ptr<FSWritableFile>* result,
                             IODebugContext* debug) override {
        const IOStatus status = target()->NewWritableFile(name, options, result, debug);
        if (status.ok() && is_options(name)) {
            *result = std::make_unique<OptionsFile>(std::move(*result));
        }
        return status;
    }
    IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                          std::unique_ptr<FSDirectory>* result, IODebugContext* debug) override {
        const IOStatus status = target()->NewDirectory(name, options, result, debug);
        if (status.ok()) {
            *result = std::make_unique<OptionsDirectory>(std::move(*result));
        }
        return status;
    }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> make_options_unsynced(
    const std::shared_ptr<rocksdb::FileSystem>& base) {
    return std::make_shared<OptionsUnsynced>(base);
}

}  // namespace dossier::storage
