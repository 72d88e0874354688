#include "storage/store_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include <dossier/error.h>

namespace dossier::storage {

namespace {

std::string lock_path(const std::string& directory) {
    return directory + "/lock";
}

struct flock whole_file() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

std::string program_name() {
    std::ifstream file("/proc/self/comm");
    std::string name;
    std::getline(file, name);
    return name;
}

// "4711 (python3)", or nothing while the holder has not written it yet.
std::string holder(int descriptor) {
    std::array<char, 256> text{};
    const ssize_t length = ::pread(descriptor, text.data(), text.size() - 1, 0);
    const std::string all(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    const std::size_t end = all.find('\n');
    return end == std::string::npos ? std::string() : all.substr(0, end);
}

}  // namespace

StoreLock::StoreLock(const std::string& directory, const std::string& store_name) {
    descriptor_ = ::open(lock_path(directory).c_str(),
                         O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, S_IRUSR | S_IWUSR);
    if (descriptor_ < 0) {
        const int error = errno;
        const std::string hint = error == EACCES || error == EROFS || error == EPERM
                                     ? "; reading is possible with --read-only"
                                     : "";
        throw StoreError("cannot open the lock of store '" + store_name +
                         "' for writing: " + std::strerror(error) + hint);
    }
    struct flock lock = whole_file();
    if (::fcntl(descriptor_, F_OFD_SETLK, &lock) != 0) {
        const int error = errno;
        const std::string process = holder(descriptor_);
        ::close(descriptor_);
        if (error != EAGAIN && error != EACCES) {
            throw StoreError("cannot lock store '" + store_name + "': " + std::strerror(error));
        }
        const std::string own = std::to_string(::getpid()) + " ";
        if (process.starts_with(own)) {
            throw Conflict("store '" + store_name +
                           "' is open for writing in this process already; reading is possible "
                           "with --read-only");
        }
        throw Conflict("store '" + store_name + "' is open for writing in " +
                       (process.empty() ? "another process" : "process " + process) +
                       "; reading is possible with --read-only");
    }
    const std::string text = std::to_string(::getpid()) + " (" + program_name() + ")\n";
    // Only for the message to others, who do without when it cannot be written.
    if (::ftruncate(descriptor_, 0) == 0) {
        static_cast<void>(!::pwrite(descriptor_, text.data(), text.size(), 0));
    }
}

StoreLock::~StoreLock() {
    ::close(descriptor_);
}

bool StoreLock::is_held(const std::string& directory) {
    const int descriptor =
        ::open(lock_path(directory).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) {
        return false;
    }
    struct flock lock = whole_file();
    const bool held = ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    ::close(descriptor);
    return held;
}

}  // namespace dossier::storage
