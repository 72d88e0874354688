#include "power_loss.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <rocksdb/file_system.h>

namespace dossier::faults {

using namespace rocksdb;
namespace fs = std::filesystem;

namespace {

// Lines appended with one write each: they are in the kernel when the process is killed.
class Notes {
  public:
    explicit Notes(const std::string& path)
        : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
        if (descriptor_ < 0) {
            throw std::runtime_error("cannot open " + path);
        }
    }
    ~Notes() { ::close(descriptor_); }
    Notes(const Notes&) = delete;
    Notes& operator=(const Notes&) = delete;

    void add(const std::string& line) {
        const std::string text = line + "\n";
        if (::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
            ::abort();
        }
    }

  private:
    int descriptor_;
};

class NotingFile : public FSWritableFileOwnerWrapper {
  public:
    NotingFile(std::unique_ptr<FSWritableFile> file, std::string name, std::shared_ptr<Notes> notes)
        : FSWritableFileOwnerWrapper(std::move(file)),
          name_(std::move(name)),
          notes_(std::move(notes)) {}

    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        return noted(FSWritableFileOwnerWrapper::Sync(options, debug), size());
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return noted(FSWritableFileOwnerWrapper::Fsync(options, debug), size());
    }

  private:
    // Of the bytes that were there before the sync began.
    std::uint64_t size() const {
        std::error_code missing;
        const auto size = fs::file_size(name_, missing);
        return missing ? 0 : size;
    }
    IOStatus noted(IOStatus status, std::uint64_t size) {
        if (status.ok()) {
            notes_->add("synced " + std::to_string(size) + " " + name_);
        }
        return status;
    }

    std::string name_;
    std::shared_ptr<Notes> notes_;
};

class NotingDirectory : public FSDirectoryWrapper {
  public:
    NotingDirectory(std::unique_ptr<FSDirectory>&& directory, std::string name,
                    std::shared_ptr<Notes> notes)
        : FSDirectoryWrapper(std::move(directory)),
          name_(std::move(name)),
          notes_(std::move(notes)) {}

    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return noted(FSDirectoryWrapper::Fsync(options, debug));
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                                 const DirFsyncOptions& directory_options) override {
        return noted(FSDirectoryWrapper::FsyncWithDirOptions(options, debug, directory_options));
    }

  private:
    IOStatus noted(IOStatus status) {
        if (status.ok()) {
            notes_->add("directory 0 " + name_);
        }
        return status;
    }

    std::string name_;
    std::shared_ptr<Notes> notes_;
};

class NotingFileSystem : public FileSystemWrapper {
  public:
    explicit NotingFileSystem(const std::string& notes)
        : FileSystemWrapper(FileSystem::Default()), notes_(std::make_shared<Notes>(notes)) {}

    const char* Name() const override { return "NotingFileSystem"; }

    IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                             std::unique_ptr<FSWritableFile>* result,
                             IODebugContext* debug) override {
        notes_->add("new 0 " + name);
        return wrapped(name, result, target()->NewWritableFile(name, options, result, debug));
    }
    IOStatus ReopenWritableFile(const std::string& name, const FileOptions& options,
                                std::unique_ptr<FSWritableFile>* result,
                                IODebugContext* debug) override {
        return wrapped(name, result, target()->ReopenWritableFile(name, options, result, debug));
    }
    IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                          std::unique_ptr<FSDirectory>* result, IODebugContext* debug) override {
        const IOStatus status = target()->NewDirectory(name, options, result, debug);
        if (status.ok()) {
            *result = std::make_unique<NotingDirectory>(std::move(*result), name, notes_);
        }
        return status;
    }
    IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                        IODebugContext* debug) override {
        const IOStatus status = target()->RenameFile(from, to, options, debug);
        if (status.ok()) {
            notes_->add("from 0 " + from);
            notes_->add("to 0 " + to);
        }
        return status;
    }
    IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
        const IOStatus status = target()->LinkFile(from, to, options, debug);
        if (status.ok()) {
            notes_->add("from 0 " + from);
            notes_->add("to 0 " + to);
        }
        return status;
    }

  private:
    IOStatus wrapped(const std::string& name, std::unique_ptr<FSWritableFile>* result,
                     IOStatus status) {
        if (status.ok()) {
            *result = std::make_unique<NotingFile>(std::move(*result), name, notes_);
        }
        return status;
    }

    std::shared_ptr<Notes> notes_;
};

// What is known of a file: bytes synced (nothing noted: all of them, from before), name synced.
struct Durable {
    std::uint64_t synced = 0;
    bool name = false;
};

std::map<std::string, Durable> read_notes(const std::string& notes) {
    std::map<std::string, Durable> files;
    std::ifstream in(notes);
    std::string line, from;
    while (std::getline(in, line)) {
        std::istringstream words(line);
        std::string word, name;
        std::uint64_t size = 0;
        words >> word >> size >> name;
        if (word == "new") {
            files[name] = {};
        } else if (word == "synced") {
            files[name].synced = std::max(files[name].synced, size);
        } else if (word == "from") {
            from = name;
        } else if (word == "to") {
            files[name] = {files.contains(from) ? files[from].synced : 0, false};
        } else if (word == "directory") {
            for (auto& [file, durable] : files) {
                if (fs::path(file).parent_path() == fs::path(name)) {
                    durable.name = true;
                }
            }
        }
    }
    return files;
}

void overwrite(const std::string& name, std::uint64_t from, std::uint64_t to, bool zeros,
               std::mt19937_64& random) {
    std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(from));
    for (std::uint64_t at = from; at < to; ++at) {
        file.put(zeros ? '\0' : static_cast<char>(random()));
    }
}

}  // namespace

std::unique_ptr<Env> make_noting_environment(const std::string& notes) {
    return NewCompositeEnv(std::make_shared<NotingFileSystem>(notes));
}

void lose_power(const std::string& notes, const std::string& directory, Leftover leftover,
                std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (const auto& [name, durable] : read_notes(notes)) {
        std::error_code missing;
        const std::uint64_t size = fs::file_size(name, missing);
        if (missing || !name.starts_with(directory)) {
            continue;
        }
        // A renamed file's old name may be lost too; only new names are taken away here.
        const std::string base = fs::path(name).filename().string();
        if (leftover == Leftover::lost_names && !durable.name && base != "CURRENT") {
            fs::remove(name);
            continue;
        }
        if (durable.synced >= size) {
            continue;
        }
        switch (leftover) {
            case Leftover::prefix:
                fs::resize_file(name, durable.synced + random() % (size - durable.synced + 1));
                break;
            case Leftover::torn:
                fs::resize_file(
                    name,
                    std::max(durable.synced, size - random() % std::min<std::uint64_t>(size, 512)));
                break;
            case Leftover::zeros:
                overwrite(name, durable.synced, size, true, random);
                break;
            case Leftover::garbage:
                overwrite(name, durable.synced, size, false, random);
                break;
            default:
                fs::resize_file(name, durable.synced);
        }
    }
}

}  // namespace dossier::faults
