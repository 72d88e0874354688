#include "full_disk.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <random>
#include <string>

#include <rocksdb/file_system.h>

namespace dossier::faults {

using namespace rocksdb;

namespace {

using Clock = std::chrono::steady_clock;

class Space {
  public:
    explicit Space(std::uint64_t seed) : random_(seed), writes_left_(random_() % most_writes) {}

    // How many of these bytes find their place.
    std::size_t take(std::size_t bytes) {
        const std::lock_guard lock(mutex_);
        if (!is_scarce()) {
            if (writes_left_-- == 0) {
                left_ = random_() % most_left;
                until_ = Clock::now() + std::chrono::milliseconds(20 + random_() % 300);
                scarce_ = true;
            }
            return bytes;
        }
        const std::size_t taken = std::min<std::uint64_t>(bytes, left_);
        left_ -= taken;
        return taken;
    }
    void give_back(std::uint64_t bytes) {
        const std::lock_guard lock(mutex_);
        left_ += bytes;
    }
    std::uint64_t left(std::uint64_t plenty) {
        const std::lock_guard lock(mutex_);
        return is_scarce() ? left_ : plenty;
    }

  private:
    static constexpr std::uint64_t most_writes = 400;
    static constexpr std::uint64_t most_left = std::uint64_t{8} << 20;

    bool is_scarce() {
        if (scarce_ && Clock::now() >= until_) {
            scarce_ = false;
            writes_left_ = 1 + random_() % most_writes;
        }
        return scarce_;
    }

    std::mutex mutex_;
    std::mt19937_64 random_;
    std::uint64_t writes_left_;  // until it becomes scarce
    bool scarce_ = false;
    std::uint64_t left_ = 0;
    Clock::time_point until_;
};

class FillingFile : public FSWritableFileOwnerWrapper {
  public:
    FillingFile(std::unique_ptr<FSWritableFile> file, std::shared_ptr<Space> space)
        : FSWritableFileOwnerWrapper(std::move(file)), space_(std::move(space)) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        const std::size_t taken = space_->take(data.size());
        IOStatus status =
            FSWritableFileOwnerWrapper::Append(Slice(data.data(), taken), options, debug);
        return taken < data.size() && status.ok() ? IOStatus::NoSpace("the disk is full") : status;
    }
    IOStatus Append(const Slice& data, const IOOptions& options, const DataVerificationInfo&,
                    IODebugContext* debug) override {
        return Append(data, options, debug);
    }

  private:
    std::shared_ptr<Space> space_;
};

class FillingFileSystem : public FileSystemWrapper {
  public:
    explicit FillingFileSystem(std::uint64_t seed)
        : FileSystemWrapper(FileSystem::Default()), space_(std::make_shared<Space>(seed)) {}

    const char* Name() const override { return "FillingFileSystem"; }

    IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                             std::unique_ptr<FSWritableFile>* result,
                             IODebugContext* debug) override {
        const IOStatus status = target()->NewWritableFile(name, options, result, debug);
        if (status.ok()) {
            *result = std::make_unique<FillingFile>(std::move(*result), space_);
        }
        return status;
    }
    IOStatus DeleteFile(const std::string& name, const IOOptions& options,
                        IODebugContext* debug) override {
        std::uint64_t size = 0;
        const bool known = target()->GetFileSize(name, options, &size, debug).ok();
        const IOStatus status = target()->DeleteFile(name, options, debug);
        if (status.ok() && known) {
            space_->give_back(size);
        }
        return status;
    }
    IOStatus GetFreeSpace(const std::string& path, const IOOptions& options, std::uint64_t* free,
                          IODebugContext* debug) override {
        const IOStatus status = target()->GetFreeSpace(path, options, free, debug);
        *free = space_->left(*free);
        return status;
    }

  private:
    std::shared_ptr<Space> space_;
};

}  // namespace

std::unique_ptr<Env> make_filling_environment(std::uint64_t seed) {
    return NewCompositeEnv(std::make_shared<FillingFileSystem>(seed));
}

}  // namespace dossier::faults
