#include "failing_environment.h"

#include <atomic>
#include <string>

#include <rocksdb/file_system.h>

namespace dossier::faults {

using namespace rocksdb;

namespace {

class Faults {
  public:
    explicit Faults(const FailingCalls& calls) : calls_(calls) {}

    // The error of this call, or OK.
    IOStatus at(bool sync) {
        if (calls_.only_syncs && !sync) {
            return IOStatus::OK();
        }
        const std::uint64_t number = ++made_;
        if (number < calls_.first || (number > calls_.first && !calls_.all_later)) {
            return IOStatus::OK();
        }
        return calls_.disk_full ? IOStatus::NoSpace("made to fail")
                                : IOStatus::IOError("made to fail");
    }

  private:
    FailingCalls calls_;
    std::atomic<std::uint64_t> made_{0};
};

class FailingFile : public FSWritableFileOwnerWrapper {
  public:
    FailingFile(std::unique_ptr<FSWritableFile> file, std::shared_ptr<Faults> faults)
        : FSWritableFileOwnerWrapper(std::move(file)), faults_(std::move(faults)) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        const IOStatus fault = faults_->at(false);
        return fault.ok() ? FSWritableFileOwnerWrapper::Append(data, options, debug)
                          : torn(data, options, debug, fault);
    }
    IOStatus Append(const Slice& data, const IOOptions& options,
                    const DataVerificationInfo& verification, IODebugContext* debug) override {
        const IOStatus fault = faults_->at(false);
        return fault.ok() ? FSWritableFileOwnerWrapper::Append(data, options, verification, debug)
                          : torn(data, options, debug, fault);
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        const IOStatus fault = faults_->at(true);
        return fault.ok() ? FSWritableFileOwnerWrapper::Sync(options, debug) : fault;
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        const IOStatus fault = faults_->at(true);
        return fault.ok() ? FSWritableFileOwnerWrapper::Fsync(options, debug) : fault;
    }

  private:
    // A failed write may have got through in part.
    IOStatus torn(const Slice& data, const IOOptions& options, IODebugContext* debug,
                  const IOStatus& fault) {
        static_cast<void>(FSWritableFileOwnerWrapper::Append(Slice(data.data(), data.size() / 2),
                                                             options, debug));
        return fault;
    }

    std::shared_ptr<Faults> faults_;
};

class FailingDirectory : public FSDirectoryWrapper {
  public:
    FailingDirectory(std::unique_ptr<FSDirectory>&& directory, std::shared_ptr<Faults> faults)
        : FSDirectoryWrapper(std::move(directory)), faults_(std::move(faults)) {}

    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        const IOStatus fault = faults_->at(true);
        return fault.ok() ? FSDirectoryWrapper::Fsync(options, debug) : fault;
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                                 const DirFsyncOptions& directory_options) override {
        const IOStatus fault = faults_->at(true);
        return fault.ok()
                   ? FSDirectoryWrapper::FsyncWithDirOptions(options, debug, directory_options)
                   : fault;
    }

  private:
    std::shared_ptr<Faults> faults_;
};

class FailingFileSystem : public FileSystemWrapper {
  public:
    explicit FailingFileSystem(const FailingCalls& calls)
        : FileSystemWrapper(FileSystem::Default()), faults_(std::make_shared<Faults>(calls)) {}

    const char* Name() const override { return "FailingFileSystem"; }

    IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                             std::unique_ptr<FSWritableFile>* result,
                             IODebugContext* debug) override {
        return wrapped(result, target()->NewWritableFile(name, options, result, debug));
    }
    IOStatus ReopenWritableFile(const std::string& name, const FileOptions& options,
                                std::unique_ptr<FSWritableFile>* result,
                                IODebugContext* debug) override {
        return wrapped(result, target()->ReopenWritableFile(name, options, result, debug));
    }
    IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                          std::unique_ptr<FSDirectory>* result, IODebugContext* debug) override {
        const IOStatus status = target()->NewDirectory(name, options, result, debug);
        if (status.ok()) {
            *result = std::make_unique<FailingDirectory>(std::move(*result), faults_);
        }
        return status;
    }
    IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                        IODebugContext* debug) override {
        const IOStatus fault = faults_->at(false);
        return fault.ok() ? target()->RenameFile(from, to, options, debug) : fault;
    }
    IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
        const IOStatus fault = faults_->at(false);
        return fault.ok() ? target()->LinkFile(from, to, options, debug) : fault;
    }
    IOStatus DeleteFile(const std::string& name, const IOOptions& options,
                        IODebugContext* debug) override {
        const IOStatus fault = faults_->at(false);
        return fault.ok() ? target()->DeleteFile(name, options, debug) : fault;
    }

  private:
    IOStatus wrapped(std::unique_ptr<FSWritableFile>* result, IOStatus status) {
        const IOStatus fault = faults_->at(false);
        if (!fault.ok()) {
            result->reset();
            return fault;
        }
        if (status.ok()) {
            *result = std::make_unique<FailingFile>(std::move(*result), faults_);
        }
        return status;
    }

    std::shared_ptr<Faults> faults_;
};

}  // namespace

std::unique_ptr<Env> make_failing_environment(const FailingCalls& calls) {
    return NewCompositeEnv(std::make_shared<FailingFileSystem>(calls));
}

}  // namespace dossier::faults
